"""The dashboard and the rules for Prometheus ask only for what is there."""

import json
import re
from pathlib import Path

import pytest

from elite8.core.domain.metric import METRICS

FOLDER = Path(__file__).parents[2] / "docs" / "how-to" / "grafana"
BOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
ASKED = [
    (panel["title"], target["expr"], target["legendFormat"])
    for panel in BOARD["panels"]
    for target in panel["targets"]
]
RULES = re.findall(r"expr: (.+)", (FOLDER / "alerts.yml").read_text(encoding="utf-8"))


def known(name: str) -> set[str]:
    """The labels of a metric as Prometheus stores it."""
    if name == "elite8_build_info":
        return {"version"}
    plain = name.removesuffix("_total")
    metric = METRICS[plain]
    assert (metric.kind == "counter") == name.endswith("_total")
    return set(metric.labels)


@pytest.mark.parametrize("expression", [*(one[1] for one in ASKED), *RULES])
def test_an_expression_asks_for_metrics_and_labels_that_are_there(expression: str) -> None:
    names = re.findall(r"elite8_[a-z_]+", expression)
    assert names
    labels = set().union(*map(known, names))
    asked = re.findall(r"by \(([a-z, ]+)\)", expression) + re.findall(r"([a-z]+)=", expression)
    assert {word for one in asked for word in re.split(r", ?", one)} <= labels
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize(("title", "expression", "legend"), ASKED)
def test_a_legend_names_labels_that_are_there(title: str, expression: str, legend: str) -> None:
    labels = set().union(*map(known, re.findall(r"elite8_[a-z_]+", expression)))
    assert set(re.findall(r"{{(\w+)}}", legend)) <= labels, title


def test_panels_do_not_cover_each_other() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in BOARD["panels"]]
    assert len(set(places)) == len(places) == len({one["id"] for one in BOARD["panels"]})
