"""Who may leave, what moved the money, how scores lie: as rows and words, from what was kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from elite8.core.domain import money
from elite8.tui import about, said
from elite8.tui.drawn import EIGHTHS
from elite8.tui.rows import Column, Row
from elite8.tui.spans import Span, Words, fit

if TYPE_CHECKING:
    from elite8.core.domain.outlook import Likely, Month, Outlook, Spread
    from elite8.core.operations.scene import Scene

OLD = timedelta(hours=26)
"""Age from which it is told as old: it is worked out each hour in which anything is new."""
LIKELY = (
    Column(title="risk", cells=15),
    Column(title="who", cells=8),
    Column(title="at stake", cells=13, right=True),
    Column(title="where", cells=18, least=84),
    Column(title="why", share=1, least=52),
)
MOVED = (
    Column(title="MRR", cells=11),
    Column(title="start", cells=11, right=True),
    Column(title="new", cells=10, right=True),
    Column(title="back", cells=9, right=True, least=78),
    Column(title="more", cells=9, right=True, least=78),
    Column(title="less", cells=9, right=True, least=78),
    Column(title="left", cells=10, right=True),
    Column(title="end", cells=11, right=True),
)
KEY = "leaves "
"""What the key of each row of who may leave begins with."""
BANDS = {"critical": ("✗", "bad"), "high": ("▲", "warn"), "medium": ("○", "")}
NOT_YET = "who may leave: not worked out yet; 'elite8 schedule run outlook' does it"


def head(found: "Outlook | None", now: datetime) -> Words:
    """Return how many are in which band, what is at stake with them, and how old that is."""
    if found is None:
        return ((NOT_YET, "dim"),)
    counts = dict(found.bands)
    words: list[Span] = [("May leave  ", "accent"), age(found, now), ("  ", "")]
    for band, (_, tone) in BANDS.items():
        if many := counts.get(band, 0):
            words.append((f"{many:,} {band}  ", tone))
    if unsure := found.shown_of - sum(counts.get(band, 0) for band in BANDS):
        words.append((f"{unsure:,} unsure  ", "dim"))
    if found.at_stake:
        words.append((f"{amounts(found.at_stake)} at stake", "strong"))
    return tuple(words)


def age(found: "Outlook", now: datetime) -> Span:
    """Return how long ago it was worked out."""
    return (
        f"worked out {said.nearly(found.as_of, now)}",
        "warn" if now - found.as_of > OLD else "dim",
    )


def amounts(some: "tuple[tuple[str, int], ...]") -> str:
    """Return amounts of several currencies."""
    return ", ".join(money.told(amount, currency) for currency, amount in some)


def likely(one: "Likely", place: int) -> Row:
    """Return one who may leave as a row."""
    cells: tuple[Words, ...] = (
        risk(one),
        ((one.who, "accent"),),
        ((amounts(one.stakes[:1]) or "–", "" if one.stakes else "faint"),),
        ((f"{said.network(one.platform)} {one.what}", "dim"),),
        (("; ".join(one.reasons), ""),),
    )
    return Row(f"{KEY}{place} {one.who}", cells, one)


def risk(one: "Likely") -> Words:
    """Return the band with its sign, and the chance where it is told."""
    sign, tone = BANDS.get(one.band, ("?", "dim"))
    chance = "" if one.risk is None else f" {one.risk:.2f}"
    return ((f"{sign} {one.band if one.risk is not None else 'unsure'}{chance}", tone),)


def of_one(one: "Likely", scene: "Scene") -> list[Words]:
    """Return all there is about one who may leave."""
    name = about.name_of(scene, one.character)
    lines: list[Words] = [
        ((one.who, "accent"), (f"  {said.network(one.platform)} {one.what}, {name}", "")),
        risk(one) if one.risk is not None else (("too little is seen for a label", "dim"),),
    ]
    if one.model:
        lines.append(((f"judged by {one.model}", "dim"),))
    if one.until:
        lines.append(((f"paid until {one.until:%a} {one.until.day} {one.until:%b}", ""),))
    lines += [((f"{amounts((stake,))} at stake", "strong"),) for stake in one.stakes]
    lines += [(), (("Why", "accent"),), *(((reason, ""),) for reason in one.reasons)]
    return [*lines, (), ((f"elite8 subscribers show {one.who}", "dim"),)]


def moved(one: "Month") -> Row:
    """Return what moved a month's MRR as a row: start and all movements make the end."""
    gained = (one.new, one.reactivation, one.expansion)
    lost = (one.contraction, one.churned)
    cells: tuple[Words, ...] = (
        ((f"{one.first:%b} {one.currency}", "" if one.so_far else "dim"),),
        ((money.bare(one.start, one.currency), "dim"),),
        *(change(amount, "+", "good", one.currency) for amount in gained),
        *(change(amount, "-", "warn", one.currency) for amount in lost),
        ((money.bare(one.end, one.currency), "strong"),),
    )
    return Row(f"moved {one.first} {one.currency}", cells)


def change(amount: int, sign: str, tone: str, currency: str) -> Words:
    """Return a movement; none is faint."""
    return ((f"{sign}{money.bare(amount, currency)}", tone),) if amount else (("0", "faint"),)


def movements(found: "Outlook | None") -> Iterator[Words]:
    """Yield what moved the money as lines, where there is no room for a table."""
    for one in found.months if found else ():
        yield ()
        yield ((f"{one.first:%B}, MRR in {one.currency}", "accent"),)
        for column, cell in zip(MOVED[1:], moved(one).cells[1:], strict=True):
            yield ((f"{column.title:<6}", "dim"), *fit(cell, 14, right=True))


def spread(found: "Outlook | None") -> Iterator[Words]:
    """Yield how scores lie on each platform, a bar for each tenth from 0 to 1, then a gap."""
    if found is None or not found.spreads:
        return
    yield (("Scores from 0 to 1, and the median", "accent"),)
    for one in found.spreads:
        yield ((f"{said.network(one.platform):<11}", ""), *lies(one))
    yield ()


def lies(one: "Spread") -> Words:
    """Return how scores lie on one platform, and their median."""
    if one.people is None:
        return (("fewer than ten", "faint"),)
    if not one.enough:
        return ((f"{one.coverage:.0%} is seen: too little", "faint"),)
    most = max(one.tenths)
    bars = "".join(EIGHTHS[-(-many * 8 // most)] for many in one.tenths)
    return ((bars, "curve"), (f" {one.median or 0:.2f}", "dim"))
