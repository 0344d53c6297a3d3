"""Strokes for painted scenery: pieces of SVG made of numbers and colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

from elite8.core.production.local.art.colour import lighter, mix
from elite8.core.production.local.art.svg import number

NIGHT = "#120e26"
SHADED = 0.3
"""The share of a heap that stays in the shade of each further colour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """A gradient or filter with the id that refers to it."""

    id: str
    markup: str


def deep(colour: str, share: float) -> str:
    """Return `colour` moved towards night."""
    return mix(colour, NIGHT, share)


def veil(colour: str, alpha: float) -> str:
    """Return `colour` as `#rrggbbaa`: `alpha` 0 is clear, 1 opaque."""
    return f"{colour}{round(alpha * 255):02x}"


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else number(value)


def tag(name: str, inner: str = "", /, **attributes: str | float | Paint) -> str:
    """Return one element; a `Paint` among the attributes is defined just before its use.

    An underscore in an attribute's name stands for a hyphen.
    """
    before, pairs = "", ""
    for key, value in attributes.items():
        if isinstance(value, Paint):
            before += value.markup
        written = f"url(#{value.id})" if isinstance(value, Paint) else _written(value)
        pairs += f' {key.replace("_", "-")}="{written}"'
    return f"{before}<{name}{pairs}>{inner}</{name}>" if inner else f"{before}<{name}{pairs}/>"


def _paint(name: str, inner: str, **attributes: str | float) -> Paint:
    # The id follows from the content, so equal paints may be defined twice without harm.
    ident = f"bg{crc32(repr((name, inner, attributes)).encode()):08x}"
    return Paint(id=ident, markup=tag(name, inner, id=ident, **attributes))


def _stops(colours: Sequence[str]) -> str:
    last = len(colours) - 1
    return "".join(
        tag("stop", offset=f"{at / last:.3f}", stop_color=colour)
        for at, colour in enumerate(colours)
    )


def down(*colours: str) -> Paint:
    """Return an evenly spaced gradient from a shape's top to its bottom."""
    return _paint("linearGradient", _stops(colours), x1=0, y1=0, x2=0, y2=1)


def across(*colours: str) -> Paint:
    """Return an evenly spaced gradient from a shape's left to its right."""
    return _paint("linearGradient", _stops(colours), x1=0, y1=0, x2=1, y2=0)


def round_from(*colours: str) -> Paint:
    """Return an evenly spaced gradient from a shape's middle to its rim."""
    return _paint("radialGradient", _stops(colours))


def soft(content: str, blur: float, span: tuple[int, int] = (0, 1920)) -> str:
    """Return `content` out of focus; `blur` is the standard deviation in pixels.

    `span` is where it begins and ends in height: blurring less of the frame takes less time.
    """
    haze = _paint(
        "filter",
        tag("feGaussianBlur", stdDeviation=blur),
        filterUnits="userSpaceOnUse",
        x=-40,
        y=span[0] - 3 * blur,
        width=1160,
        height=span[1] - span[0] + 6 * blur,
        color_interpolation_filters="sRGB",
    )
    return tag("g", content, filter=haze)


def box(x: float, y: float, width: float, height: float, **attributes: str | float | Paint) -> str:
    """Return a rectangle."""
    return tag("rect", x=x, y=y, width=width, height=height, **attributes)


def disc(x: float, y: float, radius: float, **attributes: str | float | Paint) -> str:
    """Return a circle."""
    return tag("circle", cx=x, cy=y, r=radius, **attributes)


def oval(x: float, y: float, across: float, tall: float, **more: str | float | Paint) -> str:
    """Return an ellipse; `across` and `tall` are its radii."""
    return tag("ellipse", cx=x, cy=y, rx=across, ry=tall, **more)


def shape(points: Iterable[tuple[float, float]], **attributes: str | float | Paint) -> str:
    """Return a polygon."""
    written = " ".join(f"{_written(x)},{_written(y)}" for x, y in points)
    return tag("polygon", points=written, **attributes)


def line(d: str, colour: str, width: float, **attributes: str | float | Paint) -> str:
    """Return an open stroke along the path data `d`."""
    return tag(
        "path",
        d=d,
        fill="none",
        stroke=colour,
        stroke_width=width,
        stroke_linecap="round",
        **attributes,
    )


def glow(x: float, y: float, radius: float, colour: str, alpha: float) -> str:
    """Return a halo that is strongest in its middle."""
    fading = round_from(*(veil(colour, alpha * share) for share in (1, 0.62, 0.28, 0.08, 0)))
    return disc(x, y, radius, fill=fading)


def bokeh(rng: Random, colours: Sequence[str], count: int, top: float, bottom: float) -> str:
    """Return `count` lights out of focus between the heights `top` and `bottom`.

    Those near the middle, where the head is, are smaller and fainter.
    """
    lights = []
    for _ in range(count):
        x, y = rng.uniform(-20, 1100), rng.uniform(top, bottom)
        aside = min(1.0, abs(x - 540) / 420)
        radius, alpha = rng.uniform(10, 24 + 34 * aside), rng.uniform(0.06, 0.1 + 0.22 * aside)
        colour = rng.choice(colours)
        lights.append(
            disc(
                x,
                y,
                radius,
                fill=veil(colour, alpha),
                stroke=veil(lighter(colour, 0.4), alpha),
                stroke_width=2,
            )
        )
    return "".join(lights)


def puffs(
    rng: Random, x: float, y: float, size: tuple[float, float], colours: Sequence[str]
) -> str:
    """Return a heaped mass, a cloud or a tree's crown, standing on (x, y), darkest colour first.

    Each further colour covers less, and sits higher, as if lit from above.
    """
    wide, tall = size
    seats = [(rng.uniform(-1, 1), rng.uniform(0.17, 0.3), rng.random()) for _ in range(44)]
    heap = ""
    for step, colour in enumerate(colours):
        for seat, girth, lift in seats:
            girth_here = tall * girth * (1.1 - 0.55 * abs(seat))
            radius = girth_here * (1 - 0.16 * step)
            height = (1 - seat * seat) * tall * 0.7 * lift + girth_here * (0.5 + 0.13 * step)
            if lift > step * SHADED:
                heap += disc(x + seat * wide - 4 * step, y - height, radius, fill=colour)
    return heap


def garland(
    rng: Random, start: tuple[float, float], end: tuple[float, float], colours: Sequence[str]
) -> str:
    """Return a string of small lamps that hangs between two points."""
    (x1, y1), (x2, y2) = start, end
    sag = abs(x2 - x1) * 0.2
    middle = f"{(x1 + x2) / 2:.0f},{(y1 + y2) / 2 + 2 * sag:.0f}"
    drawn = line(f"M{x1},{y1}Q{middle} {x2},{y2}", "#4a4048", 3)
    for n in range(1, 10):
        share = n / 10
        x = x1 + (x2 - x1) * share
        y = y1 + (y2 - y1) * share + 4 * sag * share * (1 - share) + 12
        colour = rng.choice(colours)
        drawn += glow(x, y, 44, colour, 0.7) + oval(x, y, 7, 10, fill=lighter(colour, 0.6))
    return drawn
