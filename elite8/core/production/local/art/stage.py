"""A pop stage: a wall of light, beams from the rig, a glossy floor."""

from math import cos, radians, sin
from random import Random

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.brush import (
    across,
    bokeh,
    box,
    deep,
    disc,
    down,
    glow,
    line,
    oval,
    shape,
    soft,
    veil,
)
from elite8.core.production.local.art.colour import lighter, mix

WHITE = "#ffffff"
RINGS = ((330, 0.75, 10), (330, 0.2, 34), (392, 0.4, 5), (446, 0.25, 18), (520, 0.18, 4))
"""Radius, strength and width of the rings of light on the wall."""
STARS = (
    (180, 380, 34),
    (892, 420, 42),
    (150, 900, 26),
    (938, 930, 30),
    (300, 330, 18),
    (800, 330, 20),
)
BURNING = 0.55
"""The share of the wall's cells that are lit."""


def _star(x: float, y: float, size: float, colour: str) -> str:
    return shape(
        [
            (
                x + size * (1 if n % 2 == 0 else 0.45) * sin(radians(n * 36)),
                y - size * (1 if n % 2 == 0 else 0.45) * cos(radians(n * 36)),
            )
            for n in range(10)
        ],
        fill=colour,
    )


def _wall_of_light(rng: Random, colours: tuple[str, ...], light: str) -> str:
    """Return the screen behind the stage: columns of soft cells, rings of light in the middle."""
    cells = ""
    for column in range(18):
        for row in range(15):
            if rng.random() < BURNING:
                colour = veil(rng.choice(colours), rng.uniform(0.1, 0.42))
                cells += box(96 + column * 50, 280 + row * 58, 42, 50, rx=8, fill=colour)
    rings = "".join(
        disc(540, 640, radius, fill="none", stroke=veil(light, alpha), stroke_width=width)
        for radius, alpha, width in RINGS
    )
    panel = box(
        76, 262, 928, 900, rx=26, fill=across(*(veil(c, 0.55) for c in (*colours, colours[0])))
    )
    edge = box(76, 262, 928, 900, rx=26, fill="none", stroke=veil(light, 0.25), stroke_width=26)
    edge += box(76, 262, 928, 900, rx=26, fill="none", stroke=veil(light, 0.8), stroke_width=7)
    return panel + cells + rings + edge


def _lamps(colours: tuple[str, ...], metal: str) -> tuple[str, str]:
    """Return the beams from the rig, and the rig itself."""
    beams, rig = "", box(-10, 92, 1100, 12, fill=metal) + box(-10, 176, 1100, 12, fill=metal)
    rig += line(
        "".join(f"M{x},98L{x + 45},182L{x + 90},98" for x in range(-10, 1080, 90)), metal, 8
    )
    for n, x in enumerate((90, 250, 410, 670, 830, 990)):
        lean = (x - 540) * 0.62 * (-1 if n % 2 else 1)
        colour = colours[n % len(colours)]
        beams += shape(
            [(x - 16, 226), (x + 16, 226), (x + lean + 150, 1330), (x + lean - 150, 1330)],
            fill=down(veil(lighter(colour, 0.5), 0.72), veil(colour, 0.2), veil(colour, 0)),
        )
        rig += box(x - 26, 182, 52, 50, rx=12, fill=metal) + glow(
            x, 232, 74, lighter(colour, 0.5), 0.9
        )
        rig += oval(x, 232, 22, 9, fill=WHITE)
    return beams, rig


def _stage_floor(rng: Random, colours: tuple[str, ...], light: str, ground: str) -> str:
    floor = box(0, 1170, 1080, 750, fill=down(mix(ground, light, 0.55), ground, deep(ground, 0.5)))
    tiles = "".join(
        line(f"M{540 + 80 * n},1170L{540 + 330 * n},1920", veil(light, 0.22), 3)
        for n in range(-8, 9)
    ) + "".join(box(0, y, 1080, 3, fill=veil(light, 0.2)) for y in (1206, 1262, 1346, 1470, 1650))
    shine = "".join(
        box(
            x,
            1172,
            rng.uniform(40, 90),
            rng.uniform(220, 480),
            fill=down(veil(rng.choice(colours), 0.6), veil(light, 0)),
        )
        for x in range(20, 1060, 74)
    )
    return (
        floor
        + soft(shine, 12, (1170, 1660))
        + tiles
        + box(0, 1164, 1080, 9, fill=lighter(light, 0.4))
    )


def _confetti(rng: Random, colours: tuple[str, ...]) -> str:
    drawn = ""
    for _ in range(46):
        x, y = rng.uniform(0, 1080), rng.uniform(40, 1300)
        drawn += box(
            x,
            y,
            22,
            10,
            rx=3,
            fill=veil(lighter(rng.choice(colours), 0.3), 0.9),
            transform=f"rotate({rng.uniform(0, 180):.0f} {x:.0f} {y:.0f})",
        )
    return drawn


def stage(backdrop: Backdrop, rng: Random) -> str:
    """Return a pop stage in pastel: a wall of light, beams from the rig, a glossy floor."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    accent, light = backdrop.accent, backdrop.light
    colours = (bottom, accent, mix(top, light, 0.45), lighter(bottom, 0.35))
    beams, rig = _lamps((accent, bottom, light), deep(top, 0.5))
    tube = down(accent, light, bottom, veil(bottom, 0.2))
    columns = "".join(box(x, 250, 54, 930, rx=27, fill=tube) for x in (-14, 1040))
    stars = "".join(
        glow(x, y, 1.9 * size, light, 0.9) + _star(x, y, size, veil(WHITE, 0.8))
        for x, y, size in STARS
    )
    return (
        box(0, 0, 1080, 1240, fill=down(deep(top, 0.3), top, mix(top, bottom, 0.6), bottom))
        + glow(540, 700, 760, light, 0.6)
        + _wall_of_light(rng, colours, light)
        + stars
        + columns
        + _stage_floor(rng, colours, light, mix(top, bottom, 0.35))
        + beams
        + rig
        + _confetti(rng, colours)
        + bokeh(rng, colours, 34, 240, 1420)
    )
