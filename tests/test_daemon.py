"""The daemon's own parts: what systemd is told, what a fault does, what a stop waits for."""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elite8 import daemon
from elite8.core import log
from elite8.core.clock import FastClock
from elite8.core.config import Config
from elite8.core.operations import leading
from elite8.core.operations.task import Task
from elite8.core.operations.watch import collect
from elite8.core.studio import Studio
from elite8.daemon import Daemon
from elite8.systemd import notify, watchdog_seconds
from elite8.triggers import trigger

OTHER = "0000000000000000:1:00000000:elsewhere"


def task(run: Callable[[Studio], str], name: str = "publish") -> Task:
    return Task(name=name, cron="* * * * *", help="", run=run)


@pytest.fixture(params=["path", "abstract"])
def systemd(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[socket.socket]:
    """What systemd listens on, of both kinds."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = f"@elite8-test-{tmp_path.name}-{id(request)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(name.replace("@", "\0", 1) if name.startswith("@") else name)
        line.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield line


def test_systemd_is_told(systemd: socket.socket) -> None:
    notify("READY=1", "STATUS=うまくいく")
    assert systemd.recv(4096).decode() == "READY=1\nSTATUS=うまくいく"


@pytest.mark.parametrize("where", ["", "relative", "/nowhere/at/all", "@nobody-listens-here"])
def test_nobody_who_listens_is_no_trouble(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", where)
    log.configure("info", "json", ())
    notify("READY=1")
    assert capsys.readouterr() == ("", "")
    log.configure("debug", "json", ())
    notify("READY=1")
    asked = where.startswith(("/", "@"))
    assert ("systemd.deaf" in capsys.readouterr().err) == asked


@pytest.mark.parametrize(
    ("asked", "whose", "seconds"),
    [("", "", 0), ("120000000", "", 120), ("120000000", "1", 0), ("soon", "", 0)],
)
def test_the_watchdog_is_heard_when_it_is_ours(
    monkeypatch: pytest.MonkeyPatch, asked: str, whose: str, seconds: float
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", asked)
    monkeypatch.setenv("WATCHDOG_PID", whose)
    assert watchdog_seconds() == seconds


def test_a_fast_clock_ticks_as_often_as_it_shows(studio: Studio) -> None:
    """An hour of five minutes each, at a hundred times the pace: twelve ticks, 3 s apart."""
    since = datetime(2026, 11, 24, 12, 0, 0, 1, tzinfo=UTC)
    shown = datetime(2999, 3, 8, 6, 2, tzinfo=UTC)
    clock = FastClock(begins=shown, pace=100, since=since)
    fast = replace(studio, clock=clock)
    when = trigger(clock, "*/5 * * * *", None)
    at, found = None, []
    for _ in range(12):
        at = when.get_next_fire_time(at, since)
        found.append(clock.shows(at))
    assert {one.minute % 5 for one in found} == {0}
    assert found == sorted(set(found))
    assert (fast.pace, studio.pace) == (100, 1)


def test_a_fault_is_told_with_its_trace_and_counted_and_no_death(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_studio: Studio) -> str:
        return str(1 // 0)

    ticking = Daemon(studio)
    ticking.tick(task(breaks))
    ticking.tick(task(breaks))
    ticking.tick(task(lambda _studio: "1 published"))
    said = capsys.readouterr()
    assert ticking.failures["publish"] == 2
    assert "task.failed" in said.out + said.err
    assert "ZeroDivisionError" in said.out + said.err
    assert ticking.last.endswith("UTC 1 published")
    assert ticking.busy.running() == {}


def test_who_does_not_lead_does_nothing(studio: Studio) -> None:
    leading.lead(studio, OTHER)
    ticking = Daemon(studio)
    ticking.tick(task(lambda _studio: "1 published"))
    leading.resign(studio, OTHER)
    assert "published" not in ticking.last
    ticking.tick(task(lambda _studio: "1 published"))
    assert ticking.last.endswith("1 published")
    assert "(this one)" in ticking.status()


def test_the_watchdog_is_fed_until_a_tick_is_stuck(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(daemon, "notify", lambda *lines: told.extend(lines))
    ticking = Daemon(studio)
    with ticking.busy("publish"):
        ticking.alive()
        monkeypatch.setattr(daemon, "STUCK", -1.0)
        ticking.alive()
    assert told == ["WATCHDOG=1"]


@pytest.fixture
def begun(studio: Studio) -> Iterator[Daemon]:
    ticking = Daemon(studio)
    ticking.start()
    yield ticking
    if not ticking.stopping:
        ticking.stop()


def test_a_stop_waits_for_what_runs_and_resigns(begun: Daemon) -> None:
    inside, go = threading.Event(), threading.Event()

    def slow(_studio: Studio) -> str:
        inside.set()
        return str(go.wait(30))

    thread = threading.Thread(target=begun.tick, args=(task(slow),))
    thread.start()
    assert inside.wait(30)
    threading.Timer(0.2, go.set).start()
    assert begun.stop()
    thread.join()
    assert begun.last.endswith("True")
    assert leading.leader(begun.studio) is None
    begun.tick(task(lambda _studio: "late"))
    assert not begun.last.endswith("late")


def test_a_stop_does_not_wait_for_ever(begun: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "DRAIN", 0.1)
    with begun.busy("publish"):
        assert not begun.stop()


def test_a_broken_config_keeps_the_old_one_and_a_mended_one_is_read(
    studio: Studio,
    edited_config: Callable[[str, str, str], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = edited_config("finishing.json", '"duration_seconds"', '"duration_second"')
    file = folder / "finishing.json"
    broken = file.read_text()
    right = broken.replace('"duration_second"', '"duration_seconds"')
    file.write_text(right)
    ticking = Daemon(replace(studio, config=Config(folder)))
    ticking.start()
    try:
        before = ticking.studio
        file.write_text(broken)
        ticking.reload()
        assert ticking.studio is before
        said = "".join(capsys.readouterr())
        assert "config.broken" in said
        assert "finishing.json" in said
        file.write_text(right)
        ticking.reload()
        assert ticking.studio is not before
        assert ticking.studio.database is before.database
        assert ticking.failures["config"] == 1
    finally:
        ticking.stop()


def heavy(name: str, *, wanted: bool = True) -> Task:
    return Task(name=name, cron="* * * * *", help="", run=lambda _: "here", wanted=lambda _: wanted)


def test_what_needs_much_memory_is_done_by_another_process(studio: Studio) -> None:
    ticking = Daemon(studio)
    ticking.tick(heavy("generate"))
    assert (ticking.failures.total(), ticking.last) == (0, "nothing done so far")
    ticking.tick(heavy("nonsense"))
    assert ticking.failures["nonsense"] == 1
    assert "no task 'nonsense'" in ticking.last


def test_without_anything_to_do_no_process_is_started(studio: Studio) -> None:
    ticking = Daemon(studio)
    ticking.tick(heavy("nonsense", wanted=False))
    assert ticking.failures.total() == 0


def test_a_stop_ends_what_another_process_does(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    ticking = Daemon(studio)
    at_work = threading.Thread(target=ticking.tick, args=(heavy("generate"),))
    at_work.start()
    while not ticking._children.started:
        time.sleep(0.01)
    monkeypatch.setattr(ticking._scheduler, "shutdown", lambda **_: None)
    monkeypatch.setattr(daemon, "DRAIN", daemon.CHILDREN_CLEAN_UP + 0.2)
    assert ticking.stop()
    at_work.join(10)
    assert not at_work.is_alive()
    assert ticking.failures["generate"] == 0


def test_a_refused_config_is_used_by_no_other_process(
    studio: Studio, edited_config: Callable[..., Path]
) -> None:
    folder = edited_config("scheduler_config.json", '"plan":', '"plan":')
    ticking = Daemon(replace(studio, config=Config(folder)))
    ticking.studio = ticking.read(ticking.studio)
    before = ticking._children.config
    file = folder / "scheduler_config.json"
    file.write_text(file.read_text().replace('"plan":', '"plann":').replace("08:00", "15:00"))
    ticking.reload()
    assert ticking._children.config == before
    assert before
    assert "08:00" in (before / "scheduler_config.json").read_text()
    assert ticking.failures["config"] == 1
    assert before.is_relative_to(studio.settings.state_dir)
    broken = ("elite8_task_failed_in_a_row", (("task", "config"),))
    assert {(one.metric, one.labels): one.value for one in collect(studio)}[broken] == 1
    file.write_text(file.read_text().replace('"plann":', '"plan":'))
    ticking.reload()
    assert {(one.metric, one.labels): one.value for one in collect(studio)}[broken] == 0


def test_a_full_disk_at_a_reload_keeps_the_config_of_before(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    ticking = Daemon(studio)
    ticking.studio = ticking.read(studio)
    monkeypatch.setattr("shutil.copytree", full)
    ticking.reload()
    assert ticking.failures["config"] == 1
    assert ticking._children.config
    assert ticking._children.config.is_dir()


def test_a_wall_clock_that_is_set_back_begins_the_ticks_anew(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking = Daemon(studio, every=1)
    begun: list[str] = []
    monkeypatch.setattr(ticking, "begin_ticks", lambda: begun.append("anew"))
    ticking.check_clock()
    assert begun == []
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() - 3600)
    ticking.check_clock()
    ticking.check_clock()
    assert begun == ["anew"]
