"""Sending a message, by whichever channel it is for."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from elite8.core.domain.audit import Decision
from elite8.core.domain.mailing import Mailing
from elite8.core.errors import Elite8Error
from elite8.core.operations import audience, audit, email_mail, line_mail, mailings
from elite8.core.operations.eligible import Reach
from elite8.core.operations.mailings import Looked, MailingShown
from elite8.core.storage import held, people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

HELD = timedelta(hours=24)
"""How long a message that was sent waits for whom it is night; no night of rules is as long."""
BY = {"line": line_mail, "email": email_mail}


def look(studio: Studio, reference: str) -> Looked:
    """Return whom a message would reach now; LINE looks at it too and says what is left."""
    with studio.database.transaction() as session:
        of = audience.addressees(studio, session, mailings.named(session, reference))
    found = mailings.look(studio, reference, of)
    if found.mailing.channel != "line":
        return found
    return replace(found, left=line_mail.validate(studio, reference).left)


def send(studio: Studio, reference: str, limit: int) -> tuple[MailingShown, Elite8Error | None]:
    """Send a message; return how many got it, and what kept it from going on.

    Whom nothing but the hour keeps back gets it when that is over (`mail_round`), within a day and
    within `limit`; the last order holds. What met trouble waits for nobody new.
    """
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
        before = len(people.got(session, mailing.id))
    trouble = hand_over(studio, mailing, limit)
    if trouble is None:
        wait(studio, mailing, limit, before)
    return mailings.shown(studio, mailing), trouble


def hand_over(
    studio: Studio, mailing: Mailing, limit: int, only: Collection[str] | None = None
) -> Elite8Error | None:
    """Send to whom it may reach now; return what kept it from going on."""
    studio.only_real("sends anything")
    try:
        BY[mailing.channel].send(studio, mailing.id, limit, only)
    except Elite8Error as trouble:
        return trouble
    return None


def reach(studio: Studio, session: Session, mailing: Mailing, only: Collection[str]) -> Reach:
    """Return which of these a message may reach now."""
    asked = {"line": line_mail.reach, "email": email_mail.reach}
    return asked[mailing.channel](studio, session, mailing, only)


def wait(studio: Studio, mailing: Mailing, limit: int, before: int) -> None:
    """Note whom the hour keeps back: with whom it went to since, no more than `limit`."""
    with studio.database.transaction() as session:
        held.alone(session, "messages")
        found = BY[mailing.channel].reach(studio, session, mailing)
        went = len(people.got(session, mailing.id)) - before
        keys = found.asleep[: max(limit - went - len(found.people), 0)]
        known = people.waits_for(session, mailing.id, studio.clock())
        people.hold(session, mailing.id, keys, studio.clock() + HELD)
        if set(keys) - known:
            note(studio, session, mailing, "held", len(keys))


def cancel(studio: Studio, reference: str) -> MailingShown:
    """Have a message wait for nobody any more; twice harms nothing."""
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
        count = len(people.waits_for(session, mailing.id, studio.clock()))
        people.hold(session, mailing.id, (), studio.clock())
        if count:
            note(studio, session, mailing, "cancelled", count)
    return mailings.shown(studio, mailing)


def note(studio: Studio, session: Session, mailing: Mailing, decision: str, count: int) -> None:
    """Keep a decision about those for whom a message waits."""
    detail = f"{mailing.channel} {count} people"
    what = Decision(act="message", subject=mailing.id, decision=decision, detail=detail)
    audit.keep(studio, session, what)
