"""What came of everybody in a winback, as they were drawn: who paid again, and what they brought.

Reached or not, erased meanwhile or not: whoever drew an arm counts in it (intention to treat).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from elite8.core.domain.campaign import Assignment, By, Campaign, OfferKind
from elite8.core.domain.share import Share
from elite8.core.domain.subscriber import Act
from elite8.core.operations import histories
from elite8.core.operations.histories import Contract
from elite8.core.storage import campaigns, returns
from elite8.core.storage.database import Session
from elite8.core.storage.leaving import Only
from elite8.core.storage.returns import Active
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of one: the day of the first payment in the window, and net money in it."""

    row: Assignment
    back_on: date | None
    net_minor: int
    elsewhere: bool


def of_all(session: Session, one: Campaign) -> tuple[Came, ...]:
    """Return what came of everybody, in the order of pseudonyms.

    Who is no longer known counts as they were when that was settled. Money in another currency than
    the campaign's is left out, and told by `elsewhere`.
    """
    since, until = window(one)
    back = days_back(session, one)
    money = returns.net(session, one.id, since, until)
    strange = {who for who, currency in money if currency != one.currency}
    found = []
    for row in campaigns.assignments(session, one.id):
        who = row.subscriber_id
        settled = row.settled_on is not None or who is None
        found.append(
            Came(
                row=row,
                back_on=row.back_on if settled else back.get(who or 0),
                net_minor=(row.net_minor or 0)
                if settled
                else money.get((who or 0, one.currency), 0),
                elsewhere=who in strange,
            )
        )
    return tuple(found)


def window(one: Campaign) -> tuple[datetime, datetime]:
    """Return from when to when coming back counts."""
    if one.launched_at is None or one.window_until is None:
        raise ValueError(f"{one.name} was not started")
    return one.launched_at, one.window_until


def days_back(session: Session, one: Campaign) -> dict[int, date]:
    """Return the day on which each first paid again in the window: by payments, else by exports."""
    since, until = window(one)
    priced = returns.prices(session, one.id)
    found: dict[int, date] = {}
    for paid in returns.payments(session, one.id, since, until):
        known = paid.amount_minor is not None
        if (paid.amount_minor or 0) > 0 or (not known and paid.subscriber_id in priced):
            first(found, paid.subscriber_id, paid.at.date())
    for said in returns.exports(session, one.id, since):
        day = began(one, said)
        if day is not None and since.date() < day <= until.date():
            first(found, said.subscriber_id, day)
    return found


def first(found: dict[int, date], who: int, day: date) -> None:
    """Keep the earliest day."""
    found[who] = min(day, found.get(who, day))


def began(one: Campaign, said: Active) -> date | None:
    """Return from which day an export proves that somebody pays; None where it proves nothing.

    Where it has the old beginning, or none, all it says is that they are back by then. Free access
    is paid for once it is over.
    """
    launched = window(one)[0].date()
    day = said.started_on
    if day is None or day <= launched:
        day = said.source_at.date()
    if one.kind != OfferKind.FREE_ACCESS:
        return day
    pays = day + timedelta(days=one.days or 0)
    return pays if said.price_minor is not None and said.source_at.date() >= pays else None


def contacted(session: Session, one: Campaign, rows: Iterable[Assignment]) -> set[str]:
    """Return whom a message went, or may have gone, to, or a draft was handed out for."""
    if one.channel == By.DRAFT:
        return {each.who for each in campaigns.handed_out(session, one.id)}
    reached = returns.reached(session, one.mailing_id or "")
    return {row.who for row in rows if row.person_key in reached and not row.held_out}


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """Of those who were contacted, how many opted out and complained in the window."""

    opted_out: Share
    complained: Share


def harm(session: Session, one: Campaign, rows: Sequence[Assignment], whom: set[str]) -> Harm:
    """Return what went wrong with those who were contacted."""
    since, until = window(one)
    left = returns.did(session, one.id, Act.OPTOUT, since, until)
    angry = returns.did(session, one.id, Act.COMPLAINT, since, until)
    said_no = returns.withdrawn(session, since, until)
    mine = [row for row in rows if row.who in whom]
    out = sum(row.subscriber_id in left or row.person_key in said_no for row in mine)
    bad = sum(
        row.subscriber_id in angry or "complaint" in said_no.get(row.person_key, ()) for row in mine
    )
    return Harm(opted_out=Share(out, len(mine)), complained=Share(bad, len(mine)))


def second_lives(
    studio: Studio, session: Session, one: Campaign, came: Iterable[Came]
) -> tuple[list[float], list[bool]]:
    """Return how many days those who came back have stayed, and whether that has ended."""
    back = {each.row.subscriber_id: each.back_on for each in came if each.back_on is not None}
    today, terms = studio.clock().toordinal(), studio.config.platform_terms.platforms
    stayed: dict[int, tuple[float, bool]] = {}
    for platform in one.on:
        for life in histories.each(session, studio.clock(), Only(platform=platform), terms):
            day = back.get(life.subscriber)
            if day is not None and (found := stay(life, day.toordinal(), today)):
                stayed[life.subscriber] = max(stayed.get(life.subscriber, found), found)
    return [days for days, _ in stayed.values()], [ended for _, ended in stayed.values()]


def stay(life: Contract, back: int, today: int) -> tuple[float, bool] | None:
    """Return for how many days one has stayed who came back, and whether that ended; None: not so.

    Where nobody knows whether the last period was followed by another, it counts up to its end.
    """
    spell = next((each for each in life.life.spells if each.until >= back), None)
    if spell is None:
        return None
    known = spell.ended or life.life.standing in {"unknown", "pending"}
    return float(max((spell.until if known else today) - back, 0)), spell.ended
