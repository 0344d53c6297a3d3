"""A message to friends on LINE: claimed row by row, sent by 500, settled by its retry key."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from elite8.core import http, log
from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import Address, Person
from elite8.core.domain.mailing import Delivery, DeliveryStatus, Mailing, new_delivery
from elite8.core.errors import ConfigError, Elite8Error, Refused, Unanswered
from elite8.core.operations import audience, audit, consents, eligible, mailings
from elite8.core.operations.eligible import Reach
from elite8.core.platforms import line_messaging as line
from elite8.core.platforms.line_messaging import Messaging, Quota, Spent
from elite8.core.storage import held, people
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

GONE = timedelta(minutes=10)
"""After that nobody is still at a try that was begun: an answer is waited for a minute."""
KEYS = uuid.UUID("6a1b7f0e-0c53-4b0e-9a7e-0f6f3d1f8e11")
"""Under it the retry keys are made: the same try has the same key wherever it is worked out."""
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)


@contextmanager
def account(studio: Studio) -> Iterator[Messaging]:
    """Give the official account; without one it is a ConfigError that says what to set."""
    settings = studio.settings
    if not settings.line_channel_id or settings.line_channel_secret is None:
        raise ConfigError(
            "LINE needs a channel of yours: set ELITE8_LINE_CHANNEL_ID and "
            "ELITE8_LINE_CHANNEL_SECRET (docs/how-to/line.md)"
        )
    with http.open_client(transport=studio.transport) as client:
        yield Messaging(
            client=client,
            channel=settings.line_channel_id,
            secret=settings.line_channel_secret.get_secret_value(),
            clock=studio.clock,
            base=settings.line_url or line.API,
        )


def quota(studio: Studio) -> Quota:
    """Return what LINE still takes this month."""
    with account(studio) as there:
        return there.quota()


def bubbles(studio: Studio, mailing: Mailing) -> list[Mapping[str, Any]]:
    """Return what is sent: the video first, then the words."""
    said = mailings.letter(studio, mailing).wording.caption
    shown = [line.video(mailing.video_url, mailing.preview_url)] if mailing.video_url else []
    return [*shown, line.text(said)]


def validate(studio: Studio, reference: str) -> Quota:
    """Have LINE look at a message, which costs nothing, and return what is left."""
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
    with account(studio) as there:
        there.validate("multicast", bubbles(studio, mailing))
        return there.quota()


def send(studio: Studio, reference: str, limit: int, only: Collection[str] | None = None) -> None:
    """Send a message to whom it may reach now, at most `limit` of them; each gets it once.

    What was begun before and not told how it ended is settled first.
    """
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
        mailings.check_stops(session, mailing)
    mailings.check_sender(studio, "line")
    with account(studio) as there:
        settle(studio, there, mailing)
        left = there.quota().left
        while limit > 0:
            most = min(limit, line.MOST_RECIPIENTS)
            chosen = begin(studio, mailing, most, left, only)
            if not chosen:
                return
            limit -= len(chosen)
            left = None if left is None else left - len(chosen)
            put(studio, there, mailing, chosen, again=False)


def begin(
    studio: Studio,
    mailing: Mailing,
    most: int,
    left: int | None,
    only: Collection[str] | None = None,
) -> list[Delivery]:
    """Claim whom it goes to next and commit that it begins; too few messages left: Refused."""
    with studio.database.transaction() as session:
        held.alone(session, "messages")  # a person's cap goes over all of them
        mailings.check_stops(session, mailing)
        waits = mailings.still(studio, session, mailing, only)
        found = reach(studio, session, mailing, waits).people[:most]
        if not found:
            return []
        if left is not None and left < len(found):
            raise Refused(
                f"LINE takes {left} more messages this month, and {len(found)} would go out; "
                "nothing was sent to them. Lower --limit, or change the plan"
            )
        rows = claimed(studio, mailing, [who for who, _ in found])
        session.add_all(rows)
        session.flush()
        what = Decision(
            act="message",
            subject=mailing.id,
            decision="begun",
            rules=studio.config.rules.version,
            detail=f"line {len(rows)} people",
        )
        audit.keep(studio, session, what)
    return rows


def reach(
    studio: Studio, session: Session, mailing: Mailing, only: Collection[str] | None = None
) -> Reach:
    """Return whom a message may reach now."""
    return audience.reach(studio, session, mailings.letter(studio, mailing), mailing, only)


def claimed(studio: Studio, mailing: Mailing, whom: Sequence[Person]) -> list[Delivery]:
    """Return the rows of one call, all under its retry key."""
    now = studio.clock()
    key = str(uuid.uuid5(KEYS, f"{mailing.id} {whom[0].key}"))
    return [new_delivery(now=now, mailing=mailing, person_key=p.key, handle=key) for p in whom]


def put(
    studio: Studio, there: Messaging, mailing: Mailing, rows: Sequence[Delivery], *, again: bool
) -> None:
    """Call once with what is claimed, and record what became of it.

    What is said to a call that is made `again` tells nothing of the first one, unless it was taken.
    """
    with studio.database.transaction() as session:
        to = reached(session, consents.opened(studio, session), rows)
    try:
        if len(to) < len(rows):  # somebody was erased since: the body would be another
            raise Unanswered("somebody of it was erased meanwhile")  # noqa: TRY301  # told below
        taken = there.multicast(to, bubbles(studio, mailing), rows[0].handle)
    except Unanswered as lost:
        mailings.note(studio, rows, DeliveryStatus.UNCERTAIN, str(lost))
        log.get().warning("message.uncertain", mailing=mailing.id, people=len(rows))
    except Elite8Error as no:
        if again:
            mailings.note(studio, rows, DeliveryStatus.UNCERTAIN, str(no))
        elif isinstance(no, Refused) and not isinstance(no, Spent):
            mailings.note(studio, rows, DeliveryStatus.REFUSED, str(no))
        else:
            mailings.unclaim(studio, rows)
        raise
    except BaseException as cut:
        mailings.note(studio, rows, DeliveryStatus.UNCERTAIN, f"cut short ({type(cut).__name__})")
        raise
    else:
        mailings.note(studio, rows, DeliveryStatus.SENT, taken.request_id)


def reached(session: Session, safe: Vault, rows: Sequence[Delivery]) -> list[str]:
    """Return the ids of whom a call goes to, always in the same order."""
    found: list[str] = []
    for one in sorted(rows, key=lambda row: row.id):
        there = people.addresses(session, one.person_key, "line")
        found += [safe.opened(each.sealed) for each in there[:1]]
    return found


def settle(studio: Studio, there: Messaging, mailing: Mailing) -> None:
    """Repeat calls whose answer is not known, by their own keys: LINE says 409 to what it took.

    Not after 23 hours, and not when anybody of it may no longer be written to: it stays uncertain.
    """
    now = studio.clock()
    with studio.database.transaction() as session:
        tries: dict[str, list[Delivery]] = {}
        for row in people.deliveries(session, mailing.id, *OPEN):
            tries.setdefault(row.handle, []).append(row)
        ready = [
            rows
            for rows in tries.values()
            if is_over(rows, now) and may_still(studio, session, mailing, rows)
        ]
    for rows in ready:
        if now - rows[0].at < line.REPEATS:
            put(studio, there, mailing, rows, again=True)


def is_over(rows: Sequence[Delivery], now: Any) -> bool:  # noqa: ANN401  # an instant
    """Return whether nobody is at a try any more."""
    return rows[0].status == DeliveryStatus.UNCERTAIN or now - rows[0].at > GONE


def may_still(studio: Studio, session: Session, mailing: Mailing, rows: Sequence[Delivery]) -> bool:
    """Return whether everybody of a try may be written to now; what it counts itself is no cap."""
    said = mailings.letter(studio, mailing)
    for one in rows:
        who = people.get(session, one.person_key)
        there = people.addresses(session, one.person_key, "line")
        if who is None or not there or blocked(studio, session, said, who, there[0]):
            return False
        if not audience.is_addressee(studio, session, mailing, who.key):
            return False
    return True


def blocked(
    studio: Studio, session: Session, said: eligible.Letter, who: Person, address: Address
) -> bool:
    """Return whether a rule other than the cap holds a message back."""
    found = eligible.verdicts(studio, session, said, who, address)
    return any(one.verdict == "block" and one.rule != "message-cap" for one in found)
