"""What is worn on the head or the throat and moves with them."""

from collections.abc import Callable, Sequence
from math import cos, pi, sin

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import darker, lighter, mix
from elite8.core.production.local.art.layer import Box, Layer, lay

NOTHING: Box = (532, 640, 16, 16)
METAL = "#d8b25a"


def _glasses(look: Look) -> str:
    frame = mix(look.outfit.main, "#2a2430", 0.5)
    lens = svg.drawn("32,634 90,624 148,632 / 152,670 136,706 92,716 50,708 34,676 32,634")
    one = (
        svg.fill(lens, "#dfeaff", 0.13)
        + svg.line(lens, frame, 5)
        + svg.line(svg.open_curve(svg.at("36,633 90,623 146,631")), frame, 7)
        + svg.line(svg.open_curve(svg.at("150,642 166,640 182,648")), frame, 5)
    )
    glint = "".join(
        svg.fill(
            svg.outline([(x, 636), (x + 22, 636)], [(x - 8, 700)], [(x - 24, 692)], [(x, 636)]),
            "#ffffff",
            0.2,
        )
        for x in (-70, 120)
    )
    return (
        svg.group(one, transform="scale(-1 1)")
        + one
        + svg.line(svg.open_curve(svg.at("-34,654 0,644 34,654")), frame, 5)
        + glint
    )


def _headset(look: Look) -> str:
    trim, dark = look.outfit.trim, "#1a1f30"
    cup = svg.loop(svg.at("176,610 206,604 226,640 224,690 200,716 176,706"))
    band = svg.ribbon(svg.at("200,612 214,520 190,410"), (16, 14, 6))
    stem = svg.open_curve(svg.at("196,706 176,780 126,826 84,834"))
    glow = svg.open_curve(svg.at("208,630 214,660 206,690"))
    return (
        svg.blur("neon", 6)
        + svg.line(stem, dark, 8)
        + svg.line(stem, "#4a5570", 3)
        + svg.ellipse((80, 834), (15, 8), dark, turn=-4)
        + svg.inked(band, dark, "#0b0e18", 3)
        + svg.inked(cup, dark, "#0b0e18", 4)
        + svg.ellipse((200, 660), (17, 34), "#2c3450", turn=4)
        + svg.soft("neon", svg.line(glow, trim, 14, 0.8))
        + svg.line(glow, trim, 6)
        + svg.line(glow, "#ffffff", 2)
    )


PETAL = svg.at("0,0 0.5,-0.5 0.32,-1 0,-0.88 -0.32,-1 -0.5,-0.5")


def _flower(at: svg.Point, size: float, petal: str, heart: str) -> str:
    x, y = at
    leaf = svg.loop([(size * u, size * v) for u, v in PETAL])
    one = svg.inked(leaf, "url(#petal)", darker(petal, 0.45), 2.6)
    stops = (0, mix(petal, heart, 0.4)), (0.5, petal), (1, lighter(petal, 0.5))
    seeds = (
        (x + size * 0.2 * cos(turn * pi / 3), y + size * 0.2 * sin(turn * pi / 3))
        for turn in range(6)
    )
    return (
        svg.radial("petal", (0, 0), size, *stops)
        + "".join(
            svg.group(one, transform=f"translate({x} {y}) rotate({turn})")
            for turn in range(0, 360, 72)
        )
        + svg.ellipse(at, (size * 0.26, size * 0.26), heart)
        + "".join(svg.ellipse(seed, (2.5, 2.5), darker(heart, 0.4)) for seed in seeds)
    )


def _flower_clip(look: Look) -> str:
    leafy = "".join(
        svg.inked(
            svg.outline(
                [(168, 500), (196 + d, 470 + d), (222, 478 + d * 2)], [(206, 506 + d), (168, 500)]
            ),
            "#86b36a",
            "#466b3c",
            2.6,
        )
        for d in (0, 18)
    )
    return (
        leafy
        + _flower((160, 492), 34, look.hair.accent, look.background.accent)
        + _flower((186, 540), 21, look.hair.accent, look.background.accent)
    )


def _hairpin(look: Look) -> str:
    pin, ink = look.hair.accent, darker(look.hair.accent, 0.5)
    return "".join(
        svg.inked(svg.ribbon([(-176 + d, 540 - d), (-128 + d, 498 - d)], (13, 13)), pin, ink, 3)
        + svg.fill(
            svg.ribbon([(-170 + d, 531 - d), (-134 + d, 500 - d)], (0, 4, 0)), "#ffffff", 0.8
        )
        for d in (0, 24)
    )


def _studs(look: Look) -> str:
    one = svg.ellipse((180, 742), (7, 7), darker(look.outfit.accent, 0.4)) + svg.ellipse(
        (180, 741), (5, 5), lighter(look.outfit.accent, 0.3)
    )
    return svg.group(one, transform="scale(-1 1)") + one


def _drops(look: Look) -> str:
    gem = look.hair.accent
    one = (
        svg.line(svg.open_curve(svg.at("178,740 179,756")), METAL, 3)
        + svg.inked(
            svg.drawn("179,754 190,774 179,790 168,774 179,754 / 179,754"),
            gem,
            darker(gem, 0.5),
            2.6,
        )
        + svg.ellipse((176, 770), (3, 5), "#ffffff", 0.8)
    )
    return svg.group(one, transform="scale(-1 1)") + one


WORN_ON_HEAD: dict[str, tuple[Callable[[Look], str], Box]] = {
    "glasses": (_glasses, (346, 608, 388, 120)),
    "headset": (_headset, (594, 396, 186, 458)),
    "flower_clip": (_flower_clip, (652, 444, 122, 130)),
    "hairpin": (_hairpin, (348, 456, 104, 102)),
    "stud_earrings": (_studs, (350, 726, 380, 36)),
    "drop_earrings": (_drops, (338, 728, 404, 76)),
}
"""Each with the box close around it."""


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    return (left, top, right - left, max(box[1] + box[3] for box in boxes) - top)


def extras(look: Look) -> Layer:
    """Return what rides with the head; a small empty layer when there is nothing."""
    worn = [WORN_ON_HEAD[name] for name in look.accessories if name in WORN_ON_HEAD]
    box = _around([box for _, box in worn]) if worn else NOTHING
    return lay("extras", box, *(draw(look) for draw, _ in worn))


def _choker(look: Look) -> str:
    ribbon = look.outfit.trim
    ink = darker(ribbon, 0.55)
    bow = svg.inked(svg.drawn("0,962 26,944 48,950 46,978 26,984 0,966 / 0,962"), ribbon, ink, 3.4)
    tails = svg.inked(
        svg.drawn("2,968 16,996 24,1026 / 12,1020 4,1026 / 0,990 2,968"),
        darker(ribbon, 0.12),
        ink,
        3.2,
    )
    return (
        svg.inked(
            svg.ribbon(svg.at("-70,938 -36,956 0,961 36,956 70,938"), (16, 18, 18, 18, 16)),
            ribbon,
            ink,
            3.4,
        )
        + "".join(svg.group(tails + bow, transform=f"scale({s} 1)") for s in (-1, 1))
        + svg.ellipse((0, 964), (10, 10), ink)
        + svg.ellipse((0, 963), (7.5, 7.5), look.outfit.accent)
        + svg.ellipse((-2, 960), (2.5, 2.5), "#fff")
    )


def _shells(look: Look) -> str:
    string = svg.at("-84,980 -56,1028 0,1052 56,1028 84,980")
    beads = "".join(
        svg.ellipse(p, (5, 5), "#f3efe2" if i % 2 else look.outfit.accent)
        for i, p in enumerate(svg.along(string, 3))
    )
    shell = svg.inked(
        svg.drawn("0,1052 26,1070 24,1094 0,1104 -24,1094 -26,1070 0,1052 / 0,1052"),
        "#fff1df",
        "#a87a5c",
        3,
    )
    ribs = "".join(
        svg.line(svg.open_curve([(0, 1056), (x, 1096)]), "#d9a98a", 2.2) for x in (-16, -6, 6, 16)
    )
    return svg.line(svg.open_curve(string), "#8a6b52", 2.5) + beads + shell + ribs


def _chain(look: Look) -> str:
    silver = look.outfit.accent
    string = svg.at("-84,985 -54,1050 0,1090 54,1050 84,985")
    path = svg.open_curve(string)
    return (
        svg.line(path, darker(silver, 0.65), 8)
        + f'<path d="{path}" fill="none" stroke="{silver}" stroke-width="5" '
        'stroke-dasharray="8 3"/>'
        + svg.inked(svg.ribbon(svg.at("0,1090 0,1136"), (13, 13)), silver, darker(silver, 0.6), 3)
        + svg.line("M-3 1098V1128", "#ffffff", 2.5, 0.8)
    )


WORN_ON_THROAT = {"choker": _choker, "shell_necklace": _shells, "chain": _chain}


def jewellery(look: Look) -> str:
    """Return what lies on the throat, for the body layer."""
    return "".join(
        WORN_ON_THROAT[name](look) for name in look.accessories if name in WORN_ON_THROAT
    )
