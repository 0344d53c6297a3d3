"""Winbacks: campaigns as they were fixed, who drew which arm, drafts that were handed out."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        *offer(),
        *audience(),
        *measure(),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("lot", sa.String(64), nullable=False),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("mailing_id", sa.String(26), sa.ForeignKey("mailing.id")),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("launched_at", UtcDateTime),
        sa.Column("window_until", UtcDateTime),
        sa.Column("stopped_at", UtcDateTime),
        sa.CheckConstraint(
            "kind IN ('discount', 'free_access', 'limited_offer')", name="known_kind"
        ),
        sa.CheckConstraint("channel IN ('line', 'email', 'draft')", name="known_channel"),
        sa.CheckConstraint("status IN ('planned', 'started', 'stopped')", name="known_status"),
        sa.UniqueConstraint("name", name="campaign_once"),
    )
    op.create_index("ix_campaign_mailing_id", "campaign", ["mailing_id"])
    arms()


def offer() -> list[sa.Column[object]]:
    """Return what is offered."""
    return [
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("percent", sa.Integer),
        sa.Column("months", sa.Integer),
        sa.Column("days", sa.Integer),
        sa.Column("bonus", sa.String(200), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("deadline", UtcDateTime),
        sa.Column("code_ends", UtcDateTime),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("price_after_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("renews", sa.Boolean, nullable=False),
        sa.Column("agree", sa.String(200), nullable=False),
        sa.Column("cancel", sa.String(200), nullable=False),
    ]


def audience() -> list[sa.Column[object]]:
    """Return whom it is for, how it reaches them, and its words."""
    return [
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("character", sa.String(32), nullable=False),
        sa.Column("platforms", sa.String(120), nullable=False),
        sa.Column("tiers", sa.String(60), nullable=False),
        sa.Column("lapsed_least", sa.Integer, nullable=False),
        sa.Column("lapsed_most", sa.Integer, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String, nullable=False),
    ]


def measure() -> list[sa.Column[object]]:
    """Return how it is measured and what it may cost."""
    return [
        sa.Column("hold_out", sa.Float),
        sa.Column("window_days", sa.Integer, nullable=False),
        sa.Column("cool_down_days", sa.Integer, nullable=False),
        sa.Column("most_a_year", sa.Integer, nullable=False),
        sa.Column("budget_minor", sa.BigInteger),
        sa.Column("message_cost", sa.Float),
        sa.Column("bonus_cost", sa.Float, nullable=False),
        sa.Column("base", sa.Float, nullable=False),
        sa.Column("base_from", sa.String(80), nullable=False),
        sa.Column("hoped", sa.Float, nullable=False),
        sa.Column("worthwhile", sa.Float, nullable=False),
    ]


def arms() -> None:
    op.create_table(
        "assignment",
        sa.Column("campaign_id", sa.String(26), sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("who", sa.String(32), primary_key=True),
        sa.Column("subscriber_id", sa.Integer, sa.ForeignKey("subscriber.id")),
        sa.Column("person_key", sa.String(26), nullable=False),
        sa.Column("stratum", sa.String(32), nullable=False),
        sa.Column("held_out", sa.Boolean, nullable=False),
        sa.Column("back_on", sa.Date),
        sa.Column("net_minor", sa.BigInteger),
        sa.Column("settled_on", sa.Date),
    )
    op.create_index("assignment_of", "assignment", ["subscriber_id"])
    op.create_table(
        "handed_out",
        sa.Column("campaign_id", sa.String(26), sa.ForeignKey("campaign.id"), primary_key=True),
        sa.Column("who", sa.String(32), primary_key=True),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
