"""The top level holds what the mission allows; no machine's paths are in what we commit."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = {"elite8", "config", "docs", "tests", "pyproject.toml", "README.md", "LICENSE"}
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home)/\w|index-url|extra-index")


def committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # git on the path
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def test_the_top_level_holds_only_what_the_mission_names() -> None:
    top = {path.split("/")[0] for path in committed()}
    assert {name for name in top if not name.startswith(".")} <= ALLOWED


def test_no_path_of_a_machine_is_committed() -> None:
    text = {".py", ".md", ".json", ".toml", ".sh", ".cfg"}
    found = [
        path
        for path in committed()
        if Path(path).suffix in text
        and path != "tests/house/test_layout.py"
        and (ROOT / path).is_file()
        and MACHINE.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_package_folder_has_something_in_it() -> None:
    rooms = [path.parent for path in (ROOT / "elite8").rglob("__init__.py")]
    empty = [
        str(room.relative_to(ROOT))
        for room in rooms
        if not any(p.name not in {"__init__.py", "__pycache__"} for p in room.iterdir())
        and len((room / "__init__.py").read_text("utf-8").splitlines()) < 10
    ]
    assert empty == []
