"""Scenes of the city: a street of neon at night, a rooftop at dusk."""

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
    tag,
    veil,
)
from elite8.core.production.local.art.colour import lighter, mix
from elite8.core.production.local.art.layer import WIDTH

WHITE = "#ffffff"
SIGNS = (
    ((44, 250, 92), 4),
    ((168, 520, 58), 5),
    ((930, 330, 104), 4),
    ((858, 560, 54), 4),
    ((40, 800, 120), 2),
    ((946, 850, 90), 2),
)
"""Left, top and width of each sign, and how many figures it shows."""
LIT = 0.34
"""The share of windows with a light on."""
ROOFED = 0.42
"""The share of towers with a hut, and with a mast, on top."""


def _windows(rng: Random, x: float, top: float, width: float, lit: str) -> str:
    cells = ""
    for row in range(int(rng.uniform(9, 22))):
        for column in range(int((width - 18) // 20)):
            if rng.random() < LIT:
                cells += f"M{x + 12 + column * 20:.0f},{top + 22 + row * 26:.0f}h9v13h-9z"
    return tag("path", d=cells, fill=lit) if cells else ""


def skyline(rng: Random, base: float, tall: tuple[float, float], wall: str, lit: str) -> str:
    """Return a row of towers standing on `base`, lower in the middle; `lit` may have an alpha."""
    row, x = "", -40.0
    while x < WIDTH:
        width = rng.uniform(70, 150)
        aside = min(1.0, abs(x + width / 2 - 540) / 480)
        height = rng.uniform(*tall) * (0.62 + 0.38 * aside)
        top = base - height
        row += box(x, top, width, height, fill=down(wall, wall, veil(wall, 0.72)))
        if rng.random() < ROOFED:
            row += box(x + width * 0.2, top - 26, width * 0.5, 27, fill=wall)
        if rng.random() < ROOFED:
            row += box(x + width * 0.4, top - 100, 5, 100, fill=wall)
        row += _windows(rng, x, top, width, lit)
        x += width + rng.uniform(-12, 14)
    return row


def _stars(rng: Random, count: int, bottom: float, colour: str) -> str:
    return "".join(
        disc(
            rng.uniform(0, 1080),
            bottom * rng.random() ** 1.6,
            rng.uniform(1, 2.6),
            fill=veil(colour, rng.uniform(0.3, 0.9)),
        )
        for _ in range(count)
    )


def _board(place: tuple[int, int, int], cells: int, **look: str | float) -> str:
    x, y, width = place
    return box(x, y, width, width * cells * 0.92 + 16, rx=14, **look)


def _sign(rng: Random, place: tuple[int, int, int], cells: int, colour: str) -> str:
    """Return the tubes of an upright sign: signs of the street, no letters of any script."""
    x, y, width = place
    half, tubes = width / 2, ""
    for cell in range(cells):
        middle = y + width * (cell + 0.5) * 0.92 + 8
        reach = half * 0.52
        kind = rng.randrange(5)
        left, right = x + half - reach, x + half + reach
        up, low, centre = middle - reach, middle + reach, x + half
        third = reach * 0.6
        circle = f"a{reach},{reach} 0 1 0 "
        tubes += (
            f"M{left},{middle}{circle}{2 * reach},0{circle}{-2 * reach},0",
            f"M{left},{low}L{centre},{up}L{right},{low}z",
            "".join(f"M{left},{middle + n * third}H{right}" for n in (-1, 0, 1)),
            f"M{left},{middle}q{reach / 2},{-reach} {reach},0t{reach},0",
            f"M{centre},{up}L{right},{middle}L{centre},{low}L{left},{middle}z",
        )[kind]
    frame = _board(place, cells, fill="none", stroke=colour, stroke_width=6)
    return frame + line(tubes, colour, 7, stroke_linejoin="round")


def _facade(rng: Random, edge: float, inner: float, wall: str, lit: str) -> str:
    """Return a near building that runs from the frame's `edge` to `inner`, towards the middle."""

    def at(share: float, floor: float) -> tuple[float, float]:
        near, far = -40 + 122 * floor, 150 + 92 * floor
        return edge + (inner - edge) * share, near + (far - near) * share

    front = shape([at(0, 0), at(1, 0), at(1, 12), at(0, 12)], fill=down(deep(wall, 0.3), wall))
    for floor in range(12):
        ledge = [at(0, floor + 0.9), at(1, floor + 0.9), at(1, floor + 1), at(0, floor + 1)]
        front += shape(ledge, fill=veil(lit, 0.12))
        for bay in range(5):
            near, far = 0.06 + bay * 0.19, 0.19 + bay * 0.19
            pane = [(near, 0.22), (far, 0.22), (far, 0.74), (near, 0.74)]
            alpha = rng.uniform(0.3, 0.62) if rng.random() < LIT else 0.06
            front += shape((at(x, floor + y) for x, y in pane), fill=veil(lit, alpha))
    return front + line(f"M{inner},150V1240", veil(lit, 0.5), 5)


def _wet_street(rng: Random, colours: tuple[str, ...], ground: str) -> str:
    street = box(
        0, 1180, 1080, 740, fill=down(mix(ground, colours[0], 0.25), ground, deep(ground, 0.15))
    )
    streaks = ""
    for _ in range(26):
        x, width = rng.uniform(-20, 1080), rng.uniform(10, 60)
        colour = rng.choice(colours)
        streaks += box(
            x,
            1176 + rng.uniform(0, 60),
            width,
            rng.uniform(180, 560),
            fill=down(veil(colour, 0.8), veil(colour, 0)),
        )
    ripples = "".join(
        oval(
            rng.uniform(0, 1080),
            rng.uniform(1260, 1860),
            rng.uniform(60, 190),
            5,
            fill=veil(WHITE, 0.07),
        )
        for _ in range(16)
    )
    return street + soft(streaks, 9, (1170, 1800)) + ripples


def _monorail(body: str, light: str) -> str:
    """Return a train on its beam, across the street."""
    cars = box(250, 912, 456, 54, rx=20, fill=down(lighter(body, 0.25), body))
    panes = "".join(
        box(272 + 42 * n, 924, 30, 20, rx=4, fill=lighter(light, 0.55)) for n in range(10)
    )
    pillars = "".join(box(x, 985, 26, 230, fill=deep(body, 0.4)) for x in (300, 760))
    beam = box(0, 968, 1080, 22, fill=deep(body, 0.3)) + box(0, 962, 1080, 5, fill=light)
    return pillars + beam + cars + panes


def _signs(rng: Random, neon: str, light: str) -> str:
    """Return the signs of both sides of the street: dark boards, bright tubes, their glow."""
    tints = (neon, light, light, neon, mix(neon, "#ffc95e", 0.7), mix(neon, light, 0.35))
    hung = tuple(zip(SIGNS, tints, strict=True))
    tubes = "".join(_sign(rng, place, cells, tint) for (place, cells), tint in hung)
    boards = "".join(
        _board(place, cells, fill=veil(deep(tint, 0.88), 0.86)) for (place, cells), tint in hung
    )
    return boards + soft(tubes, 16, (240, 1080)) + tubes


def neon_city(backdrop: Backdrop, rng: Random) -> str:
    """Return a night street between towers: signs of shapes, haze and a wet ground."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    neon, light = backdrop.accent, backdrop.light
    haze = mix(bottom, neon, 0.42)
    dawn = mix(haze, light, 0.25)
    wall = deep(mix(top, bottom, 0.5), 0.15)
    cables = "".join(
        line(f"M-10,{y}Q{rng.uniform(420, 640):.0f},{y + 170} 1090,{y - 40}", deep(top, 0.5), 4)
        for y in (70, 128, 150)
    )
    return (
        box(0, 0, 1080, 1240, fill=down(deep(top, 0.2), top, bottom, haze, dawn))
        + _stars(rng, 60, 500, lighter(light, 0.6))
        + skyline(rng, 1200, (520, 860), mix(bottom, light, 0.2), veil(lighter(light, 0.3), 0.3))
        + glow(540, 640, 640, mix(light, bottom, 0.25), 0.62)
        + skyline(rng, 1210, (330, 560), mix(bottom, haze, 0.4), veil(lighter(light, 0.3), 0.4))
        + glow(540, 1120, 560, haze, 0.8)
        + skyline(rng, 1210, (200, 330), mix(top, bottom, 0.55), veil(lighter(neon, 0.5), 0.5))
        + _monorail(mix(top, bottom, 0.4), light)
        + _facade(rng, -4, 236, wall, lighter(neon, 0.3))
        + _facade(rng, 1084, 844, wall, lighter(light, 0.3))
        + _signs(rng, neon, light)
        + cables
        + _wet_street(rng, (neon, light, mix(neon, light, 0.5), "#ffc95e"), mix(top, bottom, 0.6))
        + bokeh(rng, (neon, light, "#ffd27d"), 26, 860, 1500)
    )


def _streaks(rng: Random, top: float, bottom: float, colours: tuple[str, ...]) -> str:
    """Return long thin clouds lit from below, thicker towards the horizon."""
    drawn = ""
    for _ in range(22):
        share = rng.random()
        x, y = rng.uniform(-100, 1180), top + (bottom - top) * share
        wide, tall = rng.uniform(140, 420), rng.uniform(10, 16 + 26 * share)
        shade, lit = rng.choice(colours), colours[-1]
        drawn += oval(x, y, wide, tall, fill=veil(shade, 0.55))
        drawn += oval(x + 20, y + tall * 0.5, wide * 0.8, tall * 0.42, fill=veil(lit, 0.6))
    return drawn


def _railing(colour: str, light: str) -> str:
    posts = "".join(
        box(x, 1092, 9, 190, fill=across(light, colour, colour)) for x in range(-20, 1100, 52)
    )
    rail = box(-10, 1076, 1100, 24, rx=8, fill=down(light, mix(light, colour, 0.75), colour))
    return posts + rail + box(-10, 1262, 1100, 16, fill=colour)


def _water_tower(x: float, base: float, colour: str, rim: str) -> str:
    tank = box(x - 52, base - 210, 104, 110, fill=across(colour, colour, rim))
    roof = shape([(x - 64, base - 208), (x, base - 262), (x + 64, base - 208)], fill=colour)
    legs = line(
        f"M{x - 44},{base - 100}L{x - 56},{base}M{x + 44},{base - 100}L{x + 56},{base}"
        f"M{x - 46},{base - 80}L{x + 54},{base - 10}M{x + 46},{base - 80}L{x - 54},{base - 10}",
        colour,
        8,
    )
    return legs + tank + roof


def _deck(colour: str, light: str) -> str:
    """Return the roof's floor with its joints running to the horizon."""
    joints = "".join(
        line(f"M{540 + 62 * n},1270L{540 + 330 * n},1920", veil(light, 0.1), 3)
        for n in range(-9, 10)
    )
    rows = "".join(
        box(0, y, 1080, 3, fill=veil(light, 0.1)) for y in (1300, 1352, 1436, 1560, 1740)
    )
    floor = box(0, 1270, 1080, 650, fill=down(mix(colour, light, 0.4), colour, deep(colour, 0.1)))
    return floor + joints + rows


def rooftop(backdrop: Backdrop, rng: Random) -> str:
    """Return a roof above the city at dusk: a big sky, three rows of towers, a railing."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    sign, light = backdrop.accent, backdrop.light
    rose = mix(mix(top, bottom, 0.5), sign, 0.3)
    sky = box(
        0, 0, 1080, 1200, fill=down(deep(top, 0.25), top, rose, bottom, light, lighter(light, 0.3))
    )
    clouds = _streaks(rng, 130, 820, (mix(top, rose, 0.6), rose, mix(rose, light, 0.75)))
    far = skyline(rng, 1190, (190, 400), mix(bottom, rose, 0.55), veil(light, 0.3))
    middle = skyline(rng, 1200, (130, 330), mix(rose, top, 0.62), veil(light, 0.75))
    near = skyline(rng, 1260, (60, 330), deep(top, 0.35), veil(light, 0.8))
    wall = deep(top, 0.55)
    lamps = "".join(
        box(x - 3, y, 6, 1200 - y, fill=wall)
        + glow(x, y, 60, sign, 0.6)
        + disc(x, y, 6, fill=lighter(sign, 0.5))
        for x, y in ((64, 748), (944, 706), (1030, 842))
    )
    return (
        sky
        + _stars(rng, 70, 420, lighter(light, 0.5))
        + glow(540, 880, 720, lighter(light, 0.2), 0.75)
        + soft(clouds, 6, (100, 880))
        + glow(330, 930, 210, lighter(light, 0.6), 1)
        + disc(330, 930, 74, fill=lighter(light, 0.7))
        + far
        + box(0, 900, 1080, 320, fill=down(veil(bottom, 0), veil(bottom, 0.6)))
        + middle
        + box(0, 1000, 1080, 260, fill=down(veil(rose, 0), veil(rose, 0.5)))
        + lamps
        + near
        + _water_tower(930, 1110, wall, mix(wall, bottom, 0.5))
        + _deck(mix(top, bottom, 0.22), mix(bottom, light, 0.3))
        + _railing(wall, mix(bottom, light, 0.5))
        + bokeh(rng, (light, bottom, sign), 22, 860, 1400)
    )
