"""A corner of a bookshop, and books to lay elsewhere."""

from random import Random

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.brush import (
    across,
    bokeh,
    box,
    deep,
    down,
    garland,
    glow,
    line,
    puffs,
    soft,
    tag,
    veil,
)
from elite8.core.production.local.art.colour import lighter, mix

WHITE = "#ffffff"


def books_lying(rng: Random, x: float, base: float, colours: tuple[str, ...]) -> str:
    pile, y = "", base
    for colour in colours:
        wide, thick = rng.uniform(180, 236), rng.uniform(30, 44)
        y -= thick
        left = x - wide / 2 + rng.uniform(-14, 14)
        pile += box(
            left, y, wide, thick, rx=5, fill=down(lighter(colour, 0.25), colour, deep(colour, 0.2))
        )
        pile += box(left + wide - 34, y + 6, 34, thick - 12, fill="#f6efe0")
        pile += box(left + 22, y + 4, 8, thick - 8, fill=veil(WHITE, 0.6))
    return pile


def _shelf(
    rng: Random, x: float, y: float, wide: float, tall: float, tints: tuple[str, ...]
) -> str:
    """Return one shelf of spines: upright, of uneven height, now and then one that leans."""
    row, at = "", x + 4
    while at < x + wide - 16:
        thick, high = rng.uniform(16, 40), tall * rng.uniform(0.62, 0.92)
        thick = min(thick, x + wide - 6 - at)
        colour = rng.choice(tints)
        spine = box(
            at,
            y + tall - high,
            thick - 2,
            high,
            rx=3,
            fill=across(deep(colour, 0.12), lighter(colour, 0.18), deep(colour, 0.22)),
        )
        spine += box(at, y + tall - high * 0.86, thick - 2, 6, fill=veil("#fff2cf", 0.7))
        spine += box(at, y + tall - high * 0.2, thick - 2, 4, fill=veil("#fff2cf", 0.55))
        row += spine
        at += thick
        if rng.random() < 0.08:
            at += rng.uniform(16, 44)
    return row


def _bookcase(rng: Random, x: float, wide: float, wood: str, tints: tuple[str, ...]) -> str:
    case = box(x - 14, 120, wide + 28, 1120, fill=deep(wood, 0.45))
    for n in range(6):
        y = 140 + n * 182
        case += box(x, y, wide, 164, fill=down(deep(wood, 0.68), deep(wood, 0.5)))
        case += _shelf(rng, x, y, wide, 164, tints)
        case += box(
            x - 14, y + 164, wide + 28, 18, fill=down(lighter(wood, 0.22), deep(wood, 0.12))
        )
    return case


def _arched_window(view: str, frame: str) -> str:
    """Return a tall round-headed window; `view` is what lies behind it."""
    opening = "M262,1130V560a278,278 0 0 1 556,0V1130z"
    bars = line(
        "M540,284V1130M262,560H818M262,760H818M262,945H818M400,320V1130M680,320V1130", frame, 10
    )
    return (
        tag("clipPath", tag("path", d=opening), id="bg-pane")
        + tag("g", view + bars, clip_path="url(#bg-pane)")
        + line(opening, deep(frame, 0.2), 30)
        + line(opening, lighter(frame, 0.25), 14)
        + box(214, 1122, 652, 34, rx=6, fill=down(lighter(frame, 0.4), deep(frame, 0.1)))
    )


def bookshop(backdrop: Backdrop, rng: Random) -> str:
    """Return a bookshop corner: an arched window between full shelves, strings of small lamps."""
    top, bottom = backdrop.sky_top, backdrop.sky_bottom
    accent, light = backdrop.accent, backdrop.light
    tints = (
        accent,
        "#d9795d",
        "#e6b655",
        "#5f86a8",
        "#8d6a9f",
        "#efe0bd",
        mix(accent, top, 0.5),
        "#a8504e",
        "#47705f",
    )
    wood = "#a87148"
    lamps = (light, "#ffd98a", lighter(accent, 0.4))
    green = tuple(mix(leaf, bottom, 0.4) for leaf in ("#4f8f63", "#7bb56c", "#b5d585"))
    view = (
        box(250, 260, 580, 900, fill=down(top, mix(top, bottom, 0.5), bottom))
        + soft(
            puffs(rng, 540, 640, (240, 90), (mix(top, WHITE, 0.5), WHITE))
            + puffs(rng, 300, 1150, (130, 320), green)
            + puffs(rng, 800, 1150, (120, 280), green)
            + puffs(rng, 545, 1180, (170, 130), green),
            7,
        )
        + glow(540, 620, 420, lighter(light, 0.4), 0.8)
    )
    wall = box(
        0, 0, 1080, 1240, fill=down(deep(wood, 0.3), mix(wood, light, 0.35), mix(wood, light, 0.5))
    )
    counter = box(
        0, 1214, 1080, 706, fill=down(mix(wood, light, 0.35), wood, deep(wood, 0.5))
    ) + box(0, 1200, 1080, 20, fill=mix(wood, light, 0.6))
    return (
        wall
        + _arched_window(view, "#f4e6c8")
        + _bookcase(rng, 0, 190, wood, tints)
        + _bookcase(rng, 890, 190, wood, tints)
        + glow(540, 640, 640, light, 0.42)
        + counter
        + books_lying(rng, 300, 1214, tints[1:5])
        + books_lying(rng, 830, 1214, tints[4:7])
        + "".join(garland(rng, (x, 70), (x + 390, 70), lamps) for x in (-45, 345, 735))
        + garland(rng, (-40, 170), (540, 120), lamps)
        + garland(rng, (540, 120), (1120, 170), lamps)
        + bokeh(rng, (light, "#ffd98a"), 24, 240, 1380)
    )
