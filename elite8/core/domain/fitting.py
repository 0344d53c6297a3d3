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
TOLERANCE = 1e-9


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


def most_likely(loss: Callable[[Floats], float], start: Floats, name: str) -> Floats:
    """Return the positive parameters with the least `loss`, the mean of minus log-likelihood.

    The search is over logarithms (L-BFGS-B; Byrd, Lu, Nocedal and Zhu 1995), from `start`, then by
    Nelder and Mead (1965) from there; it draws no lots. One that ends at an edge is TooLittleData.
    """
    special()
    from scipy.optimize import minimize

    bounds = [(-EDGE, EDGE)] * start.size
    first = minimize(
        lambda logs: loss(np.exp(logs)), np.log(start), method="L-BFGS-B", bounds=bounds
    )
    options = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 4000, "maxfev": 4000}
    last = minimize(
        lambda logs: loss(np.exp(logs)),
        first.x,
        method="Nelder-Mead",
        bounds=bounds,
        options=options,
    )
    logs = np.asarray(last.x, dtype=np.float64)
    if not last.success or (np.abs(logs) > EDGE - 0.1).any():
        raise TooLittleData(f"{name}: what was seen does not say what the parameters are")
    return np.exp(logs)
