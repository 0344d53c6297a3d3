"""The body layer: neck, shoulders, arms, clothes and what is worn on the throat."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art import svg
from elite8.core.production.local.art.body import rim_light
from elite8.core.production.local.art.extras import jewellery
from elite8.core.production.local.art.jackets import (
    blazer,
    leather_jacket,
    stage_jacket,
    techwear,
    work_jacket,
)
from elite8.core.production.local.art.knits import cardigan, lace_knit, linen_shirt
from elite8.core.production.local.art.layer import Box, Layer, lay

BODY: Box = (140, 790, 800, 1200)
BROAD: Box = (60, 790, 960, 1200)
SHOULDERS = 1.2
"""How much broader a man's body is."""

WARDROBE = {
    "stage_jacket": stage_jacket,
    "techwear": techwear,
    "lace_knit": lace_knit,
    "blazer": blazer,
    "linen_shirt": linen_shirt,
    "work_jacket": work_jacket,
    "cardigan": cardigan,
    "leather_jacket": leather_jacket,
}


def body(look: Look) -> Layer:
    """Return neck, shoulders, arms and clothes, reaching below the frame."""
    parts = WARDROBE[look.outfit.style](look) + jewellery(look) + rim_light(look)
    if look.build == "man":
        return lay("body", BROAD, svg.group(parts, transform=f"scale({SHOULDERS} 1)"))
    return lay("body", BODY, parts)
