"""Where a performer stands: a painted scene, and what drifts through its air."""

from random import Random

from elite8.core.domain.look import Backdrop
from elite8.core.production.local.art.bookshop import bookshop
from elite8.core.production.local.art.brush import box, deep, down, glow
from elite8.core.production.local.art.cityscapes import neon_city, rooftop
from elite8.core.production.local.art.colour import lighter, mix
from elite8.core.production.local.art.landscapes import garden, seaside
from elite8.core.production.local.art.layer import HEIGHT, WIDTH, Layer
from elite8.core.production.local.art.particles import SIDE, SPRITES
from elite8.core.production.local.art.stage import stage
from elite8.core.production.local.art.workrooms import office, studio

SCENES = {
    "stage": stage,
    "neon_city": neon_city,
    "garden": garden,
    "office": office,
    "seaside": seaside,
    "studio": studio,
    "bookshop": bookshop,
    "rooftop": rooftop,
}
CAPTIONS = 1060
"""Where it begins to darken, so that white captions read."""


def draw_backdrop(backdrop: Backdrop, seed: int) -> Layer:
    """Return the opaque scene, the size of the frame; `seed` moves what may lie elsewhere."""
    rng = Random(seed)  # noqa: S311 - it places flowers and windows and keeps no secret
    scene = SCENES[backdrop.scene](backdrop, rng)
    # Where two shapes meet the edge is half clear; what lies under it must be opaque.
    ground = box(0, 0, WIDTH, HEIGHT, fill=mix(backdrop.sky_top, backdrop.sky_bottom, 0.5))
    return _layer("background", WIDTH, HEIGHT, ground + scene + _calm(backdrop))


def draw_particle(backdrop: Backdrop) -> tuple[Layer, ...]:
    """Return two to four clear sprites, each a different turn or size of the same thing."""
    drawn = SPRITES[backdrop.particles](backdrop)
    return tuple(_layer(f"particle-{n}", SIDE, SIDE, sprite) for n, sprite in enumerate(drawn))


def _layer(name: str, width: int, height: int, content: str) -> Layer:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{content}</svg>'
    )
    return Layer(name=name, svg=svg, box=(0, 0, width, height))


def _calm(backdrop: Backdrop) -> str:
    """Return the light behind the head and the dusk under the captions."""
    haze = lighter(mix(backdrop.sky_bottom, backdrop.light, 0.5), 0.25)
    dusk = deep(mix(backdrop.sky_bottom, backdrop.light, 0.4), 0.6)
    # Multiplying keeps the floor's own hue, which a dark veil would turn grey.
    return glow(540, 620, 560, haze, 0.5) + box(
        0,
        CAPTIONS,
        WIDTH,
        HEIGHT - CAPTIONS,
        fill=down("#ffffff", lighter(dusk, 0.35), dusk, dusk, deep(dusk, 0.25)),
        style="mix-blend-mode:multiply",
    )
