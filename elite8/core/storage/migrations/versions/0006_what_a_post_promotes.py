"""What a post advertises."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    column = sa.Column("promotes", sa.String(8), nullable=False, server_default="")
    op.add_column("post", column)
