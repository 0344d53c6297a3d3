"""What is half done: gone when it is left, swept when its process was killed."""

import subprocess
import sys
from pathlib import Path

from elite8.core import scratch
from elite8.core.processes import machine

KILLED = """
import os, signal, sys
from pathlib import Path
from elite8.core import scratch
half = scratch.folder("making", Path(sys.argv[1]))
Path(half.name, "film.mp4.part").write_bytes(b"half")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_was_making_is_swept_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    (left,) = tmp_path.iterdir()
    for name in ("film.mp4", ".making-film", f".part-{'0' * 8}-1-x", f"{left.name[1:]}.txt"):
        (tmp_path / name).write_text("a film")
    elsewhere = left.name.replace(machine()[:8], "f" * 8)
    (tmp_path / elsewhere).mkdir()
    with scratch.folder("making", tmp_path) as mine:
        Path(mine, "film").write_bytes(b"half")
        assert scratch.sweep((tmp_path, tmp_path / "none")) == 2
        assert Path(mine, "film").exists()
    assert not left.exists()
    kept = {one.name for one in tmp_path.iterdir()}
    assert kept == {"film.mp4", ".making-film", f".part-{'0' * 8}-1-x", elsewhere}
