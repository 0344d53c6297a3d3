"""The hair of a look, as the layers behind the body and before the face."""

from collections.abc import Callable

from elite8.core.domain.look import HairStyle, Look
from elite8.core.production.local.art.hair_long import (
    long_wavy,
    low_bun,
    side_ponytail,
    tousled_lob,
)
from elite8.core.production.local.art.hair_short import (
    asymmetric_bob,
    half_tied,
    short_bob,
    swept_back,
)
from elite8.core.production.local.art.layer import Box, Layer, lay
from elite8.core.production.local.art.strands import Drawn

Style = tuple[Callable[[Look], Drawn], Box, Box]

STYLES: dict[HairStyle, Style] = {
    "side_ponytail": (side_ponytail, (344, 284, 648, 960), (304, 278, 470, 784)),
    "asymmetric_bob": (asymmetric_bob, (290, 466, 474, 546), (292, 276, 478, 728)),
    "long_wavy": (long_wavy, (166, 466, 748, 1046), (262, 280, 556, 832)),
    "low_bun": (low_bun, (344, 466, 440, 510), (320, 278, 438, 570)),
    "tousled_lob": (tousled_lob, (204, 466, 672, 610), (282, 258, 520, 698)),
    "half_tied": (half_tied, (306, 466, 468, 482), (326, 228, 428, 500)),
    "short_bob": (short_bob, (312, 464, 456, 438), (288, 226, 504, 660)),
    "swept_back": (swept_back, (350, 466, 380, 428), (300, 188, 520, 492)),
}
"""Each style with the boxes of its back and its front, close around what it draws."""


def hair(look: Look) -> tuple[Layer, Layer, str]:
    """Return the hair behind, the hair in front, and the outline of the shadow on the face."""
    draw, back, front = STYLES[look.hair.style]
    drawn = draw(look)
    return lay("hair_back", back, drawn.back), lay("hair_front", front, drawn.front), drawn.shadow
