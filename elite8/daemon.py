"""Ticks for years: one process leads, the others wait; a fault is told, a stop is clean."""

import gc
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from elite8.core import log
from elite8.core.clock import FastClock
from elite8.core.domain.cron import FIELDS
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.operations import configuration, leading, tasks
from elite8.core.operations.leading import Leading
from elite8.core.operations.tasks import Task
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from pathlib import Path

WORKERS = 4
DRAIN = 18.0
"""Seconds that running ticks have to end after SIGTERM; of twenty, the rest is for resigning."""
COMPANIONS_END = 1.5
"""Seconds that companions have to end, all together; they come before these."""
CHILDREN_CLEAN_UP = 6.0
"""Of these, the seconds that other processes have to leave things tidy."""
CLOCK = 30.0
"""Seconds between two looks at the wall clock, and how far it may be set back unnoticed."""
CONFIG = "config"
"""Under this name it stands how the config was read last, so that a broken file rings."""
STUCK = 3600.0
"""Seconds after which a tick counts as stuck: systemd then starts the daemon anew."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Companion(Protocol):
    """Another face that lives in this process: it starts and stops with the ticks."""

    def start(self) -> None:
        """Begin, in threads of its own; its trouble is told, and ends nobody else."""

    def stop(self, seconds: float) -> None:
        """End within so many seconds."""


Companions = Sequence[Callable[[Callable[[], Studio]], Companion]]
"""What makes companions; each gets a callable that gives the studio as it is now."""


class Daemon:
    """The ticks of one process; `studio` is replaced whole when the config is read again."""

    def __init__(
        self, studio: Studio, every: float | None = None, companions: Companions = ()
    ) -> None:
        self.studio = studio
        self.companions = [make(lambda: self.studio) for make in companions]
        self.every = every
        self.me = leading.new_leader()
        self.leading: Leading | None = None
        self.failures: Counter[str] = Counter()
        self.last = "nothing done so far"
        self.stopping = False
        self._running: dict[str, float] = {}
        self._children: dict[str, subprocess.Popen[str]] = {}
        self._config: Path | None = None
        self._changed = threading.Condition()
        self._shown = time.time() - time.monotonic()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(WORKERS), "steady": ThreadPoolExecutor(2)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # what it warns of we say
        self._scheduler.add_listener(still_running, EVENT_JOB_MAX_INSTANCES)

    def run(self) -> bool:
        """Tick until a signal says stop; return whether everything ended by itself."""
        came: SimpleQueue[int] = SimpleQueue()
        for number in SIGNALS:
            signal.signal(number, lambda number, _frame: came.put(number))
        self.start()
        while True:
            try:
                sent = came.get(timeout=CLOCK)
            except Empty:
                self.check_clock()
                continue
            if sent != signal.SIGHUP:
                return self.stop()
            self.reload()

    def start(self) -> None:
        """Open what all threads share, find out who leads, begin to tick."""
        self.studio = self.read(self.studio)  # a broken file ends it here
        self.lead()
        self.begin_ticks()
        self._scheduler.start()
        for one in self.companions:
            one.start()
        gc.collect()
        gc.freeze()
        notify("READY=1", self.status())

    def begin_ticks(self) -> None:
        """Tick from now on, as the wall clock goes now."""
        self.plan_ticks()
        self.steady("lead", leading.every(self.studio), self.renew)
        if seconds := watchdog_seconds():
            self.steady("watchdog", timedelta(seconds=seconds / 2), self.alive)

    def check_clock(self) -> None:
        """Begin to tick anew when the wall clock was set back: ticks go by it."""
        shown, before = time.time() - time.monotonic(), self._shown
        self._shown = shown
        if before - shown > CLOCK:
            log.get().warning("clock.set_back", seconds=round(before - shown))
            self.begin_ticks()

    def read(self, studio: Studio) -> Studio:
        """Return the studio with the config as it is now, kept as it is for other processes."""
        found = ready(configuration.reread(studio))
        tasks.timetable(found)
        before, self._config = self._config, configuration.keep_copy(found, self.me)
        if before is not None and not self._children:
            shutil.rmtree(before, ignore_errors=True)
        return found

    def steady(self, name: str, every: timedelta, does: Any) -> None:  # noqa: ANN401  # a method
        """Have something done that no task may hold up."""
        trigger = IntervalTrigger(seconds=every.total_seconds(), timezone=UTC)
        self._scheduler.add_job(does, trigger, id=name, executor="steady", replace_existing=True)

    def plan_ticks(self) -> None:
        """Tick as the config says now, and no longer for what is off."""
        wanted = tasks.timetable(self.studio)
        for name, task in tasks.TASKS.items():
            if name in wanted:
                tick = partial(self.tick, task)
                when = trigger(self.studio, wanted[name], self.every)
                self._scheduler.add_job(tick, when, id=name, replace_existing=True)
            elif self._scheduler.get_job(name):
                self._scheduler.remove_job(name)

    def tick(self, task: Task) -> None:
        """Run a task when this process leads; whatever it raises is told and counted."""
        with self.busy(task.name):
            try:
                if self.stopping or not self.lead().ours:
                    return
                in_here = task.wanted is None or not task.wanted(self.studio)
                did = self.here(task) if in_here else self.apart(task)
            except Exception as trouble:  # noqa: BLE001  # an alert, not a death
                if self.stopping:  # it was told to end; the next start goes on
                    return
                self.failures[task.name] += 1
                did = f"failed: {tasks.failed(task.name, trouble).failure}"
            else:
                if did:
                    log.get().info("task.done", task=task.name, did=did)
        if did:
            self.last = f"{task.name} at {self.studio.clock():%H:%M} UTC {did}"
            notify(self.status())

    def here(self, task: Task) -> str:
        """Run a task in this process, when it needs little or there is nothing to do."""
        nothing = task.wanted is not None
        return tasks.marked(self.studio, task.name, (lambda _: "") if nothing else task.run)

    def apart(self, task: Task) -> str:
        """Have another process run a task that needs much memory; it ends with the task."""
        command = [sys.executable, "-m", "elite8", "schedule", "run", task.name, "--json"]
        decided = {"ELITE8_CONFIG_DIR": str(self._config)} if self._config else {}
        with subprocess.Popen(  # noqa: S603  # our own program
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | decided,
            process_group=0,  # Ctrl-C is for this process, which gives it time
        ) as child:
            self._children[task.name] = child
            out, _ = child.communicate()
        del self._children[task.name]
        told = json.loads(out or "{}")
        if child.returncode and not told:  # it came to no end of its own
            tasks.note_end(self.studio, task.name, f"its process ended with {child.returncode}")
        if child.returncode:
            why = [each["message"] for each in told.get("errors", ())]
            raise Unavailable(why[0] if why else f"its process ended with {child.returncode}")
        return str(told["data"]["did"])

    def lead(self) -> Leading:
        """Lead or wait, and say so when that has changed."""
        before, now = self.leading, leading.lead(self.studio, self.me)
        self.leading = now
        if before is None or (before.who, before.since) != (now.who, now.since):
            event = "daemon.leads" if now.ours else "daemon.waits"
            log.get().info(event, leader=now.who, since=now.since.isoformat())
            notify(self.status())
        return now

    def renew(self) -> None:
        """Say that this process is there; a store that does not answer is told each time."""
        with self.busy("lead"):
            try:
                if not self.stopping:
                    self.lead()
            except Exception as trouble:  # noqa: BLE001  # the next beat tries again
                self.failures["lead"] += 1
                tasks.failed("lead", trouble)

    def alive(self) -> None:
        """Tell systemd that nothing is stuck; said in time, or it starts the daemon anew."""
        now = time.monotonic()
        stuck = [name for name, since in self.running().items() if now - since > STUCK]
        if stuck:
            log.get().error("daemon.stuck", tasks=stuck)
        else:
            notify("WATCHDOG=1")

    def reload(self) -> None:
        """Read the config anew; a broken file keeps the old one."""
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        before = self.studio
        try:
            self.studio = self.read(before)
            self.plan_ticks()
        except ConfigError as broken:
            self.studio = before
            self.failures["config"] += 1
            log.get().error("config.broken", message=str(broken), kept="the config of before")
            tasks.note_end(self.studio, CONFIG, str(broken))
        else:
            log.get().info("config.read", folder=str(self.studio.config.folder))
            tasks.note_end(self.studio, CONFIG, "")
        notify("READY=1", self.status())

    def stop(self) -> bool:
        """Take no more ticks, wait for those that run, resign; return whether all ended."""
        self.stopping = True
        notify("STOPPING=1")
        log.get().info("daemon.stops", running=list(self.running()))
        self._scheduler.shutdown(wait=False)
        for one in self.companions:
            one.stop(COMPANIONS_END / len(self.companions))
        ended = self._ended_within(DRAIN - CHILDREN_CLEAN_UP)
        for child in () if ended else [*self._children.values()]:
            child.terminate()  # it cleans up as after Ctrl-C, and the next start goes on
        ended = ended or self._ended_within(CHILDREN_CLEAN_UP)
        if not ended:
            log.get().warning("daemon.left", tasks=list(self.running()), then="the next start")
        if self._config is not None:
            shutil.rmtree(self._config, ignore_errors=True)
        try:
            leading.resign(self.studio, self.me)
        except Exception as trouble:  # noqa: BLE001  # the lease ends by itself
            tasks.failed("resign", trouble)
        return ended

    def _ended_within(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, timeout=seconds)

    @contextmanager
    def busy(self, name: str) -> Iterator[None]:
        """Count this thread among those that a stop waits for."""
        with self._changed:
            self._running[name] = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._running[name]
                self._changed.notify_all()

    def running(self) -> dict[str, float]:
        """Return what runs now and since when, in monotonic seconds."""
        with self._changed:
            return dict(self._running)

    def status(self) -> str:
        """Return the line that `systemctl status` shows."""
        who = "nobody leads" if self.leading is None else f"{self.leading.who} leads"
        ours = " (this one)" if self.leading and self.leading.ours else ""
        return f"STATUS={who}{ours}; {self.last}".replace("\n", " ")


def run(studio: Studio, every: float | None = None, companions: Companions = ()) -> None:
    """Tick until SIGTERM or Ctrl-C; what does not end in time is left to the next start."""
    if not Daemon(studio, every, companions).run():
        os._exit(0)  # a thread that does not end would hold the process


def ready(studio: Studio) -> Studio:
    """Return the studio with open what its threads share: opened by two at once it would be two."""
    _ = studio.database.engine
    if studio.settings.a2e_api_key is not None:
        _ = studio.a2e
    return studio


class FastTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Ticks when a fast clock shows what another trigger waits for."""

    def __init__(self, clock: FastClock, at: CronTrigger) -> None:
        self.clock, self.at = clock, at

    def get_next_fire_time(self, previous: datetime | None, _now: datetime) -> datetime | None:
        """Return the next real instant to tick at."""
        after = self.clock()
        if previous is not None:  # rounding may have brought it here early
            after = max(after, self.clock.shows(previous) + timedelta(seconds=1))
        found = self.at.get_next_fire_time(None, after)
        return found and self.clock.real(found)


def trigger(studio: Studio, cron: str, every: float | None) -> BaseTrigger:
    """Return when to tick: by the cron expression, or all `every` seconds."""
    if every is not None:
        return IntervalTrigger(seconds=every, timezone=UTC)
    by_cron = CronTrigger(**dict(zip(FIELDS, cron.split(), strict=True)), timezone=UTC)
    return FastTrigger(studio.clock, by_cron) if isinstance(studio.clock, FastClock) else by_cron


def still_running(event: Any) -> None:  # noqa: ANN401  # APScheduler has no types
    """Say that a tick was left out because the one before still runs."""
    log.get().info("task.still_running", task=event.job_id)


def watchdog_seconds() -> float:
    """Return within how many seconds systemd wants to hear of this process; 0 for never."""
    asked, whose = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not asked.isdecimal() or (whose and whose != str(os.getpid())):
        return 0.0
    return int(asked) / 1_000_000


def notify(*lines: str) -> None:
    """Tell systemd, when it asked to be told; that it does not listen harms nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.connect(address)
            line.sendall("\n".join(lines).encode())
    except OSError as trouble:
        log.get().debug("systemd.deaf", message=str(trouble))
