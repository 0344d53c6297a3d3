"""What garments are sewn from: patches, seams, open fronts, knit, buttons."""

from collections.abc import Sequence

from elite8.core.production.local.art import svg
from elite8.core.production.local.art.body import (
    BOTTOM,
    SIDE,
    Cloth,
    folds,
    torso,
    torso_shadow,
)
from elite8.core.production.local.art.colour import darker
from elite8.core.production.local.art.svg import Point

CREW = svg.at("0,1060 40,1052 72,1026 92,984")
COLLARED = svg.at("0,1064 40,1030 84,978")


def pair(shape: str) -> str:
    """Return the shape and its mirror image."""
    return svg.group(shape, transform="scale(-1 1)") + shape


def patch(written: str, colour: str, ink: str, width: float = 4) -> str:
    """Return a piece of cloth with its outline, from points as `svg.drawn` reads them."""
    return svg.inked(svg.drawn(written), colour, ink, width)


def seam(written: str, ink: str, width: float, opacity: float = 1) -> str:
    """Return a line through points as `svg.at` reads them."""
    return svg.line(svg.open_curve(svg.at(written)), ink, width, opacity)


def dashed(written: str, ink: str, width: float, dashes: str) -> str:
    """Return a stitched line."""
    return (
        f'<path d="{svg.open_curve(svg.at(written))}" fill="none" stroke="{ink}" '
        f'stroke-width="{width}" stroke-dasharray="{dashes}"/>'
    )


def creases(written: str, ink: str, width: float = 6, opacity: float = 0.55) -> str:
    """Return folds, written one after another with "/" between."""
    return folds([svg.at(one) for one in written.split("/")], ink, width, opacity)


def button(at: Point, size: float, colour: str) -> str:
    """Return a round button with a light on it."""
    x, y = at
    return (
        svg.ellipse(at, (size + 3, size + 3), darker(colour, 0.5))
        + svg.ellipse((x, y - 1), (size, size), colour)
        + svg.ellipse((x - size * 0.3, y - size * 0.4), (size * 0.3, size * 0.3), "#ffffff", 0.75)
    )


def under(neckline: list[Point], fabric: Cloth, *details: str) -> str:
    """Return the closed garment on the torso, its details cut to it."""
    path = torso(neckline)
    paint = svg.linear(
        "inner",
        (-220, 1000),
        (220, 1700),
        (0, fabric.light),
        (0.45, fabric.base),
        (1, fabric.shade),
    )
    return (
        paint
        + svg.inked(path, "url(#inner)", fabric.ink, 4.5)
        + svg.clip("torso", path, torso_shadow(fabric), *details)
    )


def open_front(fabric: Cloth, opening: str, *details: str) -> str:
    """Return both halves of a garment open along the written edge, top to bottom."""
    edge = svg.at(opening)
    panel = svg.outline(
        svg.at("78,966 120,1000 174,1020 232,1044"),
        SIDE[1:],
        [(edge[-1][0], BOTTOM)],
        edge[::-1],
        svg.at("78,966"),
    )
    side = svg.ribbon(svg.at("226,1080 206,1220 200,1400 180,1600 210,1990"), (30, 60, 56, 50, 60))
    inside = (
        svg.fill(side, fabric.shade, 0.85),
        creases("228,1262 184,1304 130,1314/200,1444 160,1474 120,1480", fabric.deep),
        *details,
    )
    left, right = (
        svg.inked(panel, "url(#outer)", fabric.ink, 4.5) + svg.clip(name, panel, *inside)
        for name in ("panel-left", "panel-right")
    )
    return svg.group(left, transform="scale(-1 1)") + right


def shade_under(written: str, widths: Sequence[float], fabric: Cloth) -> str:
    """Return the shadow that a collar or lapel throws on the cloth below it."""
    return svg.fill(svg.ribbon(svg.at(written), widths), fabric.shade, 0.8)


def knitted(fabric: Cloth) -> tuple[str, ...]:
    """Return the ribs of a knitted sleeve."""
    return tuple(
        svg.line(
            svg.open_curve(
                [
                    (240 + i * 20, 1056),
                    (236 + i * 30, 1340),
                    (258 + i * 26, 1590),
                    (220 + i * 30, 1800),
                    (130 + i * 36, BOTTOM),
                ]
            ),
            fabric.shade,
            3,
            0.7,
        )
        for i in range(5)
    )
