"""Who may import what, and what a cheap command loads."""

import ast
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from elite8.core.storage.copying import tables

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "elite8").rglob("*.py"))

OWNERS = {
    "typer": ("elite8/cli/",),
    "rich": ("elite8/cli/", "elite8/tui/"),  # Textual draws with it
    "textual": ("elite8/tui/",),
    "textual_serve": ("elite8/tui/served.py",),
    "aiohttp": ("elite8/tui/served.py",),
    "sqlmodel": ("elite8/core/domain/", "elite8/core/storage/"),
    "sqlalchemy": ("elite8/core/domain/", "elite8/core/storage/"),
    "alembic": ("elite8/core/storage/",),
    "sqlite3": ("elite8/core/storage/",),
    "subprocess": ("elite8/children.py", "elite8/core/production/"),
    "cv2": ("elite8/core/production/",),
    "resvg_py": ("elite8/core/production/",),
    "c2pa": ("elite8/core/production/",),
    "httpx": (
        "elite8/core/http.py",
        "elite8/core/iproyal.py",
        "elite8/core/notify/",
        "elite8/core/patience.py",
        "elite8/core/platforms/",
        "elite8/core/production/",
        "elite8/core/simulators/",
        "elite8/core/studio.py",  # the type of its transport only
        "elite8/core/tunnel.py",
        "elite8/core/operations/egress.py",  # the same
    ),
    "httpcore": ("elite8/core/patience.py", "elite8/core/tunnel.py"),
    "stamina": (
        "elite8/core/storage/sign_ins.py",
        "elite8/core/http.py",
        "elite8/core/production/a2e/files.py",
        "elite8/core/storage/database.py",
    ),
    "holidays": ("elite8/core/domain/holiday.py",),
    "apscheduler": ("elite8/daemon.py", "elite8/triggers.py"),
    "keyring": ("elite8/core/storage/",),
    "psutil": ("elite8/core/operations/machine.py",),
    "prometheus_client": ("elite8/core/operations/exposition.py",),
    "smtplib": ("elite8/core/notify/", "elite8/core/platforms/mail.py"),
    "telegram": ("elite8/bot/",),
    "structlog": ("elite8/core/log.py",),
    "starlette": ("elite8/web/",),
    "uvicorn": ("elite8/web/",),
    "jinja2": ("elite8/web/",),
    "markupsafe": ("elite8/web/",),
    "pydantic_settings": ("elite8/core/settings.py",),
    "procrastinate": ("elite8/core/storage/queue.py", "elite8/core/storage/serving.py"),
    "fsspec": ("elite8/core/storage/media.py",),
    "psycopg": ("elite8/core/storage/queue.py", "elite8/core/storage/serving.py"),
    "scipy": ("elite8/core/domain/fitting.py",),
}
HEAVY = {"sqlmodel", "sqlalchemy", "pydantic", "numpy", "cv2", "structlog", "rich", "httpx", "c2pa"}
HEAVY |= {"starlette", "uvicorn", "jinja2", "textual"}


@cache
def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_imported_only_by_its_owner(library: str) -> None:
    strangers = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if library in imported(path) and not str(path.relative_to(ROOT)).startswith(OWNERS[library])
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "code",
    [
        "import elite8.cli",
        "import elite8.cli.generate, elite8.cli.publish, elite8.cli.credits",
        "import elite8.cli.config, elite8.cli.db, elite8.cli.daemon, elite8.cli.monitor",
        "import elite8.cli.tui",
        "from elite8.cli import run; run(['--version'])",
        "from elite8.cli import run; run(['--help'])",
    ],
)
def test_the_command_line_starts_without_heavy_libraries(code: str) -> None:
    names = "{n.split('.')[0] for n, loaded in sys.modules.items() if loaded}"
    show = f"{code}; import sys; print(*sorted({names}))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == set()


def test_listing_videos_loads_neither_pydantic_nor_the_database_library() -> None:
    show = (
        "from elite8.cli import run; run(['generate', 'list']); "
        "import sys; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert {"sqlmodel", "sqlalchemy", "pydantic", "numpy"} & set(done.stdout.split()) == set()


def test_holidays_are_loaded_by_who_asks_for_them() -> None:
    show = (
        "from elite8.cli import run; run(['region', 'list']); "
        "import sys; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert "holidays" not in done.stdout.splitlines()[-1].split()


def test_the_console_loads_no_arrays() -> None:
    show = (
        "import elite8.tui.app, elite8.core.operations.scene, elite8.core.operations.growth; "
        "import sys; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert {"numpy", "scipy"} & set(done.stdout.split()) == set()


def test_the_first_scene_loads_no_network_no_judge_and_nothing_about_people() -> None:
    show = "import elite8.core.operations.scene, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    later = (
        *("httpx", "elite8.core.platforms", "elite8.core.operations.growth"),
        *("elite8.core.operations.gate", "elite8.core.domain.subscriber"),
    )
    assert {*later} & set(done.stdout.split()) == set()


def test_a_module_with_tables_loads_the_tables_they_point_at() -> None:
    """Else rows could be entered or not by what else the process had loaded."""
    folder = ROOT / "elite8" / "core" / "domain"
    text = {one.stem: one.read_text(encoding="utf-8") for one in folder.glob("*.py")}
    loads = {
        name: {*re.findall(r"^(?:from|import) elite8\.core\.domain\.(\w+)", said, re.MULTILINE)}
        for name, said in text.items()
    }

    def reached(name: str) -> set[str]:
        return {name}.union(*(reached(one) for one in loads[name]))

    home = {table.name: "" for table in tables()}
    for name in text:
        module = import_module(f"elite8.core.domain.{name}")
        for one in vars(module).values():
            if getattr(one, "__module__", "") == module.__name__ and hasattr(one, "__table__"):
                home[one.__table__.name] = name
    unknown = {
        (home[table.name], key.target_fullname)
        for table in tables()
        for key in table.foreign_keys
        if home[key.column.table.name] not in reached(home[table.name])
    }
    assert unknown == set()


def test_a_daemon_without_a_page_loads_no_web_server() -> None:
    show = (
        "from elite8.core.studio import open_studio; from elite8.web.site import Site; "
        "studio = open_studio(); site = Site(lambda: studio); site.start(); site.stop(1); "
        "import sys; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert {"starlette", "uvicorn", "jinja2"} & set(done.stdout.split()) == set()


def test_what_calls_a_network_brings_no_terminal_along() -> None:
    show = "import elite8.core.http, sys; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    assert {"rich", "pygments", "click"} & set(done.stdout.split()) == set()
