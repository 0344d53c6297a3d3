"""A task of the daemon, and what one run of it did."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from elite8.core.domain.shard import WHOLE, Shard
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to do again and again; `run` returns what was done, "" for nothing.

    `cron` is when, in UTC, unless the operator says otherwise. One with `wanted` needs much
    memory: the daemon has it done by another process, when there is something to do.
    Other machines do it in `spread` parts; 0: only who leads does it. What is done in several
    parts takes a shard as well. A worker has what `stays` loaded, and begins no process for it.
    A machine does it that is `able` to, by its settings; what is there `here` alone is done here.
    """

    name: str
    cron: str
    help: str
    run: Callable[..., str]
    wanted: Callable[..., bool] | None = None
    spread: int = 0
    stays: bool = False
    able: Callable[[Studio], bool] | None = None
    here: Callable[[Studio], bool] | None = None

    def wants(self, studio: Studio, shard: Shard = WHOLE) -> bool:
        """Return whether there is anything to do, as far as that can be told beforehand."""
        if self.wanted is None:
            return True
        return self.wanted(studio) if shard == WHOLE else self.wanted(studio, shard)

    def doing(self, shard: Shard) -> Callable[[Studio], str]:
        """Return what does this part of it."""
        return self.run if shard == WHOLE else partial(self.run, shard=shard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What one run of a task did, or why it failed."""

    task: str
    did: str
    failure: str = ""
