"""Subscribers: who they are by pseudonym, what they subscribe to, what they did, whence it came."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0019"
down_revision = "0018"

TIERS = "'basic', 'premium', 'vip', 'free', 'other'"
STATUSES = "'active', 'expired', 'cancelled', 'paused', 'pending', 'unknown'"
ACTS = (
    "'sub_start', 'sub_renew', 'sub_upgrade', 'sub_downgrade', 'auto_renew_off', 'sub_expire', "
    "'payment_failed', 'refund', 'chargeback', 'tip', 'ppv', 'message_in', 'message_out', 'view', "
    "'completion', 'like', 'comment', 'share', 'session', 'dm_open', 'optin', 'optout', "
    "'complaint', 'erase_request'"
)
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    batches()
    subscribers()
    subscriptions()
    events()


def batches() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("profile", sa.String(32), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("entered", sa.Integer, nullable=False),
        sa.Column("known", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("undone_at", UtcDateTime),
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"])


def of_batch() -> sa.Column[int]:
    """Return the column that says with which file a row came."""
    return sa.Column("batch_id", sa.Integer, sa.ForeignKey("import_batch.id"))


def subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("birth_year", sa.Integer),
        sa.Column("last_seen_at", UtcDateTime),
        sa.Column("person_key", sa.String(26), sa.ForeignKey("person.key")),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("erased_at", UtcDateTime),
        of_batch(),
        sa.UniqueConstraint("key", name="subscriber_once"),
    )
    op.create_index("ix_subscriber_person_key", "subscriber", ["person_key"])
    op.create_index("ix_subscriber_batch_id", "subscriber", ["batch_id"])
    op.create_table(
        "alias",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id"), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        of_batch(),
        sa.CheckConstraint("kind IN ('id', 'handle')", name="known_kind"),
    )
    op.create_index("ix_alias_subscriber_id", "alias", ["subscriber_id"])
    op.create_index("ix_alias_batch_id", "alias", ["batch_id"])


def terms() -> list[sa.Column[object]]:
    """Return what a subscription is, as one export has it."""
    return [
        sa.Column("tier", sa.String(8), nullable=False),
        sa.Column("price_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("auto_renew", sa.Boolean),
        sa.Column("started_on", sa.Date),
        sa.Column("period_end", sa.Date),
        sa.Column("left_reason", sa.String(32), nullable=False),
        sa.Column("source_at", UtcDateTime, nullable=False),
    ]


def subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id"), nullable=False),
        sa.Column("character_id", sa.String(32), nullable=False),
        *terms(),
        sa.CheckConstraint(f"tier IN ({TIERS})", name="known_tier"),
        sa.CheckConstraint(f"status IN ({STATUSES})", name="known_status"),
        sa.UniqueConstraint("subscriber_id", "character_id", name="subscribed_once"),
    )
    op.create_index("subscription_by_end", "subscription", ["status", "period_end"])
    op.create_table(
        "subscription_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subscription_id", sa.Integer, sa.ForeignKey("subscription.id"), nullable=False),
        *terms(),
        of_batch(),
    )
    op.create_index("state_of", "subscription_state", ["subscription_id", "source_at"])
    op.create_index("ix_subscription_state_batch_id", "subscription_state", ["batch_id"])


def events() -> None:
    op.create_table(
        "subscriber_event",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id"), nullable=False),
        sa.Column("character_id", sa.String(32), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("fee_minor", sa.BigInteger),
        sa.Column("tax_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("quantity", sa.Float, nullable=False),
        sa.Column("duration_s", sa.Float),
        sa.Column("completion", sa.Float),
        sa.Column("content", sa.String(32), nullable=False),
        sa.Column("about", sa.String(32), nullable=False),
        of_batch(),
        sa.CheckConstraint(f"act IN ({ACTS})", name="known_act"),
        sa.UniqueConstraint("key", name="subscriber_event_once"),
        sqlite_autoincrement=True,
    )
    op.create_index("subscriber_event_of", "subscriber_event", ["subscriber_id", "at"])
    op.create_index("ix_subscriber_event_batch_id", "subscriber_event", ["batch_id"])
