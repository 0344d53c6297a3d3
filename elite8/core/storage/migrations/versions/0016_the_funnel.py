"""The funnel: the stage of a video, tracked links, and what happened on the way to money."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("video", sa.Column("stage", sa.String(16), nullable=False, server_default=""))
    op.create_table(
        "link",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        *origin(),
        sa.Column("campaign", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("retired_at", UtcDateTime),
        sa.UniqueConstraint("code"),
    )
    op.create_index("link_by_post", "link", ["post_id"])
    op.create_table(
        "funnel_event",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        *origin(),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("batch", sa.String(16), nullable=False),
        sa.CheckConstraint(
            "kind IN ('view', 'engagement', 'click', 'lead', 'subscribe', 'money')",
            name="known_kind",
        ),
        sa.CheckConstraint("source IN ('reading', 'link', 'import')", name="known_source"),
        sa.CheckConstraint(
            "(amount_minor IS NULL) = (kind != 'money')", name="money_has_an_amount"
        ),
        sa.UniqueConstraint("source", "key", name="happened_once"),
    )
    op.create_index("event_by_time", "funnel_event", ["at"])
    op.create_index("event_by_person", "funnel_event", ["person", "at"])
    op.create_index("event_by_post", "funnel_event", ["post_id", "source"])


def origin() -> list[sa.Column[str]]:
    """Return the columns that say where something came from; a table needs its own."""
    sizes = {"stage": 16, "region": 8, "network": 16, "character_id": 32}
    sizes |= {"post_id": 26, "video_id": 26}
    return [sa.Column(name, sa.String(size), nullable=False) for name, size in sizes.items()]
