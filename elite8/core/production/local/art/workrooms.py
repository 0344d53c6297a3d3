"""Rooms where work is done: a high office, a painter's studio."""

from random import Random

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.bookshop import books_lying
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
    puffs,
    shape,
    soft,
    tag,
    veil,
)
from elite8.core.production.local.art.cityscapes import skyline
from elite8.core.production.local.art.colour import lighter, mix

WHITE = "#ffffff"
CANVASES = (
    (36, 250, (236, 290)),
    (60, 592, (190, 220)),
    (816, 330, (232, 300)),
    (840, 690, (200, 180)),
    (318, 208, (150, 176)),
    (622, 170, (160, 130)),
    (-60, 888, (250, 270)),
    (880, 920, (260, 240)),
)
"""Left, top and size of each canvas in the studio; the last two lean behind the table."""


def _frames(
    colour: str, columns: tuple[int, ...], rows: tuple[int, ...], width: int, foot: int
) -> str:
    """Return the frame of a window front: uprights down to `foot`, transoms between them."""
    uprights = "".join(
        box(
            x - width / 2,
            -10,
            width,
            foot + 10,
            fill=across(lighter(colour, 0.35), colour, deep(colour, 0.2)),
        )
        for x in columns
    )
    return uprights + "".join(
        box(0, y - width / 2, 1080, width, fill=down(lighter(colour, 0.35), deep(colour, 0.15)))
        for y in rows
    )


def _desk_plant(rng: Random, x: float, base: float, size: float) -> str:
    """Return a pot with long arching leaves."""
    blades, foot = "", base - size * 0.5
    for n in range(15):
        lean = (n - 7) / 7 * size * rng.uniform(0.75, 1.0)
        rise = size * rng.uniform(0.95, 1.5) * (1.05 - abs(n - 7) / 16)
        colour = rng.choice(("#2f7d5a", "#46996a", "#74b97b", "#3b8a72"))
        tip = foot - rise
        blades += tag(
            "path",
            d=f"M{x - 10:.0f},{foot}Q{x + lean * 0.2 - 30:.0f},{tip:.0f} "
            f"{x + lean:.0f},{tip + abs(lean) * 0.55:.0f}"
            f"Q{x + lean * 0.3 + 34:.0f},{tip + rise * 0.3:.0f} {x + 10:.0f},{foot}z",
            fill=across(colour, lighter(colour, 0.2)) if n % 2 else colour,
        )
    pot = tag(
        "path",
        d=f"M{x - size * 0.34},{base - size * 0.6}h{size * 0.68}"
        f"l{-size * 0.08},{size * 0.6}h{-size * 0.52}z",
        fill=across("#ffffff", "#eef1f6", "#b9c2d4"),
    )
    return blades + pot


def _view(backdrop: Backdrop, rng: Random) -> str:
    """Return the city by day: clouds, three rows of towers, each paler than the next."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    shade, haze = mix(top, bottom, 0.6), lighter(bottom, 0.4)
    clouds = "".join(
        puffs(rng, x, y, size, (shade, mix(shade, WHITE, 0.6), WHITE))
        for x, y, size in ((150, 470, (210, 150)), (930, 390, (230, 140)), (560, 270, (200, 80)))
    )
    near = mix(mix(top, "#5667a8", 0.7), bottom, 0.25)
    middle = mix(mix(top, "#5f7cc4", 0.5), bottom, 0.45)
    return (
        clouds
        + skyline(rng, 1180, (420, 640), mix(top, bottom, 0.72), veil(WHITE, 0.4))
        + box(0, 620, 1080, 560, fill=down(veil(bottom, 0), veil(bottom, 0.6)))
        + skyline(rng, 1180, (240, 440), middle, veil(WHITE, 0.5))
        + box(0, 800, 1080, 380, fill=down(veil(haze, 0), veil(haze, 0.75)))
        + skyline(rng, 1190, (90, 240), near, veil(backdrop.light, 0.7))
    )


def _desk(frame: str, wood: str, light: str) -> str:
    """Return the sill under the panes and a desk with the sun on it."""
    patches = "".join(
        shape(
            [(x, 1228), (x + 230, 1228), (x + 90, 1500), (x - 190, 1500)],
            fill=down(veil(light, 0.6), veil(light, 0)),
        )
        for x in (120, 400, 680, 960)
    )
    return (
        box(0, 1126, 1080, 60, fill=down("#ffffff", deep(frame, 0.15)))
        + box(0, 1186, 1080, 46, fill=down(deep(frame, 0.35), deep(frame, 0.5)))
        + box(0, 1226, 1080, 700, fill=down(mix(wood, light, 0.5), wood, deep(wood, 0.45)))
        + soft(patches, 10, (1228, 1500))
    )


def office(backdrop: Backdrop, rng: Random) -> str:
    """Return a high office by day: a skyline behind tall panes, sun on the desk, a plant."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    accent, light = backdrop.accent, backdrop.light
    frame = mix("#dfe4f2", top, 0.2)
    gleams = "".join(
        shape(
            [(x, -10), (x + w, -10), (x + w - 420, 1180), (x - 420, 1180)],
            fill=down(veil(WHITE, 0.34), veil(WHITE, 0.05)),
        )
        for x, w in ((330, 130), (500, 40), (1120, 190), (1360, 60))
    )
    return (
        box(
            0, 0, 1080, 1180, fill=down(top, mix(top, bottom, 0.6), bottom, mix(bottom, light, 0.6))
        )
        + _view(backdrop, rng)
        + glow(540, 600, 600, lighter(light, 0.5), 0.6)
        + gleams
        + _frames(frame, (30, 290, 790, 1050), (150,), 26, 1140)
        + _desk(frame, "#b98a68", light)
        + books_lying(rng, 905, 1246, (accent, "#5c78b8", mix(accent, WHITE, 0.5), "#4f6a86"))
        + _desk_plant(rng, 130, 1262, 200)
        + box(0, 0, 1080, 130, fill=down(veil(deep(frame, 0.3), 0.85), veil(frame, 0)))
        + bokeh(rng, (WHITE, light), 16, 260, 1300)
    )


def _painting(
    rng: Random, x: float, y: float, size: tuple[float, float], colours: tuple[str, ...]
) -> str:
    """Return a canvas with an abstract landscape of broad strokes, and its shadow on the wall."""
    wide, tall = size
    clip = f"bgc{x:.0f}x{y:.0f}"
    sky, field, sun = rng.sample(colours, 3)
    bands = ""
    for n in range(4):
        level = y + tall * (0.45 + 0.16 * n)
        rise = rng.uniform(-0.14, 0.14) * tall
        bands += tag(
            "path",
            d=f"M{x},{level:.0f}q{wide * 0.25:.0f},{-rise:.0f} {wide * 0.5:.0f},0"
            f"t{wide * 0.5:.0f},0V{y + tall}H{x}z",
            fill=mix(field, rng.choice(colours), 0.25 + 0.15 * n),
        )
    strokes = "".join(
        line(
            f"M{x + wide * rng.uniform(0, 0.7):.0f},{y + tall * rng.uniform(0.05, 0.95):.0f}"
            f"q{wide * 0.12:.0f},{rng.uniform(-24, 24):.0f} {wide * 0.26:.0f},0",
            veil(lighter(rng.choice(colours), 0.3), 0.7),
            rng.uniform(5, 13),
        )
        for _ in range(9)
    )
    picture = box(x, y, wide, tall, fill=down(sky, lighter(sky, 0.5))) + disc(
        x + wide * rng.uniform(0.25, 0.75), y + tall * 0.32, wide * 0.15, fill=lighter(sun, 0.35)
    )
    return (
        box(x + 12, y + 16, wide, tall, rx=4, fill=veil("#1c1018", 0.28))
        + tag("clipPath", box(x, y, wide, tall), id=clip)
        + tag("g", picture + bands + strokes, clip_path=f"url(#{clip})")
        + box(x, y, wide, tall, fill="none", stroke=veil("#fff6e6", 0.85), stroke_width=7)
    )


def _brush_jar(rng: Random, x: float, base: float, colours: tuple[str, ...]) -> str:
    sticks = ""
    for n in range(8):
        lean, rise = (n - 3.5) * 15 + rng.uniform(-6, 6), rng.uniform(150, 215)
        top_x, top_y = x + lean, base - rise
        sticks += line(
            f"M{x + lean * 0.25:.0f},{base - 30}L{top_x:.0f},{top_y:.0f}",
            rng.choice(("#c98f57", "#8a5a3c", "#e2b884")),
            8,
        )
        sticks += line(f"M{top_x:.0f},{top_y:.0f}l{lean * 0.12:.1f},-12", "#c9ccd4", 12)
        sticks += oval(top_x + lean * 0.2, top_y - 30, 9, 24, fill=rng.choice(colours))
    jar = box(
        x - 50,
        base - 104,
        100,
        104,
        rx=16,
        fill=across(veil("#dfeef0", 0.85), veil("#9fc0c4", 0.75), veil("#e9f5f5", 0.9)),
    )
    return sticks + jar + box(x - 50, base - 60, 100, 20, fill=veil(colours[0], 0.75))


def _hanging_lamp(x: float, y: float, colour: str, light: str) -> str:
    cone = shape(
        [(x - 66, y), (x + 66, y), (x + 420, 1400), (x - 420, 1400)],
        fill=down(veil(light, 0.5), veil(light, 0.12), veil(light, 0)),
    )
    bell = tag(
        "path",
        d=f"M{x - 92},{y}q10,-96 70,-112h44q60,16 70,112z",
        fill=across(deep(colour, 0.3), colour, deep(colour, 0.35)),
    )
    return (
        line(f"M{x},-10V{y - 108}", "#2a1d20", 6)
        + cone
        + glow(x, y + 10, 230, lighter(light, 0.4), 0.95)
        + oval(x, y + 2, 90, 17, fill=lighter(light, 0.7))
        + bell
    )


def _worktop(rng: Random, colours: tuple[str, ...], light: str) -> str:
    """Return a wooden table with dried paint on it."""
    wood = down(mix("#8a5a3c", light, 0.35), "#7a4d36", deep("#6b4230", 0.5))
    blots = ""
    for _ in range(20):
        colour, x, y = rng.choice(colours), rng.uniform(0, 1080), rng.uniform(1230, 1500)
        blots += oval(x, y, rng.uniform(14, 46), rng.uniform(6, 14), fill=veil(colour, 0.7))
    edge = box(0, 1164, 1080, 20, fill=mix("#b5804f", light, 0.4))
    return box(0, 1176, 1080, 744, fill=wood) + edge + blots


def studio(backdrop: Backdrop, rng: Random) -> str:
    """Return a painter's studio in the evening: canvases on a warm wall, brushes, one lamp."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    accent, light = backdrop.accent, backdrop.light
    colours = (accent, "#3f8f8a", "#f0c161", "#5f7fb5", lighter(accent, 0.4), "#b7566b")
    canvases = "".join(_painting(rng, x, y, size, colours) for x, y, size in CANVASES)
    boards = "".join(
        box(0, y, 1080, 4, fill=veil(deep(top, 0.4), 0.16)) for y in range(130, 1160, 128)
    )
    return (
        box(0, 0, 1080, 1190, fill=down(deep(top, 0.35), top, mix(top, bottom, 0.6), bottom))
        + boards
        + glow(540, 560, 700, light, 0.7)
        + canvases
        + _worktop(rng, colours, light)
        + _brush_jar(rng, 250, 1200, colours)
        + _brush_jar(rng, 812, 1206, colours[::-1])
        + _hanging_lamp(540, 150, accent, light)
        + bokeh(rng, (light, lighter(light, 0.5)), 22, 240, 1380)
    )
