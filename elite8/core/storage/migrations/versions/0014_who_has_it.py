"""Which chat has which notice already; sign-ins to the page that were taken back."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "notice_arrival",
        sa.Column("notice_id", sa.String(26), primary_key=True),
        sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "signed_out",
        sa.Column("nonce", sa.String(64), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )
