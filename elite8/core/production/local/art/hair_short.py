"""Short hair: the two bobs, the half-tied and the swept-back cut."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix
from elite8.core.production.local.art.strands import (
    Drawn,
    Fringe,
    bends,
    fall,
    falling,
    fringe,
    hair_tone,
    inner_line,
    leaf,
    nape,
    rim,
    zigzag,
)
from elite8.core.production.local.art.svg import Point

SLANTED = Fringe(
    outer=svg.at(
        "-150,990 -206,900 -234,780 -236,640 -226,520 -204,430 -146,354 -60,314 30,308 116,326 "
        "178,378 208,456 218,550 214,660 196,740 166,800"
    ),
    edge=bends(
        "166,800,0 172,700,8 156,620,6 140,660,-4 96,450,20 20,600,-26 2,552,-6 -60,636,-22 "
        "-76,590,-6 -118,700,-18 -136,660,-4 -150,990,-18"
    ),
    crown=(96, 328),
    level=462,
)
LONG_SIDE = "-190,560 -236,700 -226,860 -176,1000 / -150,950 -90,960 / -60,860 -60,600 -190,560"
SLANTED_LINES = (
    "-160,450 -204,560 -204,760 -170,930",
    "-120,480 -160,600 -180,780 -156,960",
    "150,440 190,560 192,690",
)


def _streak(colour: str) -> str:
    band = svg.at("96,330 -30,400 -110,520 -150,640 -172,800 -160,990")
    light = svg.at("40,352 -70,440 -136,560 -168,720 -176,860")
    return svg.fill(svg.ribbon(band, (4, 22, 34, 36, 40, 20)), colour) + svg.fill(
        svg.ribbon(light, (0, 7, 9, 9, 0)), lighter(colour, 0.6), 0.9
    )


def asymmetric_bob(look: Look) -> Drawn:
    """Return a bob that is long on the left of the picture, with a coloured streak."""
    tone = hair_tone(look)
    front, shadow = fringe(look, SLANTED, _streak(look.hair.accent))
    lines = "".join(inner_line(svg.at(points), tone.ink, 5) for points in SLANTED_LINES)
    behind = nape(look, svg.at("0,480 180,500 210,640 204,780 170,870 80,880 0,880"))
    side = svg.inked(svg.drawn(LONG_SIDE), tone.shade, tone.ink, 4)
    return Drawn(back=behind + side, front=front + lines, shadow=shadow)


ROUND = Fringe(
    outer=svg.at(
        "-128,872 -186,856 -226,790 -240,680 -236,560 -216,448 -160,360 -80,316 0,306 80,316 "
        "160,360 216,448 236,560 240,680 226,790 186,856 128,872"
    ),
    edge=bends(
        "128,872,0 160,780,10 164,640,4 146,656,-4 128,580,6 98,622,-8 78,560,6 40,614,-8 "
        "14,540,6 -16,618,-8 -36,566,5 -66,622,-10 -92,566,4 -134,660,-12 -158,640,-4 -160,780,4 "
        "-128,872,10"
    ),
    crown=(14, 322),
)
ROUND_LINES = ("150,420 204,560 204,720 168,850", "120,460 174,600 182,740 150,850")
STRAY = "-6,300 -4,262 28,238 76,246 / 46,258 26,274 26,300 / -6,300"


def short_bob(look: Look) -> Drawn:
    """Return a round bob with a full fringe and one stray lock on top."""
    tone = hair_tone(look)
    front, shadow = fringe(look, ROUND)
    lines = "".join(
        inner_line(points, tone.ink, 5)
        for right in map(svg.at, ROUND_LINES)
        for points in (right, svg.mirrored(right))
    )
    stray = svg.inked(svg.drawn(STRAY), tone.base, tone.ink, 4)
    behind = nape(look, svg.at("0,480 190,520 216,660 200,800 150,880 70,890 0,886"))
    return Drawn(back=behind, front=stray + front + lines, shadow=shadow)


def _knot(look: Look) -> str:
    tone, tie = hair_tone(look), look.hair.accent
    knot = svg.loop(svg.at("-44,316 -54,274 -8,242 48,254 68,294 46,324"))
    lines = (svg.at("-38,292 0,264 46,284"), svg.at("-26,308 10,284 42,304"))
    return (
        svg.inked(knot, tone.base, tone.ink, 4.5)
        + "".join(inner_line(points, tone.ink, 5) for points in lines)
        + svg.fill(svg.ribbon(svg.at("-28,272 6,256 38,266"), (0, 8, 0)), tone.shine, 0.7)
        + svg.inked(
            svg.ribbon(svg.at("-42,316 8,304 54,320"), (12, 16, 12)), tie, darker(tie, 0.5), 3
        )
    )


TIED = Fringe(
    outer=svg.at(
        "-172,640 -194,600 -202,530 -190,440 -142,366 -70,330 0,320 70,330 142,366 190,440 "
        "202,530 194,600 172,640"
    ),
    edge=bends(
        "172,640,0 166,570,6 140,500,10 96,452,6 40,424,6 -10,436,4 -76,450,4 -128,496,6 "
        "-164,570,10 -172,640,6"
    ),
    crown=(10, 330),
    level=404,
)
LOOSE = (
    (svg.at("44,400 112,446 154,530 158,610 166,700"), 30),
    (svg.at("40,402 84,430 112,490 116,556"), 16),
    (svg.at("4,404 -84,450 -150,540 -154,630 -168,716"), 32),
    (svg.at("16,406 -36,440 -74,510 -78,590"), 18),
)
SWEPT = svg.at("120,478 66,438 -44,442 -104,474 156,540 -154,540")


def half_tied(look: Look) -> Drawn:
    """Return medium hair drawn back into a knot, with loose strands beside the face."""
    tone = hair_tone(look)
    front, shadow = fringe(look, TIED)
    swept = "".join(inner_line(fall((6, 318), end), tone.ink, 5) for end in SWEPT)
    ends = ((196, 196, 900), (176, 160, 936), (150, 122, 920))
    behind = "".join(
        leaf(look, [(s * 172, 600), (s * 194, 720), (s * x, 850), (s * u, v)], 54, "url(#long)")
        for s in (-1, 1)
        for x, u, v in ends
    )
    loose = "".join(leaf(look, points, width, "url(#hair)", root=0.05) for points, width in LOOSE)
    under = nape(look, svg.at("0,480 160,500 182,640 178,780 150,880 90,920 0,910"))
    return Drawn(
        back=under + falling("long", look, 560, 1000) + behind,
        front=_knot(look) + front + swept + loose,
        shadow=shadow,
    )


SPIKES = bends(
    "-168,668,0 -184,560,-4 -202,516,-4 -188,470,4 -218,424,-8 -192,394,5 -204,324,-12 "
    "-148,344,6 -130,258,-18 -90,304,10 -42,222,-22 -14,286,12 50,200,-24 66,276,14 142,212,-24 "
    "140,298,14 224,266,-24 192,360,14 262,376,-18 204,446,10 236,500,-10 192,540,5 168,668,-4"
)
HAIRLINE = bends(
    "168,668,0 166,590,6 156,520,6 124,466,8 84,470,-4 46,444,6 4,456,-4 -44,442,4 -90,472,4 "
    "-126,466,-4 -156,520,8 -166,590,6 -168,668,6"
)


def _root(tip: Point) -> Point:
    return (tip[0] * 0.61, 454 + abs(tip[0]) * 0.21)


def _spikes(look: Look) -> str:
    """Return shade, light and lines of each spike, from its root to its tip."""
    tone, drawn = hair_tone(look), []
    for x, y, _ in SPIKES[3:-3:2]:
        notch, root = (x, y), _root((x, y))
        shade = [root, svg.between(root, (x + 8, y), 0.5), (x + 8, y + 40)]
        bend = svg.between(root, notch, 0.5, 10 if x < 0 else -10)
        drawn.append(svg.fill(svg.ribbon(shade, (0, 26, 0)), tone.deep, 0.7))
        drawn.append(inner_line([root, bend, notch], tone.ink, 6))
    for x, y, _ in SPIKES[4:-4:2]:
        tip, root = (x, y), _root((x, y))
        shine = [
            svg.between(root, tip, share, bow) for share, bow in ((0.2, 0), (0.4, 4), (0.62, 0))
        ]
        ember = [svg.between(root, tip, share) for share in (0.6, 0.85, 1)]
        drawn.append(svg.fill(svg.ribbon(shine, (0, 14, 0)), lighter(tone.base, 0.4), 0.6))
        drawn.append(svg.fill(svg.ribbon(ember, (0, 7, 0)), lighter(tone.tips, 0.4), 0.6))
    return "".join(drawn)


FORELOCKS = (("-40,440 -84,476 -100,530 -86,590", 22), ("-20,446 -52,490 -60,530 -48,566", 14))


def swept_back(look: Look) -> Drawn:
    """Return hair brushed up and back from the forehead, with coloured ends."""
    tone, hairline = hair_tone(look), zigzag(HAIRLINE)
    shape = svg.outline(*zigzag(SPIKES), *hairline)
    above = (svg.at(point) for point in ("-260,668", "-260,300", "260,300", "260,668", "168,668"))
    paint = svg.radial(
        "hair",
        (0, 520),
        310,
        (0, tone.base),
        (0.62, tone.base),
        (0.86, mix(tone.base, tone.tips, 0.85)),
        (1, tone.tips),
    )
    forelocks = "".join(leaf(look, svg.at(p), width, tone.base, root=0.1) for p, width in FORELOCKS)
    return Drawn(
        back=nape(look, svg.at("0,480 160,500 176,620 166,720 116,850 80,880 0,880")),
        front=paint
        + svg.inked(shape, "url(#hair)", tone.ink, 4.5)
        + svg.clip("cap", shape, _spikes(look))
        + rim("cap-rim", shape, shape, look.background.light)
        + forelocks,
        shadow=svg.outline(*above, *hairline),
    )
