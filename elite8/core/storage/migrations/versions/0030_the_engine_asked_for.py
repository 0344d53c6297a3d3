"""Which engine the operator asked for: a planned video is made later, by another process."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    column = sa.Column("asked_engine", sa.String(16), nullable=False, server_default="auto")
    op.add_column("video", column)


def downgrade() -> None:
    op.drop_column("video", "asked_engine")
