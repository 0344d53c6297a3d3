"""Looking at a year: what the page and the watch ask again and again finds its rows by index."""

from alembic import op

revision = "0012"
down_revision = "0011"

INDICES = {
    "post_by_network": ("post", ["platform", "status"]),
    "post_by_end": ("post", ["status", "meant_at"]),
    "post_by_out": ("post", ["status", "published_at"]),
    "post_by_sight": ("post", ["seen", "status"]),
    "video_by_begin": ("video", ["status", "begun_at"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDICES.items():
        op.create_index(name, table, columns)
