"""A whole performer, layer by layer."""

from elite8.core.domain.look import Look
from elite8.core.production.local.art.extras import extras
from elite8.core.production.local.art.eyes import brows, eyes
from elite8.core.production.local.art.face import head
from elite8.core.production.local.art.hair import hair
from elite8.core.production.local.art.layer import Layer
from elite8.core.production.local.art.mouth import mouths
from elite8.core.production.local.art.outfit import body


def draw(look: Look) -> tuple[Layer, ...]:
    """Return the layers of a performer, bottom to top; the same look gives the same text."""
    behind, front, shadow = hair(look)
    return (
        behind,
        body(look),
        head(look, shadow),
        *mouths(look),
        *eyes(look),
        brows(look),
        front,
        extras(look),
    )
