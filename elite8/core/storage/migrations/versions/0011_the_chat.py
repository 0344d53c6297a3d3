"""The chat: what was asked there, of what the operator was told, about which post a notice asks."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    about = sa.Column("about", sa.String(80), nullable=False, server_default="")
    op.add_column("notice", about)
    op.create_table(
        "told",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("about", sa.String(80), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("told_at", "told", ["at"])
    op.create_table(
        "asked",
        sa.Column("bot", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("person", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
    )
    op.create_index("asked_at", "asked", ["at"])
