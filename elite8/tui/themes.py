"""Themes: dark, light, and one for each performer from the colours config gives them."""

from typing import TYPE_CHECKING

from textual.color import Color
from textual.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterable

    from elite8.core.domain.character import Character

DARK = Theme(
    name="elite8",
    primary="#7fa6e8",
    secondary="#8d93a6",
    accent="#e58fb0",
    warning="#e0b15c",
    error="#e8737a",
    success="#7cc49a",
    foreground="#d9dce3",
    background="#101217",
    surface="#151820",
    panel="#1d212b",
    dark=True,
)
LIGHT = Theme(
    name="elite8-light",
    primary="#2f62b5",
    secondary="#5d6475",
    accent="#b03c6c",
    warning="#9a6500",
    error="#b4232d",
    success="#1e7a4a",
    foreground="#22252c",
    background="#fbfaf8",
    surface="#f3f1ed",
    panel="#e8e5df",
    dark=False,
)


def of_performer(one: "Character") -> Theme:
    """Return a dark theme with a performer's colours: states keep theirs."""
    hair, light = Color.parse(one.look.hair.colour), Color.parse(one.look.background.light)
    shade = Color.parse(DARK.background or "").blend(Color.parse(one.look.background.sky_top), 0.14)
    accent = readable(Color.parse(one.look.background.accent), shade)
    return Theme(
        name=one.id,
        primary=readable(hair, shade).hex,
        secondary=DARK.secondary,
        accent=accent.hex,
        warning=DARK.warning,
        error=DARK.error,
        success=DARK.success,
        foreground=Color.parse(DARK.foreground or "").blend(light, 0.12).hex,
        background=shade.hex,
        surface=shade.lighten(0.02).hex,
        panel=shade.lighten(0.055).hex,
        dark=True,
    )


def readable(colour: Color, on: Color) -> Color:
    """Return the colour, lightened until it can be read there."""
    for _ in range(20):
        if colour.get_contrast_text(1.0) != on and contrast(colour, on) >= 5:  # noqa: PLR2004  # WCAG AA is 4.5
            break
        colour = colour.lighten(0.05)
    return colour


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: Color) -> float:
    """Return the relative luminance of a colour (WCAG 2.2)."""
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]  # noqa: PLR2004  # sRGB
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def of_all(found: "Iterable[Character]") -> list[Theme]:
    """Return a theme for each performer."""
    return [of_performer(one) for one in found]
