"""Mouths: one layer for each shape that the voice asks for."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix, skin_ink
from elite8.core.production.local.art.layer import Box, Layer, lay

MOUTH: Box = (460, 760, 160, 120)
LEVEL = 808

OPEN = {
    "mouth_a": ("-40,0 0,-10 40,0", "40,0 31,30 0,46 -31,30 -40,0"),
    "mouth_i": ("-46,-3 0,-6 46,-3", "46,-3 31,14 0,20 -31,14 -46,-3"),
    "mouth_u": (
        "-20,8 -17,-1 -9,-7 0,-8 9,-7 17,-1 20,8",
        "20,8 17,18 9,24 0,26 -9,24 -17,18 -20,8",
    ),
    "mouth_e": ("-41,-2 0,-7 41,-2", "41,-2 31,20 0,31 -31,20 -41,-2"),
    "mouth_o": (
        "-26,12 -22,-2 -12,-10 0,-12 12,-10 22,-2 26,12",
        "26,12 23,28 12,38 0,41 -12,38 -23,28 -26,12",
    ),
    "mouth_smile": ("-50,-10 0,-1 50,-10", "50,-10 35,20 0,36 -35,20 -50,-10"),
}
"""Upper and lower edge of each open mouth around its middle."""

TEETH = {"mouth_a": 12, "mouth_i": 13, "mouth_e": 12, "mouth_smile": 14}
"""How far the upper teeth show below the upper edge."""

TONGUE = {"mouth_a": 22, "mouth_e": 17, "mouth_u": 12, "mouth_o": 23, "mouth_smile": 20}
"""How far below the middle the tongue begins."""


def _inside(look: Look, name: str, hole: str, top: list[svg.Point]) -> str:
    """Return throat, tongue and teeth, cut to the opening."""
    lips = look.face.lips
    dark = mix(darker(lips, 0.55), "#4a0f22", 0.55)
    inside = [svg.fill(hole, "url(#throat)")]
    if name in TONGUE:
        low = LEVEL + TONGUE[name]
        inside.append(svg.ellipse((0, low + 17), (25, 17), mix(lips, "#ff9c9c", 0.45)))
        inside.append(svg.ellipse((0, low + 9), (15, 5), "#ffd0cc", 0.4))
    if name in TEETH:
        tall = TEETH[name]
        row = svg.ribbon(svg.moved(top, 0, tall / 2 - 2), (tall, tall + 3, tall))
        inside.append(svg.fill(row, "#fffaf7"))
        inside.append(svg.fill(svg.ribbon(svg.moved(top, 0, 1), (5, 6, 5)), dark, 0.25))
    stops = (0, darker(dark, 0.35)), (1, mix(dark, lips, 0.35))
    throat = svg.linear("throat", (0, LEVEL - 8), (0, LEVEL + 40), *stops)
    return throat + svg.clip("inside", hole, *inside)


def _open(look: Look, name: str) -> Layer:
    top, under = (svg.moved(svg.at(points), 0, LEVEL) for points in OPEN[name])
    lips, skin = look.face.lips, look.face.skin
    ink = mix(skin_ink(skin), darker(lips, 0.6), 0.55)
    hole, widest = svg.outline(top, under), under[0][0]
    rim, tint = (9, 0.75) if look.build == "woman" else (6, 0.3)
    corners = 2 if name in TEETH else -1
    lip = [(-widest - corners, top[0][1] - 1), *top, (widest + corners, top[-1][1] - 1)]
    return lay(
        name,
        MOUTH,
        svg.line(hole, mix(lips, skin, 0.3), rim, tint),
        _inside(look, name, hole, top),
        svg.fill(svg.ribbon(lip, (2, 4, 5.5, 4, 2)), ink),
        svg.fill(svg.ribbon(under, (3, 2.5, 3.2, 2.5, 3)), ink, 0.85),
        _lip_light(look, max(y for _, y in under) + 7, widest * 0.34),
    )


def _lip_light(look: Look, y: float, half: float) -> str:
    if look.build == "man":
        return svg.fill(
            svg.ribbon([(-half, y + 5), (0, y + 8), (half, y + 5)], (0, 3, 0)),
            skin_ink(look.face.skin),
            0.35,
        )
    return svg.fill(
        svg.ribbon([(-half, y - 3), (0, y - 1), (half, y - 3)], (0, 3.2, 0)),
        lighter(look.face.lips, 0.7),
        0.8,
    )


CLOSED = svg.at("-36,804 -18,811 -6,810 0,812 6,810 18,811 36,804")
UPPER_LIP = svg.at("22,803 7,799 0,801 -7,799 -22,803 -36,804")
LOWER_LIP = svg.at("20,821 0,826 -20,821 -36,804")


def _rest(look: Look) -> Layer:
    lips, skin, man = look.face.lips, look.face.skin, look.build == "man"
    tint = 0.22 if man else 0.62
    parting = svg.ribbon([(-40, 801), *CLOSED, (40, 801)], (1, 4.5, 3, 3, 4.2, 3, 3, 4.5, 1))
    shade = svg.ribbon(svg.at("-13,831 0,833 13,831"), (0, 3.5, 0))
    return lay(
        "mouth_rest",
        MOUTH,
        svg.fill(svg.outline(CLOSED, UPPER_LIP), mix(lips, skin, 0.1), tint),
        svg.fill(svg.outline(CLOSED, LOWER_LIP), mix(lips, "#ff9aa2", 0.25), tint * 0.85),
        svg.fill(parting, mix(skin_ink(skin), darker(lips, 0.5), 0.5)),
        svg.fill(shade, skin_ink(skin), 0.3),
        "" if man else svg.ellipse((-6, 818), (8, 2.4), "#ffffff", 0.55),
    )


def mouths(look: Look) -> tuple[Layer, ...]:
    """Return the mouth at rest, the five vowels and a smile."""
    return (_rest(look), *(_open(look, name) for name in OPEN))
