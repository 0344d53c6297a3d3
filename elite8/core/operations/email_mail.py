"""A message by email: one letter to each person, claimed before it is sent, never sent again."""

from collections.abc import Collection
from datetime import timedelta

from elite8.core import log
from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import Address, Person
from elite8.core.domain.mailing import Delivery, DeliveryStatus, Mailing, new_delivery
from elite8.core.errors import ConfigError, Elite8Error, RateLimited, Refused, Unanswered
from elite8.core.operations import audience, audit, consents, eligible, mailings, way_out
from elite8.core.operations.eligible import Reach
from elite8.core.platforms import mail
from elite8.core.platforms.answers import Failed
from elite8.core.platforms.mail import Envelope, NoSuchAddress, Post
from elite8.core.storage import held, people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

DAY = timedelta(days=1)
GONE = timedelta(minutes=10)
ALL_OF = 3
"""So many letters, each refused, are the sender's trouble and nobody else's (our own bound)."""
MOST_BOUNCED, OF_AT_LEAST = 0.02, 50
"""Share of a message's addresses that may not exist, and of how many (api/messaging.md C3, I)."""


def send(studio: Studio, reference: str, limit: int, only: Collection[str] | None = None) -> None:
    """Send a message to whom it may reach now, at most `limit`; each is sent it once at most.

    A letter whose answer was lost stays uncertain: no mail server can be asked.
    """
    mailings.check_sender(studio, "email")
    check_server(studio)
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
        mailings.check_stops(session, mailing)
        waiting = who_waits(studio, session, mailing, only)
    end_dead(studio, mailing)
    if not waiting:
        return
    with mail.opened(studio.settings) as line:
        for key in waiting[:limit]:
            check_bounces(studio, mailing)
            if one := begin(studio, mailing, key, only):
                put(studio, line, *one)


def check_server(studio: Studio) -> None:
    """Refuse to begin without a mail server."""
    if not studio.settings.smtp_host:
        raise ConfigError("set ELITE8_SMTP_HOST (docs/how-to/email.md)")


def reach(
    studio: Studio, session: Session, mailing: Mailing, only: Collection[str] | None = None
) -> Reach:
    """Return whom a message may reach now, as far as anybody can say before it is sent."""
    safe = consents.opened(studio, session)
    said = mailings.letter(studio, mailing, link=way_out.link(studio, safe, "0" * 26, "m"))
    return audience.reach(studio, session, said, mailing, only)


def who_waits(
    studio: Studio, session: Session, mailing: Mailing, only: Collection[str] | None = None
) -> list[str]:
    """Return the keys of whom a message may reach now; each is judged again as it is sent."""
    return [who.key for who, _ in reach(studio, session, mailing, only).people]


def begin(
    studio: Studio, mailing: Mailing, key: str, only: Collection[str] | None = None
) -> tuple[Delivery, Envelope] | None:
    """Claim one person and commit that it begins; `None` when they may not be written to now.

    When the emails of the last 24 hours are used up it is RateLimited.
    """
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, "messages")  # the day's number and a person's cap go over all of them
        mailings.check_stops(session, mailing)
        check_day(studio, session)
        waits = mailings.still(studio, session, mailing, only)
        who = people.get(session, key)
        there = people.addresses(session, key, "email")
        if who is None or not there or people.has_got(session, mailing.id, key):
            return None
        if waits is not None and key not in waits:
            return None
        if not audience.is_addressee(studio, session, mailing, key):
            return None
        row = new_delivery(now=now, mailing=mailing, person_key=key, handle="")
        said = envelope(studio, session, mailing, row, who, there[0])
        if said is None:
            return None
        row.handle = said.name
        session.add(row)
        session.flush()
        rules = studio.config.rules.version
        what = Decision(
            act="message", subject=mailing.id, decision="begun", rules=rules, detail=f"email {key}"
        )
        audit.keep(studio, session, what)
    return row, said


def envelope(  # noqa: PLR0913, PLR0917  # what one letter is made of
    studio: Studio,
    session: Session,
    mailing: Mailing,
    row: Delivery,
    who: Person,
    address: Address,
) -> Envelope | None:
    """Return the letter to one person; `None` when a rule keeps it back."""
    safe, config = consents.opened(studio, session), studio.config.messages
    link = way_out.link(studio, safe, who.key, mailing.purpose)
    said = mailings.letter(studio, mailing, link=link)
    judged = eligible.verdicts(studio, session, said, who, address)
    if any(one.verdict == "block" for one in judged):
        return None
    sender = mail.bare(config.mail_from)
    domain = sender.rpartition("@")[2]
    name, _, host = (config.bounces_to or sender).rpartition("@")
    return Envelope(
        sender=config.mail_from,
        returns_to=f"{name}+{row.id}@{host}" if config.bounces_to else sender,
        to=safe.opened(address.sealed),
        subject=said.wording.title,
        text=said.wording.caption,
        link=link,
        language=mailing.language,
        name=f"<{row.id.lower()}@{domain}>",
        list_id=f"{mailing.character}.{mailing.purpose}.{domain}",
        at=studio.clock(),
    )


def put(studio: Studio, line: Post, row: Delivery, said: Envelope) -> None:
    """Hand one letter over and record what became of it; what concerns all letters goes on up."""
    try:
        answer = line.put(said)
    except Unanswered as lost:
        mailings.note(studio, [row], DeliveryStatus.UNCERTAIN, str(lost))
        log.get().warning("message.uncertain", delivery=row.id)
        raise
    except Failed as no:
        mailings.note(studio, [row], DeliveryStatus.REFUSED, str(no))
        if isinstance(no, NoSuchAddress):
            consents.suppress(studio, "email", said.to, "bounced")
    except Elite8Error as trouble:
        mailings.unclaim(studio, [row])
        if not isinstance(trouble, RateLimited):  # only this one is not now
            raise
    except BaseException as cut:
        mailings.note(studio, [row], DeliveryStatus.UNCERTAIN, f"cut short ({type(cut).__name__})")
        raise
    else:
        mailings.note(studio, [row], DeliveryStatus.SENT, answer)


def end_dead(studio: Studio, mailing: Mailing) -> None:
    """Call uncertain what a process began and never told of: nobody can be asked."""
    with studio.database.transaction() as session:
        for row in people.deliveries(session, mailing.id, DeliveryStatus.SENDING):
            if studio.clock() - row.at > GONE:
                row.status, row.answer = DeliveryStatus.UNCERTAIN, "its process ended"


def check_day(studio: Studio, session: Session) -> None:
    """Refuse until later when the emails of the last 24 hours are used up."""
    most = studio.config.messages.a_day
    if people.begun_since(session, "email", studio.clock() - DAY) >= most:
        raise RateLimited(f"{most} emails went out within 24 hours; a_day in {mailings.SETTINGS}")


def check_bounces(studio: Studio, mailing: Mailing) -> None:
    """Refuse to go on when too many of the addresses do not exist."""
    with studio.database.transaction() as session:
        states = people.states(session, mailing.id)
    no, begun = states[DeliveryStatus.REFUSED], states.total()
    if no >= ALL_OF and no == begun:
        raise Refused(
            f"each of the first {no} letters was refused: look at the mail server and at mail_from "
            "before you go on (elite8 monitor doctor)"
        )
    if begun >= OF_AT_LEAST and no / begun > MOST_BOUNCED:
        raise Refused(
            f"{no} of {begun} addresses were refused, over {MOST_BOUNCED:.0%}: look at where "
            "the list comes from before you go on"
        )
