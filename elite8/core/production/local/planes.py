"""Pictures as the renderer wants them: Y, U, V and alpha beside each other, premultiplied.

One warp of four bytes a pixel costs a quarter more than a warp of one, so colour and alpha travel
together and are taken apart after. Y, U and V are BT.709, limited range (ITU-R BT.709-6, 3.2-3.5).
"""

import contextlib
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from elite8.core import scratch
from elite8.core.errors import ConfigError
from elite8.core.production import probe
from elite8.core.production.local.art.layer import Layer

Pixels = NDArray[np.uint8]
"""Height x width x 4: Y, U, V, alpha, the first three multiplied by the last."""
Box = tuple[int, int, int, int]
"""x, y, width, height in the frame."""

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
LARGEST = 8192
"""Longest side of an operator's picture; more would not be seen and may not fit in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A picture and where it lies in the frame."""

    box: Box
    pixels: Pixels


def _matrix() -> NDArray[np.float64]:
    """Return the matrix from premultiplied (blue, green, red, alpha) to Y, U, V, alpha bytes."""
    luma = np.array([BLUE, GREEN, RED, 0])
    blue, red = np.array([1.0, 0, 0, 0]), np.array([0, 0, 1.0, 0])
    alpha = np.array([0, 0, 0, 1.0])
    return np.stack(
        [
            luma * 219 / 255 + alpha * 16 / 255,
            (blue - luma) / (2 - 2 * BLUE) * 224 / 255 + alpha * 128 / 255,
            (red - luma) / (2 - 2 * RED) * 224 / 255 + alpha * 128 / 255,
            alpha,
        ]
    )


TO_YUVA = _matrix()


def to_yuva(bgra: NDArray[np.uint8]) -> Pixels:
    """Return `bgra` (not premultiplied) as Y, U, V, alpha."""
    swapped = cv2.cvtColor(bgra, cv2.COLOR_BGRA2RGBA)
    premultiplied = cv2.cvtColor(swapped, cv2.COLOR_RGBA2mRGBA)
    return np.asarray(cv2.transform(premultiplied, TO_YUVA[:, [2, 1, 0, 3]]), dtype=np.uint8)


def to_bgr(y: Pixels, u: Pixels, v: Pixels) -> NDArray[np.uint8]:
    """Return the picture of three planes, `u` and `v` of half size."""
    size = (y.shape[1], y.shape[0])
    yuva = cv2.merge([y, cv2.resize(u, size), cv2.resize(v, size), np.full_like(y, 255)])
    back = np.linalg.inv(TO_YUVA)[:3]
    return np.asarray(cv2.transform(yuva, back), dtype=np.uint8)


def over(below: Pixels, plate: Plate, origin: tuple[int, int]) -> None:
    """Lay `plate` over `below`, whose upper left corner is `origin` in the frame."""
    x, y, width, height = plate.box
    left, top = x - origin[0], y - origin[1]
    part = below[top : top + height, left : left + width]
    inverse = cv2.bitwise_not(plate.pixels[:, :, 3])
    cv2.multiply(part, cv2.merge([inverse] * 4), dst=part, scale=1 / 255)
    cv2.add(part, plate.pixels, dst=part)


def merge(plates: list[Plate]) -> Plate:
    """Return `plates`, first lowest, as one."""
    left, top = (min(plate.box[axis] for plate in plates) for axis in (0, 1))
    right, bottom = (
        max(plate.box[axis] + plate.box[axis + 2] for plate in plates) for axis in (0, 1)
    )
    pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
    for plate in plates:
        over(pixels, plate, (left, top))
    return Plate(box=(left, top, right - left, bottom - top), pixels=pixels)


def crop(plate: Plate) -> Plate:
    """Return `plate` without its empty margins; where nothing is drawn, a single pixel stays."""
    x, y, width, height = cv2.boundingRect(plate.pixels[:, :, 3])
    width, height = max(width, 1), max(height, 1)
    pixels = np.ascontiguousarray(plate.pixels[y : y + height, x : x + width])
    return Plate(box=(plate.box[0] + x, plate.box[1] + y, width, height), pixels=pixels)


def rasterise(layer: Layer, cache: Path) -> Plate:
    """Return `layer` as pixels, kept in `cache` under the hash of its drawing.

    A cache entry that cannot be read, or is not whole, is drawn again.
    """
    kept = cache / f"{hashlib.sha256(layer.svg.encode()).hexdigest()}.png"
    bgra = _decode(kept.read_bytes()) if kept.is_file() else None
    if bgra is None or bgra.shape != (layer.box[3], layer.box[2], 4):
        png = _draw(layer.svg)
        _keep(kept, png)
        bgra = _decode(png)
    if bgra is None:
        raise RuntimeError(f"the layer {layer.name} was not drawn")
    return crop(Plate(box=layer.box, pixels=to_yuva(bgra)))


def load_picture(path: Path, *, alpha: bool = False) -> NDArray[np.uint8]:
    """Return an operator's PNG or JPEG as BGR, or BGRA with `alpha`; else a `ConfigError`."""
    try:
        data, said = path.read_bytes(), probe.size(path)  # a few kilobytes may say gigabytes
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a PNG or JPEG picture") from error
    how = cv2.IMREAD_UNCHANGED if alpha else cv2.IMREAD_COLOR_BGR
    picture = _decode(data, how) if 0 < max(said) <= LARGEST else None
    if picture is None:
        raise ConfigError(
            f"{path} is not a picture of at most {LARGEST} pixels a side; use a PNG or JPEG"
        )
    if alpha and (picture.ndim, picture.shape[-1]) != (3, 4):
        raise ConfigError(f"{path} has no transparency; save the layer as RGBA PNG")
    return picture


def fill(bgr: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return the middle of `bgr`, as much as has the shape of `width` x `height`, in that size."""
    rows, columns = bgr.shape[:2]
    scale = max(width / columns, height / rows)
    wide, high = min(round(width / scale), columns), min(round(height / scale), rows)
    top, left = (rows - high) // 2, (columns - wide) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    middle = bgr[top : top + high, left : left + wide]
    return np.asarray(cv2.resize(middle, (width, height), interpolation=how), np.uint8)


def _draw(svg: str) -> bytes:
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def _decode(data: bytes, how: int = cv2.IMREAD_UNCHANGED) -> NDArray[np.uint8] | None:
    """Return the picture in `data`, `None` when it is not a whole one."""
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), how)
    except cv2.error:  # nothing at all, or too large
        return None
    return None if picture is None or picture.dtype != np.uint8 else np.asarray(picture, np.uint8)


def _keep(path: Path, png: bytes) -> None:
    """Write `path` whole or not at all; without room or leave to write, nothing is kept."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=scratch.prefix("part", hidden=True), delete=False
        ) as file:
            file.write(png)
        Path(file.name).replace(path)
