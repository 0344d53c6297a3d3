"""Mouths: one layer for each shape that the voice asks for."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix, skin_ink
from elite8.core.production.local.art.layer import Box, Layer, lay

MOUTH: Box = (460, 760, 160, 120)
LEVEL = 808

OPEN = {
    "mouth_a": (svg.at("-35,0 0,-9 35,0"), svg.at("35,0 27,27 0,41 -27,27 -35,0")),
    "mouth_i": (
        svg.at("-40,-3 0,-6 40,-3"),
        svg.at("40,-3 27,12 0,18 -27,12 -40,-3"),
    ),
    "mouth_u": (svg.at("-17,3 0,-7 17,3"), svg.at("17,3 13,18 0,24 -13,18 -17,3")),
    "mouth_e": (
        svg.at("-36,-2 0,-7 36,-2"),
        svg.at("36,-2 27,18 0,28 -27,18 -36,-2"),
    ),
    "mouth_o": (svg.at("-22,2 0,-11 22,2"), svg.at("22,2 20,24 0,37 -20,24 -22,2")),
    "mouth_smile": (
        svg.at("-44,-9 0,-1 44,-9"),
        svg.at("44,-9 31,18 0,32 -31,18 -44,-9"),
    ),
}
"""Upper and lower edge of each open mouth around its middle."""

TEETH = {"mouth_a": 11, "mouth_i": 12, "mouth_e": 11, "mouth_smile": 13}
"""How far the upper teeth show below the upper edge."""

TONGUE = {"mouth_a": 20, "mouth_e": 16, "mouth_o": 22, "mouth_smile": 19}
"""How far below the middle the tongue begins."""


def _open(look: Look, name: str) -> Layer:
    top, under = (svg.moved(points, 0, LEVEL) for points in OPEN[name])
    lips, line = look.face.lips, mix(skin_ink(look.face.skin), darker(look.face.lips, 0.6), 0.55)
    hole = svg.outline(top, under)
    dark = mix(darker(lips, 0.55), "#4a0f22", 0.55)
    inside = [svg.fill(hole, "url(#throat)")]
    if name in TONGUE:
        inside.append(
            svg.ellipse((0, LEVEL + TONGUE[name] + 17), (25, 17), mix(lips, "#ff9c9c", 0.45))
        )
        inside.append(svg.ellipse((0, LEVEL + TONGUE[name] + 9), (15, 5), "#ffd0cc", 0.4))
    if name in TEETH:
        inside.append(
            svg.fill(
                svg.ribbon(
                    svg.moved(top, 0, TEETH[name] / 2 - 2),
                    (TEETH[name], TEETH[name] + 3, TEETH[name]),
                ),
                "#fffaf7",
            )
        )
        inside.append(svg.fill(svg.ribbon(svg.moved(top, 0, 1), (5, 6, 5)), dark, 0.25))
    tint = 0.75 if look.build == "woman" else 0.3
    rim = svg.line(hole, mix(lips, look.face.skin, 0.3), 9 if look.build == "woman" else 6, tint)
    widest = under[0][0]
    return lay(
        name,
        MOUTH,
        svg.linear(
            "throat",
            (0, LEVEL - 8),
            (0, LEVEL + 40),
            (0, darker(dark, 0.35)),
            (1, mix(dark, lips, 0.35)),
        ),
        rim,
        svg.clip("inside", hole, *inside),
        svg.fill(
            svg.ribbon(
                [(-widest - 2, top[0][1] - 1), *top, (widest + 2, top[-1][1] - 1)],
                (2, 4, 5.5, 4, 2),
            ),
            line,
        ),
        svg.fill(svg.ribbon(under, (3, 2.5, 3.2, 2.5, 3)), line, 0.85),
        _lip_light(look, under[2][1] + 7, widest * 0.34),
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


def _rest(look: Look) -> Layer:
    lips, man = look.face.lips, look.build == "man"
    ink = mix(skin_ink(look.face.skin), darker(lips, 0.5), 0.5)
    middle = [
        (-36, LEVEL - 4),
        (-18, LEVEL + 3),
        (-6, LEVEL + 2),
        (0, LEVEL + 4),
        (6, LEVEL + 2),
        (18, LEVEL + 3),
        (36, LEVEL - 4),
    ]
    upper = svg.outline(
        middle,
        [
            (22, LEVEL - 5),
            (7, LEVEL - 9),
            (0, LEVEL - 7),
            (-7, LEVEL - 9),
            (-22, LEVEL - 5),
            middle[0],
        ],
    )
    under = svg.outline(middle, [(20, LEVEL + 13), (0, LEVEL + 18), (-20, LEVEL + 13), middle[0]])
    tint = 0.22 if man else 0.62
    return lay(
        "mouth_rest",
        MOUTH,
        svg.fill(upper, mix(lips, look.face.skin, 0.1), tint),
        svg.fill(under, mix(lips, "#ff9aa2", 0.25), tint * 0.85),
        svg.fill(
            svg.ribbon(
                [(-40, LEVEL - 7), *middle, (40, LEVEL - 7)], (1, 4.5, 3, 3, 4.2, 3, 3, 4.5, 1)
            ),
            ink,
        ),
        svg.fill(
            svg.ribbon([(-13, LEVEL + 23), (0, LEVEL + 25), (13, LEVEL + 23)], (0, 3.5, 0)),
            skin_ink(look.face.skin),
            0.3,
        ),
        "" if man else svg.ellipse((-6, LEVEL + 10), (8, 2.4), "#ffffff", 0.55),
    )


def mouths(look: Look) -> tuple[Layer, ...]:
    """Return the mouth at rest, the five vowels and a smile."""
    return (_rest(look), *(_open(look, name) for name in OPEN))
