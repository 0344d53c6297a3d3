"""Accounts on networks, and what a post in the making is called there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("network", sa.String(16), nullable=False),
        sa.Column("handle", sa.String(64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("characters", sa.String(), nullable=False),
        sa.Column("regions", sa.String(), nullable=False),
        sa.Column("access_ends_at", sa.DateTime()),
        sa.Column("refresh_ends_at", sa.DateTime()),
        sa.Column("signed_in_at", sa.DateTime(), nullable=False),
        sa.Column("unlinked_at", sa.DateTime()),
        sa.Column("failure", sa.String(), nullable=False),
        sa.UniqueConstraint("network", "handle", name="account_once"),
    )
    op.add_column("post", sa.Column("account_id", sa.String(26), nullable=False, server_default=""))
    op.add_column(
        "post", sa.Column("remote_handle", sa.String(), nullable=False, server_default="")
    )
    op.add_column("post", sa.Column("sent_at", sa.DateTime()))
