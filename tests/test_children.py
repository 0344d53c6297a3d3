"""Our own program in another process: it is ours, wherever it is begun."""

from pathlib import Path

import pytest

from elite8.children import Children

TRAP = "from pathlib import Path\nPath({!r}).touch()\n"


@pytest.mark.slow
def test_no_module_of_the_working_folder_runs_in_another_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sprung = tmp_path / "sprung"
    for name in ("elite8", "typer", "json"):
        (tmp_path / f"{name}.py").write_text(TRAP.format(str(sprung)))
    monkeypatch.chdir(tmp_path)
    status, told = Children().run("config schema", ("config", "schema", "finishing.json"))
    assert not sprung.exists()
    assert (status, told["status"]) == (0, "ok")
