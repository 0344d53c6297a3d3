"""Jobs at paid engines, and the ledger of credits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

JOB_STATES = ("sending", "running", "collected", "failed", "uncertain")
ENTRY_KINDS = ("opening", "monthly", "daily", "hold", "release", "settle", "adjust")


def known(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"known_{column}")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("engine", sa.String(16), nullable=False),
        sa.Column("family", sa.String(16), nullable=False),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("video_id", sa.String(26), nullable=False),
        sa.Column("character_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("priced", sa.Integer(), nullable=False),
        sa.Column("coins", sa.Integer()),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(), nullable=False),
        sa.Column("asked_at", sa.DateTime()),
        sa.Column("claimed_by", sa.String(64), nullable=False),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime()),
        known("status", JOB_STATES),
    )
    op.create_index("job_by_status", "job", ["status", "id"])
    op.create_index("ix_job_video_id", "job", ["video_id"])
    op.create_table(
        "credit_entry",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("account", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("character_id", sa.String(32), nullable=False),
        sa.Column("operation", sa.String(16), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        known("kind", ENTRY_KINDS),
        sa.CheckConstraint(
            "(kind IN ('hold', 'settle') AND amount <= 0) OR "
            "(kind IN ('opening', 'monthly', 'daily', 'release') AND amount >= 0) "
            "OR kind = 'adjust'",
            name="signed_right",
        ),
        sa.UniqueConstraint("account", "kind", "reference", name="entered_once"),
    )
    op.create_index("credit_by_time", "credit_entry", ["account", "at"])
