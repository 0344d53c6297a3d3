"""The calendar: what was planned for when, who leads, what a published post has done."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for name, length in (("slot", 32), ("wall", 16), ("zone", 64), ("missed", 16)):
        op.add_column("post", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column("video", sa.Column("place", sa.String(80), nullable=False, server_default=""))
    for table, name in (("post", "late_minutes"), ("video", "tries")):
        op.add_column(table, sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    once = sa.text("place != ''")
    op.create_index(
        "video_planned_once",
        "video",
        ["place"],
        unique=True,
        sqlite_where=once,
        postgresql_where=once,
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )
    counts = ("views", "reach", "likes", "comments", "shares", "saves")
    op.create_table(
        "reading",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("post_id", sa.String(26), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        *(sa.Column(name, sa.BigInteger) for name in counts),
        sa.Column("watch_seconds", sa.Float),
    )
    op.create_index("reading_of_post", "reading", ["post_id", "at"])
