"""Charts as SVG, drawn here: numbers in, marks out; their colours and texts stand in the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

WIDE = 10
"""Units of one day in a chart, of which a bar takes eight."""
HIGH = 100
STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart: a name of ours, its words, and a value for each day."""

    id: str
    name: str
    values: Sequence[float]


def ceiling(most: float) -> float:
    """Return a round number that is not below any value, 1 at least."""
    if most <= 1:
        return 1
    size = 10.0 ** (len(str(int(most))) - 1)
    return next(step * size for step in STEPS if step * size >= most)


def svg(width: float, height: float, says: str, inner: str, kind: str) -> Markup:
    """Return a drawing that fills its place; `says` is what it is to whoever does not see it."""
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg>'
    ).format(kind, f"{width:g}", f"{height:g}", says, Markup(inner))  # noqa: S704  # our own marks


def stacked(series: Sequence[Series], titles: Sequence[str], says: str) -> Markup:
    """Return a bar for each day, the series on top of each other; `titles` show on a pointer."""
    top = ceiling(max((sum(day) for day in columns(series)), default=0))
    marks = [grid(len(titles) * WIDE)]
    for number, (title, day) in enumerate(zip(titles, columns(series), strict=True)):
        floor, left = float(HIGH), number * WIDE
        bars = f'<rect class="hit" x="{left}" y="0" width="{WIDE}" height="{HIGH}"/>'
        for one, value in zip(series, day, strict=True):
            tall = value / top * HIGH
            floor -= tall
            if tall:
                bars += (
                    f'<rect class="s-{escape(one.id)}" x="{left + 1}" y="{floor:.2f}" '
                    f'width="{WIDE - 2}" height="{tall:.2f}"/>'
                )
        marks.append(f"<g><title>{escape(title)}</title>{bars}</g>")
    return svg(len(titles) * WIDE, HIGH, says, "".join(marks), "chart")


def columns(series: Sequence[Series]) -> list[tuple[float, ...]]:
    """Return the values of each day."""
    return list(zip(*(one.values for one in series), strict=True))


def grid(width: float) -> str:
    """Return the lines at half and at the top."""
    return "".join(
        f'<line class="grid" x1="0" x2="{width:g}" y1="{y}" y2="{y}"/>' for y in (0, HIGH / 2)
    )


def bars(values: Sequence[float], says: str) -> Markup:
    """Return small bars, the highest as high as there is room."""
    most = max((*values, 1))
    marks = "".join(
        f'<rect x="{number * 4}" y="{24 - value / most * 23:.2f}" width="3" '
        f'height="{value / most * 23 + 1:.2f}"/>'
        for number, value in enumerate(values)
    )
    return svg(len(values) * 4 - 1, 25, says, marks, "bars")


def curve(points: Sequence[tuple[datetime, float]], top: float, says: str) -> Markup:
    """Return a line over time with its area, from nothing to `top`."""
    first, last = points[0][0], points[-1][0]
    span = max((last - first).total_seconds(), 1)
    at = [
        ((when - first).total_seconds() / span * 100, 24 - min(value / top, 1) * 23)
        for when, value in points
    ]
    path = " L".join(f"{x:.2f} {y:.2f}" for x, y in at)
    inner = f'<path class="area" d="M0 25 L{path} L100 25Z"/><path class="line" d="M{path}"/>'
    return svg(100, 25, says, inner, "curve")


def runway(left: Sequence[int], reserve: int, ends: int | None, says: str) -> Markup:
    """Return the credits of each evening as steps, the reserve, and the day on which they end."""
    top = ceiling(max((*left, 1)))
    path, width = f"M0 {HIGH}", len(left) * WIDE
    for number, value in enumerate(left):
        y = HIGH - max(value, 0) / top * HIGH
        path += f" L{number * WIDE} {y:.2f} L{(number + 1) * WIDE} {y:.2f}"
    inner = f'{grid(width)}<path class="area" d="{path} L{width} {HIGH}Z"/>'
    if reserve:
        y = HIGH - reserve / top * HIGH
        inner += f'<line class="reserve" x1="0" x2="{width}" y1="{y:.2f}" y2="{y:.2f}"/>'
    if ends is not None:
        x = ends * WIDE
        inner += f'<line class="ends" x1="{x}" x2="{x}" y1="0" y2="{HIGH}"/>'
    return svg(max(width, 1), HIGH, says, inner, "chart runway")


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a time of the day, 0 to 1, in a lane; `after` counts those beside it."""

    share: float
    lane: int
    after: int
    sign: str
    title: str


def strip(marks: Sequence[Mark], lanes: int, now: float | None, says: str) -> Markup:
    """Return a day from left to right: a lane each network, a sign each post, a line for now."""
    inner = "".join(
        f'<line class="hour" x1="{hour / 24:.4%}" x2="{hour / 24:.4%}" y1="0" y2="100%"/>'
        for hour in range(0, 25, 3)
    )
    if now is not None:
        inner += f'<line class="now" x1="{now:.4%}" x2="{now:.4%}" y1="0" y2="100%"/>'
    for one in marks:
        inner += (
            f'<svg x="{one.share:.4%}" y="{one.lane * 24 + 12}" overflow="visible">'
            f'<g class="is-{escape(one.sign)}"><title>{escape(one.title)}</title>'
            f'<use href="#sign-{escape(one.sign)}" x="{one.after * 15 - 7}" y="-7" '
            'width="14" height="14"/></g></svg>'
        )
    return Markup(
        '<svg class="strip" width="100%" height="{}" role="img" aria-label="{}">{}</svg>'
    ).format(lanes * 24, says, Markup(inner))  # noqa: S704  # our own marks
