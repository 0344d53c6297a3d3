"""Videos and posts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

VIDEO_STATES = ("planned", "generating", "generated", "finished", "failed")
POST_STATES = ("waiting", "publishing", "published", "refused", "uncertain")


def known(states: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{state}'" for state in states)
    return sa.CheckConstraint(f"status IN ({listed})", name="known_status")


def upgrade() -> None:
    op.create_table(
        "video",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("character_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("engine", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("content_type", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("script", sa.String(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("asked_seconds", sa.Float()),
        sa.Column("seconds", sa.Float()),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("cover", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=False),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime()),
        known(VIDEO_STATES),
    )
    op.create_index("video_by_character", "video", ["character_id", "id"])
    op.create_index("video_by_status", "video", ["status", "id"])
    op.create_table(
        "post",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("video_id", sa.String(26), sa.ForeignKey("video.id"), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=False),
        sa.Column("claimed_until", sa.DateTime()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("rendition_sha256", sa.String(64), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("failure", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime()),
        known(POST_STATES),
        sa.UniqueConstraint("video_id", "platform", "region", name="post_once"),
    )
    waiting = sa.text("status = 'waiting'")
    op.create_index(
        "post_due", "post", ["due_at", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
