"""A video is for a locale; an operator's own words for it wait until they are translated."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("video", sa.Column("locale", sa.String(8), nullable=False, server_default=""))
    for name in ("words", "untranslated"):
        op.add_column("video", sa.Column(name, sa.String, nullable=False, server_default=""))
