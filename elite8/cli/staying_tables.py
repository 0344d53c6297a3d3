"""How long subscribers stay and what they are worth, in a terminal: a triangle, a curve, tables."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.cli.earning_tables import counted, each
from elite8.core.domain.counted import UNKNOWN, between, percent
from elite8.core.domain.money import bare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.lifetime import Lifetime
    from elite8.core.operations.staying import Cohort, Kept, Only, Retention, Survival

MONTHS = 12
"""Months after the first that fit a terminal; all are in --json."""
HEAT = ("#5b1a1a", "#6b3a12", "#6b5a12", "#4d6312", "#1f6b2c")
"""Behind a share: from nobody to everybody. The number is always there."""
HEIGHT, WIDTH = 12, 60
"""Lines and columns of the curve."""
FEW_PEOPLE = 100
"""People below whom a share is told with its interval (share.FEW)."""


def whose(only: "Only") -> str:
    """Return whose subscriptions are meant."""
    return ", ".join(filter(None, (only.platform, only.character, only.tier))) or "all"


def cohorts(found: "Retention") -> object:
    """Return the triangle, a line a cohort."""
    if not found.cohorts:
        return "nobody's first payment is known for a month that is over"
    shown = min(max(len(one.kept) for one in found.cohorts), MONTHS + 1)
    whole = max(len(one.kept) for one in found.cohorts)
    parts: list[object] = [
        (
            f"Subscriptions by the month first paid ({whose(found.only)}), {found.zone}:\n"
            "percent who pay at the end of each month after\n"
        )
    ]
    if not shown:
        return (*parts, "each cohort is under 10 people, of whom nothing is told")
    parts.append(triangle(found.cohorts, shown))
    if whole > shown:
        parts.append(f"{whole - shown} more months are in --json and on the page (money --html)")
    parts += beneath(found.cohorts, shown)
    return tuple(parts)


def triangle(found: "Sequence[Cohort]", shown: int) -> object:
    """Return the triangle, warmer the fewer stayed."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for name in ("first paid", "n", *map(str, range(shown))):
        drawn.add_column(name, justify="left" if name == "first paid" else "right")
    for one in found:
        cells = [
            Text(told(kept), style=heat(kept))
            for kept in (*one.kept[:shown], *[None] * (shown - len(one.kept)))
        ]
        drawn.add_row(f"{one.first:%Y-%m}", counted(one.people), *cells)
    return drawn


def told(kept: "Kept | None") -> str:
    """Return a share in whole percents; blank is not known, or not yet."""
    return "" if kept is None else f"{kept.share * 100:.0f}"


def heat(kept: "Kept | None") -> str:
    """Return the colour behind a share."""
    if kept is None:
        return ""
    return f"white on {HEAT[warmth(kept)]}"


def warmth(kept: "Kept") -> int:
    """Return which of the colours is behind a share."""
    return min(int(kept.share * len(HEAT)), len(HEAT) - 1)


def beneath(found: "Sequence[Cohort]", shown: int) -> list[str]:
    """Return how sure the newest share of each small cohort is, and what blanks are."""
    small = [one for one in found if one.people is not None and one.people < FEW_PEOPLE]
    lines = []
    for one in small:
        known = [(at, kept) for at, kept in enumerate(one.kept[:shown]) if kept]
        if known and known[-1][0]:
            at, kept = known[-1]
            lines.append(
                f"{one.first:%Y-%m} month {at}: {kept.n} of {one.people}, "
                f"{between(kept.low, kept.high)}"
            )
    head = ["", "95 % (Wilson) of the last share of cohorts under 100:", *lines] if lines else [""]
    return [*head, "n: people; <10: not told; blank: not over yet, or not known (never 0)"]


def survival(found: "Survival") -> object:
    """Return the curve, its numbers, and what is foretold."""
    if not found.points:
        return (
            f"{counted(found.people)} subscriptions ({whose(found.only)}), {counted(found.left)} "
            "of them left: a curve takes 10 people and one who left"
        )
    parts: list[object] = [
        (
            f"How long first subscriptions last ({whose(found.only)}): {counted(found.people)} "
            f"people, {counted(found.left)} left"
        ),
        "",
        plot(found),
        "",
        output.table(("months", "at risk", "left", "still there", "95 %", "sBG"), steps(found)),
        "",
    ]
    return (*parts, *foretells(found))


def foretells(found: "Survival") -> list[str]:
    """Return when half have left, and what is foretold, in sentences."""
    median = "more than half are there" if found.median is None else f"{found.median:.0f} months"
    half = f"Half have left after: {median}. Watched for at most {found.seen:.0f} months."
    if not found.foretold:
        return [half, f"No forecast: {found.why}"]
    last = len(found.foretold) - 1
    return [
        half,
        (
            f"sBG (alpha {found.alpha:.3f}, beta {found.beta:.3f}; those who pay by the month) "
            f"foretells {percent(found.foretold[last])} after {last} months."
        ),
    ]


def steps(found: "Survival") -> list[tuple[str, ...]]:
    """Return the curve in numbers."""
    return [
        (
            str(one.month),
            f"{one.at_risk:,}",
            f"{one.lost:,}",
            percent(one.survival),
            between(one.low, one.high),
            percent(found.foretold[one.month]) if one.month < len(found.foretold) else "",
        )
        for one in found.points[:24]
    ]


def plot(found: "Survival") -> str:
    """Return the curve with its interval, and the forecast as dots."""
    last = max(len(found.foretold) - 1, int(found.seen), 1)
    rows = [[" "] * WIDTH for _ in range(HEIGHT + 1)]
    for column in range(WIDTH):
        month = column * last / (WIDTH - 1)
        if month <= found.seen:
            low, mid, high = seen_at(found, month)
            for row in range(line(high), line(low) + 1):
                rows[row][column] = "░"
            rows[line(mid)][column] = "█"
        if found.foretold and rows[line(foretold_at(found, month))][column] != "█":
            rows[line(foretold_at(found, month))][column] = "•"
    marks = {0: "100%", HEIGHT // 2: " 50%", HEIGHT: "  0%"}
    drawn = [f"{marks.get(at, ''):>4} ┤{''.join(row).rstrip()}" for at, row in enumerate(rows)]
    foot = f"     └{'─' * WIDTH}\n      0{f'{last} months':>{WIDTH - 1}}"
    key = "      █ still there (Kaplan-Meier)  ░ 95 %" + ("  • sBG" if found.foretold else "")
    return "\n".join([*drawn, foot, key])


def line(share: float) -> int:
    """Return the line of a share, the first for everybody."""
    return round((1 - share) * HEIGHT)


def seen_at(found: "Survival", month: float) -> tuple[float, float, float]:
    """Return the curve's low, middle and high after so many months."""
    before = [one for one in found.points if one.month <= month]
    if not before:
        return 1.0, 1.0, 1.0
    return before[-1].low, before[-1].survival, before[-1].high


def foretold_at(found: "Survival", month: float) -> float:
    """Return the forecast between two months, along a line."""
    whole = min(int(month), len(found.foretold) - 1)
    after = min(whole + 1, len(found.foretold) - 1)
    rest = month - whole
    return found.foretold[whole] * (1 - rest) + found.foretold[after] * rest


def lifetime(found: "Lifetime") -> object:
    """Return what subscribers and buyers are worth."""
    if not found.subscribing and not found.buying:
        return "nobody pays, as far as was imported"
    terms = f"{found.months} months ahead, {found.discount_a_year:.1%} off a year"
    columns = ("who subscribes", "pay", "a month", "worth", "by, months", "left, each", "left, all")
    rows = subscribing(found)
    parts: list[object] = [f"What a subscriber is worth: {terms}", ""]
    parts.append(output.table(columns, rows) if rows else "nobody subscribes at a price")
    parts += [
        "",
        "worth: of somebody new, from the first payment; left: what who is there still pays,",
        "without a horizon (DERL)",
    ]
    if buyers := buying(found):
        parts += ["", "What buyers of tips and messages still bring (BG/NBD, Gamma-Gamma):", terms]
        head = ("who buys", "people", "still buy", "each", "all", "often~much")
        parts += ["", output.table(head, buyers)]
        parts.append("often~much: how far who buys often spends more at a time, -1 to 1 (r)")
    return (*parts, "", *untold(found))


def subscribing(found: "Lifetime") -> list[tuple[str, ...]]:
    """Return what subscribers are worth as rows."""
    return [
        (
            f"{one.platform} {one.tier or 'unknown'}, {one.currency}",
            counted(one.paying),
            each(one.margin, one.currency) + ("" if one.net or one.margin is None else "*"),
            each(one.worth, one.currency),
            f"{SHORT.get(one.method, one.method)}, {one.months}",
            each(one.left_each, one.currency),
            each(one.left_all, one.currency),
        )
        for one in found.subscribing
    ]


SHORT = {"Kaplan-Meier": "curve"}


def buying(found: "Lifetime") -> list[tuple[str, ...]]:
    """Return what buyers still bring as rows."""
    return [
        (
            f"{one.platform}, {one.currency}",
            counted(one.buyers),
            UNKNOWN if one.alive is None else f"{one.alive:,.0f}",
            each(one.worth_each, one.currency) + ("" if one.net or one.worth_each is None else "*"),
            UNKNOWN if one.worth_all is None else bare(round(one.worth_all), one.currency),
            UNKNOWN if one.link is None else f"{one.link:.2f}",
        )
        for one in found.buying
    ]


def untold(found: "Lifetime") -> list[str]:
    """Return what is not told and why, each reason once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in found.subscribing:
        reasons.setdefault(("", one.why), []).append(f"{one.platform} {one.tier or 'unknown'}")
    for other in found.buying:
        reasons.setdefault(("buyers on ", other.why), []).append(other.platform)
    lines = [
        f"{whose}{', '.join(dict.fromkeys(who))}: {why}"
        for (whose, why), who in reasons.items()
        if why
    ]
    if any(not one.net and one.margin is not None for one in found.subscribing):
        lines.append("* before what the platform keeps, which is not known")
    return lines
