"""The proxy: what went through it, and what its provider says is left."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "proxy_use",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("up", "down", "held")),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
    )
    op.create_index("proxy_use_by_day", "proxy_use", ["day"])
    op.create_index("proxy_use_by_region", "proxy_use", ["region"])
    op.create_table(
        "proxy_balance",
        sa.Column("at", UtcDateTime, primary_key=True),
        sa.Column("left_gb", sa.Float, nullable=False),
        sa.Column("ours", sa.BigInteger, nullable=False),
    )
