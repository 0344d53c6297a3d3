"""What mail servers send back: an address that does not exist, or a complaint, is the last letter.

RFC 3464 (delivery status) and RFC 5965 (feedback reports). Only whoever was sent the letter knows
the return address that names it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal, cast

from elite8.core.domain.identity import ALPHABET, LENGTH
from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.operations import consents
from elite8.core.storage import people
from elite8.core.studio import Studio

RETURNED = re.compile(rf"\+([{ALPHABET}]{{{LENGTH}}})@", re.IGNORECASE)
NAMED = re.compile(rf"<([{ALPHABET}]{{{LENGTH}}})@", re.IGNORECASE)
Kind = Literal["gone", "full", "later", "complaint", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What one letter that came back says; `delivery` is "" when it names none of ours."""

    delivery: str
    kind: Kind
    status: str


def read(raw: bytes) -> Bounce:
    """Return what a letter says that came back; what is none is `unknown`."""
    letter = message_from_bytes(raw, policy=policy.default)
    kind: Kind = "unknown"
    status = ""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            kind, status = told(part)
        elif part.get_content_type() == "message/feedback-report":
            kind = "complaint"
    return Bounce(delivery=named(letter), kind=kind, status=status)


def told(report: EmailMessage) -> tuple[Kind, str]:
    """Return what a delivery status says: the first part is the server's, the rest are people."""
    for block in cast("list[EmailMessage]", report.get_payload())[1:]:
        action = str(block.get("Action", "")).strip().lower()
        status = str(block.get("Status", "")).split()[:1]
        code = status[0] if status else ""
        if action == "failed":
            return ("gone" if code.startswith("5.1.") else "full"), code
        if action in {"delayed", "relayed", "delivered", "expanded"}:
            return "later", code
    return "unknown", ""


def named(letter: EmailMessage) -> str:
    """Return the delivery a letter is about: by our return address, else by the letter in it."""
    for header in ("To", "Delivered-To", "X-Original-To"):
        for value in letter.get_all(header, []):
            if found := RETURNED.search(str(value)):
                return found[1].upper()
    for part in letter.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            content = part.as_bytes().decode("utf-8", "replace")
            if found := NAMED.search(content):
                return found[1].upper()
    return ""


def take(studio: Studio, letters: Iterable[bytes]) -> tuple[Bounce, ...]:
    """Take in letters that came back; return what each says. Twice changes nothing."""
    return tuple(counted(studio, read(raw)) for raw in letters)


def counted(studio: Studio, bounce: Bounce) -> Bounce:
    """Do what one says: end the address, or what the person had agreed to."""
    if bounce.kind in ("later", "unknown") or not bounce.delivery:
        return bounce
    with studio.database.transaction() as session:
        row = people.delivery(session, bounce.delivery)
        if row is None:
            return Bounce(delivery="", kind=bounce.kind, status=bounce.status)
        if bounce.kind != "complaint":
            row.status, row.answer = DeliveryStatus.REFUSED, f"came back ({bounce.status})"
        if bounce.kind in ("gone", "complaint"):
            reason = "bounced" if bounce.kind == "gone" else "complained"
            for address in people.addresses(session, row.person_key):
                if address.channel == "email":
                    consents.close(studio, session, row.person_key, address.digest, reason)
    if bounce.kind == "complaint":
        consents.withdraw(studio, row.person_key, channel="email", via="complaint")
    return bounce
