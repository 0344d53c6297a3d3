"""Money of subscribers as one page that needs nothing else: movements, cohorts, curve, worth."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from elite8.cli import earning_tables, funnel_page, output, staying_tables
from elite8.cli.earning_tables import counted, each
from elite8.cli.funnel_page import Words, table
from elite8.cli.funnel_tables import dates, named
from elite8.core.domain.counted import between, percent
from elite8.core.domain.money import bare, told

if TYPE_CHECKING:
    from elite8.core.operations.money_report import Report
    from elite8.core.operations.recurring_money import Money, Row
    from elite8.core.operations.staying import Retention, Survival

STYLE = """
.up { fill: var(--met) } .down { fill: var(--below) } .band { fill: var(--bar); opacity: .22 }
.curve { fill: none; stroke: var(--bar); stroke-width: 2.5 }
.sbg { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 3 4 }
.grid { stroke: var(--line) } table.heat td { text-align: right; padding: .2rem .5rem }
table.heat td:first-child { text-align: left; white-space: nowrap }
table.heat { width: auto; border-collapse: separate; border-spacing: 1px }
.h0, .h1, .h2, .h3, .h4 { color: #fff } .h0 { background: #8a2a2a } .h1 { background: #8a4a1e }
.h2 { background: #75611a } .h3 { background: #4e6a1d } .h4 { background: #1f6b2c }
@media print { table.heat td { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
"""
MOST = 25
"""Names of a table on the page; all are in `subscribers money --by … --json`."""
LEFT, WIDE, LINE = 110, 420, 26
"""Of the movements: where bars begin, the longest, a line."""
CURVE = (60, 20, 680, 240)
"""Of the curve: left, top, width and height."""
SMALL_PRINT = (
    (
        "Paid at an instant is what a payment or an export covers then; payments go before "
        "exports, the newest before the older. A year's price counts a twelfth, trials nothing, "
        "tips and messages do not recur. Who was due is pending until the days are over in which a "
        "renewal may still come (three, on Fantia ten), or until anything is heard of the account."
    ),
    (
        "New, reactivation, expansion, contraction and churned add up from start to end to the "
        "cent. Net MRR churn counts reactivation as ChartMogul does; NRR leaves it out. One "
        "currency a table, unless your own dated rates exchange it."
    ),
    (
        "Under ten people no share and no number of people is told (<10). Blank months of a cohort "
        "are not over, or nobody looked: they are not 0. The curve is Kaplan and Meier's with "
        "Greenwood's 95 % interval; sBG foretells those who pay by the month. What people are "
        "worth stands with its horizon and discount; it is a model, not money."
    ),
)


def write(file: Path, found: "Report") -> None:
    """Write the page, whole or not at all; a file that cannot be written is a ConfigError."""
    funnel_page.write_page(file, page(found))


def page(found: "Report") -> str:
    """Return the page."""
    whole = found.whole
    when = dates(whole.period) + (", so far" if whole.so_far else "")
    made = output.local_time(found.made_at, whole.period.zone)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>Money of subscribers, {escape(when)}</title>",
        f"<style>{funnel_page.STYLE}{STYLE}</style></head><body>",
        "<h1>Money of subscribers</h1>",
        f'<p class="sub">{escape(when)} &middot; made {escape(made)}</p>',
        *totals(whole),
        *by_names(found.names),
        *retention(found.retention),
        *survival(found.survival),
        *worth(found),
        *small_print(found),
        "</body></html>",
    ]
    return "\n".join(filter(None, parts))


def totals(found: "Money") -> Iterator[str]:
    """Yield each currency's money, and its rates where it was exchanged."""
    if not found.totals:
        yield "<p>No money of subscribers is known in that time.</p>"
    for row in found.totals:
        yield f"<h2>{escape(row.currency or 'no currency')}</h2>"
        yield (
            f'<p class="say"><b>{told(row.gross.end, row.currency)}</b> a month at the end, from '
            f"{told(row.gross.start, row.currency)} at the start; "
            f"{told(row.received.total, row.currency)} came in.</p>"
        )
        yield waterfall(row)
        yield table(
            ("MRR", "gross", "net of fees"), [*earning_tables.moves(row), *rates(row)], sums=False
        )
        yield "<h3>What came in</h3>"
        yield table(("", row.currency), earning_tables.came(row))
        yield from (f'<p class="sub">{escape(line)}</p>' for line in earning_tables.said(row))
    yield from (f'<p class="sub">Exchanged at {escape(one)}</p>' for one in found.rates)


def rates(row: "Row") -> list[tuple[str, ...]]:
    """Return each kind of churn by its name."""
    return earning_tables.churn(row)


def waterfall(row: "Row") -> str:
    """Return what moved MRR as bars from start to end."""
    found = row.gross
    gained = found.start + found.new + found.reactivation + found.expansion
    scale = WIDE / max(gained, found.end, 1)
    at, shapes = 0, []
    for number, (words, name, sign) in enumerate(earning_tables.MOVES):
        amount = getattr(found, name)
        begin = 0 if not sign else at if sign == "+" else at - amount
        at = amount if not sign else at + amount if sign == "+" else at - amount
        kind = {"": "bar", "+": "up", "-": "down"}[sign]
        y, x, wide = number * LINE + 2, LEFT + begin * scale, amount * scale
        shapes.append(f'<text x="0" y="{y + 17}">{escape(words)}</text>')
        if amount:
            shapes.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{y + 3}" width="{max(wide, 1):.1f}" '
                f'height="{LINE - 8}"/>'
            )
        label = (sign if amount else "") + bare(amount, row.currency)
        shapes.append(f'<text x="{x + wide + 8:.1f}" y="{y + 17}">{escape(label)}</text>')
    height = len(earning_tables.MOVES) * LINE + 4
    return (
        f'<div class="scroll"><svg viewBox="0 0 780 {height}" role="img" '
        f'aria-label="What moved MRR">{"".join(shapes)}</svg></div>'
    )


def by_names(found: "Sequence[Money]") -> Iterator[str]:
    """Yield the money by each name, currency by currency."""
    for one in found:
        if not one.rows or all(not row.name for row in one.rows):
            continue
        title = "brought by " + one.by if one.by in {"region", "performer", "post"} else one.by
        yield f"<h2>By {escape(title.removeprefix('brought by '))}</h2>"
        if title != one.by:
            yield f'<p class="sub">Which {escape(one.by)} brought them, by the last touch.</p>'
        for total in one.totals:
            mine = [row for row in one.rows if row.currency == total.currency]
            if mine:
                yield names_table(one.by, total, mine)


def names_table(by: str, total: "Row", mine: "Sequence[Row]") -> str:
    """Return each name's money, and the sum."""
    credited = any(one.credits for one in mine)
    head = ("start", "new", "back", "up", "down", "churned", "end", "left", "came in")
    rows = [named_row(one, one.label, credited=credited) for one in mine[:MOST]]
    if rest := mine[MOST:]:
        more = [
            sum(getattr(one.gross, name) for one in rest) for _, name, _ in earning_tables.MOVES
        ]
        came = sum(one.received.total for one in rest)
        amounts = (bare(one, total.currency) for one in more)
        more_of_it = (f"{len(rest)} more", *amounts, "", bare(came, total.currency))
        rows.append((*more_of_it, *([""] if credited else [])))
    rows.append(named_row(total, "all", credited=credited))
    each_credit = ("a credit",) if credited else ()
    return table((f"{by}, {total.currency}", *head, *each_credit), rows, sums=True)


def named_row(row: "Row", name: str, *, credited: bool) -> tuple[str, ...]:
    """Return one name's money."""
    amounts = (getattr(row.gross, name) for _, name, _ in earning_tables.MOVES)
    return (
        named(name),
        *(bare(one, row.currency) for one in amounts),
        percent(row.people.churn),
        bare(row.received.total, row.currency),
        *((each(row.per_credit, row.currency),) if credited else ()),
    )


def retention(found: "Retention") -> Iterator[str]:
    """Yield the triangle with a colour behind each number."""
    if not found.cohorts:
        return
    wide = max(len(one.kept) for one in found.cohorts)
    yield "<h2>Who stays</h2>"
    yield f"<p>Percent who pay at the end of each month after the first; {escape(found.zone)}.</p>"
    head = "".join(f"<th>{name}</th>" for name in ("first paid", "people", *range(wide)))
    rows = []
    for one in found.cohorts:
        cells = [
            "<td></td>"
            if kept is None
            else f'<td class="h{staying_tables.warmth(kept)}" title="{kept.n} of {one.people}, '
            f'{between(kept.low, kept.high)}">{staying_tables.told(kept)}</td>'
            for kept in (*one.kept, *[None] * (wide - len(one.kept)))
        ]
        first = f"<td>{one.first:%Y-%m}</td><td>{counted(one.people)}</td>"
        rows.append(f"<tr>{first}{''.join(cells)}</tr>")
    yield (
        f'<div class="scroll"><table class="heat"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows).replace('<10', '&lt;10')}</tbody></table></div>"
    )
    lines = staying_tables.beneath(found.cohorts, wide)
    yield from (f'<p class="sub">{escape(line)}</p>' for line in lines if line)


def survival(found: "Survival") -> Iterator[str]:
    """Yield the curve with its interval, the forecast, and the numbers."""
    if not found.points:
        return
    yield "<h2>How long subscriptions last</h2>"
    yield curve(found)
    dots = "; dots: sBG, of those who pay by the month" if found.foretold else ""
    yield f'<p class="sub">Line: still there (Kaplan-Meier); band: 95 %{dots}.</p>'
    yield table(
        ("months", "at risk", "left", "still there", "95 %", "sBG"), staying_tables.steps(found)
    )
    yield from (f"<p>{escape(line)}</p>" for line in staying_tables.foretells(found))


def curve(found: "Survival") -> str:
    """Return the curve as a picture."""
    left, top, wide, high = CURVE
    last = max(len(found.foretold) - 1, int(found.seen), 1)

    def place(month: float, share: float) -> str:
        return f"{left + month / last * wide:.1f},{top + (1 - share) * high:.1f}"

    edges = [(0.0, 1.0, 1.0, 1.0)]
    edges += [(p.month, p.low, p.survival, p.high) for p in found.points]
    edges.append((found.seen, *edges[-1][1:]))
    paths = []
    for part in (1, 2, 3):
        points, before = [], 1.0
        for edge in edges:
            points += [place(edge[0], before), place(edge[0], edge[part])]
            before = edge[part]
        paths.append(points)
    low, middle, upper = paths
    shapes = [
        f'<polygon class="band" points="{" ".join([*upper, *reversed(low)])}"/>',
        f'<polyline class="curve" points="{" ".join(middle)}"/>',
        *frame(last),
    ]
    if found.foretold:
        dots = " ".join(place(month, share) for month, share in enumerate(found.foretold))
        shapes.append(f'<polyline class="sbg" points="{dots}"/>')
    return (
        f'<div class="scroll"><svg viewBox="0 0 780 {top + high + 40}" role="img" '
        f'aria-label="Share still there by months">{"".join(shapes)}</svg></div>'
    )


def frame(last: int) -> Iterable[str]:
    """Yield the lines and words around the curve."""
    left, top, wide, high = CURVE
    for share in (0, 25, 50, 75, 100):
        y = top + (100 - share) / 100 * high
        yield f'<line class="grid" x1="{left}" y1="{y}" x2="{left + wide}" y2="{y}"/>'
        yield f'<text x="{left - 48}" y="{y + 4}">{share} %</text>'
    step = max(1, round(last / 8))
    for month in range(0, last + 1, step):
        x = left + month / last * wide
        yield f'<text x="{x - 4:.0f}" y="{top + high + 22}">{month}</text>'
    yield f'<text x="{left + wide - 50}" y="{top + high + 38}">months</text>'


def worth(found: "Report") -> Iterator[str]:
    """Yield what subscribers and buyers are worth."""
    value = found.lifetime
    if not value.subscribing and not value.buying:
        return
    yield "<h2>What people are worth</h2>"
    yield (
        f"<p>{value.months} months ahead, {value.discount_a_year:.1%} off a year of waiting. "
        "Left: what who is there still pays, without a horizon.</p>"
    )
    columns = (
        "who subscribes",
        "pay",
        "a month",
        "worth",
        Words("by, months"),
        "left, each",
        "all",
    )
    rows = [(*row[:4], Words(row[4]), *row[5:]) for row in staying_tables.subscribing(value)]
    yield table(columns, rows)
    buyers = staying_tables.buying(value)
    if buyers:
        yield "<h3>Buyers of tips and messages (BG/NBD, Gamma-Gamma)</h3>"
        yield table(("who buys", "people", "still buy", "each", "all", "often~much"), buyers)
    yield from (f'<p class="sub">{escape(line)}</p>' for line in staying_tables.untold(value))


def small_print(found: "Report") -> Iterator[str]:
    """Yield how it was worked out, and what keeps it from saying more."""
    yield "<h2>How it was worked out</h2>"
    for line in (*SMALL_PRINT, *found.whole.notes):
        yield f'<p class="sub">{escape(line)}</p>'
