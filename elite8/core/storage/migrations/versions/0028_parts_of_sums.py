"""Up to when the sums of engagement are, of each part of all people: several machines make them."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0028"
down_revision = "0027"

STATE, NEW = "engagement_state", "engagement_state_of_parts"
PARTS = " UNION ALL ".join(f"SELECT {number} AS part" for number in range(1, 9))
KEPT = "days_before, until, basis, seen"


def upgrade() -> None:
    make(NEW, sa.Column("part", sa.Integer, primary_key=True, autoincrement=False))
    op.execute(
        f"INSERT INTO {NEW} (part, {KEPT}) "  # noqa: S608  # our own names
        f"SELECT part, {KEPT} FROM {STATE} CROSS JOIN ({PARTS}) AS parts"
    )
    op.drop_table(STATE)
    op.rename_table(NEW, STATE)


def downgrade() -> None:
    op.drop_table(STATE)
    make(STATE)  # without rows all is worked out again


def make(name: str, *more: sa.Column[int]) -> None:
    op.create_table(
        name,
        sa.Column("days_before", sa.Integer, primary_key=True, autoincrement=False),
        *more,
        sa.Column("until", UtcDateTime, nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("seen", sa.String(100), nullable=False),
    )
