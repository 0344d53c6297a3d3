"""What every hair style is made of: fringes, locks, strands and the ring of light."""

from collections.abc import Sequence
from dataclasses import dataclass

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix
from elite8.core.production.local.art.svg import Point, Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """The shades of one head of hair."""

    base: str
    tips: str
    shade: str
    deep: str
    ink: str
    shine: str


def tone_of(colour: str, tips: str) -> Tone:
    """Return the shades made from the main colour and the colour of the tips."""
    return Tone(
        base=colour,
        tips=tips,
        shade=darker(colour, 0.2),
        deep=darker(colour, 0.4),
        ink=darker(colour, 0.6),
        shine=lighter(mix(colour, tips, 0.3), 0.55),
    )


def hair_tone(look: Look) -> Tone:
    """Return the shades of this look's hair."""
    return tone_of(look.hair.colour, look.hair.tips)


def blade(start: Point, end: Point, bow: float) -> list[Point]:
    """Return one bowed edge of a lock."""
    return [start, svg.between(start, end, 0.5, bow), end]


def zigzag(points: Sequence[tuple[float, float, float]]) -> list[list[Point]]:
    """Return runs through (x, y, bow) points: each run bows by the number at its end."""
    return [
        blade((a[0], a[1]), (b[0], b[1]), b[2]) for a, b in zip(points, points[1:], strict=False)
    ]


def fall(crown: Point, end: Point) -> list[Point]:
    """Return a strand over the skull: out from the crown, then down to its end."""
    control = (end[0] * 1.04, crown[1] + (end[1] - crown[1]) * 0.22)
    return [
        (
            (1 - t) ** 2 * crown[0] + 2 * t * (1 - t) * control[0] + t * t * end[0],
            (1 - t) ** 2 * crown[1] + 2 * t * (1 - t) * control[1] + t * t * end[1],
        )
        for t in (0, 0.1, 0.22, 0.35, 0.5, 0.65, 0.8, 0.9, 1)
    ]


def ring(
    crown: Point, ends: Points, level: float, height: float, paint: str, opacity: float = 0.75
) -> str:
    """Return the ring of light: a shard on each strand where it crosses the level."""
    shards = []
    for index, end in enumerate(ends):
        strand = svg.along(fall(crown, end), 5)
        dip = level + abs(end[0]) * -0.08
        long = height * (1 + 0.45 * ((index * 7) % 5 - 2) / 2)
        inside = [p for p in strand if dip - long / 2 <= p[1] <= dip + long / 2]
        if len(inside) > 2:
            thick = 9 + (index * 5) % 4 * 4
            shards.append(svg.fill(svg.ribbon(inside, (0, thick, thick * 0.9, 0), 1), paint))
    return svg.group(*shards, opacity=opacity)


def lock(points: Points, widths: Sequence[float], paint: str, ink: str, weight: float = 3) -> str:
    """Return one tapering lock with its outline."""
    return svg.inked(svg.ribbon(points, widths, 5), paint, ink, weight)


def inner_line(points: Points, ink: str, width: float = 4, opacity: float = 0.8) -> str:
    """Return one drawn strand that fades in and out."""
    return svg.fill(svg.ribbon(points, (0, width * 0.7, width, width * 0.6, 0)), ink, opacity)


def rim(name: str, path: str, light: str, width: float = 16, opacity: float = 0.7) -> str:
    """Return light along the right edge of a shape and, fainter, along its left."""
    return svg.linear(
        f"{name}-light",
        (-330, 0),
        (330, 0),
        (0, light, opacity * 0.55),
        (0.3, light, 0),
        (0.62, light, 0),
        (1, light, opacity),
    ) + svg.clip(f"{name}-edge", path, svg.line(path, f"url(#{name}-light)", width))
