"""What takes long to work out and is kept: models of leaving, what the console shows of it."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "reckoned",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("seen", sa.String(100), nullable=False),
        sa.Column("body", sa.String, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("reckoned")
