"""Whom a message waits for until quiet hours end."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "held_back",
        sa.Column("mailing_id", sa.String(26), sa.ForeignKey("mailing.id"), primary_key=True),
        sa.Column("person_key", sa.String(26), sa.ForeignKey("person.key"), primary_key=True),
        sa.Column("until", UtcDateTime, nullable=False),
    )
