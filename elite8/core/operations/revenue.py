"""From post to money: what each post, video, place or performer brought, by three models."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from elite8.core.domain.attribution import Model
from elite8.core.domain.event import EventKind, Origin
from elite8.core.domain.journey import revenue
from elite8.core.domain.tally import BY, Counts, tally
from elite8.core.errors import ConfigError
from elite8.core.operations import funnel
from elite8.core.operations.funnel import Known, Period
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import events, ledger
from elite8.core.studio import Studio

WITH_CREDITS = ("video", "character", "stage")
"""Where credits can be told: a video's are not one network's or region's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """What one name brought in one currency, in minor units by each model; "" is unknown.

    `credits` are those of its videos, ever; `None` where they are nobody's alone. `per_credit` and
    `per_video` are minor units by the last touch; `None` where there is nothing to divide by.
    """

    name: str
    label: str
    currency: str
    last: int
    first: int
    position: int
    views: int | None
    clicks: int | None
    videos: int
    credits: int | None
    per_credit: float | None
    per_video: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """All money of a time in one currency, and what of it nobody knows the origin of.

    `credits` are those settled in that time.
    """

    currency: str
    amount: int
    unknown: int
    credits: int
    per_credit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """What was earned by what; within a currency every model's column sums to `totals`."""

    period: Period
    by: str
    days: int
    rows: tuple[Earned, ...]
    totals: tuple[Total, ...]


def show(studio: Studio, meant: Period, by: str = "post") -> Revenue:
    """Return what was earned in a time by post, video, stage, region, network or character."""
    if by not in BY or not by:
        choices = ", ".join(filter(None, BY))
        raise ConfigError(f"no way to tell by '{by[:20]}'; choose {choices}")
    return shown(studio, funnel.known(studio, meant), by)


def shown(studio: Studio, found: Known, by: str) -> Revenue:
    """Return what was earned by what is known."""
    meant, table = found.period, revenue(found.given, BY[by])
    nowhere = revenue(found.given, BY["post"])
    counts = tally(found.seen, (), BY[by])
    with studio.database.transaction() as session:
        spent = ledger.credits_of_videos(session, ACCOUNT)
        lately = ledger.credits_of_videos(session, ACCOUNT, meant.since, meant.until)
        posts = {name for _, name in nowhere if name}
        labels = events.labels(session, by, posts)
        touched = events.touched(session, meant.until)
    made = videos_of(found, touched, by)
    coins = sum(lately.values())
    sums = Counter[str]()
    for one in found.payments:
        sums[one.currency] += one.amount
    return Revenue(
        period=meant,
        by=by,
        days=found.days,
        rows=tuple(
            earned(found, by, name, currency, parts, counts.get(name, {}), labels, made, spent)
            for (currency, name), parts in sorted(
                table.items(), key=lambda one: (one[0][0], one[0][1] == "", -one[1]["last"], one[0])
            )
        ),
        totals=tuple(
            Total(
                currency=currency,
                amount=amount,
                unknown=nowhere.get((currency, ""), {}).get("last", 0),
                credits=coins,
                per_credit=divided(amount, coins),
            )
            for currency, amount in sorted(sums.items())
        ),
    )


def credits_by(studio: Studio, meant: Period, by: str) -> Mapping[str, int]:
    """Return the credits of each name's videos, ever; of nothing where they are not its alone."""
    if by not in WITH_CREDITS:
        return {}
    found = funnel.known(studio, meant)
    with studio.database.transaction() as session:
        made = videos_of(found, events.touched(session, meant.until), by)
        spent = ledger.credits_of_videos(session, ACCOUNT)
    return {
        name: sum(spent.get(one, 0) for one in some) for name, some in made.items() if name != ""
    }


def videos_of(found: Known, touched: set[Origin], by: str) -> Mapping[str, frozenset[str]]:
    """Return by name the videos of what was counted or came in this time."""
    origins = touched | {one.origin for one in found.seen}
    names: dict[str, set[str]] = {}
    for origin in origins:
        if origin.video:
            names.setdefault(BY[by](origin), set()).add(origin.video)
    return {name: frozenset(some) for name, some in names.items()}


def earned(  # noqa: PLR0913, PLR0917  # what was worked out
    found: Known,
    by: str,
    name: str,
    currency: str,
    parts: Mapping[Model, int],
    counts: Counts,
    labels: Mapping[str, str],
    made: Mapping[str, frozenset[str]],
    spent: Mapping[str, int],
) -> Earned:
    """Return one row."""
    videos = made.get(name, frozenset())
    told = by in WITH_CREDITS and name != ""
    coins = sum(spent.get(video, 0) for video in videos) if told else None
    last = parts.get("last", 0)
    return Earned(
        name=name,
        label=labels.get(name, name),
        currency=currency,
        last=last,
        first=parts.get("first", 0),
        position=parts.get("position", 0),
        views=counts.get(EventKind.VIEW),
        clicks=counts.get(EventKind.CLICK, 0) if EventKind.CLICK in found.kinds else None,
        videos=len(videos),
        credits=coins,
        per_credit=divided(last, coins or 0),
        per_video=divided(last, len(videos) if told else 0),
    )


def divided(amount: int, by: int) -> float | None:
    """Return minor units each, to four digits; `None` when there is nothing to divide by."""
    return round(amount / by, 4) if by else None
