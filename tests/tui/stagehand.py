"""A console over a studio with a life behind it, at a clock that stands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from elite8.tui.app import Console
from elite8.tui.source import Live
from tests.conftest import StoppedClock

NOW = datetime(2026, 11, 23, 9, 2, 4, tzinfo=UTC)


def console(studio: Any, **options: Any) -> Console:
    """Return a console over this studio that looks only when told."""
    source = Live(lambda: studio)
    return Console(source, every=3600.0, **options)
