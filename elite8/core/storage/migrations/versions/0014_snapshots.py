"""Snapshots: what the console showed at an instant of the past; a day's posts by index."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("at", UtcDateTime, primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("post_by_due", "post", ["due_at"])
