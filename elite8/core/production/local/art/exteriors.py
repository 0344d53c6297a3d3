"""Scenes under the sky: a city at night, a garden, the sea, a rooftop at dusk."""

from math import pi, sin
from random import Random

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.brush import (
    NIGHT,
    WHITE,
    across,
    bokeh,
    box,
    deep,
    disc,
    down,
    glow,
    line,
    mix,
    oval,
    pale,
    puffs,
    shape,
    soft,
    tag,
    veil,
)


def _windows(rng: Random, x: float, top: float, width: float, lit: str) -> str:
    cells = ""
    for row in range(int(rng.uniform(9, 22))):
        for column in range(int((width - 18) // 20)):
            if rng.random() < 0.42:
                cells += f"M{x + 12 + column * 20:.0f},{top + 22 + row * 26:.0f}h9v13h-9z"
    return tag("path", d=cells, fill=lit) if cells else ""


def skyline(rng: Random, base: float, tall: tuple[float, float], wall: str, lit: str) -> str:
    """Return a row of towers standing on `base`, lower in the middle; `lit` may have an alpha."""
    row, x = "", -40.0
    while x < 1080:
        width = rng.uniform(70, 150)
        aside = min(1.0, abs(x + width / 2 - 540) / 480)
        height = rng.uniform(*tall) * (0.62 + 0.38 * aside)
        top = base - height
        row += box(x, top, width, height, fill=down(wall, wall, veil(wall, 0.72)))
        if rng.random() < 0.5:
            row += box(x + width * 0.2, top - 26, width * 0.5, 27, fill=wall)
        if rng.random() < 0.35:
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


def _sign(rng: Random, x: float, y: float, width: float, cells: int, colour: str) -> str:
    """Return the tubes of an upright sign: signs of the street, no letters of any script."""
    half, tubes = width / 2, ""
    for cell in range(cells):
        middle = y + width * (cell + 0.5) * 0.92 + 8
        reach = half * 0.52
        kind = rng.randrange(5)
        left, right = x + half - reach, x + half + reach
        tubes += (
            f"M{left},{middle}a{reach},{reach} 0 1 0 {2 * reach},0a{reach},{reach} 0 1 0 {-2 * reach},0",
            f"M{left},{middle + reach}L{x + half},{middle - reach}L{right},{middle + reach}z",
            f"M{left},{middle - reach * 0.6}H{right}M{left},{middle}H{right}M{left},{middle + reach * 0.6}H{right}",
            f"M{left},{middle}q{reach / 2},{-reach} {reach},0t{reach},0",
            f"M{x + half},{middle - reach}L{right},{middle}L{x + half},{middle + reach}L{left},{middle}z",
        )[kind]
    tall = width * cells * 0.92 + 16
    frame = box(x, y, width, tall, rx=14, fill="none", stroke=colour, stroke_width=6)
    return frame + line(tubes, colour, 7, stroke_linejoin="round")


def _facade(rng: Random, side: int, wall: str, lit: str) -> str:
    """Return a near building that leans into the picture; `side` is 0 at the left, 1 at the right."""
    edge, inner = (0, 236) if side == 0 else (1080, 844)
    step = (inner - edge) / 5
    front = shape(
        [(edge, -10), (inner, 150), (inner, 1240), (edge, 1400)],
        fill=across(wall, deep(wall, 0.35)) if side == 0 else across(deep(wall, 0.35), wall),
    )
    for floor in range(11):
        for bay in range(5):
            if rng.random() < 0.3:
                x, lean = edge + step * bay, 32 * bay * (1 - floor / 5.5)
                y = 40 + floor * 108 + lean
                front += shape(
                    [
                        (x + step * 0.2, y),
                        (x + step * 0.8, y + 12),
                        (x + step * 0.8, y + 58),
                        (x + step * 0.2, y + 50),
                    ],
                    fill=veil(lit, rng.uniform(0.12, 0.5)),
                )
    return front


def _wet_street(rng: Random, colours: tuple[str, ...], ground: str) -> str:
    street = box(
        0, 1180, 1080, 740, fill=down(mix(ground, colours[0], 0.25), ground, deep(ground, 0.6))
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
            fill=down(veil(colour, 0.6), veil(colour, 0)),
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
    return street + soft(streaks, 9) + ripples


def neon_city(backdrop: Backdrop, rng: Random) -> str:
    """Return a night street between towers: signs of shapes, haze and a wet ground."""
    top, bottom, neon, light = (
        backdrop.sky_top,
        backdrop.sky_bottom,
        backdrop.accent,
        backdrop.light,
    )
    haze = mix(bottom, neon, 0.42)
    sky = box(
        0, 0, 1080, 1240, fill=down(deep(top, 0.2), top, bottom, haze, mix(haze, light, 0.25))
    )
    far = skyline(rng, 1200, (420, 760), mix(bottom, light, 0.16), veil(pale(light, 0.3), 0.34))
    middle = skyline(rng, 1210, (200, 430), mix(top, bottom, 0.45), veil(pale(neon, 0.45), 0.55))
    rail = (
        box(0, 968, 1080, 22, fill=deep(top, 0.2))
        + "".join(box(x, 985, 26, 230, fill=deep(top, 0.25)) for x in (300, 760))
        + box(236, 912, 470, 54, rx=16, fill=mix(top, bottom, 0.3))
        + "".join(box(260 + 42 * n, 924, 30, 20, rx=4, fill=pale(light, 0.55)) for n in range(10))
        + box(0, 962, 1080, 5, fill=veil(light, 0.75))
    )
    signs = (
        _sign(rng, 44, 250, 92, 4, neon)
        + _sign(rng, 168, 520, 58, 5, light)
        + _sign(rng, 930, 330, 104, 4, light)
        + _sign(rng, 858, 560, 54, 4, neon)
        + _sign(rng, 40, 800, 120, 2, mix(neon, "#ffc95e", 0.7))
        + _sign(rng, 946, 850, 90, 2, mix(neon, bottom, 0.3))
    )
    wall = deep(mix(top, bottom, 0.3), 0.25)
    cables = "".join(
        line(
            f"M-10,{y}Q{rng.uniform(420, 640):.0f},{y + rng.uniform(120, 220):.0f} 1090,{y - 40}",
            deep(top, 0.5),
            4,
        )
        for y in (70, 128, 150)
    )
    return (
        sky
        + _stars(rng, 60, 500, pale(light, 0.6))
        + glow(540, 640, 620, mix(light, bottom, 0.3), 0.42)
        + far
        + glow(540, 1120, 520, haze, 0.75)
        + middle
        + rail
        + _facade(rng, 0, wall, pale(neon, 0.3))
        + _facade(rng, 1, wall, pale(light, 0.3))
        + soft(signs, 16)
        + signs
        + cables
        + _wet_street(rng, (neon, light, mix(neon, light, 0.5), "#ffc95e"), deep(top, 0.15))
        + bokeh(rng, (neon, light, "#ffd27d"), 26, 860, 1500)
    )


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
        reach, turn = rng.random() ** 0.6, rng.uniform(0, 360)
        at_x = x + size[0] * reach * sin(turn)
        at_y = y + size[1] * reach * sin(turn + pi / 2)
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
    trunk = mix("#6b4a3a", colours[0], 0.3)
    stem = tag(
        "path",
        d=f"M{x - size * 0.1},{ground}q{size * 0.07},{-size * 0.5} {size * 0.02},{-size}"
        f"h{size * 0.14}q{-size * 0.05},{size * 0.5} {size * 0.06},{size}z",
        fill=across(trunk, pale(trunk, 0.25)),
    )
    return stem + puffs(rng, x, ground - size * 0.45, (size * 0.85, size), colours)


def garden(backdrop: Backdrop, rng: Random) -> str:
    """Return a garden at golden hour: hills, trees against the light, flower beds, a path."""
    top, bottom, bloom, light = (
        backdrop.sky_top,
        backdrop.sky_bottom,
        backdrop.accent,
        backdrop.light,
    )
    leaf = mix("#5d9b52", light, 0.18)
    far = tuple(mix(leaf, bottom, share) for share in (0.62, 0.72, 0.8))
    mid = tuple(mix(colour, light, 0.25) for colour in ("#4f8a55", "#76ab55", "#b0c964"))
    near = ("#2f6a4b", "#4d8b4c", "#88b652")
    clouds = puffs(rng, 250, 420, (230, 90), (mix(top, bottom, 0.7), pale(bottom, 0.5))) + puffs(
        rng, 930, 560, (220, 80), (mix(top, bottom, 0.8), pale(bottom, 0.6))
    )
    hills = oval(180, 1010, 620, 210, fill=down(far[1], far[0])) + oval(
        960, 1040, 660, 230, fill=down(far[2], far[0])
    )
    row = "".join(
        puffs(rng, x, 1010 + rng.uniform(-14, 14), (110, rng.uniform(110, 190)), far)
        for x in (40, 180, 330, 480, 640, 770, 900, 1050)
    )
    lawn = box(0, 985, 1080, 935, fill=down(mix(leaf, light, 0.55), leaf, deep("#3f7a4d", 0.25)))
    path = tag(
        "path",
        d="M505,985C470,1120 600,1180 430,1400C350,1520 260,1700 200,1920H900C860,1650 740,1480 700,1390"
        "C620,1200 600,1120 565,985z",
        fill=down(pale(light, 0.3), mix(light, "#c9a27a", 0.5)),
    )
    beds = ""
    for side in (0, 1):
        for _ in range(46):
            depth = rng.random()
            spread = rng.uniform(0, 250 + 40 * depth)
            x = spread if side == 0 else 1080 - spread
            y, size = 1090 + depth * 480, 12 + 26 * depth
            tint = rng.choice((bloom, pale(bloom, 0.45), mix(bloom, "#ffd36e", 0.6), WHITE))
            beds += _flower(x, y, size, mix(tint, "#5b7a6a", 0.12), mix(light, "#f2a63c", 0.55))
    bushes = "".join(
        puffs(rng, x, y, (190, 190), near)
        for x, y in ((30, 1150), (1060, 1130), (-10, 1330), (1090, 1330))
    )
    shafts = "".join(
        shape(
            [(880, -40), (950, -40), (x + 190, 1500), (x, 1500)],
            fill=down(veil(light, 0.42), veil(light, 0)),
        )
        for x in (-260, 120, 470, 820)
    )
    return (
        box(0, 0, 1080, 1100, fill=down(top, mix(top, bottom, 0.55), bottom, light))
        + glow(850, 220, 640, pale(light, 0.5), 0.95)
        + soft(clouds, 7)
        + hills
        + soft(row, 5)
        + glow(540, 900, 560, light, 0.6)
        + lawn
        + path
        + _tree(rng, 110, 1100, 560, mid)
        + _tree(rng, 1010, 1080, 500, mid)
        + bushes
        + beds
        + soft(shafts, 12)
        + soft(_leaves(rng, 0, 30, (330, 190), near) + _leaves(rng, 1080, 0, (240, 130), near), 4)
        + bokeh(rng, (light, pale(bloom, 0.5)), 30, 200, 1450)
    )
