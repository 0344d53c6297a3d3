"""Metrics as Prometheus reads them."""

from collections.abc import Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from elite8 import __version__
from elite8.core.domain.metric import METRICS, Value

KINDS = {"gauge": GaugeMetricFamily, "counter": CounterMetricFamily}


class Exposition(Collector):
    """Values that were collected, as families."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.values = values

    def collect(self) -> Iterator[Metric]:
        """Yield a family for each metric that has a value."""
        build = GaugeMetricFamily("elite8_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        for name, metric in METRICS.items():
            here = [one for one in self.values if one.metric == name]
            if not here:
                continue
            family = KINDS[metric.kind](name, metric.help, labels=metric.labels)
            for one in here:
                family.add_metric([text for _, text in one.labels], one.value)
            yield family


def exposed(values: Sequence[Value]) -> str:
    """Return the text of version 0.0.4 of the format."""
    registry = CollectorRegistry()
    registry.register(Exposition(values))
    return generate_latest(registry).decode()
