"""The letter that asks for a second yes: one, without advertising, to whoever gave the first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.domain.audit import Decision
from elite8.core.domain.identity import new_id
from elite8.core.errors import Elite8Error, Refused, Unanswered
from elite8.core.operations import audit, consents, email_mail, mailings, way_out
from elite8.core.platforms import mail
from elite8.core.platforms.mail import Envelope, NoSuchAddress
from elite8.core.storage import audit as entries
from elite8.core.storage import held, people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

AGAIN = timedelta(days=7)
"""Nobody is asked more often: the letter may be there though its answer was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who was asked, and when."""

    person: str
    at: datetime


def ask(studio: Studio, who: str, purpose: str = "marketing") -> Asked:
    """Send the letter; that it begins is kept before it does. Who was asked of late is Refused."""
    studio.only_real("sends anything")
    mailings.check_sender(studio, "email")
    email_mail.check_server(studio)
    with mail.opened(studio.settings) as line:
        with studio.database.transaction() as session:
            held.alone(session, "messages")  # of two who ask at once, one finds the other
            said, key = letter(studio, session, who, purpose)
            what = Decision(act="ask", subject=key, decision="begun", detail=f"email {purpose}")
            audit.keep(studio, session, what)
        try:
            line.put(said)
        except Unanswered:  # it may be there
            raise
        except Elite8Error as trouble:
            with studio.database.transaction() as session:
                no = Decision(act="ask", subject=key, decision="not-sent")
                audit.keep(studio, session, no)
            if isinstance(trouble, NoSuchAddress):
                consents.suppress(studio, "email", said.to, "bounced")
            raise
    return Asked(person=key, at=studio.clock())


def letter(studio: Studio, session: Session, who: str, purpose: str) -> tuple[Envelope, str]:
    """Return the letter, and whom it goes to; whoever may not be asked is Refused."""
    person = consents.named(studio, session, who)
    given = people.last(session, person.key, "email", purpose)
    there = people.addresses(session, person.key, "email")
    if given is None or given.status != "pending_doi" or not there:
        raise Refused("nothing waits there for a second yes by email")
    if people.suppressed(session, there[0].digest) is not None:
        raise Refused("this address is suppressed; nobody writes there")
    before = entries.last_of(session, "ask", person.key)
    asked = before is not None and before.decision == "begun"
    if before is not None and asked and studio.clock() - before.at < AGAIN:
        raise Refused("this person was asked within the last seven days; wait for their answer")
    config, safe = studio.config.messages, consents.opened(studio, session)
    languages = config.languages
    tongue = next((name for name in languages if name == person.language), next(iter(languages)))
    words = languages[tongue]
    yes = way_out.link(studio, safe, person.key, purpose, way_out.YES)
    text = words.confirm.replace("{sender}", config.sender).replace("{link}", yes)
    sender = mail.bare(config.mail_from)
    domain = sender.rpartition("@")[2]
    return (
        Envelope(
            sender=config.mail_from,
            returns_to=sender,
            to=safe.opened(there[0].sealed),
            subject=words.confirm_subject,
            text=f"{text}\n\n{config.sender}\n{config.postal_address}",
            link=way_out.link(studio, safe, person.key, purpose),
            language=tongue,
            name=f"<{new_id(studio.clock()).lower()}@{domain}>",  # asked again: another one
            list_id=f"confirm.{domain}",
            at=studio.clock(),
        ),
        person.key,
    )
