"""The head without eyes, brows and mouth: skull, ears, nose, blush and the shadow of the hair."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.colour import lighter, mix, skin_ink, skin_shadow
from elite8.core.production.local.art.layer import Box, Layer, lay

HEAD: Box = (310, 340, 460, 600)

CROWN = svg.at("0,362 74,369 132,408 163,486")
JAWS = {
    "oval": svg.at("172,570 172,646 163,722 140,794 98,854 42,897 0,906"),
    "heart": svg.at("174,570 175,644 164,718 136,790 92,850 38,896 0,906"),
    "soft": svg.at("173,570 175,650 168,728 141,799 97,857 43,895 0,902"),
    "angular": svg.at("170,570 169,656 160,738 140,808 102,868 48,912 0,920"),
    "square": svg.at("171,570 170,660 163,744 145,816 106,874 54,914 0,921"),
}


def contour(look: Look) -> str:
    """Return the outline of the head, skull and jaw."""
    half = [*CROWN, *JAWS[look.face.shape]]
    return svg.loop([*half, *svg.mirrored(half)[::-1][1:-1]])


def _ear(look: Look) -> str:
    ink, shade = skin_ink(look.face.skin), skin_shadow(look.face.skin, 1.3)
    shell = svg.drawn("165,640 182,624 199,636 200,674 190,712 176,738 160,742 / 165,640")
    fold = svg.ribbon(svg.at("178,648 190,646 191,676 180,712"), (0, 4, 4, 0))
    return (
        svg.inked(shell, look.face.skin, ink, 3.4)
        + svg.fill(svg.ribbon(svg.at("174,658 182,680 174,716"), (6, 18, 4)), shade)
        + svg.fill(fold, ink, 0.75)
    )


def _nose(look: Look) -> str:
    skin, man = look.face.skin, look.build == "man"
    ink, drop = skin_ink(skin), 8 if man else 0
    parts = [
        svg.fill(
            svg.outline(
                [(4, 758 + drop), (17, 752 + drop), (22, 760 + drop)],
                [(12, 768 + drop), (2, 768 + drop), (4, 758 + drop)],
            ),
            skin_shadow(skin, 1.25),
        ),
        svg.fill(
            svg.ribbon([(-8, 767 + drop), (0, 770 + drop), (10, 766 + drop)], (0, 4, 0)), ink, 0.85
        ),
        svg.ellipse((-3, 750 + drop), (4, 6.5), "#ffffff", 0.6, 12),
    ]
    if man:
        parts.append(
            svg.fill(
                svg.ribbon(svg.at("16,640 22,690 19,738 24,758"), (0, 5, 3, 0)),
                skin_shadow(skin, 1.3),
                0.8,
            )
        )
        parts.append(
            svg.fill(
                svg.ribbon([(12, 762 + drop), (22, 764 + drop), (25, 754 + drop)], (0, 3.6, 0)),
                ink,
                0.6,
            )
        )
    return "".join(parts)


def _blush(look: Look) -> str:
    blush, weight = look.face.blush, 0.62 if look.build == "woman" else 0.3
    spots = ""
    for side in (-1, 1):
        spots += svg.radial(
            f"blush{side}",
            (0, 0),
            54,
            (0, blush, weight),
            (0.55, blush, weight * 0.45),
            (1, blush, 0),
        )
        spots += svg.group(
            svg.ellipse((0, 0), (54, 54), f"url(#blush{side})"),
            transform=f"translate({116 * side} 738) scale(1 .6)",
        )
    return spots


def _stubble(look: Look) -> str:
    skin = look.face.skin
    band = svg.drawn(
        "184,700 160,812 112,868 54,910 0,918 -54,910 -112,868 -160,812 -184,700 "
        "/ -150,764 -104,800 -62,796 -30,782 0,790 30,782 62,796 104,800 150,764 "
        "184,700"
    )
    return svg.soft("haze", svg.fill(band, mix(skin, "#5a5358", 0.55), 0.3))


def _shading(look: Look, hair_shadow: str) -> str:
    skin, light = look.face.skin, look.background.light
    cheek = svg.drawn("200,600 168,700 128,790 66,858 0,884 / 0,930 230,900 220,600 200,600")
    glow = svg.ribbon(svg.at("-178,600 -176,690 -140,790 -96,840"), (0, 9, 8, 0))
    return (
        svg.soft("haze", svg.fill(cheek, skin_shadow(skin), 0.7))
        + svg.group(svg.fill(hair_shadow, skin_shadow(skin, 1.5)), transform="translate(5 24)")
        + svg.soft("glint", svg.fill(glow, lighter(light, 0.35), 0.55))
    )


def head(look: Look, hair_shadow: str) -> Layer:
    """Return the head; `hair_shadow` is the outline of the hair that falls on it."""
    skin, ink = look.face.skin, skin_ink(look.face.skin)
    shape = contour(look)
    ear = _ear(look)
    jaw = [*JAWS[look.face.shape][1:]]
    edge = [*jaw, *svg.mirrored(jaw)[::-1][1:]]
    return lay(
        "head",
        HEAD,
        svg.blur("haze", 12),
        svg.blur("glint", 3),
        svg.linear(
            "skin",
            (0, 400),
            (0, 900),
            (0, lighter(skin, 0.12)),
            (0.6, skin),
            (1, mix(skin, look.face.blush, 0.1)),
        ),
        svg.group(ear, transform="scale(-1 1)"),
        ear,
        svg.clip(
            "face",
            shape,
            svg.fill(shape, "url(#skin)"),
            _blush(look),
            _stubble(look) if "stubble" in look.accessories else "",
            _shading(look, hair_shadow),
        ),
        svg.fill(svg.ribbon(edge, (0, 3.5, 4, 4.5, 4, 5, 5.5, 5, 4, 4.5, 4, 3.5, 0)), ink),
        _nose(look),
    )
