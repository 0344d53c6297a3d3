"""What every hair style is made of: fringes, locks, strands and the ring of light."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        dip = level - 18 + (end[0] / 210) ** 2 * 74
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One hair style: what lies behind the body, what lies before the face, and its shadow there."""

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


def _domed(point: Point) -> Point:
    x, y = point
    return (x, y - max(0, 1 - (x / 200) ** 2) * 20) if y < 460 else point


def fringe(look: Look, cut: Fringe, *over: str) -> tuple[str, str]:
    """Return the hair over the skull, and the outline of its shadow; `over` is clipped to it."""
    tone, runs = hair_tone(look), zigzag(cut.edge)
    outer = [_domed(point) for point in cut.outer]
    shape = svg.outline(outer, *runs)
    high = max(cut.edge[0][1], cut.edge[-1][1])
    shadow = svg.outline(
        [(-260, high)],
        svg.at("-260,300"),
        svg.at("260,300"),
        [(260, high)],
        [cut.edge[0][:2]],
        *runs,
    )
    notches = [(x, y) for x, y, _ in cut.edge[1:-1:2]]
    strands = "".join(
        inner_line(fall(cut.crown, at)[2 + i % 2 :], tone.ink, 5) for i, at in enumerate(notches)
    )
    wedges = "".join(
        svg.fill(
            svg.ribbon(fall(cut.crown, (x + 7, y + 30))[3 + i % 2 :], (0, 9, 22, 18, 0)),
            tone.shade,
            0.85,
        )
        for i, (x, y) in enumerate(notches)
    )
    sides = "".join(
        svg.fill(
            svg.ribbon(
                [(s * 120, 340), (s * 190, 430), (s * 206, 560), (s * 204, 760)], (0, 20, 40, 0)
            ),
            tone.shade,
            0.5 if s < 0 else 0.8,
        )
        for s in (-1, 1)
    )
    ends = [(x, 640) for x in range(-210, 215, 15)]
    return (
        svg.linear(
            "hair",
            (0, 310),
            (0, 720),
            (0, lighter(tone.base, 0.1)),
            (0.35, tone.base),
            (0.7, mix(tone.base, tone.tips, 0.4)),
            (1, tone.tips),
        )
        + svg.inked(shape, "url(#hair)", tone.ink, 4.5)
        + svg.clip(
            "cap",
            shape,
            sides,
            wedges,
            ring(cut.crown, ends, cut.level, 62, tone.shine),
            *over,
            strands,
        )
        + rim("cap-rim", shape, svg.open_curve(outer), look.background.light)
    ), shadow


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
