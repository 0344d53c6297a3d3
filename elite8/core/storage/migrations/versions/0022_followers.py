"""How many follow an account, as often as it was asked."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "follower_count",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("network", sa.String(16), nullable=False),
        sa.Column("account_id", sa.String(26), sa.ForeignKey("account.id")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("followers", sa.BigInteger),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("why", sa.String(200), nullable=False),
    )
    op.create_index("follower_count_of", "follower_count", ["network", "account_id", "at"])
