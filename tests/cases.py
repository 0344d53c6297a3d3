"""Cases of a promise."""

from typing import Any

import pytest


def also(*cases: Any) -> list[Any]:
    """Return the cases that are tried with --deep, or where their file is named."""
    return [
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.deep)
        for case in cases
    ]
