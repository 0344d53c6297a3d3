"""The funnel as one page that needs nothing else: bars, goals, cohorts and money; prints well."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from elite8.cli import funnel_tables, output
from elite8.cli.funnel_tables import REACTS, dates, named
from elite8.core.domain.counted import NAMES, UNKNOWN, between, count, percent
from elite8.core.domain.money import bare, told
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.domain.funnel import Measured
    from elite8.core.domain.tally import Step
    from elite8.core.operations.bottleneck import Next
    from elite8.core.operations.funnel import Cohort, Group, Shown
    from elite8.core.operations.funnel_report import Report
    from elite8.core.operations.revenue import Earned, Revenue

STYLE = """
:root { color-scheme: light dark; --bar: #3d6fb4; --met: #2e7d32; --below: #c62828; --line: #8884 }
@media (prefers-color-scheme: dark) { :root { --bar: #7aa7e0; --met: #7cc47f; --below: #ff8a80 } }
* { box-sizing: border-box }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 62rem }
body { padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem } p { margin: .4rem 0; max-width: 46rem }
.sub { opacity: .75 } .say { font-size: 1.05rem }
.scroll { overflow-x: auto } svg { display: block; width: 100%; min-width: 560px; max-width: 780px }
svg text { font: 13px system-ui, sans-serif; fill: currentColor } .bar { fill: var(--bar) }
.few { fill: none; stroke: var(--bar); stroke-dasharray: 4 3 }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }
th, td { padding: .25rem .6rem .25rem 0; text-align: right; border-bottom: 1px solid var(--line) }
th { font-weight: 600 } th:first-child, td:first-child, .l { text-align: left }
td { vertical-align: top } td:not(.l, :first-child) { white-space: nowrap }
tr.sum td { font-weight: 600 }
.met { color: var(--met) } .below { color: var(--below); font-weight: 600 }
code { font-size: .9em }
@media print {
  :root { color-scheme: light; --bar: #3d6fb4; --met: #1b5e20; --below: #b71c1c }
  body { font-size: 10.5pt; margin: 0; max-width: none } h2 { break-after: avoid }
  h3 { break-after: avoid } tr, svg { break-inside: avoid } svg { min-width: 0 }
  .scroll { overflow: visible }
  thead { display: table-header-group } @page { margin: 15mm }
}
"""
LEFT, WIDE, ROW = 110, 380, 26
"""Of the bars: where they begin, the longest, a line."""
MOST = 50
"""Posts and videos on the page; all are in `funnel revenue --json`."""

SMALL_PRINT = (
    (
        "Shares stand with Wilson's 95 % interval. Viewers of one post are no coin throws, so that "
        "the true uncertainty is wider. A goal is met or missed only where the interval says so."
    ),
    (
        "Under ten people no number is told (<10), nor one more that would give it away. A dash is "
        "what nobody counts: it is unknown, not nothing."
    ),
    (
        "Money goes to touches of the {days} days before it: a click, lead or subscription with a "
        "known link or post. Last and first touch take all; 40/20/40 gives 40 of 100 to the first "
        "and to the last and 20 to those between. Each model sums to the cent; what has no touch "
        "stays unknown. This tells who came by what, not what would have happened without it."
    ),
    (
        "Credits are those settled for the videos of a row, ever. Goals as of {as_of}; what a "
        "conversion goal is a share of is our own reading where funnel.json says prior. Bars are "
        "logarithms."
    ),
)


def write(file: Path, found: "Report") -> None:
    """Write the page, whole or not at all; a file that cannot be written is a ConfigError."""
    write_page(file, page(found))


def write_page(file: Path, text: str) -> None:
    """Write a page, whole or not at all; a file that cannot be written is a ConfigError."""
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(file)
    except OSError as broken:
        with suppress(OSError):  # where nothing can be written, nothing is there
            part.unlink()
        raise ConfigError(f"{file} cannot be written: {broken.strerror}") from None


def page(found: "Report") -> str:
    """Return the page."""
    when = dates(found.period)
    made = output.local_time(found.made_at, found.period.zone)
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>Funnel, {escape(when)}</title><style>{STYLE}</style></head><body>",
        "<h1>From views to members</h1>",
        f'<p class="sub">{escape(when)} &middot; made {escape(made)}</p>',
        *bottleneck(found.following),
        "<h2>The whole</h2>",
        *(group(one, "") for one in found.whole.groups),
        unstaged(found.whole),
        *(place(one) for one in found.places),
        cohorts(found.cohorts),
        *money(found.revenue),
        *small_print(found),
        "</body></html>",
    ]
    return "\n".join(filter(None, parts))


def bottleneck(found: "Next") -> Iterable[str]:
    """Yield where most is lost, and what to make."""
    yield "<h2>The bottleneck</h2>"
    stage = escape(found.stage or "None that is sure")
    yield f'<p class="say"><b>{stage}</b>: {escape(found.why)}.</p>'
    content = "; ".join(f"{name} ({', '.join(types)})" for name, types in found.content)
    length = f"{found.seconds[0]} to {found.seconds[1]} seconds" if found.seconds else ""
    where = ", ".join(found.networks) or "no network that is set up here"
    yield f"<p>Make next: {escape(content)}; {length}; for {escape(where)}.</p>"
    yield table(
        ("stage", "lever", Words(""), Words("arithmetic")),
        [
            (
                one.stage,
                "" if one.times is None else f"× {one.times:.1f}",  # noqa: RUF001  # times
                Verdict(one.conversion.verdict),
                Words(one.why),
            )
            for one in found.levers
        ],
    )
    yield "<h3>How videos are shared out</h3>"
    yield table(
        ("stage", "a day", "by its gap", "share of the videos"),
        [
            (one.stage, f"{one.per_day:g}", f"× {one.factor:.2f}", percent(one.share))  # noqa: RUF001  # times
            for one in found.mix
        ],
    )


def place(found: "Shown") -> str:
    """Return the funnel by region, network or character."""
    if not found.groups:
        return ""
    inner = "\n".join(group(one, named(one.name)) for one in found.groups)
    return f"<h2>By {escape(found.by)}</h2>\n{inner}"


def group(found: "Group", title: str) -> str:
    """Return one name's way and stages."""
    head = f"<h3>{escape(title)}</h3>" if title else ""
    rows = [
        (
            row.stage,
            *goal(row.engagement, REACTS),
            *goal(row.conversion, (row.into, row.of)),
        )
        for row in found.stages
    ]
    columns = (
        *("stage", Words("reacts"), "share", "95 %", "goal", Words("")),
        *(Words("converts"), "share", "95 %", "goal", Words("")),
    )
    return f"{head}\n{ladder(found.steps)}\n{table(columns, rows)}"


def goal(told: "Measured", names: tuple[str, str]) -> tuple[str, ...]:
    """Return what is so beside its goal."""
    counted, *shares, verdict = funnel_tables.goal(told, names)
    return (Words(counted), *shares, Verdict(verdict))


def ladder(steps: "Sequence[Step]") -> str:
    """Return the way from views to payers as bars, as long as logarithms are."""
    most = max((step.count or 0 for step in steps), default=0)
    height = len(steps) * ROW + 4
    shapes = [
        (
            f'<div class="scroll"><svg viewBox="0 0 780 {height}" role="img" '
            'aria-label="How many get how far; bars are logarithms">'
        )
    ]
    for number, step in enumerate(steps):
        y = number * ROW + 2
        shapes.append(f'<text x="0" y="{y + 17}">{escape(NAMES[step.kind])}</text>')
        wide = length(step.count, most)
        if step.hidden:
            shapes.append(
                f'<rect class="few" x="{LEFT}" y="{y + 3}" width="26" height="{ROW - 8}"/>'
            )
            wide = 26
        elif wide:
            shapes.append(
                f'<rect class="bar" x="{LEFT}" y="{y + 3}" width="{wide}" height="{ROW - 8}"/>'
            )
        words = count(step.count, hidden=step.hidden)
        if step.rate is not None:
            words += f" · {percent(step.rate)} of the step before"
            words += f" ({between(step.low, step.high)})"
        shapes.append(f'<text x="{LEFT + wide + 8}" y="{y + 17}">{escape(words)}</text>')
    return "".join([*shapes, "</svg></div>"])


def length(value: int | None, most: int) -> int:
    """Return how long a bar is, in pixels."""
    share = funnel_tables.logarithm(value, most)
    return max(2, round(WIDE * share)) if share else 0


def unstaged(found: "Shown") -> str:
    """Return how many views are of no stage."""
    if not found.unstaged:
        return ""
    return f'<p class="sub">{found.unstaged:,} views are of videos without a stage.</p>'


def cohorts(found: "Sequence[Cohort]") -> str:
    """Return who subscribed when and paid later."""
    if not found:
        return ""
    return (
        f"<h2>Who stays</h2>\n{table(*funnel_tables.triangle(found, weeks=False))}\n"
        '<p class="sub">Share who paid in the month they subscribed (0) and after; '
        "empty: not over.</p>"
    )


def money(found: "Sequence[Revenue]") -> Iterable[str]:
    """Yield what brought the money, by everything."""
    totals = found[0].totals if found else ()
    if not totals:
        yield "<h2>Money</h2><p>None was entered in that time.</p>"
        return
    yield "<h2>What brought the money</h2>"
    for total in totals:
        each = "no credits were settled"
        if total.per_credit is not None:
            each = (
                f"{total.credits:,} credits were settled, "
                f"{told(round(total.per_credit), total.currency)} each"
            )
        yield (
            f'<p class="say"><b>{told(total.amount, total.currency)}</b>; '
            f"{told(total.unknown, total.currency)} of it has no known post; {each}.</p>"
        )
        for one in found:
            yield f"<h3>By {escape(one.by)}, {escape(total.currency)}</h3>"
            yield earners(one, total.currency, total.amount)


def earners(found: "Revenue", currency: str, amount: int) -> str:
    """Return the rows of one currency, and their sum."""
    mine = [one for one in found.rows if one.currency == currency]
    rows = [earned(one) for one in mine[:MOST]]
    rest = mine[MOST:]
    if rest:
        sums = (sum(getattr(one, name) for one in rest) for name in ("last", "first", "position"))
        more = (bare(each, currency) for each in sums)
        rows.append((f"{len(rest)} more", *more, "", "", "", "", ""))
    whole = bare(amount, currency)
    rows.append(("all", whole, whole, whole, "", "", "", "", "", ""))
    columns = (
        *(found.by, "last touch", "first touch", "40/20/40", "views", "clicks", "videos"),
        *("credits", "each credit", "each video"),
    )
    return table(columns, rows, sums=True)


def earned(one: "Earned") -> tuple[str, ...]:
    """Return a row of money."""
    each = (one.per_credit, one.per_video)
    return (
        one.label or "unknown",
        *(bare(part, one.currency) for part in (one.last, one.first, one.position)),
        *(count(part) for part in (one.views, one.clicks)),
        str(one.videos) if one.videos else UNKNOWN,
        count(one.credits),
        *(UNKNOWN if part is None else bare(round(part), one.currency) for part in each),
    )


def small_print(found: "Report") -> Iterable[str]:
    """Yield how it was worked out."""
    days = found.revenue[0].days if found.revenue else 0
    yield "<h2>How it was worked out</h2>"
    for line in SMALL_PRINT:
        words = line.format(days=days, as_of=found.whole.as_of)
        yield f'<p class="sub">{escape(words)}</p>'
    for note in found.whole.notes:
        yield f'<p class="sub">{escape(note)}</p>'


class Verdict(str):
    """A word that is coloured, and a word all the same."""

    __slots__ = ()


class Words(str):
    """A sentence: it stands on the left."""

    __slots__ = ()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, sums: bool = False) -> str:
    """Return a table; the last row is the sum where it is said so."""
    head = "".join(cell(name, "th") for name in columns)
    last = len(rows) - 1
    body = "".join(row_of(row, is_sum=sums and at == last) for at, row in enumerate(rows))
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>"
    )


def cell(words: str, tag: str = "td") -> str:
    """Return a cell, escaped."""
    kind = ""
    if isinstance(words, Words):
        kind = ' class="l"'
    elif isinstance(words, Verdict):
        kind = f' class="l {words.replace(" ", "-")}"'
    return f"<{tag}{kind}>{escape(words)}</{tag}>"


def row_of(cells: Sequence[str], *, is_sum: bool) -> str:
    """Return a row."""
    kind = ' class="sum"' if is_sum else ""
    return f"<tr{kind}>{''.join(map(cell, cells))}</tr>"
