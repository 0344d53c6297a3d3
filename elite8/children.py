"""A task done here, or by our own program in another process, which takes its memory with it."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.errors import Unavailable
from elite8.core.operations import configuration, tasks
from elite8.core.operations.task import Task
from elite8.core.processes import ELITE8
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from pathlib import Path


class Children:
    """Our own commands in other processes; `config` is the folder they read.

    Where this process `stays` for such work it does here what may stay loaded.
    """

    def __init__(self, *, stays: bool = False) -> None:
        self.stays = stays
        self.config: Path | None = None
        self.started: dict[str, subprocess.Popen[str]] = {}

    def keep_config(self, studio: Studio, me: str) -> None:
        """Have them read the config as it is now; the copy of before goes when none reads it."""
        before, self.config = self.config, configuration.keep_copy(studio, me)
        if before is not None and not self.started:
            shutil.rmtree(before, ignore_errors=True)

    def drop_config(self) -> None:
        """Delete what they read."""
        if self.config is not None:
            shutil.rmtree(self.config, ignore_errors=True)

    def do(self, studio: Studio, task: Task, shard: Shard = WHOLE) -> str:
        """Do a task, or one part of it, here or apart; return what was done."""
        if task.wanted is None or (self.stays and task.stays):
            return tasks.marked(studio, task.name, task.doing(shard), shard)
        return self.apart(studio, task, shard)

    def apart(self, studio: Studio, task: Task, shard: Shard = WHOLE) -> str:
        """Have another process run a task that needs much memory; it ends with the task."""
        command = ("schedule", "run", task.name)
        part = () if shard == WHOLE else ("--shard", str(shard))
        status, told = self.run(shard.of_task(task.name), (*command, *part))
        if status and not told:  # it came to no end of its own
            tasks.note_end(studio, task.name, f"its process ended with {status}", shard)
        if status:
            raise Unavailable(why(status, told))
        return str(told["data"]["did"])

    def run(self, name: str, command: Sequence[str]) -> tuple[int, Any]:
        """Run our own command in another process; return its exit code and what it told."""
        decided = {"ELITE8_CONFIG_DIR": str(self.config)} if self.config else {}
        with subprocess.Popen(  # noqa: S603  # our own program
            [*ELITE8, *command, "--json"],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | decided,
            process_group=0,  # Ctrl-C is for this process, which gives it time
        ) as child:
            self.started[name] = child
            out, _ = child.communicate()
        del self.started[name]
        return child.returncode, json.loads(out or "{}")

    def terminate(self) -> None:
        """Have all of them clean up and end, as after Ctrl-C; the next start goes on."""
        for child in [*self.started.values()]:
            child.terminate()


def bring_up_to_date(studio: Studio) -> None:
    """Have another process change the schema: 11 MB of what does that would stay for years."""
    if studio.database.is_current():
        return
    where = {"ELITE8_DATABASE_URL": studio.settings.database_url.get_secret_value()}
    subprocess.run(  # noqa: S603  # our own program; what it cannot do is told when we open it
        [*ELITE8, "db", "migrate"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | where,
        check=False,
    )


def why(status: int, told: Any) -> str:  # noqa: ANN401  # what a command tells
    """Return why another process did not do what it was to."""
    said = [each["message"] for each in told.get("errors", ())]
    return said[0] if said else f"its process ended with {status}"
