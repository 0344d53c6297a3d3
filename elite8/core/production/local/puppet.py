"""A performer on stage: drawn layers posed frame by frame.

The background lies still; particles, back hair, body and head are warped over it. Where nothing
moves nothing is computed, which leaves the two cores to the encoder.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from elite8.core.domain.look import Look
from elite8.core.errors import ConfigError
from elite8.core.production.local import planes
from elite8.core.production.local.art.backdrop import draw_backdrop, draw_particle
from elite8.core.production.local.art.figure import draw
from elite8.core.production.local.art.layer import HEIGHT, NECK, WIDTH
from elite8.core.production.local.canvas import Canvas, Frame, Pose, shift, stamp, turn_about
from elite8.core.production.local.drift import Drift
from elite8.core.production.local.performance import Performance
from elite8.core.production.local.planes import Plate

WORKERS = 2
AHEAD = 6
"""Frames computed before they are asked for; 3 MB each."""
BROW = 4
"""Pixels the brows rise per step."""
HEADS_KEPT = 32
"""Faces kept ready, 2 MB each; a video of 30 s shows about as many."""
PICTURE_ZOOM = 1.08
"""How much larger than the frame an operator's picture is kept, to drift in."""
LAYERS = (
    *("background", "particles", "hair_back", "body", "head", "brows", "hair_front", "extras"),
    *("mouth_rest", "mouth_a", "mouth_i", "mouth_u", "mouth_e", "mouth_o", "mouth_smile"),
    *("eyes_open", "eyes_half", "eyes_closed"),
)
NEEDED = ("head", "body")
COVER_QUALITY = 92

Painter = Callable[[Canvas, Performance, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Something that can be filmed: `paint` fills a canvas with one frame of a performance."""

    paint: Painter

    def frames(self, acted: Performance) -> Iterator[Frame]:
        """Yield each frame as Y, U, V in one buffer, which the next but few frames will reuse."""
        cv2.setNumThreads(1)  # two frames at once beat one frame on two cores
        canvases = [Canvas() for _ in range(AHEAD + 1)]
        ahead: deque[Future[Frame]] = deque()
        with ThreadPoolExecutor(WORKERS) as pool:
            for at in range(len(acted)):
                if len(ahead) == AHEAD:
                    yield ahead.popleft().result()
                ahead.append(pool.submit(self._shoot, canvases[at % len(canvases)], acted, at))
            while ahead:
                yield ahead.popleft().result()

    def cover(self, acted: Performance) -> bytes:
        """Return the JPEG of a moment a third in with open eyes and a smile, without captions."""
        count = len(acted)
        smiling = replace(acted, eyes=("open",) * count, mouths=("smile",) * count)
        canvas = Canvas()
        self.paint(canvas, smiling, count // 3)
        bgr = planes.to_bgr(canvas.y, canvas.u, canvas.v)
        quality = [cv2.IMWRITE_JPEG_QUALITY, COVER_QUALITY]
        return cv2.imencode(".jpg", bgr, quality)[1].tobytes()

    def _shoot(self, canvas: Canvas, acted: Performance, at: int) -> Frame:
        self.paint(canvas, acted, at)
        return canvas.frame


def load(look: Look, *, seed: int, cache: Path, picture: Path | None = None) -> Stage:
    """Return the drawn performer, or `picture` in their place.

    `picture` is a PNG or JPEG, or a folder of PNG layers named as in `LAYERS`, each the size of the
    frame; what is missing there is not shown, but a head and a body there must be.
    """
    if picture and not picture.is_dir():
        return Stage(paint=Floating(picture).paint)
    drawn = (draw_backdrop(look.background, seed), draw_particle(look.background))
    if picture:
        own = load_folder(picture)
        cast = {layer.name: planes.rasterise(layer, cache) for layer in drawn} | own
    else:
        layers = (*drawn, *draw(look))
        cast = {layer.name: planes.rasterise(layer, cache) for layer in layers}
    drift = Drift(cast["particles"], look.background.particles, seed)
    return Stage(paint=Puppet(cast, drift).paint)


def load_folder(folder: Path) -> dict[str, Plate]:
    """Return the layers in `folder` by name; a `ConfigError` names the file that is wrong."""
    found = {name: folder / f"{name}.png" for name in LAYERS}
    missing = [path for name, path in found.items() if name in NEEDED and not path.is_file()]
    if missing:
        raise ConfigError(f"{missing[0]} is missing; a folder of layers needs a head and a body")
    cast = {}
    for name, path in found.items():
        if path.is_file():
            bgra = planes.load_picture(path, alpha=True)
            if bgra.shape[:2] != (HEIGHT, WIDTH):
                raise ConfigError(
                    f"{path} is not {WIDTH}x{HEIGHT}; every layer has the frame's size"
                )
            whole = Plate(box=(0, 0, WIDTH, HEIGHT), pixels=planes.to_yuva(bgra))
            cast[name] = planes.crop(whole)
    return cast


class Puppet:
    """Layers by name, posed over a still background."""

    def __init__(self, cast: Mapping[str, Plate], drift: Drift) -> None:
        self._cast = cast
        self._drift = drift
        self._empty = Canvas()
        stamp(self._empty, cast["background"], np.eye(3))
        self._front = [cast[name] for name in ("hair_front", "extras") if name in cast]
        self._head = lru_cache(maxsize=HEADS_KEPT)(self._merge_head)

    def paint(self, canvas: Canvas, acted: Performance, at: int) -> None:
        """Paint frame `at`."""
        np.copyto(canvas.frame, self._empty.frame)
        self._drift.paint(canvas, at / acted.fps)
        if "hair_back" in self._cast:
            stamp(canvas, self._cast["hair_back"], head_pose(acted, at, acted.hair[at]))
        stamp(canvas, self._cast["body"], body_pose(acted, at))
        head = self._head(acted.eyes[at], acted.mouths[at], acted.brows[at])
        stamp(canvas, head, head_pose(acted, at, acted.roll[at]))

    def _merge_head(self, eyes: str, mouth: str, brows: int) -> Plate:
        cast = self._cast
        face = cast.get(f"mouth_{mouth}") or cast.get("mouth_rest")
        parts = [cast["head"], face, cast.get(f"eyes_{eyes}") or cast.get("eyes_open")]
        raised = cast.get("brows")
        if raised:
            x, y, width, height = raised.box
            parts.append(Plate(box=(x, y - BROW * brows, width, height), pixels=raised.pixels))
        return planes.merge([part for part in (*parts, *self._front) if part])


class Floating:
    """An operator's picture that fills the frame and gently floats."""

    def __init__(self, path: Path) -> None:
        bgr = planes.load_picture(path)
        scale = PICTURE_ZOOM * max(WIDTH / bgr.shape[1], HEIGHT / bgr.shape[0])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=how)
        height, width = bgr.shape[:2]
        box = ((WIDTH - width) // 2, (HEIGHT - height) // 2, width, height)
        self._plate = Plate(box=box, pixels=planes.to_yuva(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA)))

    def paint(self, canvas: Canvas, acted: Performance, at: int) -> None:
        """Paint frame `at`."""
        zoom = turn_about(0, acted.zoom[at], (WIDTH / 2, HEIGHT / 2))
        stamp(canvas, self._plate, zoom @ shift(acted.lean[at], -acted.lift[at]))


def body_pose(acted: Performance, at: int) -> Pose:
    """Return the body's pose: it stretches and leans from the lower edge, which stays in place."""
    rise = HEIGHT - NECK[1]
    lean, lift = acted.lean[at] / rise, acted.lift[at] / rise
    stretch = np.array([[1, -lean, lean * HEIGHT], [0, 1 + lift, -lift * HEIGHT], [0, 0, 1]])
    return turn_about(0, acted.zoom[at], NECK) @ stretch


def head_pose(acted: Performance, at: int, roll: float) -> Pose:
    """Return the pose of what sits on the neck, leaning `roll` degrees."""
    to = shift(acted.lean[at] + acted.turn[at], acted.nod[at] - acted.lift[at])
    return turn_about(0, acted.zoom[at], NECK) @ to @ turn_about(roll, 1, NECK)
