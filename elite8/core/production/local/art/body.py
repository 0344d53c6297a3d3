"""Neck, shoulders, torso and sleeves: the shapes that every outfit is sewn on."""

from dataclasses import dataclass

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix, skin_ink, skin_shadow
from elite8.core.production.local.art.svg import Point

BOTTOM = 1990
"""Below the frame's edge, so that a breath shows no gap."""

SLEEVE = (
    [
        (236, 1046),
        (276, 1062),
        (304, 1100),
        (326, 1190),
        (342, 1330),
        (358, 1500),
        (372, 1680),
        (380, 1850),
        (382, BOTTOM),
    ],
    [(258, BOTTOM)],
    [(258, BOTTOM), (252, 1850), (240, 1680), (230, 1500), (220, 1340), (214, 1250)],
    [(214, 1250), (220, 1150), (236, 1046)],
)
SIDE: list[Point] = [
    (236, 1046),
    (226, 1150),
    (228, 1250),
    (220, 1340),
    (198, 1480),
    (186, 1620),
    (200, 1780),
    (226, BOTTOM),
]
SHOULDER: list[Point] = [(84, 978), (120, 1000), (176, 1020), (236, 1046)]


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
    skin, ink, wide = look.face.skin, skin_ink(look.face.skin), 64 if look.build == "woman" else 90
    shade = skin_shadow(skin, 1.25)
    side = [(wide, 800), (wide, 900), (wide + 6, 948), (wide + 32, 984), (150, 1008), (240, 1046)]
    shape = whole([side, [(240, 1046), (200, 1260)]])
    cast = svg.outline(
        [(-110, 800), (-96, 900), (-40, 958), (14, 978), (64, 958), (110, 900), (120, 800)],
        [(-110, 800)],
    )
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
    [(232, 1400), (262, 1424), (300, 1426)],
    [(238, 1440), (272, 1452), (318, 1436)],
    [(346, 1470), (316, 1490), (280, 1488)],
    [(228, 1278), (246, 1330), (280, 1362)],
    [(250, 1090), (238, 1170), (232, 1240)],
]


def sleeve(fabric: Cloth, fill: str, *details: str) -> str:
    """Return both sleeves; the details are drawn on the right one, in both."""
    path = svg.outline(*SLEEVE)
    shadow = svg.ribbon(
        [(216, 1120), (226, 1300), (244, 1500), (256, 1700), (268, BOTTOM)], (20, 56, 60, 64, 70)
    )

    def one(name: str, shaded: float) -> str:
        return svg.inked(path, fill, fabric.ink, 4.5) + svg.clip(
            name, path, svg.fill(shadow, fabric.shade, shaded), *details, folds(ELBOW, fabric.deep)
        )

    return svg.group(one("arm-left", 0.75), transform="scale(-1 1)") + one("arm-right", 1)


def torso_shadow(fabric: Cloth) -> str:
    """Return the cel shadow of chest and side, to be clipped to the torso."""
    return svg.fill(
        svg.outline(
            [(240, 1040), (190, 1150), (176, 1290), (150, 1350), (70, 1376)],
            [(70, 1376), (130, 1480), (120, 1700), (140, BOTTOM)],
            [(300, BOTTOM)],
            [(300, 1040)],
            [(240, 1040)],
        ),
        fabric.shade,
        0.8,
    ) + svg.fill(
        svg.ribbon([(-226, 1180), (-206, 1330), (-180, 1500), (-170, 1700)], (0, 26, 34, 20)),
        fabric.shade,
        0.7,
    )


def rim_light(look: Look) -> str:
    """Return the backdrop's light along both sleeves."""
    light = look.background.light
    edge = svg.ribbon(
        [(254, 1056), (296, 1100), (316, 1190), (332, 1330), (348, 1500), (362, 1680), (370, 1850)],
        (0, 7, 9, 8, 7, 7, 6),
    )
    return svg.fill(edge, light, 0.75) + svg.group(
        svg.fill(edge, light, 0.4), transform="scale(-1 1)"
    )
