from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.strands import *
from elite8.core.production.local.art.colour import darker, lighter, mix
from elite8.core.production.local.art.layer import Box, Layer, lay

FRONT: Box = (260, 290, 560, 820)


def miyuki_edge():
    return [
        (196, 700, 0),
        (188, 560, 10),
        (150, 668, -10),
        (128, 520, 8),
        (112, 640, -8),
        (84, 530, 8),
        (52, 634, -10),
        (26, 500, 8),
        (-16, 640, -10),
        (-40, 520, -6),
        (-78, 646, -10),
        (-92, 530, -6),
        (-128, 662, -12),
        (-150, 540, -6),
        (-184, 720, -14),
    ]


def side_ponytail_front(look):
    t = hair_tone(look)
    crown = (24, 336)
    edge = miyuki_edge()
    runs = zigzag(edge)
    silhouette = svg.outline(
        [
            (-184, 720),
            (-214, 640),
            (-226, 540),
            (-208, 440),
            (-150, 358),
            (-60, 318),
            (24, 312),
            (110, 322),
            (180, 372),
            (218, 450),
            (226, 540),
            (218, 630),
            (196, 700),
        ],
        *runs,
    )
    fringe_shadow = svg.outline(
        [(-230, 700), (-230, 300), (230, 300), (230, 700), (196, 700)], *runs
    )
    notches = [(x, y) for x, y, _ in edge[1::2]]
    tips = [(x, y) for x, y, _ in edge[2:-1:2]]
    strands = "".join(inner_line(fall(crown, p)[3:], t.ink, 5) for p in notches)
    shades = "".join(
        svg.fill(svg.ribbon(fall(crown, (x + 6, y + 30))[4:], (0, 10, 22, 16, 0)), t.shade, 0.8)
        for x, y in notches
    )
    ends = [(x, 640) for x in range(-215, 220, 17)]
    body = svg.linear(
        "hair",
        (0, 310),
        (0, 720),
        (0, lighter(t.base, 0.12)),
        (0.35, t.base),
        (0.7, mix(t.base, t.tips, 0.35)),
        (1, t.tips),
    )
    locks = ""
    for s in (-1, 1):
        pts = [(s * 198, 560), (s * 206, 680), (s * 190, 800), (s * 204, 920), (s * 176, 1030)]
        locks += lock(pts, (30, 44, 40, 28, 0), "url(#side)", t.ink)
        locks += svg.fill(svg.ribbon(svg.moved(pts, s * 8, -6), (0, 12, 12, 6, 0)), t.shade, 0.7)
        locks += inner_line(svg.moved(pts, -s * 5, -30), t.ink, 3, 0.6)
    return (
        silhouette,
        fringe_shadow,
        (
            body,
            svg.linear("side", (0, 560), (0, 1030), (0, t.base), (1, t.tips)),
            locks,
            svg.inked(silhouette, "url(#hair)", t.ink, 4),
            svg.clip("cap", silhouette, shades, ring(crown, ends, 462, 60, t.shine), strands),
            rim("cap-rim", silhouette, look.background.light),
        ),
    )


def side_ponytail_back(look):
    t = hair_tone(look)
    tail = svg.outline(
        [
            (150, 372),
            (220, 318),
            (310, 320),
            (380, 400),
            (410, 540),
            (404, 700),
            (424, 860),
            (400, 1010),
            (352, 1150),
        ],
        [(352, 1150), (356, 1080), (340, 1010)],
        [(340, 1010), (320, 1100), (270, 1180)],
        [
            (270, 1180),
            (290, 1060),
            (280, 940),
            (292, 800),
            (270, 660),
            (250, 540),
            (220, 450),
            (150, 420),
        ],
        [(150, 372)],
    )
    nape = svg.outline(
        [(-200, 500), (-224, 640), (-206, 800), (-176, 900), (-150, 930)],
        [(-100, 880), (100, 880), (150, 930)],
        [(176, 900), (206, 800), (224, 640), (200, 500)],
        [(-200, 500)],
    )
    lines = "".join(
        inner_line(p, t.ink, 5)
        for p in (
            [(200, 370), (290, 380), (350, 500), (360, 700), (372, 880), (350, 1060)],
            [(200, 390), (270, 430), (310, 560), (316, 740), (322, 900), (300, 1060)],
            [(230, 352), (330, 370), (386, 500), (384, 700)],
        )
    )
    shine = svg.fill(
        svg.ribbon([(262, 372), (330, 440), (362, 560), (366, 640)], (0, 16, 18, 0)), t.shine, 0.7
    ) + svg.fill(svg.ribbon([(250, 400), (296, 470), (320, 560)], (0, 10, 0)), t.shine, 0.6)
    bow = svg.inked(
        svg.ribbon([(176, 352), (196, 390), (190, 430)], (22, 34, 24)),
        look.hair.accent,
        darker(look.hair.accent, 0.5),
        4,
    )
    return (
        svg.linear(
            "tail", (0, 330), (0, 1180), (0, t.base), (0.5, mix(t.base, t.tips, 0.4)), (1, t.tips)
        ),
        svg.inked(nape, t.deep, t.ink, 4),
        svg.inked(tail, "url(#tail)", t.ink, 4),
        svg.clip(
            "tailc",
            tail,
            svg.fill(
                svg.ribbon(
                    [(150, 420), (240, 520), (270, 700), (276, 900), (270, 1180)],
                    (40, 60, 50, 50, 30),
                ),
                t.shade,
                0.8,
            ),
        ),
        shine,
        lines,
        rim("tail-rim", tail, look.background.light),
        bow,
    )


def hair(look):
    sil, shadow, parts = side_ponytail_front(look)
    return (
        lay("hair_back", (260, 290, 760, 920), *side_ponytail_back(look)),
        lay("hair_front", FRONT, *parts),
        shadow,
    )
