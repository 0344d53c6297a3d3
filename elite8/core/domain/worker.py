"""A worker: a process, on any machine, that does what the leader hands out."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime


class Worker(Kept, table=True):
    """A row of `worker`: it said so last until `until`; `queues` names tasks, "" for all."""

    name: str = Field(primary_key=True, max_length=80)
    queues: str = Field(default="", max_length=200)
    at_once: int
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    def takes(self, task: str) -> bool:
        """Return whether it does this task."""
        return not self.queues or task in self.queues.split(",")
