"""The ledger of consents: given, confirmed, withdrawn at once; nobody comes back who said no."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core import places
from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import (
    CONFIRMED_TWICE,
    ONE_ZONE,
    Address,
    Consent,
    Person,
    following,
    given_after,
    new_person,
    unsaid,
)
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import audit, said_no
from elite8.core.operations.given import CHANNELS, Given, check, chosen
from elite8.core.storage import held, keys, people, vault
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

SAID_AGAIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one consent stands; `new` says whether this call changed it."""

    person: str
    channel: str
    purpose: str
    status: str
    at: datetime | None
    evidence: str = ""
    confirmed_at: datetime | None = None
    via: str = ""
    new: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a person; `suppressed` names the channels that are closed for good."""

    person: str
    country: str
    zone: str
    language: str
    age: str
    channels: tuple[str, ...]
    suppressed: tuple[str, ...]
    consents: tuple[Standing, ...]
    story: tuple[Standing, ...]


class SaidNo(Refused):
    """The person said no: the address is suppressed, or the consent was withdrawn later."""


def opened(studio: Studio, session: Session) -> Vault:
    """Return what seals addresses and knows them again."""
    settings = studio.settings
    given = settings.token_key.get_secret_value() if settings.token_key else None
    key = keys.find(settings.token_key_from, given, places.environment(), settings.state_dir)
    return vault.unlock(settings.state_dir, key, session)


def alone(session: Session) -> None:
    """Have nobody else write down what people say: of a yes and a no at once the no holds."""
    held.alone(session, "consents")


def record(studio: Studio, given: Given) -> Standing:
    """Keep a consent; the same one twice is kept once.

    Where double opt-in is asked for it waits to be confirmed. An import without evidence counts as
    none, and none takes the place of a newer yes. A suppressed address, and an import of somebody
    who said no, are Refused.
    """
    check(given)
    now = studio.clock()
    with studio.database.transaction() as session:
        alone(session)
        safe = opened(studio, session)
        digest = safe.digest(given.channel, given.address)
        if people.suppressed(session, digest) is not None:
            raise SaidNo(
                "this address is suppressed: whoever it is said no, was erased, or is not there; "
                "nobody writes there any more"
            )
        person = people.at(session, digest)
        if person is None:
            person = join(session, safe, given, digest, now)
        else:
            complete(person, given)
        check_no(people.last_no(session, person.key, given.channel), given, now)
        last = people.last(session, person.key, given.channel, given.purpose)
        if last is not None and says_nothing(last, given):
            return standing(last, new=False)
        facts = told(person, given, now, last)
        if last is not None and all(getattr(last, name) == facts[name] for name in SAME):
            return standing(last, new=False)
        return keep(studio, session, last, **facts)


SAME = ("status", "wording_version", "source", "evidence_ref")


def join(session: Session, safe: Vault, given: Given, digest: str, now: datetime) -> Person:
    """Return a new person, reached at one address."""
    person = new_person(
        now=now,
        country=given.country,
        zone=given.zone,
        language=given.language,
        age=given.age,
    )
    session.add(person)
    session.flush()
    sealed = safe.seal(given.channel, given.address)
    session.add(
        Address(
            digest=digest,
            person_key=person.key,
            channel=given.channel,
            sealed=sealed,
            added_at=now,
        )
    )
    session.flush()
    return person


def complete(person: Person, given: Given) -> None:
    """Write down what was unknown; an age is never made higher by a later word."""
    for name in ("country", "zone", "language"):
        setattr(person, name, getattr(person, name) or getattr(given, name))
    person.zone = person.zone or ONE_ZONE.get(person.country, "")
    if given.age == "minor" or person.age == "unknown":
        person.age = given.age if given.age != "unknown" else person.age


def check_no(no: datetime | None, given: Given, now: datetime) -> None:
    """Refuse to have the last no on a channel undone by a list, or by a yes that is older.

    Both yeses count where there are two: what was confirmed before the no says nothing after it.
    """
    at = given.at or now
    first, last = sorted((at, given.confirmed_at or at))
    if last > now:
        raise ConfigError("a consent cannot be given in the future; look at its time and zone")
    if no is not None and (given.source == "import_attested" or first <= no):
        raise SaidNo("this person withdrew it later; only they themselves can give it again")


def says_nothing(last: Consent, given: Given) -> bool:
    """Return whether a list, or a platform, tells no more than the yes that holds."""
    if given.source == "form" or last.status != "granted" or last.granted_at is None:
        return False
    confirms = given.confirmed_at is not None and last.doi_confirmed_at is None
    older = given.at is not None and given.at <= last.granted_at
    return not given.evidence or (older and not confirms)


def told(person: Person, given: Given, now: datetime, last: Consent | None) -> dict[str, object]:
    """Return what the new row says."""
    by_law = person.country in CONFIRMED_TWICE
    twice = by_law and bool(given.channel == "email" or person.country)
    confirmed = given.confirmed_at
    if last is not None and last.status == "granted":
        confirmed = confirmed or last.doi_confirmed_at
    status = "granted" if confirmed or not twice else "pending_doi"
    if not given.evidence:
        status = "none"
    return {
        "person_key": person.key,
        "channel": given.channel,
        "purpose": given.purpose,
        "status": status,
        "granted_at": (given.at or now) if status != "none" else None,
        "wording_version": given.wording,
        "language": given.language,
        "source": given.source,
        "evidence_ref": given.evidence,
        "doi_confirmed_at": confirmed,
        "withdrawn_at": None,
        "withdrawn_via": "",
    }


def keep(studio: Studio, session: Session, last: Consent | None, **facts: object) -> Standing:
    """Add the row that holds from now on, and keep the decision."""
    row = following(last, now=studio.clock(), **facts)
    if row.status == "withdrawn":
        said_no.note(studio, session, row)
    session.add(row)
    session.flush()
    detail = f"{row.channel} {row.purpose} {row.withdrawn_via or row.source}"
    what = Decision(act="consent", subject=row.person_key, decision=row.status, detail=detail)
    audit.keep(studio, session, what)
    return standing(row, new=True)


def standing(row: Consent, *, new: bool) -> Standing:
    """Return a row for people."""
    return Standing(
        person=row.person_key,
        channel=row.channel,
        purpose=row.purpose,
        status=row.status,
        at=row.withdrawn_at or row.granted_at,
        evidence=row.evidence_ref,
        confirmed_at=row.doi_confirmed_at,
        via=row.withdrawn_via,
        new=new,
    )


def confirm(studio: Studio, who: str, channel: str, purpose: str, evidence: str = "") -> Standing:
    """Note that a person said yes a second time; once is enough, and nothing is a ConfigError."""
    with studio.database.transaction() as session:
        alone(session)
        person = named(studio, session, who)
        last = people.last(session, person.key, channel, purpose)
        if last is not None and last.status == "granted":
            return standing(last, new=False)
        if last is None or last.status != "pending_doi":
            state = last.status if last else "none"
            raise Refused(f"nothing waits to be confirmed: the {channel} consent is '{state}'")
        now = studio.clock()
        proof = evidence or last.evidence_ref
        facts = {"status": "granted", "doi_confirmed_at": now, "evidence_ref": proof}
        return keep(studio, session, last, **facts)


def withdraw(
    studio: Studio, who: str, *, channel: str = "", purpose: str = "", via: str
) -> tuple[Standing, ...]:
    """End a person's consents at once and return how they stand; twice harms nothing.

    With neither channel nor purpose all end, and every address is suppressed for good. A no to a
    purpose that nothing was said of is kept too: an old yes to it may still be in a list.
    """
    if purpose:
        chosen("purpose", purpose)
    with studio.database.transaction() as session:
        alone(session)
        person = named(studio, session, who)
        ended = [
            end(studio, session, one, via, studio.clock())
            for one in standing_of(session, person, purpose)
            if channel in ("", one.channel) and purpose in ("", one.purpose)
        ]
        if not channel and not purpose:
            for address in people.addresses(session, person.key):
                said_no.shut(studio, session, address.digest, "withdrawn")
    return tuple(ended)


def withdraw_at(studio: Studio, channel: str, address: str, *, via: str, at: datetime) -> bool:
    """End all that somebody agreed to on a channel, as of `at`; return whether that changed it.

    What was given after `at` stays, in whatever order both are told. A no of somebody unknown is
    kept as well: the yes before it may still be on its way.
    """
    at = min(at, studio.clock())
    with studio.database.transaction() as session:
        alone(session)
        digest = opened(studio, session).digest(channel, address)
        person = people.at(session, digest)
        if person is None:
            if people.suppressed(session, digest) is None:
                refuse_first(studio, session, Given(channel=channel, address=address), via, at)
            return False
        story = people.story(session, person.key)
        ended = [
            end(studio, session, one, via, at)
            for one in latest(story)
            if one.channel == channel and not given_after(story, one, at)
        ]
    return any(one.new for one in ended)


def refuse_first(
    studio: Studio, session: Session, given: Given, via: str, at: datetime
) -> Standing:
    """Keep the no of somebody who was not known."""
    safe = opened(studio, session)
    digest = safe.digest(given.channel, given.address)
    person = join(session, safe, given, digest, studio.clock())
    return end(studio, session, unsaid(person.key, given.channel, given.purpose), via, at)


def end(studio: Studio, session: Session, last: Consent, via: str, at: datetime) -> Standing:
    """End one consent as of `at`; of two noes the later one stands.

    One that is said again within `SAID_AGAIN` is the same: whoever says it on and on writes little.
    """
    if last.status == "withdrawn" and at - (last.withdrawn_at or at) < SAID_AGAIN:
        return standing(last, new=False)
    facts = {"status": "withdrawn", "withdrawn_at": at, "withdrawn_via": via}
    return keep(studio, session, last, **facts)


def standing_of(session: Session, person: Person, purpose: str) -> tuple[Consent, ...]:
    """Return how a person's consents stand; of `purpose`, if any, also where nothing was said."""
    said = latest(people.story(session, person.key))
    there = {one.channel for one in said if one.purpose == purpose}
    silent = {one.channel for one in people.addresses(session, person.key)} - there
    asked = sorted(silent) if purpose else ()
    return (*said, *(unsaid(person.key, channel, purpose) for channel in asked))


def latest(story: Sequence[Consent]) -> tuple[Consent, ...]:
    """Return the rows that hold, one for each channel and purpose."""
    return tuple({(one.channel, one.purpose): one for one in story}.values())


def suppress(studio: Studio, channel: str, address: str, reason: str) -> bool:
    """Have nobody write to an address any more, known or not; return whether that is new."""
    with studio.database.transaction() as session:
        alone(session)
        digest = opened(studio, session).digest(channel, address)
        person = people.at(session, digest)
        return close(studio, session, person.key if person else digest[:16], digest, reason)


def close(studio: Studio, session: Session, subject: str, digest: str, reason: str) -> bool:
    """Put an address on the suppression list; return whether that is new."""
    new = said_no.shut(studio, session, digest, reason)
    if new:
        what = Decision(act="consent", subject=subject, decision="suppressed", detail=reason)
        audit.keep(studio, session, what)
    return new


def forget(studio: Studio, session: Session, person: Person) -> int:
    """Forget who a person is; return how many addresses they had, which stay suppressed as hashes.

    What was consented and when stays under the key, without its evidence.
    """
    reached = people.addresses(session, person.key)
    for address in reached:
        people.suppress(session, address.digest, studio.clock(), "erased")
        session.delete(address)
    for one in latest(people.story(session, person.key)):
        if one.status != "withdrawn":
            end(studio, session, one, "erased", studio.clock())
    for row in people.story(session, person.key):
        row.evidence_ref = ""
    people.forget_held(session, person.key)
    person.country = person.zone = person.language = ""
    person.age, person.erased_at = "unknown", studio.clock()
    what = Decision(act="consent", subject=person.key, decision="erased")
    audit.keep(studio, session, what)
    return len(reached)


def show(studio: Studio, who: str) -> Known:
    """Return what is known of a person, and all that was said."""
    with studio.database.transaction() as session:
        person = named(studio, session, who)
        story = people.story(session, person.key)
        reached = people.addresses(session, person.key)
        closed = [one.channel for one in reached if people.suppressed(session, one.digest)]
        return Known(
            person=person.key,
            country=person.country,
            zone=person.zone,
            language=person.language,
            age=person.age,
            channels=tuple(one.channel for one in reached),
            suppressed=tuple(closed),
            consents=tuple(standing(one, new=False) for one in latest(story)),
            story=tuple(standing(one, new=False) for one in story),
        )


def counts(studio: Studio) -> tuple[tuple[str, str, str, int], ...]:
    """Return how many stand how: channel, purpose, status, people."""
    with studio.database.transaction() as session:
        return tuple((one[0], one[1], one[2], one[3]) for one in people.counts(session))


def named(studio: Studio, session: Session, who: str) -> Person:
    """Return the person of a key, or of CHANNEL:ADDRESS; nobody is a ConfigError."""
    channel, colon, address = who.partition(":")
    if colon and channel in CHANNELS:
        found = people.at(session, opened(studio, session).digest(channel, address))
    else:
        found = people.get(session, who.upper())
    if found is None:
        raise ConfigError("nobody is known so; give a key, or CHANNEL:ADDRESS")
    return found
