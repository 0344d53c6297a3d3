"""Who subscribes on Fanvue and what they paid, by its official API; read only, again harmless."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from elite8.core import http
from elite8.core.domain.account import Account
from elite8.core.domain.money import MINOR
from elite8.core.domain.subscriber import Act, SubscriptionStatus
from elite8.core.errors import ConfigError, SignInNeeded
from elite8.core.operations import accounts, direct, egress
from elite8.core.operations.direct import Fetched, Intake, Step
from elite8.core.operations.mapping import Did, Name, Stands
from elite8.core.platforms.fanvue import Fan, Fanvue, NotThere, Payment
from elite8.core.storage import accounts as kept
from elite8.core.storage import direct as stored
from elite8.core.storage.direct import Terms
from elite8.core.studio import Studio

PLATFORM = "fanvue"
AGAIN = timedelta(days=7)
"""How far before the last walk payments are asked for again: some are told late (INFERRED)."""
WALKS = 3
"""Times a list is walked that people join and leave meanwhile, at most."""
ACTS: Mapping[str, Act] = {
    "subscription": Act.SUB_START,
    "renewal": Act.SUB_RENEW,
    "tip": Act.TIP,
    "message": Act.PPV,
    "post": Act.PPV,
    "mediaLink": Act.PPV,
    "refund": Act.REFUND,
    "chargeback": Act.CHARGEBACK,
}
BACK = (Act.REFUND, Act.CHARGEBACK)
NOBODY = "of no subscriber (referrals, affiliates)"
UNREADABLE = "without a time or a known currency, or with an amount that is no number of cents"
PART = "may lack somebody: people joined and left while the list was read; fetch again"


def fetch(
    studio: Studio, *, account: str = "", since: str = "", dry_run: bool = False, step: Step
) -> Fetched:
    """Take in payments since a day, else since the last time, and everybody who is there now."""
    chosen = account_of(studio, account)
    character = character_of(chosen)
    from_when = direct.since_of(studio, since) or since_last(studio, chosen)
    with studio.database.transaction() as session:
        direct.check_files(studio, session, PLATFORM, character, from_when)
    until = studio.clock()
    with http.open_client(transport=egress.line(studio, chosen)) as client:
        there = accounts.opened(studio, chosen, client)
        if not isinstance(there, Fanvue):
            raise TypeError(type(there).__name__)
        intake = direct.begin(studio, PLATFORM, chosen.id, from_when, dry_run=dry_run)
        step("payments", 0.0)
        payments(intake, there, character, until)
        step("subscribers", 0.4)
        told = there.told()
        subscribed = everybody(intake, there, "subscribers", told.subscribers)
        subscribers(intake, subscribed, character, until)
        step("followers", 0.7)
        following = everybody(intake, there, "followers", None)
        names = [name_of(fan) for uuid, fan in following.items() if uuid not in subscribed]
        intake.people(names, "follower")
    return replace(intake.end(), account=chosen.name or chosen.handle)


def account_of(studio: Studio, reference: str) -> Account:
    """Return the account to read; none, or several and none named, is refused."""
    if reference:
        return accounts.named(studio, reference, PLATFORM)
    with studio.database.transaction() as session:
        every = kept.every(session, PLATFORM)
    if not every:
        raise SignInNeeded("nobody is signed in to Fanvue; run: elite8 accounts login fanvue")
    if len(every) > 1:
        known = ", ".join(one.name or one.handle for one in every)
        raise ConfigError(f"several Fanvue accounts are signed in; choose with --account: {known}")
    return every[0]


def character_of(account: Account) -> str:
    """Return whose subscribers they are: an account of Fanvue is one performer's."""
    names = account.characters.split()
    if len(names) != 1:
        raise ConfigError(
            "whose subscribers these are is not known: sign in again for one performer, "
            "elite8 accounts login fanvue --character NAME"
        )
    return names[0]


def since_last(studio: Studio, account: Account) -> datetime | None:
    """Return a week before the last walk that came to its end; `None` before the first."""
    with studio.database.transaction() as session:
        profile, file = direct.profile(PLATFORM), f"{PLATFORM} {account.id}"
        last = stored.ended_before(session, profile, file)
    return last - AGAIN if last else None


def payments(intake: Intake, there: Fanvue, character: str, until: datetime) -> None:
    """Enter what was paid and paid back, a page at a time."""
    for kind in ("earnings", "spending"):
        cursor = "begin"
        try:
            while cursor:
                asked = "" if cursor == "begin" else cursor
                found = there.payments(kind, intake.since, until, asked)
                intake.did(list(events(intake, found.rows, character)))
                cursor = found.cursor
        except NotThere:
            intake.notes.append(f"Fanvue tells no {kind} to this app; they are not known")


def events(intake: Intake, rows: Sequence[Payment], character: str) -> Iterator[Did]:
    """Yield what is somebody's; the rest is counted, with why."""
    for line, one in enumerate(rows, intake.rows + 1):
        act = ACTS.get(one.source)
        if one.fan is None:
            intake.left_out[NOBODY] += 1
        elif act is None:
            intake.left_out[f"of a kind that is not taken in ({one.source[:20]})"] += 1
        elif one.at is None or one.gross is None or one.net is None or one.currency not in MINOR:
            intake.left_out[UNREADABLE] += 1
        else:
            yield event(line, one, one.fan, act, one.at, character)


def event(  # noqa: PLR0913, PLR0917  # what was checked, beside the payment
    line: int, one: Payment, fan: Fan, act: Act, at: datetime, character: str
) -> Did:
    """Return a payment as an event; what is paid back is negative.

    It is known by what it says and the how-manieth, not by an id: the reference names none.
    """
    gross, net = one.gross or 0, one.net or 0
    if act in BACK:
        gross, net = -abs(gross), -abs(net)
    fee, currency, none = gross - net, one.currency, ""
    name = name_of(fan)
    return Did(
        line, name, character, act, at.astimezone(UTC), gross, fee, None, currency, 1.0, None, None,
        none, none, none,
    )  # fmt: skip


def everybody(intake: Intake, there: Fanvue, kind: str, told: int | None) -> dict[str, Fan]:
    """Return everybody of a list, each once; walked again while it lacks somebody who is told of.

    Pages are numbered: who leaves meanwhile moves others to pages that were read already.
    """
    found: dict[str, Fan] = {}
    for _ in range(WALKS):
        page, more = 1, True
        while more:
            part = there.people(kind, page)
            found |= {fan.uuid: fan for fan in part.fans}
            page, more = page + 1, part.more and bool(part.fans)
        if told is None or len(found) >= told:
            return found
    intake.notes.append(f"{kind}: {PART}")
    return found


def subscribers(intake: Intake, fans: Mapping[str, Fan], character: str, at: datetime) -> None:
    """Enter who subscribes now; price and begin are what they paid last and first.

    How they stand is as of the hour: twice within one says nothing twice.
    """
    names = [name_of(fan) for fan in fans.values()]
    hour = at.replace(minute=0, second=0, microsecond=0)
    for first in range(0, len(names), direct.AT_ONCE):
        some = names[first : first + direct.AT_ONCE]
        with intake.studio.database.transaction() as session:
            people = intake.desk.people(session, set(some))
            numbers = [one.id for one in people.values()]
            before = stored.standing(session, numbers, character)
            paid = stored.last_paid(session, numbers, character)
        terms = {
            name: terms_of(before.get(who.id), paid.get(who.id)) for name, who in people.items()
        }
        intake.stands([stands(name, terms.get(name, Terms()), character, hour) for name in some])


def terms_of(before: Terms | None, paid: tuple[int, str, datetime] | None) -> Terms:
    """Return what holds beside the status: what was known, renewed by what was paid."""
    known = before or Terms()
    if paid is None:
        return known
    amount, currency, first = paid
    day = first.astimezone(UTC).date()
    began = min(known.started_on or day, day)
    return replace(known, price=amount, currency=currency, started_on=began)


def stands(name: Name, terms: Terms, character: str, at: datetime) -> Stands:
    """Return how a subscription stands by the API, in the order of `TERMS`."""
    told = (
        *(terms.tier, terms.price, terms.currency, terms.months, SubscriptionStatus.ACTIVE),
        *(terms.auto_renew, terms.started_on, None, "", at),
    )
    return Stands(0, name, character, told, "", "", None, None)


def name_of(fan: Fan) -> Name:
    """Return a fan's name: the uuid stays, the handle may change."""
    return Name(PLATFORM, fan.uuid, fan.handle)
