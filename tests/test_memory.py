"""What is freed goes back, and what only looks loads nothing heavy. In processes of their own."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from elite8 import memory

FREED = """
from elite8 import memory

def own():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(one for one in lines if one.startswith("RssAnon")).split()[1]) / 1024

if {keeps}:
    memory.keep_little()
before = own()
blocks = [bytes([n % 251]) * 60_000 for n in range(2000)]
last = blocks[-1]  # it lies at the end of the heap and holds it up
del blocks
if {keeps}:
    memory.give_back()
print(own() - before)
"""
SIGNED = """
import sys
from elite8.core.operations import signing, watch
from elite8.core.studio import open_studio

studio = open_studio()
assert [*watch.signing(studio)] == []
signing.signing_key(studio)
(left,) = watch.signing(studio)
assert left.value > 0
heavy = {"numpy", "c2pa", "PIL", "elite8.core.production.ffmpeg", "rich", "pygments"}
print(sorted(heavy & sys.modules.keys()))
"""
LOOKED = """
import sys
import elite8.daemon
import httpx
from elite8.core import http
from elite8.core.operations import news, snapshots, watch

print(sorted({"numpy", "rich", "pygments", "c2pa"} & sys.modules.keys()), hasattr(httpx, "main"))
import rich
"""


FIRST = """
import sys
from elite8 import daemon
from elite8.core.studio import open_studio

studio = open_studio()
assert not studio.database.is_current()
assert not studio.database.file.exists()
daemon.bring_up_to_date(studio)
assert studio.database.is_current()
with studio.database.transaction():
    print(sorted({"alembic", "mako", "pygments"} & sys.modules.keys()))
"""


def said(code: str, tmp_path: Path) -> str:
    """Return what a process prints that runs this."""
    own = {
        "ELITE8_STATE_DIR": str(tmp_path / "state"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux and glibc")
def test_what_is_freed_goes_back_to_the_system(tmp_path: Path) -> None:
    """Without it the same keeps over a hundred MB: the heap ends in a block that is in use."""
    assert float(said(FREED.replace("{keeps}", "False"), tmp_path)) > 80
    assert float(said(FREED.replace("{keeps}", "True"), tmp_path)) < 20


def test_another_c_library_is_let_be(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(ctypes, "CDLL", asked.append)
    monkeypatch.setattr(sys, "platform", "darwin")
    memory.keep_little()
    memory.give_back()
    assert asked == [], "it is not even opened"


def test_a_look_at_the_signing_key_loads_nothing_that_films(tmp_path: Path) -> None:
    assert said(SIGNED, tmp_path) == "[]"


def test_what_changes_the_schema_does_not_stay_in_the_daemon(tmp_path: Path) -> None:
    """It did, after the first start: 11 MB of Alembic, Mako and Pygments."""
    assert said(FIRST, tmp_path) == "[]"


def test_the_daemon_loads_no_library_that_only_draws(tmp_path: Path) -> None:
    assert said(LOOKED, tmp_path) == "[] True"
