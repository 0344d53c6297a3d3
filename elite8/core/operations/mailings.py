"""Messages to many: written once, looked at as people will read them, judged before they go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from elite8.core.domain.character import LANGUAGES
from elite8.core.domain.check import UNKNOWN_REGION
from elite8.core.domain.identity import new_id
from elite8.core.domain.mailing import Delivery, DeliveryStatus, Mailing
from elite8.core.domain.network import Wording
from elite8.core.domain.rule import Verdict, judge
from elite8.core.domain.text import printable
from elite8.core.errors import ConfigError, Refused, Withheld
from elite8.core.operations import eligible, gate
from elite8.core.operations.eligible import Letter
from elite8.core.operations.given import CHANNELS, PURPOSES
from elite8.core.storage import attempts, people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

NOON = 12.0
EVERYWHERE = ("US", "GB", "JP", "BR", "DE", "MX", "AU", "ID", UNKNOWN_REGION)
LONGEST = 4000
"""UTF-16 units that we take of a text: what it owes has to fit under it on LINE (5,000)."""
LONGEST_SUBJECT = 200
SETTINGS = "phase2/messages_config.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operator wants to say, to whom by what, and in whose name."""

    channel: str
    character: str
    text: str
    language: str = "en"
    purpose: str = "marketing"
    subject: str = ""
    video_url: str = ""
    preview_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingShown:
    """A message for people; `words` is the whole of it as a person reads it.

    `held` wait for their quiet hours to end: the daemon goes on with them.
    """

    id: str
    channel: str
    purpose: str
    character: str
    language: str
    subject: str
    words: str
    video_url: str
    created_at: datetime
    sent: int = 0
    uncertain: int = 0
    refused: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Whom a message would reach now; `held` counts people by the rule that keeps them back.

    `left` is how many LINE still takes this month, `None` where nobody counts. `later` are those of
    the held whom only the hour keeps back.
    """

    mailing: MailingShown
    reach: int
    held: tuple[tuple[str, int], ...]
    notes: tuple[Verdict, ...]
    left: int | None = None
    later: int = 0


def write(studio: Studio, wish: Wish) -> MailingShown:
    """Keep a message; nothing goes out. What no rule lets through is Refused now."""
    check(studio, wish)
    mailing = Mailing(
        id=new_id(studio.clock()),
        channel=wish.channel,
        purpose=wish.purpose,
        character=wish.character,
        language=wish.language,
        subject=" ".join(printable(wish.subject).split()),
        text=printable(wish.text),
        video_url=wish.video_url,
        preview_url=wish.preview_url,
        created_at=studio.clock(),
    )
    gate.refuse(on_content(studio, letter(studio, mailing, link="https://example.org/u/1")))
    with studio.database.transaction() as session:
        session.add(mailing)
    return shown(studio, mailing)


def check(studio: Studio, wish: Wish) -> None:
    """Refuse what is no message."""
    choices = {"channel": CHANNELS, "purpose": PURPOSES, "language": LANGUAGES}
    for name, known in choices.items():
        if (said := getattr(wish, name)) not in known:
            raise ConfigError(f"no {name} '{said[:20]}'; choose {', '.join(known)}")
    studio.config.roster.named(wish.character)
    if wish.language not in studio.config.messages.languages:
        raise ConfigError(f"{SETTINGS}: languages has no '{wish.language}'; add it")
    if not wish.text.strip() or len(wish.text.encode("utf-16-le")) // 2 > LONGEST:
        raise ConfigError(f"a message has 1 to {LONGEST} UTF-16 units of text")
    if wish.channel == "email" and not wish.subject.strip():
        raise ConfigError("an email needs --subject")
    if len(wish.subject) > LONGEST_SUBJECT:
        raise ConfigError(f"a subject has at most {LONGEST_SUBJECT} characters")
    for url in filter(None, (wish.video_url, wish.preview_url)):
        if not url.startswith("https://") or printable(url) != url or len(url.split()) != 1:
            raise ConfigError("a video and its picture are https addresses")
    if wish.channel == "line" and bool(wish.video_url) != bool(wish.preview_url):
        raise ConfigError("LINE shows a video with its picture: give --video-url and --preview-url")


def letter(studio: Studio, mailing: Mailing, *, link: str = "") -> Letter:
    """Return a message as one person reads it; `link` ends their emails."""
    config = studio.config.messages
    owed = config.languages[mailing.language]  # type: ignore[index]  # checked as it was written
    label = studio.config.disclosure.words(mailing.language).advertising  # type: ignore[arg-type]  # same
    marketing = mailing.purpose == "marketing"
    below = [label] if marketing else []
    below += [owed.ai, config.sender]
    if mailing.channel == "line":
        below.append(owed.stop)
    else:
        video = [mailing.video_url] if mailing.video_url else []
        way_out = [f"{owed.unsubscribe}: {link}"] if link else []
        below = [*video, *below, config.postal_address, owed.why, *way_out]
    whole = "\n".join(filter(None, (mailing.text, "", *below)))
    performer = studio.config.roster.named(mailing.character)
    return Letter(
        channel=mailing.channel,  # type: ignore[arg-type]  # same
        purpose=mailing.purpose,  # type: ignore[arg-type]  # same
        wording=Wording(title=mailing.subject, caption=whole, hashtags=()),
        sentence=owed.ai,
        sender=config.sender,
        postal_address=config.postal_address,
        opt_out=mailing.channel == "line" or bool(link),
        rating=gate.RATINGS.get(performer.rating, ""),
        advertising=(label,),
    )


def on_content(studio: Studio, said: Letter) -> tuple[Verdict, ...]:
    """Return what the rules say of the words alone, as if everybody had agreed to get them."""
    facts, rules = eligible.to_nobody(studio, said), eligible.message_rules(studio)
    now = facts.now
    willing = replace(
        facts,
        consent="granted",
        granted_at=now,
        confirmed_at=now,
        suppressed=False,
        age="adult",
        hour=NOON,
        contacts=0,
    )
    here = (replace(willing, region=region) for region in EVERYWHERE)
    found = (one for each in here for one in judge(rules, each, now.date()))
    return tuple(dict.fromkeys(found))


def look(studio: Studio, reference: str, only: Collection[str] | None = None) -> Looked:
    """Return whom of `only` these a message would reach now, and who is held back by what."""
    with studio.database.transaction() as session:
        mailing = named(session, reference)
        said = letter(studio, mailing, link="https://example.org/u/1")
        got = people.got(session, mailing.id)
        found = eligible.reach(studio, session, said, got, only)
    return Looked(
        mailing=shown(studio, mailing),
        reach=len(found.people),
        held=found.held,
        notes=found.notes,
        later=len(found.asleep),
    )


def listed(studio: Studio, limit: int = 50) -> tuple[MailingShown, ...]:
    """Return messages, the newest first."""
    with studio.database.transaction() as session:
        found = people.mailings(session, limit)
    return tuple(shown(studio, one) for one in found)


def shown(studio: Studio, mailing: Mailing) -> MailingShown:
    """Return a message for people."""
    with studio.database.transaction() as session:
        states = people.states(session, mailing.id)
        waits = people.waits_for(session, mailing.id, studio.clock())
    return MailingShown(
        id=mailing.id,
        channel=mailing.channel,
        purpose=mailing.purpose,
        character=mailing.character,
        language=mailing.language,
        subject=mailing.subject,
        words=letter(studio, mailing, link="(each one's own)").wording.caption,
        video_url=mailing.video_url,
        created_at=mailing.created_at,
        sent=states[DeliveryStatus.SENT],
        uncertain=states[DeliveryStatus.UNCERTAIN] + states[DeliveryStatus.SENDING],
        refused=states[DeliveryStatus.REFUSED],
        held=len(waits),
    )


def named(session: Session, reference: str) -> Mailing:
    """Return the one message whose id begins so."""
    found = people.mailings_matching(session, reference.upper()) if reference else ()
    if len(found) == 1:
        return found[0]
    why = "several messages begin so" if found else "no such message"
    raise ConfigError(f"{why}: '{reference[:40]}'; 'elite8 subscribers mail list' shows their ids")


def note(studio: Studio, rows: Sequence[Delivery], status: DeliveryStatus, answer: str) -> None:
    """Record what became of a call, for each of its people."""
    with studio.database.transaction() as session:
        for one in rows:
            if row := session.get(Delivery, one.id):
                row.status, row.answer, row.ended_at = status, answer[:200], studio.clock()


def unclaim(studio: Studio, rows: Sequence[Delivery]) -> None:
    """Forget what was claimed: it is certain that nothing was sent."""
    with studio.database.transaction() as session:
        for one in rows:
            if row := session.get(Delivery, one.id):
                session.delete(row)


def check_stops(session: Session, mailing: Mailing) -> None:
    """Keep back what the stop key stops, also in the middle of it."""
    for one in attempts.stops(session):
        if one.covers(mailing.character, mailing.channel, ()):
            raise Withheld(f"{one.words} is stopped; go on with: elite8 publish resume{one.flag}")


def still(
    studio: Studio, session: Session, mailing: Mailing, only: Collection[str] | None
) -> Collection[str] | None:
    """Return for whom of `only` a message waits still: it may be called off while it goes on."""
    if only is None:
        return None
    return people.waits_for(session, mailing.id, studio.clock()).intersection(only)


def check_sender(studio: Studio, channel: str) -> None:
    """Refuse to write to people in nobody's name."""
    config = studio.config.messages
    if channel == "email":
        lacking = [n for n in ("sender", "postal_address", "mail_from") if not getattr(config, n)]
        if lacking:
            raise Refused(f"{SETTINGS}: {lacking[0]} is empty; emails have to say from whom")
