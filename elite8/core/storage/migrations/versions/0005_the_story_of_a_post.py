"""What was tried with a post, what an operator decided about it, what was seen of it, and stops."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXTS = {"approved_sha256": 64, "caption": None, "asked_account": 26, "seen": 16, "proof": None}


def upgrade() -> None:
    for name, length in TEXTS.items():
        kind = sa.String(length) if length else sa.String()
        op.add_column("post", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("post", sa.Column("seen_at", sa.DateTime()))
    op.drop_index("post_due", "post")
    op.create_index("post_by_status", "post", ["status", "due_at"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("post_id", sa.String(26), sa.ForeignKey("post.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("outcome", sa.String(24), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("calls", sa.String(), nullable=False),
    )
    op.create_index("ix_attempt_post_id", "attempt", ["post_id"])
    op.create_table(
        "stop",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("value", sa.String(32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.UniqueConstraint("scope", "value", name="stopped_once"),
    )
