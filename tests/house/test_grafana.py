"""The dashboard and the rules for Prometheus ask only for what is there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
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


def parts(whole: Any) -> Iterator[Any]:
    """Yield an expression and all it is made of, as Prometheus reads it."""
    yield whole
    inner = [getattr(whole, name, None) for name in ("expr", "lhs", "rhs", "vector_selector")]
    for part in (*inner, *getattr(whole, "args", ())):
        if part is not None:
            yield from parts(part)


@pytest.mark.parametrize("expression", [*(one[1] for one in ASKED), *RULES])
def test_an_expression_asks_for_metrics_and_labels_that_are_there(expression: str) -> None:
    every = list(parts(promql_parser.parse(expression)))
    series = [one for one in every if isinstance(one, promql_parser.VectorSelector)]
    assert series
    for one in series:
        assert {each.name for each in one.matchers.matchers} <= known(one.name or "")
    labels = set().union(*(known(one.name or "") for one in series))
    by = [one.modifier for one in every if isinstance(one, promql_parser.AggregateExpr)]
    assert {name for one in by if one for name in one.labels} <= labels


@pytest.mark.parametrize(("title", "expression", "legend"), ASKED)
def test_a_legend_names_labels_that_are_there(title: str, expression: str, legend: str) -> None:
    labels = set().union(*map(known, re.findall(r"elite8_[a-z_]+", expression)))
    assert set(re.findall(r"{{(\w+)}}", legend)) <= labels, title


def test_panels_do_not_cover_each_other() -> None:
    places = [(one["gridPos"]["x"], one["gridPos"]["y"]) for one in BOARD["panels"]]
    assert len(set(places)) == len(places) == len({one["id"] for one in BOARD["panels"]})
