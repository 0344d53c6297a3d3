"""Small things in the air: each function gives the sprites of one kind, as SVG content."""

from collections.abc import Callable

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.brush import (
    across,
    deep,
    disc,
    down,
    glow,
    line,
    oval,
    round_from,
    shape,
    soft,
    tag,
    veil,
)
from elite8.core.production.local.art.colour import lighter, mix

SIDE = 64
"""Sprites are squares of this side, in pixels."""
MIDDLE = SIDE / 2


def _turned(content: str, degrees: int, flat: float = 1) -> str:
    """Return the content turned about the sprite's middle, its height scaled by `flat`."""
    return tag(
        "g",
        content,
        transform=f"translate({MIDDLE} {MIDDLE}) rotate({degrees}) scale(1 {flat}) "
        f"translate({-MIDDLE} {-MIDDLE})",
    )


def petals(backdrop: Backdrop) -> tuple[str, ...]:
    """Return blossom petals with a notch, in three turns."""
    pink = mix("#ff8fb4", backdrop.light, 0.3)
    petal = tag(
        "path",
        d="M32,58C10,46 8,22 24,8L32,16L40,8C56,22 54,46 32,58z",
        fill=down(lighter(pink, 0.6), pink),
    ) + line("M32,54V30", veil(deep(pink, 0.15), 0.35), 2)
    return _turned(petal, 20), _turned(petal, 115, 0.55), _turned(petal, -60, 0.75)


def sparks(backdrop: Backdrop) -> tuple[str, ...]:
    """Return four-pointed glints in the light's and the accent's colour."""

    def glint(size: float, colour: str) -> str:
        near, points = size * 0.16, []
        for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0)):
            points += [(MIDDLE + x * size, MIDDLE + y * size)]
            points += [(MIDDLE + (x - y) * near, MIDDLE + (y + x) * near)]
        return glow(MIDDLE, MIDDLE, size, colour, 0.8) + shape(points, fill=lighter(colour, 0.75))

    return glint(30, backdrop.light), glint(20, backdrop.accent), glint(13, backdrop.light)


def fireflies(backdrop: Backdrop) -> tuple[str, ...]:
    """Return warm points in a halo."""
    gold = mix(backdrop.light, "#ffe45c", 0.5)
    return tuple(
        glow(MIDDLE, MIDDLE, halo, gold, 0.85)
        + disc(MIDDLE, MIDDLE, halo * 0.17, fill=lighter(gold, 0.75))
        for halo in (31, 22, 15)
    )


def motes(backdrop: Backdrop) -> tuple[str, ...]:
    """Return dust in the light: round, faint, out of focus."""
    colour = lighter(backdrop.light, 0.5)
    return tuple(
        disc(
            MIDDLE,
            MIDDLE,
            radius,
            fill=round_from(veil(colour, a), veil(colour, a), veil(colour, 0)),
        )
        for radius, a in ((28, 0.3), (16, 0.5), (9, 0.75))
    )


def bubbles(backdrop: Backdrop) -> tuple[str, ...]:
    """Return clear bubbles with a rim and a highlight."""

    def bubble(radius: float) -> str:
        tint = lighter(backdrop.light, 0.4)
        film = round_from(veil(tint, 0.05), veil(tint, 0.08), veil(backdrop.accent, 0.4))
        rim = disc(MIDDLE, MIDDLE, radius, fill=film, stroke=veil(tint, 0.85), stroke_width=2)
        at = MIDDLE - radius * 0.42
        return rim + oval(at, at, radius * 0.22, radius * 0.15, fill=veil("#ffffff", 0.95))

    return bubble(29), bubble(20), bubble(11)


def paint(backdrop: Backdrop) -> tuple[str, ...]:
    """Return flying drops of paint."""
    drop = "M32,8C44,26 52,34 46,48C40,60 22,60 17,47C12,35 23,26 32,8z"
    colours = (backdrop.accent, backdrop.light, mix(backdrop.accent, "#e0795a", 0.85))
    turns = ((24, 0.9), (150, 0.6), (-70, 0.75))
    return tuple(
        _turned(
            tag("path", d=drop, fill=across(lighter(colour, 0.25), colour, deep(colour, 0.2)))
            + oval(26, 40, 4, 8, fill=veil("#ffffff", 0.6)),
            degrees,
            flat,
        )
        for colour, (degrees, flat) in zip(colours, turns, strict=True)
    )


def leaves(backdrop: Backdrop) -> tuple[str, ...]:
    """Return small leaves with a vein, in three greens and turns."""

    def leaf(colour: str) -> str:
        blade = "M32,4C52,20 52,44 32,58C12,44 12,20 32,4z"
        return tag("path", d=blade, fill=across(lighter(colour, 0.25), colour)) + line(
            "M32,12V62M32,30L42,24M32,40L22,34", veil(deep(colour, 0.3), 0.6), 2
        )

    green = backdrop.accent
    return (
        _turned(leaf(green), 30, 0.9),
        _turned(leaf(mix(green, "#f0c161", 0.45)), 110, 0.6),
        _turned(leaf(mix(green, backdrop.light, 0.4)), -50, 0.75),
    )


def embers(backdrop: Backdrop) -> tuple[str, ...]:
    """Return glowing cinders with a short tail."""

    def ember(size: float, degrees: int) -> str:
        hot = mix(backdrop.light, "#ff7a2a", 0.45)
        tail = oval(MIDDLE, MIDDLE + size * 0.3, size * 0.16, size * 0.7, fill=veil(hot, 0.75))
        halo = glow(MIDDLE, MIDDLE, size, mix(hot, backdrop.accent, 0.35), 0.85)
        core = disc(MIDDLE, MIDDLE, size * 0.2, fill=lighter(hot, 0.6))
        return halo + _turned(soft(tail, 1.5) + core, degrees)

    return ember(31, 25), ember(22, -15), ember(14, 60)


SPRITES: dict[str, Callable[[Backdrop], tuple[str, ...]]] = {
    "petals": petals,
    "sparks": sparks,
    "fireflies": fireflies,
    "motes": motes,
    "bubbles": bubbles,
    "paint": paint,
    "leaves": leaves,
    "embers": embers,
}
