"""What the console shows of who may leave: worked out by a task, kept, and read without NumPy."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from elite8.core.domain.outlook import Likely, Month, Outlook, Spread
from elite8.core.domain.reckoned import OUTLOOK, Reckoned
from elite8.core.storage import engaging, held, reckoned
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from elite8.core.operations.at_risk import AtRisk
    from elite8.core.operations.recurring_money import Money

SHAPE = "1"
"""Of how it is written; raised when what was kept can be read no more."""
MOST = 20
"""People who are shown: a screen has room for no more."""
A_DAY = timedelta(days=1)
SHORT = 8
"""Digits of a pseudonym that are shown; 'elite8 subscribers show' takes them."""


def is_due(studio: Studio) -> bool:
    """Return whether it has to be worked out: anything is new, or it is another day."""
    with studio.database.transaction() as session:
        row, seen = reckoned.get(session, OUTLOOK), engaging.entered(session)
        if row is None:
            return engaging.anybody(session)
    zone = studio.settings.zone
    days = {one.astimezone(zone).date() for one in (row.made_at, studio.clock())}
    return row.seen != seen or row.basis != SHAPE or len(days) > 1


def renew(studio: Studio) -> Outlook:
    """Work it out as of now, and keep it."""
    with studio.database.transaction() as session:
        seen = engaging.entered(session)  # what comes in meanwhile is then found as new
    found = worked_out(studio)
    body = adapter().dump_json(found).decode()
    row = Reckoned(name=OUTLOOK, made_at=found.as_of, basis=SHAPE, seen=seen, body=body)
    with studio.database.transaction() as session:
        held.alone(session, OUTLOOK)
        if engaging.entered(session) == seen:  # else somebody may have been erased: again, then
            reckoned.keep(session, row)
    return found


def kept(session: Session) -> Outlook | None:
    """Return what was worked out last, `None` before, and where another version wrote it."""
    row = reckoned.get(session, OUTLOOK)
    if row is None or row.basis != SHAPE:
        return None
    try:
        return adapter().validate_json(row.body)
    except ValueError:
        return None


@cache
def adapter() -> "TypeAdapter[Outlook]":
    """Return what writes it and reads it again."""
    from pydantic import TypeAdapter

    return TypeAdapter(Outlook)


def worked_out(studio: Studio) -> Outlook:
    """Return it, worked out now."""
    from elite8.core.operations import at_risk

    found = at_risk.at_risk(studio, at_risk.Wanted(limit=MOST))
    return Outlook(
        as_of=found.as_of,
        fitted_at=found.fitted_at,
        bands=found.bands,
        people=tuple(map(likely, found.people)),
        shown_of=found.shown_of,
        at_stake=found.at_stake,
        months=tuple(months(studio)),
        spreads=tuple(spreads(studio)),
        notes=found.notes,
    )


def likely(one: "AtRisk") -> Likely:
    """Return one who may leave, without what nobody has room for."""
    return Likely(
        who=one.key[:SHORT],
        platform=one.platform,
        character=one.character,
        what=one.tier or one.kind,
        band=one.band,
        risk=one.risk,
        until=one.until,
        reasons=one.reasons,
        model=one.model,
        stakes=tuple((stake.currency, stake.amount) for stake in one.stakes),
    )


def months(studio: Studio) -> Iterator[Month]:
    """Yield MRR of the running month and of the one before, in each currency."""
    from elite8.core.operations import paid_book, recurring_money

    this = recurring_money.month(studio)
    first = this.since.astimezone(studio.settings.zone).date()
    before = recurring_money.month(studio, f"{first - A_DAY:%Y-%m}")
    until = recurring_money.so_far(this, studio.clock())
    book = paid_book.book(studio, (before.since, until))
    for meant in (this, before):
        since = meant.since.astimezone(studio.settings.zone).date()
        yield from moved(recurring_money.shown(studio, book, meant), since)


def moved(found: "Money", first: date) -> Iterator[Month]:
    """Yield what moved a month's MRR, where there is or was any."""
    for row in found.totals:
        one = row.gross
        if any((one.start, one.end, one.new, one.reactivation)):
            yield Month(
                first=first,
                so_far=found.so_far,
                currency=row.currency,
                start=one.start,
                new=one.new,
                reactivation=one.reactivation,
                expansion=one.expansion,
                contraction=one.contraction,
                churned=one.churned,
                end=one.end,
            )


def spreads(studio: Studio) -> Iterator[Spread]:
    """Yield how scores lie on each platform."""
    from elite8.core.operations import engagement, scores

    found = scores.scores_at(studio.looking)
    for place in range(len(found.platforms)):
        one = engagement.told(found, place, 0, found.platform == place)
        if one is not None:
            yield Spread(
                platform=one.platform,
                coverage=one.coverage,
                enough=one.enough,
                people=one.people,
                median=one.median,
                tenths=one.tenths or (),
            )
