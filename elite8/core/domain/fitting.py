"""Fitting by maximum likelihood, and the special functions for it: all that SciPy is needed for.

SciPy is an extra (decision 19): what does without it, scores, rules, trials and money, never loads
it, and a fit that cannot be had is an error that the caller answers with the rule tier.
"""

from collections.abc import Callable
from types import ModuleType
from typing import cast

import numpy as np

from elite8.core.domain.arrays import Floats
from elite8.core.errors import ConfigError, Refused

EDGE = 12.0
"""How far the logarithm of a parameter may run: beyond, the data do not say what it is."""
STEP, MOST_STEPS, NOTHING = 1e-4, 60, 1e-14
"""Of Newton's search, in logarithms: how far to look aside, steps, a gain that is none."""
FLAT = 1e-6
"""A slope that is none where people do not differ: the parameters grow for ever, and tell less."""


class TooLittleData(Refused):
    """What was seen cannot carry the model; fall back to the rules and say so."""


def special() -> ModuleType:
    """Return SciPy's special functions; without the extra it is a ConfigError."""
    try:
        import scipy.special
    except ImportError:
        raise ConfigError(
            "models of subscribers need an extra: pip install 'elite8[science]'"
        ) from None
    return cast("ModuleType", scipy.special)


Slope = Callable[[Floats], Floats]
"""What a loss changes by with each parameter."""


def most_likely(
    loss: Callable[[Floats], float], start: Floats, name: str, slope: Slope | None = None
) -> Floats:
    """Return the positive parameters with the least `loss`, the mean of minus log-likelihood.

    The search is over logarithms (L-BFGS-B; Byrd, Lu, Nocedal and Zhu 1995), from `start`, then by
    Newton's steps where a `slope` is given, else or if they fail by Nelder and Mead (1965); it
    draws no lots. One that ends at an edge is TooLittleData.
    """
    special()
    from scipy.optimize import minimize

    bounds = [(-EDGE, EDGE)] * start.size
    steep = None if slope is None else (lambda logs: slope(np.exp(logs)) * np.exp(logs))
    first = minimize(
        lambda logs: loss(np.exp(logs)),
        np.log(start),
        jac=steep,
        method="L-BFGS-B",
        bounds=bounds,
    )
    if steep and (found := level(steep, first.x)) is not None:
        return inside(found, name)
    options = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    last = minimize(
        lambda logs: loss(np.exp(logs)),
        first.x,
        method="Nelder-Mead",
        bounds=bounds,
        options=options,
    )
    return inside(last.x if last.success else np.full(start.size, EDGE), name)


def inside(logs: Floats, name: str) -> Floats:
    """Return the parameters of their logarithms; at an edge they are TooLittleData."""
    if (np.abs(logs) > EDGE - 0.1).any():
        raise TooLittleData(f"{name}: what was seen does not say what the parameters are")
    return np.asarray(np.exp(logs), dtype=np.float64)


def level(steep: Slope, near: Floats) -> Floats | None:
    """Return where nothing slopes any more, an edge if that comes first; None where none is found.

    Newton's steps; how the slope changes is seen from both sides of each parameter.
    """
    logs, sides = np.array(near, dtype=np.float64), STEP * np.eye(near.size)
    slopes = steep(logs)
    for _ in range(MOST_STEPS):
        bent = np.stack([steep(logs + one) - steep(logs - one) for one in sides]) / (2 * STEP)
        bent = (bent + bent.T) / 2
        at_edge = (np.abs(logs) > EDGE - 0.1).any()
        if at_edge or not np.isfinite(bent).all() or np.linalg.eigvalsh(bent)[0] <= 0:
            break
        step = np.clip(np.linalg.solve(bent, -slopes), -1, 1)
        gain = abs(float(step @ slopes))
        logs += step
        slopes = steep(logs)
        if gain < NOTHING:
            return logs
    if float(np.abs(near).max()) < EDGE - 1 and float(np.abs(steep(near)).max()) < FLAT:
        return near
    # So far out nothing slopes but by rounding.
    return np.full(near.size, EDGE) if float(np.abs(logs).max()) > EDGE - 1 else None
