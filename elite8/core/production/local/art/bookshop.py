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
WOOD = "#a87148"
BOOKS = ("#d9795d", "#e6b655", "#5f86a8", "#8d6a9f", "#efe0bd", "#a8504e", "#47705f")
SHELF = (190, 164)
"""Width and height of one shelf."""
GAP = 0.08
"""The chance of a gap after a book."""


def books_lying(rng: Random, x: float, base: float, colours: tuple[str, ...]) -> str:
    """Return a pile of books standing on (x, base), the first colour lowest."""
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


def _shelf(rng: Random, x: float, y: float, tints: tuple[str, ...]) -> str:
    """Return one shelf of spines of uneven height, now and then with a gap."""
    row, at, (wide, tall) = "", x + 4, SHELF
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
        if rng.random() < GAP:
            at += rng.uniform(16, 44)
    return row


def _bookcase(rng: Random, x: float, wood: str, tints: tuple[str, ...]) -> str:
    wide, tall = SHELF
    case = box(x - 14, 120, wide + 28, 1120, fill=deep(wood, 0.45))
    for n in range(6):
        y = 140 + n * 182
        case += box(x, y, wide, tall, fill=down(deep(wood, 0.68), deep(wood, 0.5)))
        case += _shelf(rng, x, y, tints)
        case += box(
            x - 14, y + tall, wide + 28, 18, fill=down(lighter(wood, 0.22), deep(wood, 0.12))
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


def _outside(backdrop: Backdrop, rng: Random) -> str:
    """Return what lies behind the panes: an evening sky and bushes, out of focus."""
    bottom, light = backdrop.sky_bottom, backdrop.light
    above = lighter(mix(backdrop.sky_top, bottom, 0.5), 0.3)
    green = tuple(mix(leaf, bottom, 0.35) for leaf in ("#4f8f63", "#7bb56c", "#b5d585"))
    bushes = "".join(
        puffs(rng, x, 1170, size, green)
        for x, size in ((300, (130, 320)), (800, (120, 280)), (545, (170, 130)))
    )
    cloud = puffs(rng, 540, 640, (240, 90), (lighter(above, 0.35), WHITE))
    return (
        box(250, 260, 580, 900, fill=down(above, bottom, lighter(light, 0.3)))
        + soft(cloud + bushes, 7, (500, 1140))
        + glow(540, 620, 420, lighter(light, 0.4), 0.8)
    )


def bookshop(backdrop: Backdrop, rng: Random) -> str:
    """Return a bookshop corner: an arched window between full shelves, strings of small lamps."""
    accent, light = backdrop.accent, backdrop.light
    tints = (*BOOKS, accent, lighter(accent, 0.3))
    lamps = (light, "#ffd98a", lighter(accent, 0.4))
    plaster = mix(WOOD, light, 0.5)
    return (
        box(0, 0, 1080, 1240, fill=down(deep(WOOD, 0.3), mix(WOOD, light, 0.35), plaster))
        + _arched_window(_outside(backdrop, rng), "#f4e6c8")
        + _bookcase(rng, 0, WOOD, tints)
        + _bookcase(rng, 890, WOOD, tints)
        + glow(540, 640, 640, light, 0.42)
        + box(0, 1214, 1080, 706, fill=down(mix(WOOD, light, 0.35), WOOD, deep(WOOD, 0.5)))
        + box(0, 1200, 1080, 20, fill=mix(WOOD, light, 0.6))
        + books_lying(rng, 300, 1214, BOOKS[:4])
        + books_lying(rng, 830, 1214, (BOOKS[6], accent, BOOKS[4]))
        + "".join(garland(rng, (x, 70), (x + 390, 70), lamps) for x in (-45, 345, 735))
        + garland(rng, (-40, 170), (540, 120), lamps)
        + garland(rng, (540, 120), (1120, 170), lamps)
        + bokeh(rng, (light, "#ffd98a"), 24, 240, 1380)
    )
