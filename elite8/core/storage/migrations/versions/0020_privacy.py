"""Privacy: what people asked for, who was erased (as hashes), their sums, where backups lie."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    requests()
    op.create_table(
        "erased_sum",
        sa.Column("platform", sa.String(16), primary_key=True),
        sa.Column("country", sa.String(2), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("currency", sa.String(3), primary_key=True),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("fee_minor", sa.BigInteger, nullable=False),
        sa.Column("tax_minor", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "backup_copy",
        sa.Column("path", sa.String(1024), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def requests() -> None:
    op.create_table(
        "privacy_request",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("warn_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("acknowledged_at", UtcDateTime),
        sa.Column("done_at", UtcDateTime),
        sa.Column("outcome", sa.String(200), nullable=False),
        sa.Column("swept_at", UtcDateTime),
        sa.CheckConstraint("kind IN ('access', 'erase', 'rectify', 'withdraw')", name="known_kind"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("privacy_request_open", "privacy_request", ["done_at"])
    op.create_index("ix_privacy_request_who", "privacy_request", ["who"])
