"""The frame being painted, and how a picture is laid on it."""

import math
import threading

import cv2
import numpy as np
from numpy.typing import NDArray

from elite8.core.production.local.art.layer import HEIGHT, WIDTH
from elite8.core.production.local.planes import Box, Pixels, Plate

Frame = NDArray[np.uint8]
Pose = NDArray[np.float64]
"""3 x 3, from where a layer was drawn to where it is seen."""


class Canvas:
    """One frame, a contiguous buffer, and its three planes as views."""

    def __init__(self) -> None:
        size = WIDTH * HEIGHT
        self.frame: Frame = np.zeros(size * 3 // 2, np.uint8)
        self.y = self.frame[:size].reshape(HEIGHT, WIDTH)
        self.u = self.frame[size : size * 5 // 4].reshape(HEIGHT // 2, WIDTH // 2)
        self.v = self.frame[size * 5 // 4 :].reshape(HEIGHT // 2, WIDTH // 2)


class _Scratch(threading.local):
    """Working memory of one thread: fresh pages cost more than the warp that fills them."""

    def __init__(self) -> None:
        self.warped = np.empty(WIDTH * HEIGHT * 4, np.uint8)
        self.full = np.empty((4, WIDTH * HEIGHT), np.uint8)
        self.half = np.empty((4, WIDTH * HEIGHT // 4), np.uint8)


_scratch = _Scratch()


def stamp(canvas: Canvas, plate: Plate, pose: Pose) -> None:
    """Lay `plate` on `canvas` as `pose` says; what lies outside the frame is left out."""
    x, y, width, height = reach(plate.box, pose)
    if width <= 0 or height <= 0:
        return
    warped = _scratch.warped[: width * height * 4].reshape(height, width, 4)
    back = shift(-plate.box[0], -plate.box[1]) @ np.linalg.inv(pose) @ shift(x, y)
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(plate.pixels, back[:2], (width, height), dst=warped, flags=how)
    full = [part[: width * height].reshape(height, width) for part in _scratch.full]
    cv2.split(warped, full)
    cv2.bitwise_not(full[3], dst=full[3])
    size = (width // 2, height // 2)
    half = [part[: size[0] * size[1]].reshape(size[1], size[0]) for part in _scratch.half]
    for whole, small in zip(full[1:], half[1:], strict=True):
        cv2.resize(whole, size, dst=small, interpolation=cv2.INTER_AREA)
    _blend(canvas.y[y : y + height, x : x + width], full[0], full[3])
    rows, columns = slice(y // 2, y // 2 + size[1]), slice(x // 2, x // 2 + size[0])
    _blend(canvas.u[rows, columns], half[1], half[3])
    _blend(canvas.v[rows, columns], half[2], half[3])


def reach(box: Box, pose: Pose) -> Box:
    """Return the part of the frame that `box` covers when posed, in even pixels."""
    x, y, width, height = box
    ends = np.array([[x, x + width, x, x + width], [y, y, y + height, y + height], [1, 1, 1, 1]])
    seen = (pose @ ends)[:2]
    low = np.maximum(np.floor(seen.min(axis=1)).astype(int) // 2 * 2, 0)
    high = np.minimum(np.ceil(seen.max(axis=1) / 2).astype(int) * 2, (WIDTH, HEIGHT))
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])


def _blend(target: Pixels, source: Pixels, inverse: Pixels) -> None:
    cv2.multiply(target, inverse, dst=target, scale=1 / 255)
    cv2.add(target, source, dst=target)


def shift(x: float, y: float) -> Pose:
    """Return a move by `x`, `y` pixels."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1]], dtype=np.float64)


def turn_about(degrees: float, scale: float, pivot: tuple[float, float]) -> Pose:
    """Return a clockwise turn and an enlargement about `pivot`."""
    cos, sin = (scale * f(math.radians(degrees)) for f in (math.cos, math.sin))
    turned = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    placed: Pose = shift(*pivot) @ turned @ shift(-pivot[0], -pivot[1])
    return placed
