"""What drifts through the air behind a performer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from elite8.core.domain.look import Particles
from elite8.core.production.local.art.layer import HEIGHT, WIDTH
from elite8.core.production.local.canvas import Canvas, shift, stamp, turn_about
from elite8.core.production.local.planes import Plate

COUNT = 12
FALL: dict[Particles, float] = {
    "petals": 90,
    "leaves": 110,
    "paint": 40,
    "motes": 14,
    "fireflies": -16,
    "bubbles": -60,
    "sparks": -70,
    "embers": -85,
}
"""Pixels a second downwards."""
SPINNING: tuple[Particles, ...] = ("petals", "leaves", "paint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mote:
    """One particle: where it starts, in pixels; `fall` per second, `spin` in degrees per second."""

    plate: Plate
    x: float
    y: float
    fall: float
    spin: float
    sway: float
    period: float
    size: float


class Drift:
    """The particles of one scene; the same seed drifts the same way."""

    def __init__(self, sprites: Sequence[Plate], kind: Particles, seed: int) -> None:
        rng = Random(seed)  # noqa: S311  it places petals, it keeps no secret
        self._motes = [_mote(rng, rng.choice(sprites), kind) for _ in range(COUNT)]

    def paint(self, canvas: Canvas, time: float) -> None:
        """Paint the air at `time` seconds."""
        for mote in self._motes:
            x, y, width, height = mote.plate.box
            middle = (x + width / 2, y + height / 2)
            swing = mote.sway * math.sin(2 * math.pi * (time / mote.period + mote.size))
            margin = max(width, height)
            fallen = (mote.y + mote.fall * time) % (HEIGHT + 2 * margin) - margin
            to = shift(mote.x + swing - middle[0], fallen - middle[1])
            turned = turn_about(mote.spin * (time + mote.period), mote.size, middle)
            stamp(canvas, mote.plate, to @ turned)


def _mote(rng: Random, plate: Plate, kind: Particles) -> Mote:
    size = rng.uniform(0.5, 1)
    return Mote(
        plate=plate,
        x=rng.uniform(0, WIDTH),
        y=rng.uniform(0, HEIGHT),
        fall=FALL[kind] * size,  # what is small is far away, and slow
        spin=rng.uniform(-60, 60) if kind in SPINNING else 0,
        sway=rng.uniform(10, 40),
        period=rng.uniform(3, 7),
        size=size,
    )
