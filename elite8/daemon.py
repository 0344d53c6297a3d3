"""Ticks for years: one process leads, the others wait; a fault is told, a stop is clean."""

import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from elite8.busy import Busy
from elite8.children import Children, bring_up_to_date, why
from elite8.companions import Companions, MakesFace
from elite8.core import lean, log
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.operations import audit, configuration, dispatch, leading, tasks
from elite8.core.operations.leading import Leading
from elite8.core.operations.task import Task
from elite8.core.studio import Studio
from elite8.foreground import stay
from elite8.memory import give_back
from elite8.systemd import notify, watchdog_seconds
from elite8.triggers import trigger

if TYPE_CHECKING:
    from elite8.bot import Bot

WORKERS = 4
DRAIN = 18.0
"""Seconds that running ticks have to end after SIGTERM; of twenty, the rest is for resigning."""
FACE = 1.5
"""Seconds that another face in this process has to end; they come before these."""
CHILDREN_CLEAN_UP = 6.0
"""Of these, the seconds that other processes have to leave things tidy."""
COMPANY = 3.0
"""Of these, the seconds that each companion has for what it is doing."""
SET_BACK = 30.0
"""Seconds that the wall clock may be set back unnoticed."""
CONFIG = "config"
"""Under this name it stands how the config was read last, so that a broken file rings."""
STUCK = 3600.0
"""Seconds after which a tick counts as stuck: systemd then starts the daemon anew."""
NO_CHAT = 404


class Daemon:
    """The ticks of one process; `studio` is replaced whole when the config is read again."""

    def __init__(
        self, studio: Studio, every: float | None = None, faces: Sequence[MakesFace] = ()
    ) -> None:
        self.studio = studio
        self.faces = [make(lambda: self.studio, self.receive) for make in faces]
        self.every = every
        self.me = leading.new_leader()
        self.leading: Leading | None = None
        self.failures: Counter[str] = Counter()
        self.last = "nothing done so far"
        self.stopping = False
        self.companions = Companions(())
        self.chat: Bot | None = None
        self.busy = Busy()
        self._children = Children()
        self._reading = threading.Lock()
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
        audit.acts_as("daemon")
        return stay(self.start, self.reload, self.stop, idle=self.check_clock)

    def start(self) -> None:
        """Open what all threads share, find out who leads, begin to tick."""
        bring_up_to_date(self.studio)
        self.studio = self.read(self.studio)  # a broken file ends it here
        self.lead()
        self.begin_ticks()
        self._scheduler.start()
        self.chat = chat(self)
        self.companions = Companions(() if self.chat is None else (self.chat,))
        self.accompany()
        for face in self.faces:
            face.start()
        give_back()
        lean.settle()
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
        if before - shown > SET_BACK:
            log.get().warning("clock.set_back", seconds=round(before - shown))
            self.begin_ticks()

    def read(self, studio: Studio) -> Studio:
        """Return the studio with the config as it is now, kept as it is for other processes."""
        found = ready(configuration.reread(studio))
        tasks.timetable(found)
        self._children.keep_config(found, self.me)
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
                when = trigger(self.studio.clock, wanted[name], self.every)
                self._scheduler.add_job(tick, when, id=name, replace_existing=True)
            elif self._scheduler.get_job(name):
                self._scheduler.remove_job(name)

    def tick(self, task: Task) -> None:
        """Run a task when this process leads; whatever it raises is told and counted."""
        with self.busy(task.name):
            try:
                if self.stopping or not self.lead().ours:
                    return
                did = self.do(task)
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

    def do(self, task: Task) -> str:
        """Have a task done by the machines that work for this store, or do it here."""
        if not task.wants(self.studio):
            return tasks.marked(self.studio, task.name, lambda _: "")
        handed = dispatch.hand_out(self.studio, task)
        return self._children.do(self.studio, task) if handed is None else handed

    def by_another(self, command: Sequence[str]) -> Any:  # noqa: ANN401  # what the command tells
        """Return the data of our own command, run in another process that a stop ends."""
        name = " ".join(command[:2])
        with self.busy(name):
            if self.stopping:
                raise Unavailable("the daemon is being stopped")
            status, told = self._children.run(name, command)
        if not told.get("data"):
            raise Unavailable(why(status, told))
        return told["data"]

    def receive(self, secret: str, body: bytes | None) -> int:
        """Hand the chat what Telegram calls in with; return the status to answer with."""
        return NO_CHAT if self.chat is None else self.chat.receive(secret, body)

    def accompany(self) -> None:
        """Have the companions run while this process leads."""
        self.companions.follow(leads=bool(self.leading and self.leading.ours))

    def lead(self) -> Leading:
        """Lead or wait, and say so when that has changed."""
        before, now = self.leading, leading.lead(self.studio, self.me)
        self.leading = now
        if before is None or (before.who, before.since) != (now.who, now.since):
            event = "daemon.leads" if now.ours else "daemon.waits"
            log.get().info(event, leader=now.who, since=now.since.isoformat())
            notify(self.status())
            if now.ours:
                audit.keep_config(self.studio)
        return now

    def renew(self) -> None:
        """Say that this process is there; a store that does not answer is told each time."""
        with self.busy("lead"):
            try:
                if not self.stopping:
                    self.lead()
                    self.accompany()
            except Exception as trouble:  # noqa: BLE001  # the next beat tries again
                self.failures["lead"] += 1
                tasks.failed("lead", trouble)

    def alive(self) -> None:
        """Tell systemd that nothing is stuck; said in time, or it starts the daemon anew."""
        if stuck := self.busy.longer_than(STUCK):
            log.get().error("daemon.stuck", tasks=stuck)
        else:
            notify("WATCHDOG=1")

    def reload(self) -> str:
        """Read the config anew, "" when it is right; a broken file keeps the old one."""
        with self._reading:
            notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
            before, broken = self.studio, ""
            try:
                self.studio = self.read(before)
                self.plan_ticks()
            except ConfigError as wrong:
                self.studio, broken = before, str(wrong)
                self.failures["config"] += 1
                log.get().error("config.broken", message=broken, kept="the config of before")
            else:
                log.get().info("config.read", folder=str(self.studio.config.folder))
                if self.leading and self.leading.ours:
                    audit.keep_config(self.studio)
            tasks.note_end(self.studio, CONFIG, broken)
            notify("READY=1", self.status())
            return broken

    def restart(self) -> str:
        """Read the config and begin all ticks anew; return what came of it, in words."""
        broken = self.reload()
        self.begin_ticks()
        log.get().info("daemon.restarted")
        jobs = [one for one in self._scheduler.get_jobs() if one.id in tasks.TASKS]
        first = min(jobs, key=lambda one: one.next_run_time)
        soon = first.next_run_time.astimezone(self.studio.settings.zone)
        read = f"the config is broken and the old one stays: {broken}" if broken else "config read"
        return f"{read}; {len(jobs)} tasks tick anew, first {first.id} at {soon:%H:%M:%S %Z}"

    def stop(self) -> bool:
        """Take no more ticks, wait for those that run, resign; return whether all ended."""
        self.stopping = True
        notify("STOPPING=1")
        log.get().info("daemon.stops", running=list(self.busy.running()))
        self._scheduler.shutdown(wait=False)
        for face in self.faces:
            face.stop(FACE)
        self.companions.stop(COMPANY)
        ended = self.busy.ended_within(DRAIN - CHILDREN_CLEAN_UP - COMPANY)
        if not ended:
            self._children.terminate()
        ended = ended or self.busy.ended_within(CHILDREN_CLEAN_UP)
        if not ended:
            log.get().warning("daemon.left", tasks=list(self.busy.running()), then="the next start")
        self._children.drop_config()
        try:
            leading.resign(self.studio, self.me)
        except Exception as trouble:  # noqa: BLE001  # the lease ends by itself
            tasks.failed("resign", trouble)
        return ended

    def status(self) -> str:
        """Return the line that `systemctl status` shows."""
        who = "nobody leads" if self.leading is None else f"{self.leading.who} leads"
        ours = " (this one)" if self.leading and self.leading.ours else ""
        return f"STATUS={who}{ours}; {self.last}".replace("\n", " ")


def run(studio: Studio, every: float | None = None, faces: Sequence[MakesFace] = ()) -> None:
    """Tick until SIGTERM or Ctrl-C; what does not end in time is left to the next start."""
    if not Daemon(studio, every, faces).run():
        os._exit(0)  # a thread that does not end would hold the process


def chat(daemon: Daemon) -> "Bot | None":
    """Return the operator's chat; without a token nothing of it is loaded."""
    if daemon.studio.settings.telegram_token is None:
        return None
    from elite8.bot import Bot

    return Bot(lambda: daemon.studio, daemon.restart, daemon.by_another)


def ready(studio: Studio) -> Studio:
    """Return the studio with open what its threads share: opened by two at once it would be two."""
    _ = studio.database.engine
    if studio.settings.a2e_api_key is not None:
        _ = studio.a2e
    return studio


def still_running(event: Any) -> None:  # noqa: ANN401  # APScheduler has no types
    """Say that a tick was left out because the one before still runs."""
    log.get().info("task.still_running", task=event.job_id)
