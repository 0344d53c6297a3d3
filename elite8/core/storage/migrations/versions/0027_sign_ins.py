"""Sign-ins that several machines use: sealed, in the store they share."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("account_id", sa.String(26), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("sign_in")
