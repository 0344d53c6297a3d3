"""Who was erased and subscribed again: since when they are taken in, decided when, on what."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("tombstone", sa.Column("since", UtcDateTime))
    op.add_column("tombstone", sa.Column("readmitted_at", UtcDateTime))
    op.add_column(
        "tombstone", sa.Column("evidence", sa.String(200), nullable=False, server_default="")
    )
