"""Curves and paint as SVG text: every function is pure and returns a string or points."""

from collections.abc import Iterable, Sequence
from math import hypot

Point = tuple[float, float]
Points = Sequence[Point]


def number(value: float) -> str:
    """Return the number with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def at(written: str) -> list[Point]:
    """Return the points of a list like "12,30 14,-2"."""
    pairs = (pair.split(",") for pair in written.split())
    return [(float(x), float(y)) for x, y in pairs]


def drawn(written: str) -> str:
    """Return the closed path through points written as for `at`; "/" makes a corner."""
    return outline(*(at(run) for run in written.split("/")))


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _cubics(points: Points, *, closed: bool = False) -> str:
    """Return C commands through the points (Catmull-Rom); the first point is where we stand."""
    last = len(points) - 1
    ring = points[:-1] if closed else points
    before = ring[-1] if closed else points[0]
    after = ring[1] if closed else points[last]
    line = [before, *points, after]
    parts = []
    for p0, p1, p2, p3 in zip(line, line[1:], line[2:], line[3:], strict=False):
        first = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        second = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        parts.append(f"C{_pair(first)} {_pair(second)} {_pair(p2)}")
    return "".join(parts)


def loop(points: Points) -> str:
    """Return a closed smooth path through the points."""
    return f"M{_pair(points[0])}{_cubics([*points, points[0]], closed=True)}Z"


def open_curve(points: Points) -> str:
    """Return an open smooth path through the points."""
    return f"M{_pair(points[0])}{_cubics(points)}"


def outline(*runs: Points) -> str:
    """Return a closed path of smooth runs; where one run ends and the next begins is a corner."""
    path, here = f"M{_pair(runs[0][0])}", runs[0][0]
    for run in runs:
        points = run if run[0] == here else [here, *run]
        path += _cubics(points)
        here = points[-1]
    return path + "Z"


def mirrored(points: Points) -> list[Point]:
    """Return the points on the other side of the face."""
    return [(-x, y) for x, y in points]


def both_sides(points: Points) -> list[Point]:
    """Return a right half, top to bottom, followed by its mirror image, bottom to top."""
    left = mirrored(points)[::-1]
    return [*points, *(left[1:] if points[-1][0] == 0 else left)]


def moved(points: Points, dx: float = 0, dy: float = 0) -> list[Point]:
    """Return the points moved."""
    return [(x + dx, y + dy) for x, y in points]


def between(a: Point, b: Point, t: float, bow: float = 0) -> Point:
    """Return the point at share `t` from a to b, pushed `bow` pixels to the left of the way."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    size = hypot(dx, dy) or 1
    return (a[0] + dx * t + dy / size * bow, a[1] + dy * t - dx / size * bow)


def along(points: Points, steps: int = 6) -> list[Point]:
    """Return the smooth curve through the points as `steps` short pieces for each of its spans."""
    line = [points[0], *points, points[-1]]
    found = [points[0]]
    for p0, p1, p2, p3 in zip(line, line[1:], line[2:], line[3:], strict=False):
        for step in range(1, steps + 1):
            t = step / steps
            found.append(
                (_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t))
            )
    return found


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    ) / 2


def _at(values: Sequence[float], share: float) -> float:
    place = share * (len(values) - 1)
    index = min(int(place), len(values) - 2)
    return values[index] + (values[index + 1] - values[index]) * (place - index)


def ribbon(points: Points, widths: Sequence[float], steps: int = 4) -> str:
    """Return a closed path along the points, as wide as `widths` says from its start to its end."""
    spine = along(points, steps)
    left, right = [], []
    for index, (x, y) in enumerate(spine):
        ahead, behind = spine[min(index + 1, len(spine) - 1)], spine[max(index - 1, 0)]
        dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
        half = _at(widths, index / (len(spine) - 1)) / 2 / (hypot(dx, dy) or 1)
        left.append((x + dy * half, y - dx * half))
        right.append((x - dy * half, y + dx * half))
    return outline(left, [left[-1], right[-1]], right[::-1])


def fill(path: str, paint: str, opacity: float = 1, extra: str = "") -> str:
    """Return a filled path."""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return f'<path d="{path}" fill="{paint}"{faint}{extra}/>'


def inked(path: str, paint: str, ink: str, width: float = 4) -> str:
    """Return a filled path with an even line around it."""
    return (
        f'<path d="{path}" fill="{paint}" stroke="{ink}" stroke-width="{number(width)}" '
        'stroke-linejoin="round"/>'
    )


def line(path: str, ink: str, width: float, opacity: float = 1) -> str:
    """Return a drawn line with round ends."""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="{number(width)}" '
        f'stroke-linecap="round" stroke-linejoin="round"{faint}/>'
    )


def ellipse(at: Point, radii: Point, paint: str, opacity: float = 1, turn: float = 0) -> str:
    """Return an ellipse, turned clockwise by degrees."""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    turned = f' transform="rotate({turn:g} {_pair(at)})"' if turn else ""
    return (
        f'<ellipse cx="{number(at[0])}" cy="{number(at[1])}" rx="{number(radii[0])}" '
        f'ry="{number(radii[1])}" fill="{paint}"{faint}{turned}/>'
    )


Stop = tuple[float, str] | tuple[float, str, float]


def _stops(stops: Iterable[Stop]) -> str:
    return "".join(
        f'<stop offset="{offset:g}" stop-color="{colour}"'
        + "".join(f' stop-opacity="{opacity:g}"' for opacity in faint)
        + "/>"
        for offset, colour, *faint in stops
    )


def linear(name: str, start: Point, end: Point, *stops: Stop) -> str:
    """Return a linear gradient in frame pixels, used as `url(#name)`."""
    (x1, y1), (x2, y2) = start, end
    return (
        f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="{number(x1)}" '
        f'y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}">{_stops(stops)}</linearGradient>'
    )


def radial(name: str, at: Point, radius: float, *stops: Stop) -> str:
    """Return a radial gradient in frame pixels, used as `url(#name)`."""
    return (
        f'<radialGradient id="{name}" gradientUnits="userSpaceOnUse" cx="{number(at[0])}" '
        f'cy="{number(at[1])}" r="{number(radius)}">{_stops(stops)}</radialGradient>'
    )


def clip(name: str, path: str, *content: str) -> str:
    """Return the content, cut to the path."""
    return (
        f'<clipPath id="{name}"><path d="{path}"/></clipPath>'
        f'<g clip-path="url(#{name})">{"".join(content)}</g>'
    )


def blur(name: str, size: float) -> str:
    """Return a blur, used as `soft(name, …)`."""
    return (
        f'<filter id="{name}" x="-40%" y="-40%" width="180%" height="180%">'
        f'<feGaussianBlur stdDeviation="{number(size)}"/></filter>'
    )


def soft(name: str, *content: str) -> str:
    """Return the content, blurred by the filter of that name."""
    return f'<g filter="url(#{name})">{"".join(content)}</g>'


def group(*content: str, opacity: float = 1, transform: str = "") -> str:
    """Return the content as one group."""
    faint = f' opacity="{opacity:g}"' if opacity < 1 else ""
    placed = f' transform="{transform}"' if transform else ""
    return f"<g{faint}{placed}>{''.join(content)}</g>"
