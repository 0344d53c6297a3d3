"""Arrays as the subscriber sciences take them: one dimension, checked once at the door."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Numbers = Sequence[float] | Sequence[int] | NDArray[np.floating] | NDArray[np.integer]


def floats(values: Numbers | float, name: str, *, least: float = -np.inf) -> Floats:
    """Return the values as an array; one that is not finite or under `least` is a ValueError."""
    found = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if found.ndim != 1:
        raise ValueError(f"{name} has {found.ndim} dimensions; one is expected")
    if not np.isfinite(found).all():
        raise ValueError(f"{name} has a value that is not a number")
    if (found < least).any():
        raise ValueError(f"{name} has a value under {least:g}")
    return found


def flags(values: Sequence[bool] | Flags, name: str) -> Flags:
    """Return the answers as an array of one dimension; anything but yes and no is a ValueError."""
    found = np.atleast_1d(np.asarray(values))
    if found.ndim != 1 or (found.size and found.dtype != np.bool_):
        raise ValueError(f"{name} are not yes and no in one dimension")
    return found.astype(np.bool_)


def same_length(**arrays: NDArray[np.float64] | Flags | Counts) -> int:
    """Return how long all are; different lengths are a ValueError that names them."""
    lengths = {name: array.size for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"lengths differ: {lengths}")
    return next(iter(lengths.values()))
