"""A rehearsal as one page that needs nothing else: a timeline of every post, and the troubles."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.domain.fault import Fault
    from elite8.core.operations.rehearse import Played, Rehearsal

STYLE = """
:root { color-scheme: light dark; --ok: #2e7d32; --late: #e69f00; --lost: #c62828; --open: #6a51a3 }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 72rem }
body { padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.sum { font-size: 1.05rem } .scroll { overflow-x: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid #8884 }
td { vertical-align: top }
svg text { font: 11px system-ui, sans-serif; fill: currentColor }
.published { fill: var(--ok) } .late { fill: var(--late) } .refused { fill: var(--lost) }
.open { fill: var(--open) } .fault { fill: #888; opacity: .25 } .grid { stroke: #8884 }
.key span { margin-right: 1.2rem } .key i { display: inline-block; width: .8em; height: .8em }
"""
KEY = (
    ("var(--ok)", "out in time"),
    ("var(--late)", "out, late"),
    ("var(--lost)", "not out"),
    ("var(--open)", "not at an end"),
    ("#8888", "trouble"),
)
LONGEST_BAND = 48
"""Hours; what lasts longer is in the table alone."""
ROW, LEFT, HOUR = 22, 110, 5
"""Pixels: a day's line, the names before it, an hour."""


def write(file: Path, found: "Rehearsal", zone: str) -> None:
    """Write the page; a file that cannot be written is a ConfigError."""
    try:
        file.write_text(page(found, zone), encoding="utf-8")
    except OSError as broken:
        raise ConfigError(f"{file} cannot be written: {broken.strerror}") from None


def page(found: "Rehearsal", zone: str) -> str:
    """Return the page."""
    out = sum(one.status == "published" for one in found.posts)
    first, until = (at.astimezone(ZoneInfo(zone)) for at in (found.first, found.until))
    lost = [one for one in found.posts if one.status != "published"]
    key = "".join(f'<span><i style="background:{color}"></i> {name}</span>' for color, name in KEY)
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>Rehearsal from {first:%Y-%m-%d}</title><style>{STYLE}</style>",
        f"<h1>Rehearsal, {first:%a %Y-%m-%d} to {until:%a %Y-%m-%d}</h1>",
        (
            f'<p class="sum">{out} of {len(found.posts)} posts are out; {len(lost)} are not; '
            f"<b>{found.duplicates} are out twice</b>; {len(found.alerts)} alerts ring.</p>"
        ),
        *("<p>" + escape(line) + "</p>" for line in found.advice),
        f'<h2>Timeline ({zone})</h2><p class="key">{key}</p>',
        f'<div class="scroll">{timeline(found, ZoneInfo(zone))}</div>',
        table("Troubles played", ("what", "where", "from", "hours"), troubles(found.faults, zone)),
        table("Posts that are not out", ("meant for", "who", "where", "why"), not_out(lost, zone)),
        table("Days", ("day", "out", "late", "not out", "credits"), days(found)),
    ]
    return "\n".join(parts)


def timeline(found: "Rehearsal", zone: ZoneInfo) -> str:
    """Return a day in a line, an hour in a column, a post in a square, a trouble behind them."""
    first = found.first.astimezone(zone).date()
    last = (found.until - timedelta(seconds=1)).astimezone(zone).date()
    lines = (last - first).days + 1
    width, height = LEFT + 24 * HOUR * 6 + 40, lines * ROW + 30
    shapes = [f'<svg width="{width}" height="{height}" role="img" aria-label="Timeline">']
    for hour in range(0, 25, 3):
        x = LEFT + hour * HOUR * 6
        shapes.append(f'<line class="grid" x1="{x}" y1="20" x2="{x}" y2="{height}"/>')
        shapes.append(f'<text x="{x + 2}" y="14">{hour:02}:00</text>')
    shapes += [
        f'<text x="0" y="{35 + n * ROW}">{first + timedelta(days=n):%a %Y-%m-%d}</text>'
        for n in range(lines)
    ]
    for fault in found.faults:
        shapes += band(fault, first, lines, zone)
    used: dict[tuple[date, int], int] = {}
    for one in found.posts:
        shapes.append(square(one, first, zone, used))
    return "".join([*shapes, "</svg>"])


def band(fault: "Fault", first: date, lines: int, zone: ZoneInfo) -> Iterator[str]:
    """Yield a trouble's hours, day by day; what lasts for days is no band."""
    if fault.hours > LONGEST_BAND:
        return
    at, end = fault.begins.astimezone(zone), fault.ends.astimezone(zone)
    while at < end:
        line = (at.date() - first).days
        midnight = datetime.combine(at.date() + timedelta(days=1), datetime.min.time(), zone)
        here = min(end, midnight)
        if 0 <= line < lines:
            x, wide = LEFT + hours(at) * HOUR * 6, (here - at).total_seconds() / 600 * HOUR
            name = escape(f"{fault.kind} {fault.network}")
            yield (
                f'<rect class="fault" x="{x:.0f}" y="{22 + line * ROW}" width="{wide:.0f}" '
                f'height="{ROW - 4}"><title>{name}</title></rect>'
            )
        at = here


def square(one: "Played", first: date, zone: ZoneInfo, used: dict[tuple[date, int], int]) -> str:
    """Return one post where it was meant to be, beside others of the same time."""
    at = one.meant.astimezone(zone)
    x = round(LEFT + hours(at) * HOUR * 6)
    beside = used.get((at.date(), x), 0)
    used[at.date(), x] = beside + 1
    kind = "late" if one.is_late else one.status
    kind = kind if kind in ("published", "late", "refused") else "open"
    words = f"{at:%H:%M} {one.character} {one.network}: {one.status} {one.why}"
    return (
        f'<rect class="{kind}" x="{x + beside * 11}" y="{25 + (at.date() - first).days * ROW}" '
        f'width="9" height="12" rx="2"><title>{escape(words)}</title></rect>'
    )


def hours(at: datetime) -> float:
    """Return the hours since midnight on the wall clock."""
    return at.hour + at.minute / 60


def troubles(faults: "Sequence[Fault]", zone: str) -> list[tuple[str, ...]]:
    """Return the troubles as rows."""
    return [
        (
            one.kind + (f", {one.share:.0%}" if one.share < 1 else ""),
            one.network or "everywhere",
            f"{one.begins.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}",
            f"{one.hours:g}",
        )
        for one in faults
    ]


def not_out(lost: "Sequence[Played]", zone: str) -> list[tuple[str, ...]]:
    """Return the posts that did not go out as rows."""
    return [
        (
            f"{one.meant.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}",
            one.character,
            one.network,
            one.why or one.status,
        )
        for one in lost
    ]


def days(found: "Rehearsal") -> list[tuple[str, ...]]:
    """Return the days as rows."""
    return [
        (
            f"{one.day:%a %Y-%m-%d}",
            str(one.published),
            str(one.late or ""),
            str(one.missed or ""),
            "" if one.credits is None else str(one.credits),
        )
        for one in found.days
    ]


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table with its title, nothing when there are no rows."""
    if not rows:
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<h2>{escape(title)}</h2><div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
