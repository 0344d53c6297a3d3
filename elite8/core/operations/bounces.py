"""What mail servers send back: an address that does not exist, or a complaint, is the last letter.

RFC 3464 (delivery status) and RFC 5965 (feedback reports). Only whoever was sent the letter knows
the return address that names it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from itertools import islice
from typing import Any, Literal

from elite8.core import log
from elite8.core.domain.identity import ALPHABET, LENGTH
from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.operations import consents, letterbox
from elite8.core.platforms.mail import NO_SUCH
from elite8.core.storage import people
from elite8.core.studio import Studio

AT_ONCE = 2000
"""Letters of one round; the next goes on with the rest."""
MOST_PARTS = 20
"""What servers send back has three parts; of one with more we read the first."""
CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
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
    """Return what a letter says that came back; what is none, or cannot be read, is `unknown`.

    Anybody may send one there: what it makes a parser do stops no other letter.
    """
    try:
        return understood(message_from_bytes(raw, policy=policy.compat32))
    except Exception as odd:  # noqa: BLE001  # a stranger wrote it
        log.get().info("letter.unreadable", kind=type(odd).__name__)
        return Bounce(delivery="", kind="unknown", status="")


def understood(letter: Message) -> Bounce:
    """Return what a letter says."""
    kind: Kind = "unknown"
    status = ""
    for part in parts(letter):
        if part.get_content_type() == "message/delivery-status":
            kind, status = told(part)
        elif part.get_content_type() == "message/feedback-report":
            kind = "complaint"
    return Bounce(delivery=named(letter), kind=kind, status=status)


def parts(letter: Message) -> Iterator[Message]:
    """Yield the first parts of a letter, without what is inside letters in it."""
    whole = letter.get_payload()
    yield letter
    if letter.get_content_maintype() == "multipart" and isinstance(whole, list):
        yield from islice((one for one in whole if isinstance(one, Message)), MOST_PARTS)


def told(report: Message) -> tuple[Kind, str]:
    """Return what a delivery status says: the first part is the server's, the rest are people."""
    blocks: Any = report.get_payload()
    some = blocks[1:MOST_PARTS] if isinstance(blocks, list) else []
    for block in (one for one in some if isinstance(one, Message)):
        action = str(block.get("Action", "")).strip().lower()
        found = CODE.match(str(block.get("Status", "")).strip())
        code = found[0] if found else ""
        if action == "failed":
            return ("gone" if code in NO_SUCH else "full"), code
        if action in {"delayed", "relayed", "delivered", "expanded"}:
            return "later", code
    return "unknown", ""


def named(letter: Message) -> str:
    """Return the delivery a letter is about: by our return address, else by the letter in it."""
    for header in ("To", "Delivered-To", "X-Original-To"):
        for value in letter.get_all(header, []):
            if found := RETURNED.search(str(value)):
                return found[1].upper()
    for part in parts(letter):
        if found := NAMED.search(inside(part)):
            return found[1].upper()
    return ""


def inside(part: Message) -> str:
    """Return the name of the letter that a part holds, or its headers; "" for any other part."""
    held: Any = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(held, list) and held:
        return str(held[0].get("Message-ID", ""))
    if part.get_content_type() == "text/rfc822-headers":
        return str(held)
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
        if row is None or row.channel != "email":
            return Bounce(delivery="", kind=bounce.kind, status=bounce.status)
        if bounce.kind != "complaint":
            row.status, row.answer = DeliveryStatus.REFUSED, f"came back ({bounce.status})"
        if bounce.kind in ("gone", "complaint"):
            reason = "bounced" if bounce.kind == "gone" else "complained"
            for address in people.addresses(session, row.person_key, "email"):
                consents.close(studio, session, row.person_key, address.digest, reason)
    if bounce.kind == "complaint":
        consents.withdraw(studio, row.person_key, channel="email", via="complaint")
    return bounce


def take_new(studio: Studio) -> tuple[Bounce, ...]:
    """Take in what came to the place since the last time; nothing there is changed."""
    place = studio.settings.bounces_path
    if place is None:
        return ()
    before = letterbox.mark(studio.settings)
    found, until = letterbox.fresh(place, before, AT_ONCE)
    done = take(studio, found)
    if until != before:
        letterbox.keep_mark(studio.settings, until)
    return done
