"""When a start was sent by the engine's own clock, and which lost start it replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("job", sa.Column("sent_there", sa.DateTime()))
    op.execute("UPDATE job SET sent_there = sent_at")
    op.add_column("job", sa.Column("follows", sa.String(26), nullable=False, server_default=""))
    op.create_index("ix_job_follows", "job", ["follows"])
