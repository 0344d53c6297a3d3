"""What each export said of a subscriber themselves, so that it can be taken back and corrected."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0029"
down_revision = "0028"

STATE = "subscription_state"
FACTS = "country, language, birth_year, last_seen_at"


def upgrade() -> None:
    for name, length in (("country", 2), ("language", 8)):
        op.add_column(STATE, sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column(STATE, sa.Column("birth_year", sa.Integer))
    op.add_column(STATE, sa.Column("last_seen_at", UtcDateTime))
    # Nobody knows which export said it: each of theirs did, so that no age is lost with one.
    op.execute(
        f"UPDATE {STATE} SET ({FACTS}) = (SELECT {FACTS} FROM subscriber WHERE id = "  # noqa: S608  # our own names
        f"(SELECT subscriber_id FROM subscription WHERE id = {STATE}.subscription_id))"
    )
    # What is known of who has no subscription was said by files that were taken back.
    op.execute(
        "UPDATE subscriber SET country = '', language = '', birth_year = NULL, last_seen_at = NULL "
        "WHERE NOT EXISTS (SELECT 1 FROM subscription WHERE subscriber_id = subscriber.id)"
    )
