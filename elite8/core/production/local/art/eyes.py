"""Eyes and brows: the right one is drawn and mirrored, but not the light in the eyes."""

from dataclasses import dataclass

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix, skin_ink, skin_shadow
from elite8.core.production.local.art.layer import Box, Layer, lay

EYES: Box = (360, 560, 360, 180)
BROWS: Box = (360, 540, 360, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lids:
    """The opening of one eye, in frame pixels; `rise` lifts the outer corner."""

    inner: float
    outer: float
    top: float
    bottom: float
    rise: float
    lash: float
    iris: tuple[float, float]
    wing: float


LEVEL = 662
"""Where the inner corners lie."""

LIDS = {
    "round": Lids(
        inner=44, outer=136, top=620, bottom=702, rise=8, lash=15, iris=(34, 45), wing=15
    ),
    "gentle": Lids(
        inner=44, outer=138, top=625, bottom=701, rise=1, lash=14, iris=(33, 43), wing=13
    ),
    "almond": Lids(
        inner=42, outer=139, top=624, bottom=698, rise=13, lash=14, iris=(32, 42), wing=16
    ),
    "sharp": Lids(
        inner=42, outer=140, top=626, bottom=697, rise=18, lash=15, iris=(31, 41), wing=19
    ),
    "narrow": Lids(inner=44, outer=136, top=637, bottom=691, rise=8, lash=8, iris=(26, 34), wing=7),
}
MAN = {
    "sharp": Lids(inner=42, outer=138, top=636, bottom=691, rise=16, lash=9, iris=(25, 33), wing=8)
}


def lids_of(look: Look) -> Lids:
    """Return the lids of this look: a man's are lower and lose most of the wing."""
    shape = look.eyes.shape
    return MAN.get(shape, LIDS[shape]) if look.build == "man" else LIDS[shape]


def upper(lids: Lids, openness: float = 1) -> list[svg.Point]:
    """Return the upper lid from the inner to the outer corner."""
    wide = lids.outer - lids.inner
    top = lids.bottom - 8 - (lids.bottom - 8 - lids.top) * openness
    tail = LEVEL - lids.rise + (1 - openness) * 16
    head = LEVEL + 12 + (1 - openness) * 6
    return [
        (lids.inner, head),
        (lids.inner + wide * 0.17, head - (head - top) * 0.66),
        (lids.inner + wide * 0.46, top),
        (lids.inner + wide * 0.78, top + (tail - top) * 0.36),
        (lids.outer, tail),
    ]


def lower(lids: Lids, openness: float = 1) -> list[svg.Point]:
    """Return the lower lid from the outer to the inner corner."""
    lid, wide = upper(lids, openness), lids.outer - lids.inner
    return [
        lid[-1],
        (lids.outer - wide * 0.1, lids.bottom - 15),
        (lids.inner + wide * 0.56, lids.bottom),
        (lids.inner + wide * 0.22, lids.bottom - 7),
        lid[0],
    ]


def _iris(look: Look, lids: Lids, side: int) -> str:
    x, y = (lids.inner + lids.outer) / 2 - 1, (lids.top + lids.bottom) / 2
    rx, ry = lids.iris
    dark, glow = look.eyes.iris, look.eyes.glow
    x *= side
    deep = darker(dark, 0.5)
    rays = "".join(
        svg.fill(
            svg.ribbon([(x + a * rx, y + ry * 0.3), (x + a * rx * 1.5, y + ry * 0.82)], (0, 5, 0)),
            lighter(glow, 0.35),
            0.5,
        )
        for a in (-0.5, -0.25, 0, 0.25, 0.5)
    )
    return (
        svg.ellipse((x, y), (rx, ry), deep)
        + svg.ellipse((x, y + 1.5), (rx - 3.5, ry - 3.5), f"url(#iris{side})")
        + svg.linear(
            f"iris{side}",
            (x, y - ry),
            (x, y + ry),
            (0.05, deep),
            (0.42, dark),
            (0.7, mix(dark, glow, 0.65)),
            (0.97, glow),
        )
        + svg.ellipse((x, y + ry * 0.62), (rx * 0.66, ry * 0.3), f"url(#pool{side})")
        + svg.radial(
            f"pool{side}", (x, y + ry * 0.68), rx * 0.7, (0, lighter(glow, 0.6), 0.9), (1, glow, 0)
        )
        + rays
        + svg.ellipse((x, y - 1), (rx * 0.42, ry * 0.46), darker(dark, 0.72))
        + svg.ellipse((x, y - ry * 0.62), (rx * 0.95, ry * 0.46), deep, 0.45)
    )


def _lights(look: Look, lids: Lids, side: int) -> str:
    x, y = ((lids.inner + lids.outer) / 2 - 1) * side, (lids.top + lids.bottom) / 2
    rx, ry = lids.iris
    return (
        svg.ellipse((x - rx * 0.36, y - ry * 0.36), (rx * 0.27, ry * 0.25), "#ffffff", turn=-24)
        + svg.ellipse((x + rx * 0.4, y + ry * 0.36), (rx * 0.13, ry * 0.13), "#ffffff", 0.95)
        + svg.ellipse(
            (x + rx * 0.1, y + ry * 0.8), (rx * 0.4, ry * 0.07), lighter(look.eyes.glow, 0.8), 0.75
        )
    )


def _lash(look: Look, lids: Lids, openness: float) -> str:
    lid, ink, thick = upper(lids, openness), look.eyes.lashes, lids.lash
    tip = (lids.outer + lids.wing * 0.8, lid[-1][1] - lids.wing * 0.7 * openness + 2)
    line = svg.moved(lid, 0, -thick * 0.22)
    line[0] = (lid[0][0] - 3, lid[0][1] + 3)
    shape = svg.ribbon(
        [*line, tip], (1.5, thick * 0.55, thick * 0.95, thick * 1.05, thick * 1.1, 0)
    )
    parts = [svg.fill(shape, "url(#lash)")]
    if look.build == "woman":
        parts += [
            svg.fill(
                svg.ribbon(
                    [(lids.outer - 14, lid[-1][1] - 15), (lids.outer + 4, lid[-1][1] - 24)],
                    (8, 6, 0),
                ),
                ink,
            ),
            svg.fill(
                svg.ribbon(
                    [(lids.outer - 4, lid[-1][1] + 2), (lids.outer + 9, lid[-1][1] + 7)], (7, 4, 0)
                ),
                ink,
            ),
        ]
    return "".join(parts)


def _lower_line(look: Look, lids: Lids, openness: float) -> str:
    edge = lower(lids, openness)
    weight = 4.5 if look.build == "woman" else 3.2
    ink = mix(look.eyes.lashes, skin_ink(look.face.skin), 0.45)
    return svg.fill(svg.ribbon(edge[:4], (weight * 0.7, weight, weight * 0.5, 0)), ink, 0.75)


def _crease(look: Look, lids: Lids, openness: float) -> str:
    lid = svg.moved(upper(lids, 1), 1, -15 if look.build == "woman" else -12)
    ink = mix(skin_ink(look.face.skin), look.face.skin, 0.25)
    return svg.fill(
        svg.ribbon([lid[1], lid[2], lid[3], (lid[4][0] + 3, lid[4][1] + 2)], (0, 3.4, 3.4, 0)),
        ink,
        0.55 + 0.3 * openness,
    )


def _eye(look: Look, lids: Lids, side: int, openness: float) -> str:
    """Return one open eye; `side` is 1 on the right of the picture, -1 on the left."""
    flip = (lambda points: points) if side > 0 else svg.mirrored
    white = svg.outline(flip(upper(lids, openness)), flip(lower(lids, openness)))
    shade = svg.ribbon(
        flip(svg.moved(upper(lids, openness), 0, lids.lash * 0.5)), (10, 20, 22, 20, 8)
    )
    frame = (
        _crease(look, lids, openness)
        + _lash(look, lids, openness)
        + _lower_line(look, lids, openness)
    )
    return svg.clip(
        f"white{side}",
        white,
        svg.fill(white, "url(#sclera)"),
        _iris(look, lids, side),
        svg.fill(shade, mix(look.eyes.lashes, "#5a4a8c", 0.5), 0.32),
        _lights(look, lids, side),
    ) + (frame if side > 0 else svg.group(frame, transform="scale(-1 1)"))


def _paints(look: Look, lids: Lids) -> str:
    ink = look.eyes.lashes
    return svg.linear(
        "sclera", (0, lids.top), (0, lids.bottom), (0, "#d9d3ea"), (0.5, "#fdfcff"), (1, "#fff6f2")
    ) + svg.linear(
        "lash",
        (lids.inner, 0),
        (lids.outer + lids.wing, 0),
        (0, mix(ink, skin_ink(look.face.skin), 0.45)),
        (0.35, ink),
        (1, ink),
    )


def _opened(look: Look, name: str, openness: float) -> Layer:
    lids = lids_of(look)
    return lay(
        name,
        EYES,
        _paints(look, lids),
        _eye(look, lids, -1, openness),
        _eye(look, lids, 1, openness),
    )


def _shut(look: Look) -> Layer:
    lids = lids_of(look)
    low, wide, thick = lids.bottom - 12, lids.outer - lids.inner, lids.lash
    arc = [
        (lids.inner + 2, low - 9),
        (lids.inner + wide * 0.24, low + 4),
        (lids.inner + wide * 0.5, low + 8),
        (lids.inner + wide * 0.78, low + 2),
        (lids.outer + 4, low - 12),
    ]
    lash = svg.fill(
        svg.ribbon(arc, (2, thick * 0.6, thick * 0.75, thick * 0.7, 1)), look.eyes.lashes
    )
    if look.build == "woman":
        lash += "".join(
            svg.fill(svg.ribbon([(x, y), (x + 9, y + d)], (6, 4, 0)), look.eyes.lashes)
            for x, y, d in (
                (lids.outer - 8, low - 2, 8),
                (lids.outer - 22, low + 4, 11),
                (lids.outer - 36, low + 7, 11),
            )
        )
    fold = svg.moved(arc, 2, -30)
    lash += svg.fill(svg.ribbon(fold[1:], (0, 3, 3, 0)), skin_shadow(look.face.skin, 2), 0.8)
    return lay("eyes_closed", EYES, svg.group(lash, transform="scale(-1 1)"), lash)


def eyes(look: Look) -> tuple[Layer, ...]:
    """Return the eyes open, half open and closed."""
    return _opened(look, "eyes_open", 1), _opened(look, "eyes_half", 0.52), _shut(look)


BROW_LINES = {
    "soft": (svg.at("46,576 76,569 110,570 148,590"), (4, 9, 8, 0)),
    "straight": (svg.at("44,578 76,574 112,572 150,585"), (5, 10, 9, 0)),
    "arched": (svg.at("44,576 76,567 110,565 152,588"), (5, 9, 8, 0)),
    "strong": (svg.at("38,600 70,590 114,576 154,588"), (9, 17, 15, 0)),
}


def brows(look: Look) -> Layer:
    """Return the brows; a man's are lower and heavier."""
    points, widths = BROW_LINES[look.brows.shape]
    man = look.build == "man"
    weight, fall = (1.9, 14) if man and look.brows.shape != "strong" else (1.0, 8 if man else 0)
    shape = svg.ribbon(svg.moved(points, 0, fall), [w * weight for w in widths])
    paint = svg.linear(
        "brow",
        (36, 0),
        (154, 0),
        (0, mix(look.brows.colour, look.face.skin, 0.25)),
        (0.4, look.brows.colour),
    )
    one = svg.fill(shape, "url(#brow)")
    return lay("brows", BROWS, paint, svg.group(one, transform="scale(-1 1)"), one)
