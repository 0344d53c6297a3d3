"""A performer on stage: drawn layers posed frame by frame.

The background lies still; particles, back hair, body and head are warped over it. Where nothing
moves nothing is computed, which leaves the two cores to the encoder.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
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

WORKERS = 1
FEWEST, MOST = 2, 4
"""Frames that share what is behind the head. Body and hair move on twos, as in hand-drawn film, and
on threes or fours while they are slow: nobody sees it and two fifths of the work are gone. The face
moves on ones."""
SLOW = 2.5
"""Pixels between the first and the last frame that share: what a quick hop moves on twos."""
HAIR_REACH = 10
"""Pixels the hair's ends move per degree of its swing, beyond the head's own."""
AHEAD = 2
"""Shots in the making or being shown; 12 MB each."""
VIEWS = 4
"""Variations of a scene; each costs a second to draw when it is not in the cache."""
BROW = 4
"""Pixels the brows rise per step."""
HEADS_KEPT = 8
"""Faces kept ready, 2 MB each; one that is not costs a millisecond."""
PICTURE_ZOOM = 1.08
"""How much larger than the frame an operator's picture is kept, to drift in."""
FRAMING = turn_about(0, 1.16, (540, 660))
"""How close the camera stands: near enough for a phone, with the hair clear of the top overlay."""
LAYERS = (
    *("background", "hair_back", "body", "head", "brows", "hair_front", "extras"),
    *("mouth_rest", "mouth_a", "mouth_i", "mouth_u", "mouth_e", "mouth_o", "mouth_smile"),
    *("eyes_open", "eyes_half", "eyes_closed"),
)
NEEDED = ("head", "body")
COVER_QUALITY = 92
OPAQUE = cv2.COLOR_BGR2BGRA

Painter = Callable[[Sequence[Canvas], Performance, int], None]
"""Fills canvases with consecutive frames, the first of which is numbered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Something that can be filmed."""

    paint: Painter

    def frames(self, acted: Performance) -> Iterator[Frame]:
        """Yield each frame as Y, U, V in one buffer, good until the next one is asked for."""
        cv2.setNumThreads(1)  # the other core is x264's
        reels = [[Canvas() for _ in range(MOST)] for _ in range(AHEAD)]
        ahead: deque[Future[list[Frame]]] = deque()
        with ThreadPoolExecutor(WORKERS) as pool:
            for shot, (at, count) in enumerate(shots(acted)):
                if len(ahead) == AHEAD:
                    yield from ahead.popleft().result()
                reel = reels[shot % len(reels)][:count]
                ahead.append(pool.submit(self._shoot, reel, acted, at))
            while ahead:
                yield from ahead.popleft().result()

    def cover(self, acted: Performance) -> bytes:
        """Return the JPEG of a moment a third in with open eyes and a smile, without captions."""
        count = len(acted)
        smiling = replace(acted, eyes=("open",) * count, mouths=("smile",) * count)
        canvas = Canvas()
        self.paint([canvas], smiling, count // 3)
        bgr = planes.to_bgr(canvas.y, canvas.u, canvas.v)
        quality = [cv2.IMWRITE_JPEG_QUALITY, COVER_QUALITY]
        return cv2.imencode(".jpg", bgr, quality)[1].tobytes()

    def _shoot(self, reel: Sequence[Canvas], acted: Performance, at: int) -> list[Frame]:
        self.paint(reel, acted, at)
        return [canvas.frame for canvas in reel]


def shots(acted: Performance) -> Iterator[tuple[int, int]]:
    """Yield the first frame and the number of those that share what is behind the head."""
    moves = np.stack([acted.lift, acted.lean, HAIR_REACH * np.asarray(acted.hair)])
    at, frames = 0, len(acted)
    while at < frames:
        count = min(MOST, frames - at)
        while count > FEWEST and np.abs(moves[:, at + count - 1] - moves[:, at]).max() > SLOW:
            count -= 1
        yield at, count
        at += count


def load(look: Look, *, seed: int, cache: Path, picture: Path | None = None) -> Stage:
    """Return the drawn performer, or `picture` in their place.

    `picture` is a PNG or JPEG, or a folder of PNG layers named as in `LAYERS`, each the size of the
    frame; what is missing there is not shown, but a head and a body there must be.
    """
    if picture and not picture.is_dir():
        return Stage(paint=Floating(picture).paint)
    own = load_folder(picture) if picture else None
    layers = (draw_backdrop(look.background, seed % VIEWS), *(() if own else draw(look)))
    cast = {layer.name: planes.rasterise(layer, cache) for layer in layers} | (own or {})
    sprites = [planes.rasterise(layer, cache) for layer in draw_particle(look.background)]
    drift = Drift(sprites, look.background.particles, seed)
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
        self._cast = {name: plate for name, plate in cast.items() if name != "background"}
        self._drift = drift
        self._empty = Canvas()
        self._empty.frame.fill(128)  # grey shows through the holes of an operator's background
        stamp(self._empty, cast["background"], np.eye(3))
        # Bound to the cast, not to this object: a cycle would keep the planes of every video.
        self._head = lru_cache(maxsize=HEADS_KEPT)(partial(merge_head, self._cast))

    def paint(self, canvases: Sequence[Canvas], acted: Performance, at: int) -> None:
        """Paint the frames from `at` on; they share the first one's body and back hair."""
        self._paint_behind(canvases[0], acted, at)
        for canvas in canvases[1:]:
            np.copyto(canvas.frame, canvases[0].frame)
        for now, canvas in enumerate(canvases, start=at):
            head = self._head(acted.eyes[now], acted.mouths[now], acted.brows[now])
            stamp(canvas, head, head_pose(acted, now, acted.roll[now]))

    def _paint_behind(self, canvas: Canvas, acted: Performance, at: int) -> None:
        np.copyto(canvas.frame, self._empty.frame)
        self._drift.paint(canvas, at / acted.fps)
        if "hair_back" in self._cast:
            stamp(canvas, self._cast["hair_back"], head_pose(acted, at, acted.hair[at]))
        stamp(canvas, self._cast["body"], body_pose(acted, at))


def merge_head(cast: Mapping[str, Plate], eyes: str, mouth: str, brows: int) -> Plate:
    """Return all that rides on the head as one plate, with these eyes and mouth."""
    face = cast.get(f"mouth_{mouth}") or cast.get("mouth_rest")
    parts = [cast["head"], face, cast.get(f"eyes_{eyes}") or cast.get("eyes_open")]
    raised = cast.get("brows")
    if raised:
        x, y, width, height = raised.box
        parts.append(Plate(box=(x, y - BROW * brows, width, height), pixels=raised.pixels))
    front = (cast.get(name) for name in ("hair_front", "extras"))
    return planes.merge([part for part in (*parts, *front) if part])


class Floating:
    """An operator's picture that fills the frame and gently floats."""

    def __init__(self, path: Path) -> None:
        width, height = round(PICTURE_ZOOM * WIDTH), round(PICTURE_ZOOM * HEIGHT)
        bgra = cv2.cvtColor(planes.fill(planes.load_picture(path), width, height), OPAQUE)
        box = ((WIDTH - width) // 2, (HEIGHT - height) // 2, width, height)
        self._plate = Plate(box=box, pixels=planes.to_yuva(np.asarray(bgra, np.uint8)))

    def paint(self, canvases: Sequence[Canvas], acted: Performance, at: int) -> None:
        """Paint the frames from `at` on."""
        for now, canvas in enumerate(canvases, start=at):
            zoom = turn_about(0, acted.zoom[now], (WIDTH / 2, HEIGHT / 2))
            stamp(canvas, self._plate, zoom @ shift(acted.lean[now], -acted.lift[now]))


def body_pose(acted: Performance, at: int) -> Pose:
    """Return the body's pose: it stretches and leans from the lower edge, which stays in place."""
    rise = HEIGHT - NECK[1]
    lean, lift = acted.lean[at] / rise, acted.lift[at] / rise
    stretch = np.array([[1, -lean, lean * HEIGHT], [0, 1 + lift, -lift * HEIGHT], [0, 0, 1]])
    posed: Pose = FRAMING @ turn_about(0, acted.zoom[at], NECK) @ stretch
    return posed


def head_pose(acted: Performance, at: int, roll: float) -> Pose:
    """Return the pose of what sits on the neck, leaning `roll` degrees."""
    to = shift(acted.lean[at] + acted.turn[at], acted.nod[at] - acted.lift[at])
    posed: Pose = FRAMING @ turn_about(0, acted.zoom[at], NECK) @ to @ turn_about(roll, 1, NECK)
    return posed
