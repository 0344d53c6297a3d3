"""The hair of a look, as the layers behind the body and before the face."""

from elite8.core.domain.look import Look
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

FRONT: Box = (260, 220, 560, 910)
BACK: Box = (180, 280, 820, 1260)

STYLES = {
    "side_ponytail": side_ponytail,
    "asymmetric_bob": asymmetric_bob,
    "long_wavy": long_wavy,
    "low_bun": low_bun,
    "tousled_lob": tousled_lob,
    "half_tied": half_tied,
    "short_bob": short_bob,
    "swept_back": swept_back,
}


def hair(look: Look) -> tuple[Layer, Layer, str]:
    """Return the hair behind, the hair in front, and the outline of the shadow on the face."""
    drawn = STYLES[look.hair.style](look)
    return lay("hair_back", BACK, drawn.back), lay("hair_front", FRONT, drawn.front), drawn.shadow
