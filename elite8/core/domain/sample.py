"""A sample: what a metric was over a span of time; short spans are rolled up into longer ones."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Index
from sqlmodel import Field

from elite8.core.domain.columns import Kept, UtcDateTime

MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Sample(Kept, table=True):
    """A row of `sample`: `count` values of one metric from `at` on, for `span` seconds.

    `labels` are written as Prometheus writes them, sorted; a counter's value is its `last`.
    """

    __table_args__ = (Index("sample_of_metric", "metric", "span", "at"),)

    metric: str = Field(primary_key=True, max_length=64)
    labels: str = Field(primary_key=True, max_length=160)
    span: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))
    count: int
    mean: float
    low: float
    high: float
    last: float
