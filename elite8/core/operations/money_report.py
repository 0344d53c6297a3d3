"""All about subscribers' money from one look: what the page is drawn from."""

from dataclasses import dataclass
from datetime import datetime

from elite8.core.operations import lifetime, paid_book, recurring_money, staying
from elite8.core.operations.funnel import Period
from elite8.core.operations.lifetime import Lifetime
from elite8.core.operations.recurring_money import Money
from elite8.core.operations.staying import Only, Retention, Survival
from elite8.core.studio import Studio

NAMES = ("platform", "tier", "character", "country", "region", "performer", "post")
"""What money is told by on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One look: money whole and by name, cohorts, the curve, and what people are worth."""

    made_at: datetime
    whole: Money
    names: tuple[Money, ...]
    retention: Retention
    survival: Survival
    lifetime: Lifetime


def report(studio: Studio, meant: Period, into: str = "") -> Report:
    """Return everything about a time, from one reading of the tables."""
    recurring_money.check(studio, meant, "")
    now = studio.clock()
    found = paid_book.book(studio, (meant.since, recurring_money.so_far(meant, now)))
    return Report(
        made_at=now,
        whole=recurring_money.shown(studio, found, meant, "", into),
        names=tuple(recurring_money.shown(studio, found, meant, by, into) for by in NAMES),
        retention=staying.retained(studio, found, Only()),
        survival=staying.curved(found, Only()),
        lifetime=lifetime.of_book(studio, found, lifetime.terms(studio)),
    )
