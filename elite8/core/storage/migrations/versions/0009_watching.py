"""Watching: what was measured, which tasks ran, alerts, notices, reports."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0009"
down_revision = "0008"


def instant(name: str, *, nullable: bool = False, key: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime, nullable=nullable, primary_key=key)


def words(name: str, length: int, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, primary_key=key)


def upgrade() -> None:
    for table, name in (("video", "begun_at"), ("post", "meant_at")):
        op.add_column(table, instant(name, nullable=True))
    op.create_index("post_by_time", "post", ["meant_at"])
    op.create_table(
        "sample",
        words("metric", 64, key=True),
        words("labels", 160, key=True),
        sa.Column("span", sa.Integer, primary_key=True),
        instant("at", key=True),
        sa.Column("count", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("mean", "low", "high", "last")),
    )
    op.create_index("sample_of_metric", "sample", ["metric", "span", "at"])
    op.create_table(
        "tick",
        words("task", 32, key=True),
        instant("began_at"),
        instant("ended_at", nullable=True),
        instant("good_at", nullable=True),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("failures", "failed")),
        words("message", 500),
    )
    op.create_table(
        "notice",
        words("id", 26, key=True),
        instant("at"),
        words("route", 16),
        words("kind", 32),
        words("severity", 16),
        words("title", 200),
        sa.Column("words", sa.Text, nullable=False),
        words("state", 16),
        instant("due_at"),
        sa.Column("tries", sa.Integer, nullable=False),
        words("failure", 300),
    )
    op.create_index("notice_due", "notice", ["state", "due_at"])
    op.create_table(
        "report",
        words("kind", 16, key=True),
        sa.Column("day", sa.Date, primary_key=True),
        instant("made_at"),
        sa.Column("body", sa.Text, nullable=False),
    )
    alerts()


def alerts() -> None:
    op.create_table(
        "alert",
        words("rule", 40, key=True),
        words("subject", 160, key=True),
        words("state", 16),
        words("severity", 16),
        instant("since"),
        instant("fired_at", nullable=True),
        instant("told_at", nullable=True),
        instant("changed_at"),
        words("acknowledged_by", 64),
        sa.Column("value", sa.Float, nullable=False),
        words("message", 400),
    )
    op.create_table(
        "alert_event",
        words("id", 26, key=True),
        instant("at"),
        words("rule", 40),
        words("subject", 160),
        words("what", 16),
        words("severity", 16),
        words("who", 64),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("alert_event_at", "alert_event", ["at"])
    op.create_table(
        "silence",
        words("id", 26, key=True),
        words("rule", 40),
        words("subject", 160),
        instant("until"),
        words("why", 200),
    )
