"""Long hair: the high side ponytail, the long waves, the shoulder-length tousle, the low bun."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter
from elite8.core.production.local.art.strands import (
    Drawn,
    Fringe,
    bends,
    falling,
    fringe,
    hair_tone,
    inner_line,
    leaf,
    nape,
    rim,
    wave,
)


def _tail(look: Look) -> str:
    tone, accent = hair_tone(look), look.hair.accent
    shape = svg.drawn(
        "150,372 214,308 300,300 378,372 420,520 418,690 440,860 424,1010 "
        "368,1160 / 368,1160 366,1080 344,1020 / 344,1020 330,1130 262,1230 / "
        "262,1230 290,1090 276,960 286,800 264,660 246,540 216,450 150,420 / "
        "150,372"
    )
    shade = svg.ribbon(svg.at("150,430 236,520 268,700 276,900 266,1200"), (30, 56, 44, 50, 30))
    lines = (
        svg.at("200,366 290,372 352,500 362,700 380,880 356,1060"),
        svg.at("200,388 270,424 310,560 316,740 326,900 300,1080"),
        svg.at("230,344 330,356 388,490 390,684 412,850"),
    )
    shine = (
        svg.at("262,350 332,420 366,540 372,650"),
        svg.at("250,392 298,466 324,570"),
        svg.at("350,380 396,480 404,580"),
    )
    return (
        svg.linear("tail", (0, 330), (0, 1200), (0, tone.base), (0.4, tone.base), (1, tone.tips))
        + svg.inked(shape, "url(#tail)", tone.ink, 4.5)
        + svg.clip("tail-cut", shape, svg.fill(shade, tone.shade, 0.85))
        + "".join(svg.fill(svg.ribbon(points, (0, 17, 13, 0)), tone.shine, 0.7) for points in shine)
        + "".join(inner_line(points, tone.ink, 5) for points in lines)
        + rim("tail-rim", shape, shape, look.background.light)
        + svg.inked(
            svg.ribbon(svg.at("166,346 190,388 186,434"), (24, 40, 26)),
            accent,
            darker(accent, 0.5),
            4,
        )
        + svg.fill(
            svg.ribbon(svg.at("172,360 188,392 184,424"), (0, 8, 0)), lighter(accent, 0.6), 0.8
        )
    )


SWEPT = Fringe(
    outer=svg.at(
        "-192,740 -216,640 -224,540 -206,440 -150,358 -70,318 20,310 110,322 178,372 208,450 "
        "214,540 208,630 190,716"
    ),
    edge=bends(
        "190,716,0 174,580,14 152,662,-8 120,545,8 96,612,-8 62,486,12 -8,622,-22 "
        "-22,560,-6 -66,628,-14 -84,545,-6 -140,664,-16 -158,590,-6 -192,740,-12"
    ),
    crown=(70, 330),
)


def side_ponytail(look: Look) -> Drawn:
    """Return a swept fringe and one high tail on the right of the picture."""
    front, shadow = fringe(look, SWEPT)
    locks = "".join(
        leaf(look, svg.at(points), 44, "url(#side)")
        for points in (
            "192,560 202,690 186,810 198,930 168,1050",
            "-192,560 -202,690 -186,810 -198,930 -168,1050",
        )
    )
    over = leaf(look, svg.at("52,424 40,516 -4,588 -50,632"), 26, "url(#hair)", root=0.05)
    behind = nape(look, svg.at("0,480 160,500 184,620 172,740 126,860 80,890 0,890"))
    return Drawn(
        back=behind + _tail(look),
        front=falling("side", look, 560, 1050) + locks + front + over,
        shadow=shadow,
    )


CURTAIN = Fringe(
    outer=svg.at(
        "-188,760 -214,650 -222,540 -208,440 -160,364 -84,322 0,312 84,322 160,364 208,440 "
        "222,540 214,650 188,760"
    ),
    edge=bends(
        "188,760,0 170,660,10 148,720,-8 136,620,10 114,650,-6 2,438,-10 -114,650,-10 "
        "-136,620,-6 -148,720,10 -170,660,-8 -188,760,10"
    ),
    crown=(2, 330),
)
WAVES = (
    (190, 560, 330, 1440, 52, 92),
    (170, 600, 270, 1500, 46, 96),
    (120, 640, 200, 1460, 40, 100),
    (60, 700, 120, 1400, 36, 100),
    (200, 540, 306, 1180, 56, 90),
)
"""Each wave's start, end, sway and width, on the right."""


def _waves(look: Look, rows: tuple[tuple[int, ...], ...], turns: int) -> str:
    return "".join(
        leaf(look, wave((side * x, y), (side * u, v), side * sway, turns), width, "url(#long)")
        for side in (-1, 1)
        for x, y, u, v, sway, width in rows
    )


def long_wavy(look: Look) -> Drawn:
    """Return curtain bangs and long waves over the shoulders."""
    front, shadow = fringe(look, CURTAIN)
    locks = "".join(
        leaf(look, wave((side * 196, 600), (side * x, 1100), side * 22, 2), width, "url(#side)")
        for side in (-1, 1)
        for x, width in ((226, 62), (182, 50))
    )
    behind = nape(look, svg.at("0,480 180,500 216,660 226,900 230,1200 120,1300 0,1320"))
    return Drawn(
        back=falling("long", look, 560, 1500) + behind + _waves(look, WAVES, 3),
        front=falling("side", look, 600, 1150) + locks + front,
        shadow=shadow,
    )


TOUSLED = Fringe(
    outer=svg.at(
        "-196,780 -222,660 -230,540 -214,430 -158,352 -70,314 -4,308 66,308 150,344 212,424 "
        "230,540 220,660 194,780"
    ),
    edge=bends(
        "194,780,0 176,620,12 158,690,-10 134,570,12 106,622,-8 84,540,10 50,600,-14 -6,470,14 "
        "-50,614,-18 -62,556,-6 -108,634,-14 -124,570,-6 -160,700,-14 -176,630,-8 -196,780,-10"
    ),
    crown=(-20, 326),
)
FLICKS = (
    (186, 560, 290, 1010, 34, 66),
    (200, 600, 252, 1064, 30, 66),
    (184, 620, 206, 1040, 24, 62),
    (150, 640, 150, 1010, 20, 60),
)
STRAY = (
    "-60,300 -90,276 -128,282",
    "60,296 100,272 140,288",
    "-216,500 -244,560 -246,620",
    "218,470 246,520 252,590",
)


def tousled_lob(look: Look) -> Drawn:
    """Return an untidy fringe and shoulder-length hair with ends that flick out."""
    front, shadow = fringe(look, TOUSLED)
    behind = nape(look, svg.at("0,480 180,500 214,660 216,860 190,980 90,960 0,950"))
    locks = "".join(
        leaf(look, wave((side * 196, 600), (side * 214, low), side * 18, 2), 46, "url(#side)")
        for side, low in ((-1, 916), (1, 944))
    )
    wisps = "".join(
        leaf(look, svg.at(points), width, "url(#hair)", root=0.05)
        for points, width in (
            ("-10,400 -16,480 -34,550 -58,610", 24),
            ("4,410 22,490 32,540 28,590", 18),
        )
    )
    stray = "".join(svg.fill(svg.ribbon(svg.at(p), (9, 7, 0)), hair_tone(look).base) for p in STRAY)
    return Drawn(
        back=falling("long", look, 560, 1060) + behind + _waves(look, FLICKS, 2),
        front=stray + falling("side", look, 600, 980) + locks + front + wisps,
        shadow=shadow,
    )


SLEEK = Fringe(
    outer=svg.at(
        "-176,690 -202,620 -208,530 -194,436 -148,360 -74,320 16,310 100,324 160,370 196,440 "
        "206,530 200,620 176,690"
    ),
    edge=bends(
        "176,690,0 166,600,8 150,636,-4 76,446,22 -20,560,-34 -30,536,-4 -104,622,-26 "
        "-116,590,-6 -150,660,-12 -162,610,-4 -176,690,-6"
    ),
    crown=(82, 326),
    level=452,
)


def _bun(look: Look) -> str:
    tone = hair_tone(look)
    bun = svg.loop(svg.at("100,850 150,812 206,826 232,880 214,942 160,964 104,936"))
    coils = (
        "116,860 168,838 210,880 186,936 136,934",
        "140,872 176,868 190,900 164,920",
        "108,910 140,948 190,952",
    )
    shade = svg.ribbon(svg.at("232,840 216,940 120,970"), (20, 40, 30))
    return (
        svg.inked(bun, "url(#side)", tone.ink, 4.5)
        + svg.clip("bun", bun, svg.fill(shade, tone.deep, 0.8))
        + "".join(inner_line(svg.at(coil), tone.ink, 5) for coil in coils)
        + svg.fill(svg.ribbon(svg.at("128,846 166,826 204,842"), (0, 10, 0)), tone.shine, 0.7)
        + rim("bun-rim", bun, bun, look.background.light)
    )


def low_bun(look: Look) -> Drawn:
    """Return sleek hair with a side fringe, and a low bun beside the neck."""
    front, shadow = fringe(look, SLEEK)
    locks = leaf(look, svg.at("-170,600 -178,690 -168,770 -158,836"), 24, "url(#side)")
    locks += leaf(look, svg.at("170,600 178,680 168,750 158,806"), 20, "url(#side)")
    behind = nape(look, svg.at("0,480 160,500 184,620 172,740 126,860 80,900 0,910"))
    return Drawn(
        back=behind + falling("side", look, 800, 970) + _bun(look),
        front=falling("side", look, 600, 900) + locks + front,
        shadow=shadow,
    )
