"""The extra: what says so where SciPy is missing; and arrays at the door."""

import subprocess
import sys

import numpy as np
import pytest

from elite8.core.domain import arrays, fitting
from elite8.core.domain.arrays import Floats
from elite8.core.errors import ConfigError


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    with pytest.raises(ConfigError, match=r"pip install 'elite8\[science\]'"):
        fitting.special()


def test_with_a_slope_the_same_is_found() -> None:
    def loss(p: Floats) -> float:
        return float((np.log(p[0]) - 1) ** 2 + (np.log(p[0] * p[1]) - 3) ** 2)

    def slope(p: Floats) -> Floats:
        first, both = 2 * (np.log(p[0]) - 1), 2 * (np.log(p[0] * p[1]) - 3)
        return np.array([(first + both) / p[0], both / p[1]])

    start = np.array([1.0, 1.0])
    found = fitting.most_likely(loss, start, "it", slope)
    assert found == pytest.approx(np.exp([1.0, 2.0]), rel=1e-9)
    assert found == pytest.approx(fitting.most_likely(loss, start, "it"), rel=1e-5)


def test_scores_rules_trials_and_money_do_not_load_scipy() -> None:
    names = "score churn trial survival recurring hazard skill share buying renewing spending"
    code = "".join(f"import elite8.core.domain.{name}\n" for name in names.split())
    code += "import sys; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_arrays_are_of_one_dimension_finite_and_alike() -> None:
    assert arrays.floats(3, "x").tolist() == [3.0]
    with pytest.raises(ValueError, match="x has 2 dimensions"):
        arrays.floats(np.ones((2, 2)), "x")
    with pytest.raises(ValueError, match="x has a value that is not a number"):
        arrays.floats([1, float("inf")], "x")
    with pytest.raises(ValueError, match="not yes and no"):
        arrays.flags(np.array([1, 0]), "x")
    with pytest.raises(ValueError, match="lengths differ"):
        arrays.same_length(a=np.ones(2), b=np.ones(3))
