"""Neck, shoulders, torso and sleeves: the shapes that every outfit is sewn on."""

from dataclasses import dataclass

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix, skin_ink, skin_shadow
from elite8.core.production.local.art.svg import Point

BOTTOM = 1990
"""Below the frame's edge, so that a breath shows no gap."""

SLEEVE = (
    svg.at(
        "232,1044 272,1058 304,1104 328,1200 348,1340 366,1480 374,1580 362,1700 322,1860 276,1990"
    ),
    svg.at("120,1990"),
    svg.at("120,1990 196,1850 240,1730 254,1600 240,1480 224,1340 212,1250"),
    svg.at("212,1250 218,1150 232,1044"),
)
SIDE: list[Point] = svg.at(
    "232,1044 224,1150 230,1240 224,1330 202,1470 190,1590 204,1760 228,1990"
)
SHOULDER: list[Point] = svg.at("84,978 120,1000 174,1020 232,1044")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloth:
    """The shades of one fabric."""

    base: str
    light: str
    shade: str
    deep: str
    ink: str


def cloth(colour: str) -> Cloth:
    """Return the shades of a fabric of this colour."""
    return Cloth(
        base=colour,
        light=lighter(colour, 0.18),
        shade=darker(colour, 0.2),
        deep=darker(colour, 0.38),
        ink=darker(colour, 0.62),
    )


def whole(right: list[list[Point]]) -> str:
    """Return the closed path of right-half runs, going down, and their mirror image, going up."""
    left = [svg.mirrored(run)[::-1] for run in reversed(right)]
    return svg.outline(*right, [right[-1][-1], left[0][0]], *left, [left[-1][-1], right[0][0]])


def torso(neckline: list[Point]) -> str:
    """Return the torso; the neckline runs from the middle of the throat to the shoulder."""
    return whole(
        [neckline, SHOULDER if neckline[-1] == SHOULDER[0] else [neckline[-1], *SHOULDER[1:]], SIDE]
    )


def paint(name: str, fabric: Cloth) -> str:
    """Return the gradient of a fabric lit from the upper left."""
    return svg.linear(
        name,
        (-300, 1000),
        (300, 1700),
        (0, fabric.light),
        (0.4, fabric.base),
        (1, mix(fabric.base, fabric.shade, 0.8)),
    )


def neck(look: Look) -> str:
    """Return neck, throat and collarbones, reaching up behind the chin."""
    skin, ink, wide = look.face.skin, skin_ink(look.face.skin), 60 if look.build == "woman" else 84
    shade = skin_shadow(skin, 1.25)
    side: list[Point] = [
        (wide, 800),
        (wide, 900),
        (wide + 6, 948),
        (wide + 24, 988),
        (130, 1020),
        (200, 1070),
    ]
    shape = whole([side, svg.at("200,1070 180,1260")])
    cast = svg.drawn("-110,800 -96,900 -40,958 14,978 64,958 110,900 120,800 / -110,800")
    bones = "".join(
        svg.fill(
            svg.ribbon(
                [(s * 20, 1042), (s * 60, 1034), (s * 120, 1022), (s * 168, 1024)], (6, 5, 4, 0)
            ),
            ink,
            0.45,
        )
        + svg.fill(
            svg.ribbon([(s * 56, 940), (s * 40, 990), (s * 16, 1036)], (0, 5, 3)), shade, 0.8
        )
        for s in (-1, 1)
    )
    return svg.inked(shape, skin, ink, 4) + svg.clip(
        "throat",
        shape,
        svg.fill(cast, shade),
        svg.fill(
            svg.ribbon([(wide, 800), (wide - 8, 940), (wide + 20, 1010)], (60, 36, 0)), shade, 0.7
        ),
        bones,
    )


def folds(lines: list[list[Point]], ink: str, width: float = 5, opacity: float = 0.55) -> str:
    """Return drawn folds that fade at both ends."""
    return "".join(
        svg.fill(svg.ribbon(points, (0, width, width * 0.8, 0)), ink, opacity) for points in lines
    )


ELBOW = [
    svg.at("256,1560 290,1590 334,1594"),
    svg.at("254,1610 290,1626 340,1612"),
    svg.at("372,1560 338,1556 308,1540"),
    svg.at("222,1278 244,1330 280,1360"),
    svg.at("246,1090 236,1170 228,1240"),
    svg.at("330,1240 306,1290 270,1310"),
]


def sleeve(fabric: Cloth, fill: str, *details: str) -> str:
    """Return both sleeves; the details are drawn on the right one, in both."""
    path = svg.outline(*SLEEVE)
    shadow = svg.ribbon(
        svg.at("214,1120 228,1300 254,1500 258,1640 220,1800 140,1990"), (20, 56, 60, 56, 60, 80)
    )

    def one(name: str, shaded: float) -> str:
        return svg.inked(path, fill, fabric.ink, 4.5) + svg.clip(
            name, path, svg.fill(shadow, fabric.shade, shaded), *details, folds(ELBOW, fabric.deep)
        )

    return svg.group(one("arm-left", 0.75), transform="scale(-1 1)") + one("arm-right", 1)


def torso_shadow(fabric: Cloth) -> str:
    """Return the cel shadow of chest and side, to be clipped to the torso."""
    right = svg.drawn(
        "250,1080 214,1180 196,1290 150,1352 86,1366 / 150,1384 166,1470 128,1600 120,1760 130,1990"
        " / 300,1990 / 300,1080 / 250,1080"
    )
    left = svg.ribbon(svg.at("-226,1180 -206,1330 -180,1500 -170,1700"), (0, 22, 30, 16))
    return svg.fill(right, fabric.shade, 0.8) + svg.fill(left, fabric.shade, 0.7)


def rim_light(look: Look) -> str:
    """Return the backdrop's light along both sleeves."""
    light = look.background.light
    edge = svg.ribbon(
        svg.at("252,1056 290,1098 316,1204 338,1342 356,1480 363,1580 352,1696 314,1850"),
        (0, 7, 9, 8, 8, 7, 6, 3),
    )
    return svg.fill(edge, light, 0.75) + svg.group(
        svg.fill(edge, light, 0.4), transform="scale(-1 1)"
    )
