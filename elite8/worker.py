"""Work for the store: a process, on any machine, that does what the leader hands out."""

import os
import threading
import time
from collections import Counter
from collections.abc import Sequence

from elite8.busy import Busy
from elite8.children import Children, bring_up_to_date
from elite8.core import lean, log
from elite8.core.domain import shard as shards
from elite8.core.errors import ConfigError
from elite8.core.operations import audit, configuration, dispatch, leading, tasks
from elite8.core.studio import Studio
from elite8.foreground import stay
from elite8.memory import give_back
from elite8.systemd import notify, watchdog_seconds

DRAIN = 18.0
"""Seconds that running parts have to end after SIGTERM, of twenty, as the daemon's."""
CLEAN_UP = 6.0
"""Of these, the seconds that other processes have to leave things tidy."""
STUCK = 3600.0
"""Seconds after which a part counts as stuck: systemd then starts the worker anew."""


class Worker:
    """Does parts of tasks as they are handed out; `studio` is replaced when the config is read."""

    def __init__(self, studio: Studio, queues: Sequence[str] = (), at_once: int = 4) -> None:
        self.studio = studio
        self.queues, self.at_once = queues, at_once
        self.me = leading.new_leader()
        self.since = studio.clock()
        self.failures: Counter[str] = Counter()
        self.did: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.busy = Busy()
        self._children = Children(stays=True)
        self._begun = threading.Thread(target=self._beat, daemon=True)
        self._serving = threading.Thread(target=self._serve, daemon=True)

    def run(self) -> bool:
        """Work until a signal says stop; return whether everything ended by itself."""
        audit.acts_as("daemon")
        return stay(self.start, self.reload, self.stop)

    def start(self) -> None:
        """Open the store, make the queue ready, begin to work."""
        bring_up_to_date(self.studio)
        dispatch.check_clock(self.studio)
        self.studio = self.read(self.studio)  # a broken file ends it here
        self.since = self.studio.shared_now()
        self.queues = dispatch.served(self.studio, self.queues)
        given = (self.studio, self.me, self.queues, self.at_once)
        self.jobs = dispatch.begin(*given, self.do)
        self._serving.start()
        self._begun.start()
        give_back()
        lean.settle()
        log.get().info("worker.works", tasks=list(self.queues) or "all", at_once=self.at_once)
        notify("READY=1", self.status())

    def _serve(self) -> None:
        try:
            self.jobs.run()
        except Exception as trouble:  # noqa: BLE001  # it is told, and the leader does it then
            tasks.failed("queue", trouble)

    def _beat(self) -> None:
        """Say that this worker is there while it fetches jobs, and feed systemd's watchdog."""
        pause = dispatch.every(self.studio).total_seconds() / self.studio.pace
        pause = min(pause, watchdog_seconds() / 2 or pause)
        wait = 0.2
        while not self.stopping.wait(wait):
            try:
                if self.jobs.up:
                    given = (self.studio, self.me, self.queues, self.at_once)
                    dispatch.beat(*given, self.since)
                    wait = pause
            except Exception as trouble:  # noqa: BLE001  # the next beat tries again
                self.failures["beat"] += 1
                log.get().warning("worker.not_heard", kind=type(trouble).__name__)
            if stuck := self.busy.longer_than(STUCK):
                log.get().error("daemon.stuck", tasks=stuck)
            else:
                notify("WATCHDOG=1")

    def do(self, name: str, part: str) -> None:
        """Do a part of a task; whatever it raises is told and counted, and no job fails."""
        with self.busy(f"{name} {part}"):
            began = time.monotonic()
            try:
                task, shard = tasks.named(name), shards.parsed(part)
                if self.stopping.is_set() or not task.wants(self.studio, shard):
                    tasks.marked(self.studio, name, lambda _: "", shard)
                    return
                did = self._children.do(self.studio, task, shard)
            except Exception as trouble:  # noqa: BLE001  # an alert, not a death
                if not self.stopping.is_set():  # else the next tick goes on
                    self.failures[name] += 1
                    tasks.failed(name, trouble)
                return
        self.did[name] += 1
        if did:
            took = round(time.monotonic() - began, 1)
            log.get().info("task.done", task=name, part=part, did=did, seconds=took)
            notify(self.status())

    def read(self, studio: Studio) -> Studio:
        """Return the studio with the config as it is now, kept as it is for other processes."""
        found = configuration.reread(studio)
        _ = found.database.engine
        tasks.timetable(found)
        self._children.keep_config(found, self.me)
        return found

    def reload(self) -> None:
        """Read the config anew; a broken file keeps the old one."""
        try:
            self.studio = self.read(self.studio)
        except ConfigError as wrong:
            self.failures["config"] += 1
            log.get().error("config.broken", message=str(wrong), kept="the config of before")
        else:
            log.get().info("config.read", folder=str(self.studio.config.folder))

    def stop(self) -> bool:
        """Take no more parts, wait for those that run; return whether all ended."""
        self.stopping.set()
        notify("STOPPING=1")
        log.get().info("worker.stops", running=list(self.busy.running()))
        self.jobs.stop()
        ended = self.busy.ended_within(DRAIN - CLEAN_UP)
        if not ended:
            self._children.terminate()
        ended = ended or self.busy.ended_within(CLEAN_UP)
        if not ended:
            log.get().warning("daemon.left", tasks=list(self.busy.running()), then="others")
        self._serving.join(2 if ended else 0)
        self._children.drop_config()
        self._begun.join(1)  # else it might say once more that this worker is there
        try:
            dispatch.gone(self.studio, self.me)
        except Exception as trouble:  # noqa: BLE001  # its time runs out by itself
            tasks.failed("gone", trouble)
        return ended and not self._serving.is_alive()

    def status(self) -> str:
        """Return the line that `systemctl status` shows."""
        done = ", ".join(f"{count} {name}" for name, count in self.did.items())
        return f"STATUS=works for {' '.join(self.queues) or 'all tasks'}; did {done or 'nothing'}"


def run(studio: Studio, queues: str = "", at_once: int = 4) -> None:
    """Work until SIGTERM or Ctrl-C; what does not end in time is taken back by others."""
    if not Worker(studio, dispatch.chosen(queues), at_once).run():
        os._exit(0)  # a thread that does not end would hold the process
