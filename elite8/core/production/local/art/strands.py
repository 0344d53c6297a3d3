"""What every hair style is made of: fringes, locks, strands and the ring of light."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import brightness, darker, lighter, mix
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
        shine=lighter(mix(colour, tips, 0.3), 0.28 + 0.3 * brightness(colour)),
    )


def hair_tone(look: Look) -> Tone:
    """Return the shades of this look's hair."""
    return tone_of(look.hair.colour, look.hair.tips)


def blade(start: Point, end: Point, bow: float) -> list[Point]:
    """Return one bowed edge of a lock."""
    return [start, svg.between(start, end, 0.5, bow), end]


Bend = tuple[float, float, float]


def bends(written: str) -> list[Bend]:
    """Return (x, y, bow) triples from a list like "190,716,0 174,580,14"."""
    triples = (triple.split(",") for triple in written.split())
    return [(float(x), float(y), float(bow)) for x, y, bow in triples]


def zigzag(points: Sequence[Bend]) -> list[list[Point]]:
    """Return runs through (x, y, bow) points: each run bows by the number at its end."""
    return [blade((a[0], a[1]), (b[0], b[1]), b[2]) for a, b in pairwise(points)]


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


SHORTEST_SHARD = 3
"""Points that a shard needs to have a direction."""


def ring(crown: Point, level: float, paint: str) -> str:
    """Return the ring of light: a shard on each strand where it crosses the arched level."""
    shards = []
    for index, x in enumerate(range(-210, 215, 15)):
        middle = level - 18 + (x / 210) ** 2 * 74
        reach = 31 * (1 + 0.45 * ((index * 7) % 5 - 2) / 2)
        strand = svg.along(fall(crown, (x, 640)), 5)
        shard = [point for point in strand if abs(point[1] - middle) <= reach]
        if len(shard) >= SHORTEST_SHARD:
            thick = 9 + (index * 5) % 4 * 4
            shards.append(svg.fill(svg.ribbon(shard, (0, thick, thick * 0.9, 0), 1), paint))
    return svg.group(*shards, opacity=0.75)


def inner_line(points: Points, ink: str, width: float = 4, opacity: float = 0.8) -> str:
    """Return one drawn strand that fades in and out."""
    return svg.fill(svg.ribbon(points, (0, width * 0.7, width, width * 0.6, 0)), ink, opacity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One hair style: behind the body, before the face, and its shadow on the face."""

    back: str
    front: str
    shadow: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fringe:
    """The hair over the skull.

    `outer` runs from the left end over the crown to the right end; `edge` runs back from right to
    left as (x, y, bow), ends and notches in turn; `crown` is where the strands come from.
    """

    outer: list[Point]
    edge: list[Bend]
    crown: Point
    level: float = 466


TEMPLE = 460
"""Above this the hair follows the skull's round."""


def _domed(point: Point) -> Point:
    x, y = point
    return (x, y - max(0, 1 - (x / 200) ** 2) * 20) if y < TEMPLE else point


def _depth(cut: Fringe, tone: Tone) -> str:
    """Return the shade at the sides of the head and above each notch."""
    shades = []
    for side, opacity in ((-1, 0.5), (1, 0.8)):
        down = [(side * x, y) for x, y in svg.at("120,340 190,430 206,560 204,760")]
        shades.append(svg.fill(svg.ribbon(down, (0, 20, 40, 0)), tone.shade, opacity))
    for index, (x, y, _) in enumerate(cut.edge[1:-1:2]):
        strand = fall(cut.crown, (x + 7, y + 30))[3 + index % 2 :]
        shades.append(svg.fill(svg.ribbon(strand, (0, 9, 22, 18, 0)), tone.shade, 0.85))
    return "".join(shades)


def _partings(cut: Fringe, tone: Tone) -> str:
    return "".join(
        inner_line(fall(cut.crown, (x, y))[2 + index % 2 :], tone.ink, 5)
        for index, (x, y, _) in enumerate(cut.edge[1:-1:2])
    )


def _cast(cut: Fringe) -> str:
    """Return the outline of everything above the hair's edge, which throws the shadow."""
    low = max(cut.edge[0][1], cut.edge[-1][1])
    above: list[list[Point]] = [[(-260, low)], [(-260, 300)], [(260, 300)], [(260, low)]]
    return svg.outline(*above, [cut.edge[0][:2]], *zigzag(cut.edge))


def _crown_paint(tone: Tone) -> str:
    middle, high = mix(tone.base, tone.tips, 0.4), lighter(tone.base, 0.1)
    stops = (0, high), (0.35, tone.base), (0.7, middle), (1, tone.tips)
    return svg.linear("hair", (0, 310), (0, 720), *stops)


def fringe(look: Look, cut: Fringe, *over: str) -> tuple[str, str]:
    """Return the hair over the skull, and the outline of its shadow; `over` is clipped to it."""
    tone, outer = hair_tone(look), [_domed(point) for point in cut.outer]
    shape = svg.outline(outer, *zigzag(cut.edge))
    shine = ring(cut.crown, cut.level, tone.shine)
    hair = (
        _crown_paint(tone)
        + svg.inked(shape, "url(#hair)", tone.ink, 4.5)
        + svg.clip("cap", shape, _depth(cut, tone), shine, *over, _partings(cut, tone))
        + rim("cap-rim", shape, svg.open_curve(outer), look.background.light)
    )
    return hair, _cast(cut)


def leaf(look: Look, points: Points, width: float, paint: str, *, root: float = 0.3) -> str:
    """Return one lock, pointed at both ends, with its own shade, strand and light."""
    tone = hair_tone(look)
    profile = (width * root, width * 0.9, width, width * 0.85, 0)
    side = 1 if points[-1][0] >= 0 else -1
    path = svg.ribbon(points, profile, 5)
    return (
        svg.inked(path, paint, tone.ink, 3.6)
        + svg.fill(
            svg.ribbon(svg.moved(points, side * width * 0.24), [w * 0.38 for w in profile]),
            tone.shade,
            0.7,
        )
        + inner_line(svg.moved(points, -side * width * 0.1), tone.ink, 3, 0.55)
        + svg.fill(
            svg.ribbon(
                svg.moved(points[: max(3, len(points) // 2 + 1)], -side * width * 0.27),
                (0, width * 0.12, 0),
            ),
            tone.shine,
            0.6,
        )
    )


def wave(start: Point, end: Point, sway: float, turns: int) -> list[Point]:
    """Return a spine that swings `turns` times from side to side on its way."""
    steps = turns * 2
    return [
        svg.between(
            start,
            end,
            i / steps,
            sway * (0 if i in (0, steps) else (1 if i % 2 else -0.4)) * (1 if (i // 2) % 2 else -1),
        )
        for i in range(steps + 1)
    ]


def falling(name: str, look: Look, top: float, bottom: float) -> str:
    """Return the gradient of hanging hair between two heights."""
    tone = hair_tone(look)
    return svg.linear(
        name,
        (0, top),
        (0, bottom),
        (0, tone.base),
        (0.45, mix(tone.base, tone.tips, 0.35)),
        (1, tone.tips),
    )


def nape(look: Look, points: Points) -> str:
    """Return the dark hair behind the neck from its right half, top to bottom."""
    tone = hair_tone(look)
    return svg.inked(svg.loop(svg.both_sides(points)), tone.deep, tone.ink, 4)


def rim(name: str, shape: str, edge: str, light: str) -> str:
    """Return light inside a shape along its edge: strong on the right, faint on the left."""
    paint = svg.linear(
        f"{name}-light",
        (-330, 0),
        (330, 0),
        (0, light, 0.4),
        (0.3, light, 0),
        (0.62, light, 0),
        (1, light, 0.75),
    )
    return paint + svg.clip(f"{name}-edge", shape, svg.line(edge, f"url(#{name}-light)", 15))
