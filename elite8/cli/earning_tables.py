"""What subscribers pay and how long they stay, in a terminal."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.cli.funnel_tables import dates, named
from elite8.core.domain.counted import FEW, UNKNOWN, between, percent
from elite8.core.domain.money import bare, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.recurring_money import Money, Moved, Row

ROWS = 40
"""Names that are shown; all are in --json."""
MOVES = (
    ("at the start", "start", ""),
    ("new", "new", "+"),
    ("reactivation", "reactivation", "+"),
    ("expansion", "expansion", "+"),
    ("contraction", "contraction", "-"),
    ("churned", "churned", "-"),
    ("at the end", "end", ""),
)
"""What MRR is told by: in words, in the record, and its sign."""
NOTHING = (
    "no money of subscribers is known in {when}; "
    "elite8 subscribers import apply FILE --profile NAME enters it"
)


def money(found: "Money") -> object:
    """Return a time's money, currency by currency."""
    when = dates(found.period) + (", so far" if found.so_far else "")
    if not found.totals:
        return NOTHING.format(when=when)
    parts: list[object] = [f"Money of subscribers, {when}"]
    for total in found.totals:
        parts += ["", *whole(total)]
        mine = [one for one in found.rows if one.currency == total.currency]
        if mine:
            parts += ["", *by_name(found.by, total, mine)]
    if found.rates:
        parts += ["", "\n".join(f"exchanged at {one}" for one in found.rates)]
    return tuple(parts)


def whole(row: "Row") -> "Sequence[object]":
    """Return one currency's MRR, churn and money."""
    return (
        output.table((f"MRR, {row.currency}", "gross", "net of fees"), [*moves(row), *churn(row)]),
        "",
        output.table((f"came in, {row.currency}", ""), came(row)),
        "",
        *said(row),
    )


def moves(row: "Row") -> list[tuple[str, ...]]:
    """Return MRR and what moved it as rows."""
    return [
        (words, *(signed(one, name, sign, row.currency) for one in (row.gross, row.net)))
        for words, name, sign in MOVES
    ]


def signed(found: "Moved | None", name: str, sign: str, currency: str) -> str:
    """Return an amount with its sign; a dash where it is not known."""
    if found is None:
        return UNKNOWN
    amount = getattr(found, name)
    return (sign if amount else "") + bare(amount, currency)


def churn(row: "Row") -> list[tuple[str, ...]]:
    """Return each kind of churn by its name, and what one pays."""
    kinds = (
        ("gross MRR churn", "gross_churn"),
        ("net MRR churn (ChartMogul)", "net_churn"),
        ("NRR, without reactivation", "net_retention"),
        ("GRR", "gross_retention"),
    )
    rows = [
        (words, *(percent(getattr(one, name) if one else None) for one in (row.gross, row.net)))
        for words, name in kinds
    ]
    return [*rows, ("ARPPU, MRR by who pays", each(row.arppu, row.currency), ""), arpu(row)]


def arpu(row: "Row") -> tuple[str, ...]:
    """Return MRR by who is active, who pays nothing too."""
    return ("ARPU, MRR by who is active", each(row.arpu, row.currency), "")


def each(value: float | None, currency: str) -> str:
    """Return an average of minor units; a dash where none is told."""
    return UNKNOWN if value is None else bare(round(value), currency)


def came(row: "Row") -> list[tuple[str, ...]]:
    """Return what came in as rows."""
    found = row.received
    return [
        ("for subscriptions", bare(found.subscriptions, row.currency)),
        ("tips (do not recur)", bare(found.tips, row.currency)),
        ("paid messages (do not recur)", bare(found.messages, row.currency)),
        ("paid back", bare(found.returned, row.currency)),
        ("in all", bare(found.total, row.currency)),
        ("net of fees", UNKNOWN if found.net is None else bare(found.net, row.currency)),
        (f"each of {counted(found.payers)} who paid", each(found.per_payer, row.currency)),
    ]


def said(row: "Row") -> list[str]:
    """Return who pays and who left, and what is pending, in sentences."""
    people = row.people
    lines = [
        (
            f"{counted(people.start)} subscriptions paid at the start, {counted(people.end)} at "
            f"the end; {counted(people.active)} are active, with those who pay nothing."
        )
    ]
    if people.churn is not None:
        span = f", between {between(people.low, people.high)}" if few(people.start) else ""
        lines.append(
            f"Customer churn {percent(people.churn)} ({counted(people.left)} of "
            f"{counted(people.start)} left{span})."
        )
    else:
        lines.append("Customer churn is not told: fewer than 10 paid at the start.")
    if row.pending:
        lines.append(
            f"{told(row.pending, row.currency)} of the end is pending: the paid time is over, a "
            "renewal may still come, or nothing was heard since."
        )
    return lines


def few(number: int | None) -> bool:
    """Return whether a share of so many is told with its interval."""
    return number is not None and number < 100  # noqa: PLR2004  # share.FEW


def counted(number: int | None) -> str:
    """Return a number of people, or that it is under ten."""
    return FEW if number is None else f"{number:,}"


def by_name(by: str, total: "Row", mine: "Sequence[Row]") -> "Sequence[object]":
    """Return a row for each name, and the sum."""
    credited = any(one.credits for one in mine)
    rows = [short(one, one.label, credited=credited) for one in mine[:ROWS]]
    more = [f"{len(mine) - ROWS} more rows are in --json"] if len(mine) > ROWS else []
    columns = ("start", "gained", "lost", "end", "left", "came in")
    every = (f"{by}, {total.currency}", *columns, *(("a credit",) if credited else ()))
    says = "gained: new, reactivation, expansion; lost: contraction, churned MRR; left: of those "
    return (
        output.table(every, [*rows, short(total, "all", credited=credited)]),
        *more,
        says + "who paid.",
        *(("a credit: what came in for each credit of its videos.",) if credited else ()),
    )


def short(row: "Row", name: str, *, credited: bool) -> tuple[str, ...]:
    """Return one name's MRR, what moved it and what came in."""
    found = row.gross
    gained = found.new + found.reactivation + found.expansion
    lost = found.contraction + found.churned
    return (
        named(name),
        *(bare(one, row.currency) for one in (found.start, gained, lost, found.end)),
        percent(row.people.churn),
        bare(row.received.total, row.currency),
        *((each(row.per_credit, row.currency),) if credited else ()),
    )
