"""People: the audit log, who may be written to, and what was sent to them."""

import sqlalchemy as sa
from alembic import op

from elite8.core.domain.columns import UtcDateTime

revision = "0017"
down_revision = "0016"

KEPT = "the audit log is append-only"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.String(24), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("decision", sa.String(24), nullable=False),
        sa.Column("rules", sa.String(12), nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_subject", "audit", ["subject"])
    only_grows()
    people()
    mailings()


def only_grows() -> None:
    """Have the database itself refuse to change or delete a row of the audit log."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{KEPT}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{KEPT}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_kept()"
    )


def people() -> None:
    op.create_table(
        "person",
        sa.Column("key", sa.String(26), primary_key=True),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("age", sa.String(8), nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.Column("erased_at", UtcDateTime),
    )
    op.create_table(
        "address",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("person_key", sa.String(26), sa.ForeignKey("person.key"), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_address_person_key", "address", ["person_key"])
    op.create_table(
        "consent",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("person_key", sa.String(26), sa.ForeignKey("person.key"), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("granted_at", UtcDateTime),
        sa.Column("wording_version", sa.String(64), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("evidence_ref", sa.String(200), nullable=False),
        sa.Column("doi_confirmed_at", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.Column("withdrawn_via", sa.String(32), nullable=False),
    )
    op.create_index("consent_of", "consent", ["person_key", "channel", "purpose", "id"])
    op.create_table(
        "suppression",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
    )
    op.create_table(
        "salt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("proof", sa.String(64), nullable=False),
    )


def mailings() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("character", sa.String(32), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("video_url", sa.String, nullable=False),
        sa.Column("preview_url", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("mailing_id", sa.String(26), sa.ForeignKey("mailing.id"), nullable=False),
        sa.Column("person_key", sa.String(26), sa.ForeignKey("person.key"), nullable=False),
        sa.Column("channel", sa.String(8), nullable=False),
        sa.Column("purpose", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("handle", sa.String(120), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("answer", sa.String(200), nullable=False),
        sa.UniqueConstraint("mailing_id", "person_key", name="delivered_once"),
    )
    op.create_index("delivery_of", "delivery", ["person_key", "at"])
    op.create_index("delivery_by_try", "delivery", ["handle"])
