"""Colours mixed and shaded; all are "#rrggbb"."""

from colorsys import hsv_to_rgb, rgb_to_hsv


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _written(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(min(max(c, 0), 1) * 255):02x}" for c in channels)


def mix(first: str, second: str, share: float) -> str:
    """Return the first colour with this share of the second in it."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return _written(tuple(a + (b - a) * share for a, b in pairs))


GREY = 0.02
"""Below this saturation a colour has no hue worth deepening."""


def darker(colour: str, amount: float) -> str:
    """Return a shadow of the colour: darker, a little richer, leaning towards violet."""
    hue, rich, bright = rgb_to_hsv(*_channels(colour))
    gain = amount * (1 - rich) * (0.24 if rich > GREY else 0.06)
    deep = _written(hsv_to_rgb(hue, rich + gain, bright * (1 - amount * 0.92)))
    return mix(deep, "#4a2f7a", amount * 0.14)


def lighter(colour: str, amount: float) -> str:
    """Return the colour in stronger light."""
    return mix(colour, "#ffffff", amount)


def skin_shadow(skin: str, amount: float = 1) -> str:
    """Return the cel shadow on skin: rosier rather than greyer."""
    return mix(skin, "#b0566a", 0.26 * amount)


def skin_ink(skin: str) -> str:
    """Return the line colour around skin."""
    return mix(darker(skin, 0.5), "#7d3a44", 0.55)


def brightness(colour: str) -> float:
    """Return how bright the colour's strongest channel is, 0 to 1."""
    return max(_channels(colour))
