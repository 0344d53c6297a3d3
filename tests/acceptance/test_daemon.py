"""The real daemon: posts what is due, is followed when it dies, stops, reads its config anew."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.films import lay
from tests.inside import elite8

pytestmark = [pytest.mark.slow, pytest.mark.media, pytest.mark.usefixtures("tabled")]

PROGRAM = str(Path(sys.executable).with_name("elite8"))
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for what takes one."""


def until(what: Callable[[], Any]) -> Any:
    """Return what `what` returns as soon as that is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
    return found


@dataclass
class House:
    """A folder with its own state and config, and the daemons that run on it."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments], capture_output=True, text=True, check=False, timeout=120
        )

    def start(self, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
        """Start a daemon that ticks every second; return it with its log."""
        log = self.folder / f"log-{len(self.started)}"
        with log.open("wb") as out:
            child = subprocess.Popen(
                [PROGRAM, "daemon", *(arguments or ("--every", "1"))], stderr=out
            )
        self.started.append(child)
        return child, log

    def posted(self) -> list[Path]:
        box = self.folder / "outbox"
        return [one for one in box.iterdir() if one.name[0] != "."] if box.exists() else []


def events(log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["event"] for line in lines if line.startswith("{")]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    shutil.copytree(ROOT / "config", tmp_path / "decided")
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(tmp_path / "decided"))
    monkeypatch.chdir(tmp_path)
    found = House(tmp_path)
    yield found
    for child in found.started:
        if child.poll() is None:
            child.kill()
            child.wait()


@pytest.fixture
def filmed(house: House, filmed: Path) -> House:
    lay(filmed, Path(os.environ["ELITE8_STATE_DIR"]))
    return house


def data(*arguments: str) -> Any:
    """Return what a command answers while daemons run beside it."""
    done = elite8(*arguments, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["data"]


def order(*arguments: str) -> Any:
    found = data("publish", "latest", "--to", "outbox", *arguments)
    return (found if isinstance(found, list) else [found])[0]


def statuses() -> set[str]:
    return {one["status"] for one in data("publish", "list")}


def test_it_posts_what_is_due_once_and_is_followed_when_it_is_killed(filmed: House) -> None:
    order("--in", "3s")
    first, log = filmed.start()
    until(lambda: "daemon.leads" in events(log))
    second, waiting = filmed.start()
    until(lambda: "daemon.waits" in events(waiting))
    until(filmed.posted)
    until(lambda: "post.published" in events(log))
    assert statuses() == {"published"}
    assert f"process {first.pid} " in data("daemon", "status")["who"]
    first.send_signal(signal.SIGKILL)
    first.wait()
    until(lambda: "daemon.leads" in events(waiting))
    assert f"process {second.pid} " in data("daemon", "status")["who"]
    second.terminate()
    assert second.wait(20) == 0
    assert elite8("daemon", "status").returncode == 1
    assert len(filmed.posted()) == 1


def ends_clean(child: subprocess.Popen[bytes], log: Path) -> None:
    assert child.wait(20) == 0
    assert events(log)[-1] == "daemon.stops"
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_a_stop_from_the_keyboard_is_clean(house: House) -> None:
    child, log = house.start()
    until(lambda: "daemon.leads" in events(log))
    child.send_signal(signal.SIGINT)
    ends_clean(child, log)


STUCK = """
import time
from elite8 import daemon
from elite8.core.operations import tasks
from elite8.core.studio import open_studio

def hangs(studio):
    print("hangs", flush=True)
    time.sleep(600)

daemon.DRAIN = 1.0
stuck = tasks.Task(name="publish", cron="* * * * *", help="", run=hangs)
tasks.TASKS = {**tasks.TASKS, "publish": stuck}
daemon.run(open_studio(), 0.5)
"""


def test_a_task_that_does_not_end_does_not_hold_the_process(house: House) -> None:
    log = house.folder / "log-stuck"
    with log.open("wb") as out:
        command = [sys.executable, "-c", STUCK]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out)
    house.started.append(child)
    assert child.stdout
    assert child.stdout.readline() == b"hangs\n"
    child.terminate()
    assert child.wait(20) == 0
    child.stdout.close()
    assert events(log)[-1] == "daemon.left"
    assert elite8("daemon", "status").returncode == 1


def test_a_broken_config_is_told_and_the_old_one_kept(filmed: House) -> None:
    child, log = filmed.start()
    until(lambda: "daemon.leads" in events(log))
    file = filmed.folder / "decided" / "publishing.json"
    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace('"grace_seconds"', '"grace_second"'), encoding="utf-8")
    child.send_signal(signal.SIGHUP)
    until(lambda: "config.broken" in events(log))
    assert "publishing.json" in log.read_text(encoding="utf-8")
    file.write_text(right, encoding="utf-8")
    order("--in", "1s")
    file.write_text("{", encoding="utf-8")
    until(filmed.posted)  # by the config of before
    file.write_text(right, encoding="utf-8")
    child.send_signal(signal.SIGHUP)
    until(lambda: "config.read" in events(log))
    child.terminate()
    assert child.wait(20) == 0


def test_a_broken_config_does_not_start(house: House) -> None:
    (house.folder / "decided" / "finishing.json").write_text("{", encoding="utf-8")
    done = house.run("daemon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "finishing.json" in done.stderr


def test_once_posts_what_is_due_and_ends(filmed: House) -> None:
    order("--in", "1s")
    until(lambda: filmed.run("daemon", "--once").returncode == 0 and filmed.posted())
    assert statuses() == {"published"}


def test_systemd_hears_that_it_is_ready_lives_and_stops_clean(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    name = f"@elite8-{os.getpid()}-{house.folder.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind("\0" + name[1:])
        line.settimeout(PATIENCE)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        monkeypatch.setenv("WATCHDOG_USEC", "1000000")
        child, log = house.start()
        heard: list[str] = []
        while not {"READY=1", "WATCHDOG=1"} <= {*heard}:
            heard += line.recv(4096).decode().splitlines()
        assert any(word.startswith(f"STATUS=process {child.pid} ") for word in heard)
        child.terminate()
        while "STOPPING=1" not in heard:
            heard += line.recv(4096).decode().splitlines()
        ends_clean(child, log)
