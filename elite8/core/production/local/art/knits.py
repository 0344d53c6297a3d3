"""Soft clothes: the knit with a lace collar, the cardigan, the open linen shirt."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.body import BOTTOM, Cloth, cloth, neck, paint, sleeve
from elite8.core.production.local.art.colour import darker, mix
from elite8.core.production.local.art.jackets import tee_under
from elite8.core.production.local.art.tailoring import (
    COLLARED,
    CREW,
    button,
    knitted,
    open_front,
    pair,
    patch,
    seam,
    shade_under,
    under,
)

LACE = (
    "0,1064 46,1052 80,1024 98,986 / 140,1010 178,1024 / 190,1052 160,1066 / 164,1092 136,1094 / "
    "134,1120 106,1114 / 100,1138 74,1128 / 66,1150 42,1136 / 32,1156 0,1142 / 0,1064"
)
HOLES = "160,1052 138,1078 112,1098 84,1112 54,1120 24,1126 124,1042 98,1066 68,1084 36,1094"


def _lace(knit: Cloth, white: str) -> str:
    holes = "".join(svg.ellipse(at, (4.5, 4.5), knit.deep, 0.45) for at in svg.at(HOLES))
    return patch(LACE, white, mix(knit.ink, "#a07c5c", 0.5), 3.5) + holes


def _bow(ribbon: str) -> str:
    ink = darker(ribbon, 0.5)
    half = patch("0,1092 34,1066 62,1068 58,1112 30,1116 0,1092 / 0,1092", ribbon, ink, 3.5)
    tail = patch(
        "2,1098 22,1136 34,1186 / 20,1180 10,1190 / 6,1140 2,1098", darker(ribbon, 0.1), ink, 3.5
    )
    crease = svg.fill(svg.ribbon(svg.at("8,1092 28,1088 46,1080"), (0, 4, 0)), ink, 0.5)
    return pair(tail + half + crease) + button((0, 1093), 9, ribbon)


def _cables(knit: Cloth) -> str:
    return "".join(
        svg.fill(svg.ribbon([(x, y), (x + bulge, y + 22), (x, y + 44)], (2, 5, 2)), knit.deep, 0.5)
        for x in (-120, -40, 40, 120)
        for y in range(1130, 1980, 44)
        for bulge in (-13, 13)
    )


def lace_knit(look: Look) -> str:
    """Return a cable knit with a lace collar and a ribbon."""
    knit = cloth(look.outfit.main)
    ribs = "".join(
        svg.line(svg.open_curve([(x, 1100), (x * 0.97, 1500), (x, BOTTOM)]), knit.shade, 3, 0.7)
        for x in range(-210, 211, 28)
    )
    cast = shade_under("-170,1070 -110,1130 0,1166 110,1130 170,1070", (20, 26, 26, 26, 20), knit)
    return (
        neck(look)
        + under(CREW, knit, ribs, _cables(knit), cast)
        + sleeve(knit, "url(#inner)", *knitted(knit))
        + pair(_lace(knit, look.outfit.trim))
        + _bow(look.outfit.accent)
    )


ROUND_COLLAR = "66,950 96,976 112,1036 / 112,1090 70,1116 26,1100 4,1064 / 48,1030 66,950"


def _band(knit: Cloth) -> str:
    edge = svg.at("110,1000 114,1080 88,1204 40,1336 26,1500 26,1700 34,1990")
    hem = "122,1010 126,1084 100,1208 52,1340 38,1500 38,1700 46,1990"
    return svg.fill(svg.ribbon(edge, (22, 22)), knit.light) + seam(hem, knit.deep, 3, 0.8)


def cardigan(look: Look) -> str:
    """Return a cardigan over a striped blouse with a round collar."""
    knit, blouse, outfit = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    stripes = (
        svg.line(svg.open_curve([(-230, y - 8), (0, y + 8), (230, y - 8)]), outfit.trim, 11)
        for y in range(1090, 1420, 36)
    )
    ribs = "".join(
        svg.line(svg.open_curve([(x, 1060), (x + 6, 1400), (x - 4, BOTTOM)]), knit.shade, 3, 0.8)
        for x in range(70, 230, 24)
    )
    collar = patch(ROUND_COLLAR, blouse.light, mix(blouse.ink, "#b09878", 0.5), 3.5)
    return (
        paint("outer", knit)
        + neck(look)
        + under(COLLARED, blouse, *stripes)
        + open_front(
            knit, "100,992 104,1080 78,1200 30,1330 4,1420 2,1700 2,1990", ribs, _band(knit)
        )
        + sleeve(knit, "url(#outer)", *knitted(knit))
        + pair(collar)
        + "".join(button((8, y), 10, outfit.accent) for y in (1440, 1550, 1660, 1770))
    )


def linen_shirt(look: Look) -> str:
    """Return an open linen shirt over a plain tee."""
    shirt = cloth(look.outfit.main)
    hem = seam("146,1140 150,1300 136,1500 144,1700 168,1990", shirt.deep, 2.5, 0.8)
    pocket = svg.line(
        svg.drawn("156,1236 208,1228 / 206,1300 184,1312 160,1306 / 156,1236"), shirt.deep, 3, 0.8
    )
    collar = patch(
        "74,954 112,990 158,1060 / 120,1130 / 90,1060 70,1000 74,954", shirt.light, shirt.ink
    )
    return (
        paint("outer", shirt)
        + neck(look)
        + tee_under(cloth(look.outfit.inner))
        + open_front(
            shirt,
            "94,990 128,1100 132,1300 118,1500 126,1700 150,1990",
            hem,
            shade_under("118,1136 146,1110 166,1066", (8, 22, 0), shirt),
            pocket,
        )
        + sleeve(shirt, "url(#outer)")
        + pair(collar)
    )
