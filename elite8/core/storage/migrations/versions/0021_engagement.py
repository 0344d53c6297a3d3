"""What each subscriber did as sums that fade, and the frozen halves scores are worked out with."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0021"
down_revision = "0020"

SUMS = (
    *("messages_sent", "messages_received", "views", "completions", "likes", "comments"),
    *("shares", "minutes", "conversations", "starts", "answered"),
)


def upgrade() -> None:
    op.create_table(
        "engagement",
        sa.Column("days_before", sa.Integer, nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column(
            "subscriber_id",
            sa.Integer,
            sa.ForeignKey("subscriber.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("last_event", sa.BigInteger, nullable=False),
        sa.Column("next_at", UtcDateTime),
        *(sa.Column(name, sa.Float, nullable=False) for name in SUMS),
        sa.PrimaryKeyConstraint("days_before", "platform", "subscriber_id"),
        sa.UniqueConstraint("subscriber_id", "days_before", name="engaged_once"),
        sqlite_with_rowid=False,
    )
    op.create_index("engagement_waits", "engagement", ["days_before", "next_at"])
    op.create_table(
        "engagement_state",
        sa.Column("days_before", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("seen", sa.String(100), nullable=False),
    )
    op.create_table(
        "calibration",
        sa.Column("version", sa.String(32), primary_key=True),
        sa.Column("as_of", UtcDateTime, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "calibration_value",
        sa.Column("version", sa.String(32), sa.ForeignKey("calibration.version"), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("activity", sa.String(20), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("version", "platform", "activity"),
    )
