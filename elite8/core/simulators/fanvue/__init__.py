"""Fanvue as its API reference describes it, in memory; what that does not say is INFERRED."""

from elite8.core.simulators.fanvue.fans import peopled, with_fans
from elite8.core.simulators.fanvue.service import (
    CLIENT_ID,
    CLIENT_SECRET,
    FAULTS,
    REDIRECT,
    Creator,
    FanvueSimulator,
    Paid,
)

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "FAULTS",
    "REDIRECT",
    "Creator",
    "FanvueSimulator",
    "Paid",
    "peopled",
    "with_fans",
]
