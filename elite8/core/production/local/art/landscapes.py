"""Scenes in the open: a garden at golden hour, a terrace by the sea."""

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
    garland,
    glow,
    line,
    oval,
    puffs,
    shape,
    soft,
    tag,
    veil,
)
from elite8.core.production.local.art.colour import lighter, mix

WHITE = "#ffffff"
HORIZON = 850


def _flower(x: float, y: float, size: float, petal: str, heart: str) -> str:
    leaves = "".join(
        oval(
            x,
            y - size * 0.55,
            size * 0.34,
            size * 0.52,
            fill=petal,
            transform=f"rotate({turn} {x:.0f} {y:.0f})",
        )
        for turn in range(0, 360, 72)
    )
    return leaves + disc(x, y, size * 0.24, fill=heart)


def _leaves(
    rng: Random, x: float, y: float, size: tuple[float, float], colours: tuple[str, ...]
) -> str:
    """Return a spray of single leaves within the ellipse of radii `size` about (x, y)."""
    spray = ""
    for _ in range(90):
        reach, turn = rng.random() ** 0.6, radians(rng.uniform(0, 360))
        at_x, at_y = x + size[0] * reach * cos(turn), y + size[1] * reach * sin(turn)
        spray += oval(
            at_x,
            at_y,
            rng.uniform(9, 15),
            rng.uniform(20, 36),
            fill=rng.choice(colours),
            transform=f"rotate({rng.uniform(-70, 70):.0f} {at_x:.0f} {at_y:.0f})",
        )
    return spray


def _tree(rng: Random, x: float, ground: float, size: float, colours: tuple[str, ...]) -> str:
    """Return a tree whose crown is four heaps of leaves."""
    bark = mix("#6b4a3a", colours[0], 0.3)
    stem = tag(
        "path",
        d=f"M{x - size * 0.09},{ground}q{size * 0.07},{-size * 0.5} {size * 0.03},{-size}"
        f"h{size * 0.1}q{-size * 0.05},{size * 0.5} {size * 0.06},{size}z",
        fill=across(bark, lighter(bark, 0.25)),
    )
    crown = "".join(
        puffs(rng, x + side * size, ground - size * up, (size * 0.36, size * 0.5), colours)
        for side, up in ((-0.02, 1.0), (-0.34, 0.78), (0.34, 0.74), (0.02, 0.58))
    )
    lit = _leaves(rng, x, ground - size * 0.95, (size * 0.55, size * 0.4), colours[1:])
    return stem + crown + lit


def _bed(rng: Random, edge: float, inward: float, petals: tuple[str, ...], heart: str) -> str:
    """Return flowers from the frame's `edge`, larger as they come nearer; `inward` is 1 or -1."""
    green, bed = ("#2f6a4b", "#4d8b4c", "#6fa552"), ""
    for depth in sorted(rng.random() for _ in range(60)):
        x, y = edge + inward * rng.uniform(-10, 230 + 60 * depth), 1120 + depth * 420
        size = 14 + 24 * depth
        for turn in (-48, 48):
            spin = f"rotate({turn} {x:.0f} {y:.0f})"
            bed += oval(x, y + size, 0.4 * size, size, fill=rng.choice(green), transform=spin)
        bed += _flower(x, y, size, rng.choice(petals), heart)
    return bed


def _meadow(leaf: str, light: str) -> str:
    """Return the lawn and the path through it."""
    lawn = box(0, 985, 1080, 935, fill=down(mix(leaf, light, 0.55), leaf, deep("#3f7a4d", 0.25)))
    path = tag(
        "path",
        d="M512,985C480,1100 640,1150 470,1330C360,1450 250,1650 190,1920H930C880,1650 760,1480 "
        "720,1370C660,1200 590,1110 562,985z",
        fill=down(lighter(light, 0.3), mix(light, "#c9a27a", 0.6)),
    )
    tufts = "".join(
        oval(x, y, 150, 16, fill=veil(light, 0.22))
        for x, y in ((150, 1040), (420, 1020), (760, 1050), (960, 1090), (330, 1110))
    )
    return lawn + soft(tufts, 5, (990, 1140)) + path


def _sunbeams(light: str) -> str:
    ray = down(veil(light, 0.32), veil(light, 0))
    return "".join(
        shape([(860, -40), (930, -40), (x + wide, 1400), (x, 1400)], fill=ray)
        for x, wide in ((-300, 170), (-260, 90), (60, 210), (110, 90), (400, 120), (740, 230))
    )


def garden(backdrop: Backdrop, rng: Random) -> str:
    """Return a garden at golden hour: hills, trees against the light, flower beds, a path."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    bloom, light = backdrop.accent, backdrop.light
    leaf = mix("#5d9b52", light, 0.18)
    air = mix(bottom, light, 0.6)
    far = tuple(mix(leaf, air, share) for share in (0.4, 0.54, 0.66))
    mid = tuple(mix(colour, light, 0.2) for colour in ("#4f8a55", "#76ab55", "#b9cd66"))
    near = ("#2f6a4b", "#4d8b4c", "#88b652")
    petals = (bloom, lighter(bloom, 0.45), mix(bloom, "#ffd36e", 0.6), WHITE, deep(bloom, 0.12))
    clouds = (mix(top, bottom, 0.7), lighter(bottom, 0.35), lighter(light, 0.5))
    row = "".join(puffs(rng, x, 1000, (110, 190 + x % 97), far) for x in range(20, 1100, 125))
    heart = mix(light, "#f2a63c", 0.55)
    return (
        box(0, 0, 1080, 1100, fill=down(top, mix(top, bottom, 0.55), bottom, light))
        + glow(850, 200, 640, lighter(light, 0.5), 0.95)
        + soft(puffs(rng, 430, 430, (170, 150), clouds), 2, (260, 470))
        + oval(180, 1010, 620, 250, fill=down(far[2], far[1]))
        + oval(960, 1040, 660, 280, fill=down(lighter(far[2], 0.2), far[1]))
        + soft(row, 3, (700, 1010))
        + glow(540, 860, 520, light, 0.7)
        + _meadow(leaf, light)
        + box(0, 890, 1080, 190, fill=down(veil(light, 0), veil(light, 0.6), veil(light, 0)))
        + _tree(rng, 70, 1090, 560, mid)
        + _tree(rng, 1040, 1070, 500, mid)
        + "".join(puffs(rng, x, 1200, (170, 190), near) for x in (10, 1070))
        + _bed(rng, 0, 1, petals, heart)
        + _bed(rng, 1080, -1, petals, heart)
        + _sunbeams(light)
        + soft(_leaves(rng, 0, 20, (380, 150), near), 3, (0, 220))
        + _leaves(rng, 1080, 0, (260, 110), near)
        + bokeh(rng, (light, lighter(bloom, 0.5)), 30, 200, 1450)
    )


def _awning(cloth: str, stripe: str, depth: float) -> str:
    """Return a striped awning across the top with a scalloped hem."""
    bays, width = 9, 1080 / 9
    roof = ""
    for bay in range(bays):
        colour = cloth if bay % 2 else stripe
        x = bay * width
        inset = (x - 540) * 0.12
        roof += shape(
            [
                (x + 20 - inset, -10),
                (x + width + 20 - (x + width - 540) * 0.12, -10),
                (x + width, depth),
                (x, depth),
            ],
            fill=down(deep(colour, 0.28), colour),
        )
        roof += tag(
            "path",
            d=f"M{x:.0f},{depth}h{width:.0f}v26a{width / 2:.0f},34 0 0 1 {-width:.0f},0z",
            fill=down(deep(colour, 0.2), deep(colour, 0.06)),
        )
    return roof + box(0, depth - 5, 1080, 7, fill=veil("#1d2b4a", 0.18))


def _sparkles(rng: Random, top: float, bottom: float, colour: str) -> str:
    """Return the light that lies on water: short dashes, longer and rarer towards the shore."""
    dashes = ""
    for _ in range(150):
        share = rng.random() ** 1.5
        y = top + 6 + (bottom - top) * share
        x = rng.gauss(560, 130 + 260 * share)
        dashes += box(
            x,
            y,
            rng.uniform(12, 40 + 90 * share),
            2 + 4 * share,
            rx=2,
            fill=veil(colour, rng.uniform(0.25, 0.85)),
        )
    return dashes


def _pot(rng: Random, x: float, base: float, size: float, bloom: str) -> str:
    """Return a clay pot of leaves and flowers."""
    clay = "#cd7853"
    pot = tag(
        "path",
        d=f"M{x - size * 0.42},{base - size * 0.7}h{size * 0.84}"
        f"l{-size * 0.14},{size * 0.7}h{-size * 0.56}z",
        fill=across(clay, lighter(clay, 0.3), deep(clay, 0.25)),
    )
    green = _leaves(
        rng, x, base - size * 1.05, (size * 0.72, size * 0.6), ("#2f7a5b", "#4f9d63", "#8cc46c")
    )
    blooms = "".join(
        _flower(
            x + rng.uniform(-0.6, 0.6) * size,
            base - size * rng.uniform(0.8, 1.5),
            size * 0.17,
            bloom,
            "#ffe08a",
        )
        for _ in range(11)
    )
    return (
        green
        + pot
        + box(
            x - size * 0.48,
            base - size * 0.78,
            size * 0.96,
            size * 0.16,
            rx=6,
            fill=deep(clay, 0.1),
        )
        + blooms
    )


def _terrace(wood: str, light: str) -> str:
    """Return a white balustrade and the boards in front of it."""
    boards = "".join(
        line(f"M{540 + 66 * n},1240L{540 + 300 * n},1920", veil("#4a2f2a", 0.3), 4)
        for n in range(-9, 10)
    )
    floor = box(0, 1232, 1080, 688, fill=down(mix(wood, light, 0.45), wood, deep(wood, 0.4)))
    white = mix("#ffffff", light, 0.4)
    posts = "".join(
        box(x, 1062, 16, 180, fill=across(white, deep(white, 0.22))) for x in range(-10, 1090, 61)
    )
    rail = box(-10, 1044, 1100, 26, rx=8, fill=down("#ffffff", deep(white, 0.16)))
    return (
        floor + boards + posts + rail + box(-10, 1226, 1100, 18, fill=down(white, deep(white, 0.3)))
    )


def _sea(backdrop: Backdrop, rng: Random) -> str:
    """Return the sea from the horizon down, an island on it, and the light on the water."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    blue, land = mix(top, "#0f7fa8", 0.35), mix("#5d9a8e", bottom, 0.35)
    island = tag(
        "path",
        d=f"M640,{HORIZON + 4}q70,-70 130,-60q50,-56 120,-30q60,0 110,50q70,6 120,44z",
        fill=down(land, mix(land, bottom, 0.45)),
    )
    water = down(mix(blue, bottom, 0.45), blue, mix(blue, "#35d0c0", 0.45))
    glitter = _sparkles(rng, HORIZON, 1240, lighter(backdrop.light, 0.6))
    return island + box(0, HORIZON, 1080, 400, fill=water) + glitter


def _clouds(backdrop: Backdrop, rng: Random) -> str:
    """Return towering clouds on the horizon and thin ones high up."""
    lit = mix(WHITE, backdrop.light, 0.25)
    shade = mix(backdrop.sky_top, backdrop.sky_bottom, 0.72)
    heap = (shade, mix(shade, lit, 0.6), lit)
    wisps = ""
    for _ in range(9):
        x, y = rng.uniform(0, 1080), rng.uniform(280, 520)
        wisps += oval(x, y, rng.uniform(120, 260), rng.uniform(6, 16), fill=veil(WHITE, 0.5))
    return (
        soft(wisps, 7, (250, 550))
        + puffs(rng, 130, HORIZON + 10, (330, 330), heap)
        + puffs(rng, 980, HORIZON + 10, (300, 420), heap)
        + puffs(rng, 560, HORIZON + 16, (380, 120), (shade, lit))
    )


def seaside(backdrop: Backdrop, rng: Random) -> str:
    """Return a cafe terrace by the sea: an awning, tall clouds, an island, a glittering horizon."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    cloth, light = backdrop.accent, backdrop.light
    mist = lighter(bottom, 0.35)
    return (
        box(0, 0, 1080, HORIZON, fill=down(top, mix(top, bottom, 0.45), bottom, mist))
        + _clouds(backdrop, rng)
        + box(0, 560, 1080, 300, fill=down(veil(mist, 0), veil(mist, 0.75)))
        + _sea(backdrop, rng)
        + glow(540, 640, 560, lighter(light, 0.5), 0.55)
        + _terrace("#c4906a", light)
        + _pot(rng, 96, 1330, 190, cloth)
        + _pot(rng, 1000, 1310, 170, lighter(cloth, 0.35))
        + _awning(mix(WHITE, light, 0.25), cloth, 176)
        + garland(rng, (-20, 190), (540, 206), ("#ffdf9a",))
        + garland(rng, (540, 206), (1100, 190), ("#ffdf9a",))
        + bokeh(rng, (WHITE, light, bottom), 20, 760, 1400)
    )
