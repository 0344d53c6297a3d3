"""Strokes for painted scenery: pieces of SVG made of numbers and colours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from zlib import crc32

NIGHT = "#120e26"
WHITE = "#ffffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """A gradient or filter with the id that refers to it."""

    id: str
    markup: str


def mix(first: str, second: str, share: float) -> str:
    """Return the colour `share` of the way from `first` to `second`, all `#rrggbb`."""
    pairs = zip(bytes.fromhex(first[1:]), bytes.fromhex(second[1:]), strict=True)
    return "#" + bytes(round(a + (b - a) * share) for a, b in pairs).hex()


def deep(colour: str, share: float) -> str:
    """Return `colour` moved towards night."""
    return mix(colour, NIGHT, share)


def pale(colour: str, share: float) -> str:
    """Return `colour` moved towards white."""
    return mix(colour, WHITE, share)


def veil(colour: str, alpha: float) -> str:
    """Return `colour` as `#rrggbbaa`: `alpha` 0 is clear, 1 opaque."""
    return f"{colour}{round(alpha * 255):02x}"


def _written(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


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


def soft(content: str, blur: float) -> str:
    """Return `content` out of focus; `blur` is the standard deviation in pixels."""
    haze = _paint(
        "filter",
        tag("feGaussianBlur", stdDeviation=blur),
        filterUnits="userSpaceOnUse",
        x=-80,
        y=-80,
        width=1240,
        height=2080,
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
                stroke=veil(pale(colour, 0.4), alpha),
                stroke_width=2,
            )
        )
    return "".join(lights)


def puffs(
    rng: Random, x: float, y: float, size: tuple[float, float], colours: Sequence[str]
) -> str:
    """Return a heaped mass, a cloud or a tree's crown, about (x, y), darkest colour first.

    Each further colour covers less, and sits higher, as if lit from above.
    """
    wide, tall = size
    seats = [(rng.uniform(-1, 1), rng.uniform(0.28, 0.52)) for _ in range(16)]
    heap = ""
    for step, colour in enumerate(colours):
        rise, shrink = step * tall * 0.16, 1 - step * 0.17
        for seat, girth in seats:
            height = (1 - seat * seat) * tall * rng.uniform(0.25, 0.62)
            radius = tall * girth * shrink * (1.15 - 0.65 * abs(seat))
            heap += disc(x + seat * wide * shrink, y - height - rise, radius, fill=colour)
    return heap
