"""What began to go out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    column = sa.Column("begun_sha256", sa.String(64), nullable=False, server_default="")
    op.add_column("post", column)
