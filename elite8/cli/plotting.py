"""The history of a metric, drawn in a line of the terminal."""

from itertools import pairwise
from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.studio import Studio

BARS = "▁▂▃▄▅▆▇█"


def plot(studio: "Studio", name: str, labels: str, hours: int, *, as_json: bool) -> None:
    """Show the history of one series, a bar for each span."""
    from elite8.core.domain.metric import METRICS
    from elite8.core.operations.overview import history

    if name not in METRICS:
        raise ConfigError(f"no metric '{name[:60]}'; elite8 monitor metrics shows all")
    found, series = history(studio, name, labels, hours), f"{name} {labels}".rstrip()
    low, high = (min((p.low for p in found), default=0), max((p.high for p in found), default=0))
    means = fitting([p.mean for p in found], output.width())
    line = "".join(BARS[int((mean - low) / ((high - low) or 1) * 7)] for mean in means)
    output.answer(
        "monitor metrics",
        found,
        as_json=as_json,
        table=lambda: (
            f"{series}: {low:g} to {high:g} over {len(found)} spans\n{line}"
            if found
            else f"nothing of {series} is kept for these hours"
        ),
    )


def fitting(values: "Sequence[float]", width: int) -> list[float]:
    """Return the values in at most `width` steps, each the mean of those it stands for."""
    steps = min(width, len(values))
    borders = [n * len(values) // steps for n in range(steps + 1)] if steps else []
    return [sum(values[a:b]) / (b - a) for a, b in pairwise(borders)]
