"""Jackets: the stage jacket, the techwear, the blazer, the work jacket, the leather jacket."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.body import (
    Cloth,
    cloth,
    neck,
    paint,
    sleeve,
    torso,
    torso_shadow,
)
from elite8.core.production.local.art.colour import lighter, mix
from elite8.core.production.local.art.tailoring import (
    COLLARED,
    CREW,
    button,
    creases,
    dashed,
    open_front,
    pair,
    patch,
    seam,
    shade_under,
    under,
)

RIBBING = "-90,1000 -66,1040 -36,1066 0,1074 36,1066 66,1040 90,1000"
SHIRT_FOLDS = "-84,1350 -20,1382 50,1372/-90,1560 -30,1600 60,1590/-70,1190 -44,1262 -54,1330"


def tee_under(fabric: Cloth) -> str:
    """Return a plain tee with its neckband."""
    return under(
        CREW, fabric, seam(RIBBING, fabric.deep, 3, 0.7), creases(SHIRT_FOLDS, fabric.deep)
    )


CROPPED = (
    "66,968 84,974 120,1000 174,1020 232,1044 / 224,1150 230,1240 224,1330 208,1420 / "
    "150,1416 96,1392 / 112,1240 104,1110 78,1000 66,968"
)


def _cropped_half(look: Look, jacket: Cloth, name: str) -> str:
    trim, panel = look.outfit.trim, svg.drawn(CROPPED)
    bands = (
        svg.ribbon(svg.at("90,1040 106,1110 114,1240 100,1392"), (16, 16)),
        svg.ribbon(svg.at("96,1384 150,1406 214,1410"), (18, 18)),
    )
    shade = svg.ribbon(svg.at("226,1080 212,1200 216,1420"), (20, 60, 50))
    return (
        svg.inked(panel, "url(#outer)", jacket.ink, 4.5)
        + svg.clip(
            name,
            panel,
            svg.fill(shade, jacket.shade, 0.8),
            *(svg.fill(band, trim) for band in bands),
            creases("228,1240 190,1262 160,1262/222,1300 196,1310 172,1300", jacket.deep),
        )
        + "".join(button((138, y), 9, look.outfit.accent) for y in (1140, 1210, 1280))
        + patch("60,930 86,958 104,1040 / 74,1046 / 60,990 56,950 60,930", jacket.base, jacket.ink)
        + svg.fill(svg.ribbon(svg.at("65,946 83,968 95,1034"), (6, 6)), trim)
    )


def stage_jacket(look: Look) -> str:
    """Return a cropped jacket with bands and gold buttons over a high-necked top."""
    top, jacket, outfit = cloth(look.outfit.inner), cloth(look.outfit.main), look.outfit
    throat = svg.at("0,934 40,930 66,916 72,930 84,978")
    neck_folds = creases("-66,950 -20,966 40,960/70,966 30,980 -10,982", top.deep, 4, 0.8)
    waist = creases("-150,1550 -60,1584 20,1572/160,1590 80,1634 0,1644", top.light, 5, 0.6)
    belt = svg.fill(svg.ribbon(svg.at("-230,1716 0,1734 230,1716"), (30, 30)), outfit.trim)
    cuffs = svg.fill(
        svg.ribbon(svg.at("236,1480 300,1500 370,1478"), (26, 26)), outfit.trim
    ) + svg.fill(svg.ribbon(svg.at("240,1514 304,1534 374,1512"), (8, 8)), outfit.accent)
    shoulder = patch(
        "204,1022 262,1040 308,1096 / 270,1086 196,1058 / 204,1022", outfit.trim, jacket.ink
    )
    fringe = "".join(
        svg.line(f"M{x} {y}v22", outfit.accent, 4)
        for x, y in ((214, 1064), (232, 1072), (250, 1080), (268, 1088), (286, 1094))
    )
    return (
        paint("outer", jacket)
        + neck(look)
        + under(throat, top, neck_folds, waist, belt)
        + svg.group(_cropped_half(look, jacket, "left"), transform="scale(-1 1)")
        + _cropped_half(look, jacket, "right")
        + sleeve(jacket, "url(#outer)", cuffs)
        + pair(fringe + shoulder)
    )


def _glow(written: str, colour: str, width: float = 6) -> str:
    path = svg.open_curve(svg.at(written))
    return (
        svg.soft("neon", svg.line(path, colour, width * 2.2, 0.7))
        + svg.line(path, colour, width)
        + svg.line(path, lighter(colour, 0.7), width * 0.4)
    )


HIGH_COLLAR = "108,876 122,930 132,1010 / 60,1074 0,1092 / 10,1020 / 60,990 92,934 108,876"


def _tech_front(jacket: Cloth, panel: Cloth) -> str:
    path = torso(svg.at("0,1000 60,990 84,978"))
    yoke = svg.drawn("0,1150 120,1120 236,1140 / 240,1030 120,990 0,990 / 0,1150")
    strap = svg.ribbon(svg.at("150,1010 158,1200 150,1400"), (34, 34))
    zip_line = "12,1080 16,1300 10,1600 14,1990"
    return (
        svg.inked(path, "url(#outer)", jacket.ink, 4.5)
        + svg.clip(
            "torso",
            path,
            torso_shadow(jacket),
            pair(svg.fill(yoke, panel.base)),
            pair(svg.fill(strap, jacket.deep)),
            creases("-200,1330 -130,1370 -60,1364/190,1350 120,1390 50,1380", panel.light, 6, 0.35),
            creases("-180,1600 -100,1634 -30,1622/170,1640 90,1664 30,1650", panel.light, 6, 0.35),
        )
        + pair(seam("0,1150 120,1120 230,1140", jacket.ink, 4))
        + seam(zip_line, jacket.ink, 9)
        + seam(zip_line, mix(jacket.base, "#ffffff", 0.45), 3)
    )


def techwear(look: Look) -> str:
    """Return a dark jacket with a high collar and luminous piping."""
    jacket, panel, outfit = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    trim = outfit.trim
    arm = _glow("292,1230 312,1350 336,1490 342,1590 326,1700 280,1850 230,1990", trim, 5)
    shoulder = patch(
        "228,1044 276,1060 306,1104 324,1184 / 270,1198 218,1160 / 228,1044", panel.base, jacket.ink
    )
    buckle = patch("138,1296 176,1292 / 178,1330 / 140,1334 / 138,1296", outfit.accent, jacket.ink)
    collar = patch(HIGH_COLLAR, "url(#outer)", jacket.ink, 4.5)
    return (
        svg.blur("neon", 7)
        + paint("outer", jacket)
        + neck(look)
        + _tech_front(jacket, panel)
        + sleeve(jacket, "url(#outer)", arm)
        + pair(shoulder)
        + pair(_glow("34,1096 46,1180 110,1240 196,1250", trim))
        + pair(buckle)
        + pair(collar + _glow("102,904 112,950 118,1004 56,1056", trim, 4))
    )


NOTCHED = (
    "80,962 118,996 134,1050 / 176,1076 / 148,1112 / 160,1160 110,1280 18,1404 / "
    "52,1260 84,1120 72,1000 80,962"
)
SHIRT_COLLAR = "64,950 92,974 98,1040 / 74,1110 / 30,1066 2,1062 / 44,1024 64,950"


def blazer(look: Look) -> str:
    """Return a blazer over a white blouse."""
    jacket, blouse, accent = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit.accent
    placket = seam("0,1062 0,1400", blouse.deep, 3) + "".join(
        button((0, y), 4, blouse.shade) for y in (1130, 1210, 1290)
    )
    cast = shade_under("150,1130 124,1260 60,1380", (0, 30, 10), jacket)
    pocket = seam("118,1700 196,1688", jacket.ink, 5)
    return (
        paint("outer", jacket)
        + neck(look)
        + under(
            COLLARED,
            blouse,
            creases("-60,1180 -40,1260 -50,1330/50,1180 30,1250 36,1320", blouse.deep, 5),
            placket,
        )
        + open_front(jacket, "86,985 92,1080 60,1240 20,1400 14,1560 24,1760 60,1990", cast, pocket)
        + sleeve(jacket, "url(#outer)")
        + pair(patch(NOTCHED, jacket.light, jacket.ink, 4.5))
        + pair(patch(SHIRT_COLLAR, blouse.base, mix(blouse.ink, "#8088a8", 0.5), 3.5))
        + button((-6, 1500), 11, accent)
        + button((134, 1186), 6, accent)
    )


def _chest_pocket(jacket: Cloth, accent: str) -> str:
    return (
        patch("134,1240 208,1234 / 204,1350 170,1362 138,1354 / 134,1240", jacket.base, jacket.ink)
        + patch(
            "132,1236 210,1228 / 208,1262 170,1280 134,1268 / 132,1236", jacket.light, jacket.ink
        )
        + button((171, 1262), 4, accent)
    )


FLECKS = (
    "-150,1160 -176,1190 -128,1460 -140,1500 -116,1490 150,1130 176,1170 140,1540 156,1580 "
    "-262,1180 -280,1230 -300,1300 -268,1330 286,1340 300,1560 318,1600 -316,1560 -150,1760"
)
FLECK_SIZES = (7, 4, 6, 10, 4, 5, 8)


def _flecks(look: Look) -> str:
    paints = (look.outfit.accent, "#4f9ec4", "#f0c75a", "#f3efe6")
    return "".join(
        svg.ellipse(at, (FLECK_SIZES[i % 7], FLECK_SIZES[i % 7] * 0.8), paints[i % 4], 0.95)
        for i, at in enumerate(svg.at(FLECKS))
    )


def work_jacket(look: Look) -> str:
    """Return a paint-flecked work jacket over a tee."""
    jacket = cloth(look.outfit.main)
    stitches = dashed(
        "116,1150 112,1300 104,1500 108,1700 122,1990",
        mix(jacket.light, "#fff2cc", 0.4),
        2.5,
        "9 6",
    )
    collar = patch(
        "72,940 116,984 164,1064 / 118,1136 / 84,1060 66,990 72,940", jacket.light, jacket.ink, 4.5
    )
    return (
        paint("outer", jacket)
        + neck(look)
        + tee_under(cloth(look.outfit.inner))
        + open_front(
            jacket,
            "90,985 112,1100 100,1300 92,1500 96,1700 110,1990",
            stitches,
            shade_under("120,1140 150,1120 170,1070", (10, 26, 0), jacket),
            _chest_pocket(jacket, look.outfit.accent),
        )
        + sleeve(jacket, "url(#outer)")
        + pair(collar)
        + _flecks(look)
    )


WIDE_LAPEL = (
    "70,936 120,984 150,1040 / 206,1080 / 168,1130 / 176,1190 150,1290 104,1390 / "
    "88,1240 96,1110 66,990 70,936"
)


def _biker_lapel(jacket: Cloth, accent: str, edge: str) -> str:
    shines = (svg.at("78,956 122,1000 146,1048"), svg.at("166,1140 168,1190 146,1280"))
    return (
        patch(WIDE_LAPEL, jacket.light, jacket.ink, 4.5)
        + "".join(svg.fill(svg.ribbon(line, (0, 6, 0)), edge, 0.8) for line in shines)
        + button((182, 1090), 5, accent)
        + button((154, 1152), 5, accent)
    )


def leather_jacket(look: Look) -> str:
    """Return a leather jacket with wide lapels and zips over a tee."""
    jacket, accent = cloth(look.outfit.main), look.outfit.accent
    edge = mix(jacket.base, "#8f93a8", 0.5)
    opening = "88,985 120,1100 112,1300 84,1500 80,1700 92,1990"
    teeth = "112,1400 94,1500 90,1700 102,1990"
    zips = (
        seam(teeth, accent, 6)
        + dashed(teeth, jacket.ink, 6, "2 4")
        + seam("150,1480 200,1432", accent, 6)
    )
    shines = (
        (svg.at("264,1076 298,1140 318,1260 336,1380"), 16),
        (svg.at("350,1500 352,1620 330,1740"), 12),
    )
    gleam = "".join(svg.fill(svg.ribbon(line, (0, width, 0)), edge, 0.55) for line, width in shines)
    return (
        paint("outer", jacket)
        + neck(look)
        + tee_under(cloth(look.outfit.inner))
        + open_front(jacket, opening, zips)
        + sleeve(jacket, "url(#outer)", gleam)
        + pair(_biker_lapel(jacket, accent, edge))
    )
