"""Who works for the store: processes on any machine that do what the leader hands out."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "worker",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("queues", sa.String(200), nullable=False),
        sa.Column("at_once", sa.Integer, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("worker")
