from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.body import *
from elite8.core.production.local.art.colour import darker, lighter, mix
from elite8.core.production.local.art.extras import jewellery
from elite8.core.production.local.art.layer import Box, Layer, lay

BODY: Box = (60, 790, 960, 1200)


def pair(shape: str) -> str:
    """Return the shape on both sides."""
    return svg.group(shape, transform="scale(-1 1)") + shape


def top(look, neckline, fabric, *details):
    """Return a closed garment on the torso"""
    path = torso(neckline)
    return (
        paint("inner", fabric)
        + svg.inked(path, "url(#inner)", fabric.ink, 4.5)
        + svg.clip("torso", path, torso_shadow(fabric), *details)
    )


CREW = svg.at("0,1060 40,1052 72,1026 92,984")
HIGH = svg.at("0,934 40,930 66,916 72,930 84,978")


def stage_jacket(look):
    inner, jacket, o = cloth(look.outfit.inner), cloth(look.outfit.main), look.outfit
    collar_fold = folds(
        [svg.at("-66,950 -20,966 40,960"), svg.at("70,966 30,980 -10,982")],
        inner.deep,
        4,
        0.8,
    )
    hem = svg.at("78,1000 104,1110 112,1240 96,1392")
    panel = svg.outline(
        svg.at("66,968 84,974 120,1000 174,1020 232,1044"),
        svg.at("226,1150 228,1250 222,1330 210,1420"),
        svg.at("150,1416 96,1392"),
        hem[::-1],
        svg.at("66,968"),
    )
    band = svg.ribbon(svg.at("90,1040 106,1110 114,1240 100,1392"), (16, 16, 16, 16))
    hemband = svg.ribbon(svg.at("96,1384 150,1406 214,1410"), (18, 18, 18))
    collar = svg.drawn("60,930 86,958 104,1040 / 74,1046 / 60,990 56,950 60,930")
    buttons = "".join(
        svg.ellipse((136, y), (10, 10), darker(o.accent, 0.4))
        + svg.ellipse((136, y - 1), (8, 8), o.accent)
        + svg.ellipse((133, y - 4), (3, 3), "#fff", 0.8)
        for y in (1140, 1210, 1280)
    )

    def one(name):
        return (
            svg.inked(panel, "url(#outer)", jacket.ink, 4.5)
            + svg.clip(
                name,
                panel,
                svg.fill(
                    svg.ribbon(svg.at("226,1080 210,1200 216,1420"), (20, 60, 50)),
                    jacket.shade,
                    0.8,
                ),
                svg.fill(hemband, o.trim),
                svg.fill(band, o.trim),
                folds(
                    [
                        svg.at("228,1240 190,1262 160,1262"),
                        svg.at("222,1300 196,1310 172,1300"),
                    ],
                    jacket.deep,
                ),
            )
            + buttons
            + svg.inked(collar, jacket.base, jacket.ink, 4)
            + svg.fill(svg.ribbon(svg.at("64,944 82,966 96,1036"), (6, 6, 6)), o.trim)
        )

    cuff = svg.fill(
        svg.ribbon(svg.at("226,1540 300,1556 374,1540"), (26, 26, 26)), o.trim
    ) + svg.fill(svg.ribbon(svg.at("226,1576 300,1592 378,1576"), (8, 8, 8)), o.accent)
    epaulette = svg.inked(
        svg.drawn("204,1022 262,1040 306,1092 / 270,1084 196,1056 / 204,1022"),
        o.trim,
        jacket.ink,
        4,
    )
    return (
        paint("outer", jacket),
        neck(look),
        top(
            look,
            HIGH,
            inner,
            collar_fold,
            folds(
                [svg.at("-150,1560 -60,1590 20,1580"), svg.at("160,1600 80,1640 0,1650")],
                inner.deep,
            ),
        ),
        sleeve(jacket, "url(#outer)", cuff),
        svg.group(one("pl"), transform="scale(-1 1)"),
        one("pr"),
        pair(epaulette),
    )


def techwear(look):
    jacket, o = cloth(look.outfit.main), look.outfit
    inner = cloth(o.inner)
    glow = lambda path, w=6: (
        svg.soft("neon", svg.line(path, o.trim, w * 2.2, 0.7))
        + svg.line(path, o.trim, w)
        + svg.line(path, lighter(o.trim, 0.7), w * 0.4)
    )
    path = torso(svg.at("0,1000 60,990 84,978"))
    yoke = svg.drawn("0,1150 120,1120 236,1140 / 240,1030 120,990 0,990 / 0,1150")
    collar = svg.drawn(
        "108,872 122,930 132,1010 / 60,1074 0,1092 / 10,1020 / 60,990 92,930 108,872"
    )
    strap = svg.ribbon(svg.at("150,1010 158,1200 150,1400"), (34, 34, 34))
    zip_ = svg.open_curve(svg.at("12,1080 16,1300 10,1600 14,1990"))
    shoulder = svg.inked(
        svg.drawn("232,1046 276,1062 306,1104 322,1180 / 270,1196 222,1160 / 232,1046"),
        inner.base,
        jacket.ink,
        4,
    )
    arm = glow(svg.open_curve(svg.at("296,1230 312,1360 330,1520 344,1700 350,1990")), 5)
    return (
        svg.blur("neon", 7),
        paint("outer", jacket),
        neck(look),
        svg.inked(path, "url(#outer)", jacket.ink, 4.5),
        svg.clip(
            "torso",
            path,
            torso_shadow(jacket),
            pair(svg.fill(yoke, inner.base)),
            pair(svg.fill(strap, jacket.deep)),
            folds(
                [
                    svg.at("-200,1330 -130,1370 -60,1364"),
                    svg.at("190,1350 120,1390 50,1380"),
                    svg.at("-180,1600 -100,1630 -30,1620"),
                ],
                jacket.ink,
                6,
                0.8,
            ),
        ),
        pair(svg.line(svg.open_curve(svg.at("0,1150 120,1120 230,1140")), jacket.ink, 4)),
        sleeve(jacket, "url(#outer)", arm),
        pair(shoulder),
        svg.line(zip_, jacket.ink, 9),
        svg.line(zip_, mix(jacket.base, "#ffffff", 0.45), 3),
        glow(svg.open_curve(svg.at("34,1090 44,1180 110,1240 196,1250"))),
        svg.group(
            glow(svg.open_curve(svg.at("10,1090 44,1180 110,1240 196,1250"))),
            transform="scale(-1 1)",
        ),
        pair(
            svg.inked(
                svg.drawn("138,1296 176,1292 / 178,1330 / 140,1334 / 138,1296"),
                o.accent,
                jacket.ink,
                4,
            )
        ),
        svg.group(svg.inked(collar, "url(#outer)", jacket.ink, 4.5), transform="scale(-1 1)"),
        svg.inked(collar, "url(#outer)", jacket.ink, 4.5),
        pair(glow(svg.open_curve(svg.at("102,900 112,950 118,1004 56,1056")), 4)),
    )


def lace_knit(look):
    knit, o = cloth(look.outfit.main), look.outfit
    cables = "".join(
        svg.fill(svg.ribbon([(x, y), (x + d, y + 22), (x, y + 44)], (2, 5, 2)), knit.deep, 0.5)
        for x in (-120, -40, 40, 120)
        for y in range(1130, 1980, 44)
        for d in (-13, 13)
    )
    ribs = "".join(
        svg.line(svg.open_curve([(x, 1100), (x * 0.97, 1500), (x, 1990)]), knit.shade, 3, 0.7)
        for x in range(-210, 211, 28)
    )
    lace = svg.outline(
        svg.at("0,1064 46,1052 80,1024 98,986"),
        svg.at("140,1010 178,1024"),
        *[
            [((178 - i * 22.5), 1024 + h), (166 - i * 22, 1050 + h2), (155.5 - i * 22.5, 1024 + h3)]
            for i, (h, h2, h3) in enumerate(
                bends("0,20,44 44,46,70 70,70,88 88,88,104 104,100,112 112,108,116 116,110,118")
            )
        ],
        svg.at("0,1150 0,1064"),
    )
    holes = "".join(
        svg.ellipse((x, y), (4.5, 4.5), knit.deep, 0.55)
        for x, y in (
            (158, 1064),
            (140, 1090),
            (120, 1108),
            (98, 1122),
            (76, 1130),
            (52, 1136),
            (28, 1138),
        )
    )
    bow = (
        pair(
            svg.inked(
                svg.drawn("0,1092 34,1066 62,1068 58,1112 30,1116 0,1092 / 0,1092"),
                o.accent,
                darker(o.accent, 0.5),
                3.5,
            )
            + svg.inked(
                svg.drawn("2,1098 22,1136 34,1186 / 20,1180 10,1190 / 6,1140 2,1098"),
                o.accent,
                darker(o.accent, 0.5),
                3.5,
            )
        )
        + svg.ellipse((0, 1094), (11, 12), darker(o.accent, 0.5))
        + svg.ellipse((0, 1094), (8, 9), o.accent)
    )
    return (
        neck(look),
        top(look, CREW, knit, ribs, cables),
        paint("outer", knit),
        sleeve(
            knit,
            "url(#inner)",
            *(
                svg.line(
                    svg.open_curve(
                        [(250 + i * 22, 1060), (246 + i * 26, 1400), (270 + i * 26, 1990)]
                    ),
                    knit.shade,
                    3,
                    0.7,
                )
                for i in range(5)
            ),
        ),
        svg.group(svg.inked(lace, o.trim, knit.ink, 3.5) + holes, transform="scale(-1 1)"),
        svg.inked(lace, o.trim, knit.ink, 3.5) + holes,
        bow,
    )


def lapels(look, fabric, opening, lapel, name="panel"):
    panel = svg.outline(
        svg.at("78,966 120,1000 174,1020 232,1044"),
        SIDE[1:],
        [(opening[-1][0], BOTTOM)],
        opening[::-1],
        svg.at("78,966"),
    )
    shade = svg.fill(
        svg.ribbon(
            svg.at("226,1080 200,1220 196,1420 180,1640 210,1990"),
            (30, 70, 60, 50, 60),
        ),
        fabric.shade,
        0.85,
    )

    def one(n):
        return (
            svg.inked(panel, "url(#outer)", fabric.ink, 4.5)
            + svg.clip(
                n,
                panel,
                shade,
                folds(
                    [
                        svg.at("226,1260 180,1300 130,1310"),
                        svg.at("200,1440 160,1470 120,1476"),
                        svg.at("190,1600 150,1590 110,1610"),
                    ],
                    fabric.deep,
                    6,
                ),
            )
            + lapel
        )

    return svg.group(one(name + "-left"), transform="scale(-1 1)") + one(name + "-right")


def blazer(look):
    jacket, blouse, o = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    opening = svg.at("86,985 92,1080 60,1240 20,1400 14,1560 24,1760 60,1990")
    lapel = svg.inked(
        svg.drawn(
            "80,962 118,996 134,1050 / 176,1076 / 148,1112 / 160,1160 110,1280 "
            "18,1404 / 52,1260 84,1120 72,1000 80,962"
        ),
        jacket.light,
        jacket.ink,
        4.5,
    )
    collar = pair(
        svg.inked(
            svg.drawn("64,950 92,974 98,1040 / 74,1110 / 30,1066 2,1062 / 44,1024 64,950"),
            blouse.base,
            mix(blouse.ink, "#8088a8", 0.5),
            3.5,
        )
    )
    placket = svg.line(svg.open_curve(svg.at("0,1062 0,1400")), blouse.deep, 3) + "".join(
        svg.ellipse((0, y), (5, 5), blouse.deep) for y in (1130, 1210, 1290)
    )
    buttons = svg.ellipse((-8, 1500), (13, 13), jacket.ink) + svg.ellipse(
        (-8, 1498), (10, 10), o.accent
    )
    pin = (
        svg.ellipse((132, 1190), (9, 9), darker(o.accent, 0.4))
        + svg.ellipse((132, 1189), (7, 7), o.accent)
        + svg.ellipse((130, 1186), (2.5, 2.5), "#fff")
    )
    pocket = svg.line(svg.open_curve(svg.at("128,1700 196,1690")), jacket.ink, 4)
    return (
        paint("outer", jacket),
        neck(look),
        top(
            look,
            svg.at("0,1064 40,1030 84,978"),
            blouse,
            folds(
                [svg.at("-60,1180 -40,1260 -50,1330"), svg.at("50,1180 30,1250 36,1320")],
                blouse.deep,
                5,
            ),
        ),
        placket,
        sleeve(jacket, "url(#outer)"),
        lapels(look, jacket, opening, lapel + pocket),
        collar,
        buttons,
        pin,
    )


def linen_shirt(look):
    shirt, tee, o = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    opening = svg.at("94,990 128,1100 132,1300 118,1500 126,1700 150,1990")
    collar = svg.inked(
        svg.drawn("74,954 112,990 158,1060 / 120,1130 / 90,1060 70,1000 74,954"),
        shirt.light,
        shirt.ink,
        4,
    )
    weave = svg.line(
        svg.open_curve(svg.at("146,1140 150,1300 136,1500 144,1700 168,1990")),
        shirt.deep,
        2.5,
        0.8,
    )
    pocket = svg.line(
        svg.drawn("160,1230 212,1222 / 210,1300 188,1312 164,1304 / 160,1230"),
        shirt.deep,
        3,
        0.8,
    )
    ribbing = svg.line(
        svg.open_curve(svg.at("-90,1000 -66,1040 -36,1066 0,1074 36,1066 66,1040 90,1000")),
        tee.deep,
        3,
        0.7,
    )
    return (
        paint("outer", shirt),
        neck(look),
        top(
            look,
            CREW,
            tee,
            ribbing,
            folds(
                [
                    svg.at("-90,1360 -20,1386 50,1376"),
                    svg.at("-100,1560 -30,1600 60,1590"),
                    svg.at("-90,1200 -60,1260 -70,1330"),
                ],
                tee.deep,
                6,
            ),
        ),
        sleeve(
            shirt,
            "url(#outer)",
            svg.line(svg.open_curve(svg.at("236,1520 300,1536 366,1520")), shirt.deep, 3.5),
        ),
        lapels(look, shirt, opening, collar + weave + pocket),
    )


def work_jacket(look):
    jacket, tee, o = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    opening = svg.at("90,985 112,1100 100,1300 92,1500 96,1700 110,1990")
    collar = svg.inked(
        svg.drawn("72,940 116,984 164,1064 / 118,1136 / 84,1060 66,990 72,940"),
        jacket.light,
        jacket.ink,
        4.5,
    )
    stitch = f'<path d="{svg.open_curve(svg.at("116,1150 112,1300 104,1500 108,1700 122,1990"))}" fill="none" stroke="{mix(jacket.light, "#fff2cc", 0.4)}" stroke-width="2.5" stroke-dasharray="9 6" opacity=".7"/>'
    pocket = (
        svg.inked(
            svg.drawn("134,1240 212,1234 / 208,1350 170,1362 138,1354 / 134,1240"),
            jacket.base,
            jacket.ink,
            4,
        )
        + svg.inked(
            svg.drawn("132,1236 214,1228 / 212,1262 172,1280 134,1268 / 132,1236"),
            jacket.light,
            jacket.ink,
            4,
        )
        + svg.ellipse((173, 1264), (5, 5), o.accent)
    )
    paints = (o.accent, "#4f9ec4", "#f0c75a", "#f3efe6")
    flecks = "".join(
        svg.ellipse((x, y), (r, r * 0.8), paints[i % 4], 0.95)
        for i, (x, y, r) in enumerate(
            bends(
                "-150,1160,7 -176,1190,4 -128,1460,6 -140,1500,10 -116,1490,4 150,1130,5 "
                "176,1170,8 140,1540,9 156,1580,5 -262,1180,8 -280,1230,5 -300,1300,11 "
                "-268,1330,4 286,1340,6 300,1560,10 318,1600,5 -300,1620,7 -150,1760,8"
            )
        )
    )
    ribbing = svg.line(
        svg.open_curve(svg.at("-90,1000 -66,1040 -36,1066 0,1074 36,1066 66,1040 90,1000")),
        lighter(tee.base, 0.2),
        3,
        0.7,
    )
    return (
        paint("outer", jacket),
        neck(look),
        top(
            look,
            CREW,
            tee,
            ribbing,
            folds(
                [svg.at("-80,1360 -20,1386 50,1376"), svg.at("-90,1560 -30,1600 60,1590")],
                tee.ink,
                6,
            ),
        ),
        sleeve(jacket, "url(#outer)"),
        lapels(look, jacket, opening, stitch + pocket + collar),
        flecks,
    )


def cardigan(look):
    knit, blouse, o = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    opening = svg.at("100,992 104,1080 78,1200 30,1330 16,1500 16,1700 24,1990")
    band = svg.fill(
        svg.ribbon(
            svg.at("110,1000 114,1080 88,1204 40,1336 26,1500 26,1700 34,1990"),
            (22,) * 7,
        ),
        knit.light,
    ) + svg.line(
        svg.open_curve(svg.at("122,1010 126,1084 100,1208 52,1340 38,1500 38,1700 46,1990")),
        knit.deep,
        3,
        0.8,
    )
    stripes = "".join(
        svg.line(svg.open_curve([(-230, y - 8), (0, y + 8), (230, y - 8)]), o.trim, 11)
        for y in range(1090, 1420, 36)
    )
    collar = pair(
        svg.inked(
            svg.drawn("66,950 96,976 112,1036 / 112,1090 70,1116 26,1100 4,1064 / 48,1030 66,950"),
            blouse.light,
            mix(blouse.ink, "#b09878", 0.5),
            3.5,
        )
    )
    buttons = "".join(
        svg.ellipse((0, y), (13, 13), knit.ink)
        + svg.ellipse((0, y - 1), (10, 10), o.accent)
        + svg.ellipse((-3, y - 4), (3, 3), "#fff", 0.7)
        for y in (1420, 1530, 1640, 1750)
    )
    ribs = "".join(
        svg.line(svg.open_curve([(x, 1060), (x + 6, 1400), (x - 4, BOTTOM)]), knit.shade, 3, 0.8)
        for x in range(70, 230, 24)
    )
    return (
        paint("outer", knit),
        neck(look),
        top(look, svg.at("0,1064 40,1030 84,978"), blouse, stripes),
        sleeve(
            knit,
            "url(#outer)",
            *(
                svg.line(
                    svg.open_curve(
                        [(250 + i * 24, 1060), (246 + i * 28, 1400), (270 + i * 26, 1990)]
                    ),
                    knit.shade,
                    3,
                    0.7,
                )
                for i in range(5)
            ),
        ),
        lapels(look, knit, opening, ribs + band),
        collar,
        buttons,
    )


def leather_jacket(look):
    jacket, tee, o = cloth(look.outfit.main), cloth(look.outfit.inner), look.outfit
    opening = svg.at("88,985 120,1100 112,1300 84,1500 80,1700 92,1990")
    edge = mix(jacket.base, "#8f93a8", 0.5)
    lapel = svg.inked(
        svg.drawn(
            "70,936 120,984 150,1040 / 206,1080 / 168,1130 / 176,1190 150,1290 "
            "104,1390 / 88,1240 96,1110 66,990 70,936"
        ),
        jacket.light,
        "#0d0c10",
        4.5,
    )
    lapel += svg.fill(
        svg.ribbon(svg.at("78,956 122,1000 146,1048"), (0, 5, 0)), edge, 0.8
    ) + svg.fill(svg.ribbon(svg.at("166,1140 168,1190 146,1280"), (0, 6, 0)), edge, 0.8)
    lapel += svg.ellipse((182, 1090), (6, 6), o.accent) + svg.ellipse((154, 1150), (6, 6), o.accent)
    zip_ = (
        svg.line(svg.open_curve(svg.at("112,1400 92,1500 88,1700 100,1990")), o.accent, 6)
        + f'<path d="{svg.open_curve(svg.at("112,1400 92,1500 88,1700 100,1990"))}" fill="none" stroke="#333" stroke-width="6" stroke-dasharray="2 4"/>'
    )
    pocket = svg.line(svg.open_curve(svg.at("150,1480 204,1430")), o.accent, 6) + svg.line(
        svg.open_curve(svg.at("150,1480 146,1506")), o.accent, 4
    )
    shine = svg.fill(
        svg.ribbon(svg.at("268,1076 300,1140 316,1260 328,1380"), (0, 16, 12, 0)), edge, 0.6
    ) + svg.fill(svg.ribbon(svg.at("330,1500 346,1640 354,1800"), (0, 12, 0)), edge, 0.5)
    return (
        paint("outer", jacket),
        neck(look),
        top(
            look,
            CREW,
            tee,
            folds(
                [svg.at("-80,1360 -20,1386 50,1376"), svg.at("-90,1560 -30,1600 60,1590")],
                tee.deep,
                6,
            ),
        ),
        sleeve(jacket, "url(#outer)", shine),
        lapels(look, jacket, opening, zip_ + pocket + lapel),
    )


WARDROBE = {
    f.__name__: f
    for f in (
        stage_jacket,
        techwear,
        lace_knit,
        blazer,
        linen_shirt,
        work_jacket,
        cardigan,
        leather_jacket,
    )
}


def body(look: Look) -> Layer:
    """Return neck, shoulders, arms and clothes."""
    parts = "".join(WARDROBE[look.outfit.style](look)) + jewellery(look) + rim_light(look)
    if look.build == "man":
        return lay("body", (0, 790, 1080, 1200), svg.group(parts, transform="scale(1.2 1)"))
    return lay("body", BODY, parts)
