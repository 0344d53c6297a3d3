"""A report's figures held against those that were worked out a second time."""

from datetime import datetime
from typing import Any

import pytest

from elite8.core.operations.funnel_report import EARNERS, Report
from tests.operations.funnelled import plain
from tests.operations.recount import Recount

PLACES = ("", "region", "network", "character")


def close(value: Any) -> Any:
    """Numbers to twelve digits: two ways to a root may differ in the last."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-9, abs=1e-12)
    if isinstance(value, dict):
        return {key: close(inner) for key, inner in value.items()}
    return [close(inner) for inner in value] if isinstance(value, list) else value


def same_counts(found: Report, again: Recount, now: datetime) -> None:
    """Every step, stage, cohort and lever is what the raw events say."""
    for by, shown in zip(PLACES, (found.whole, *found.places), strict=True):
        ways = again.steps(by)
        assert [one.name for one in shown.groups] == sorted(ways, key=lambda n: (n == "", n))
        for group in shown.groups:
            assert plain(group.steps) == close(ways[group.name])
            rows = [
                {k: row[k] for k in ("stage", "views", "engagement", "conversion")}
                for row in plain(group.stages)
            ]
            assert rows == close(again.stages(by, group.name)), group.name
    months = [(str(one.first), one.n, list(one.shares)) for one in found.cohorts]
    assert months == close(again.cohorts("Asia/Tokyo", now))
    levers = {one.stage: plain(one.conversion) for one in found.following.levers}
    assert levers == close({row["stage"]: row["conversion"] for row in again.stages("", "all")})


def same_money(found: Report, again: Recount) -> set[str]:
    """Every sum is what the raw events say, to the minor unit; return the currencies."""
    paid: dict[str, int] = {}
    for row in again.inside:
        if row["kind"] == "money":
            paid[row["currency"]] = paid.get(row["currency"], 0) + row["amount_minor"]
    for by, shown in zip(EARNERS, found.revenue, strict=True):
        table, videos = again.money(by), again.videos(by)
        rows = {(one.currency, one.name): one for one in shown.rows}
        assert set(rows) == set(table), by
        counts = again.counts(by)
        for key, one in rows.items():
            assert {"last": one.last, "first": one.first, "position": one.position} == table[key]
            assert one.videos == len(videos.get(one.name, ()))
            mine = counts.get(one.name, {})
            assert (one.views, one.clicks) == (mine.get("view"), mine.get("click", 0))
            if by in ("video", "character", "stage") and one.name:
                coins = sum(again.credits.get(v, 0) for v in videos.get(one.name, ()))
                assert one.credits == coins
                assert one.per_credit == (close(round(one.last / coins, 4)) if coins else None)
                made = len(videos.get(one.name, ()))
                assert one.per_video == (close(round(one.last / made, 4)) if made else None)
            else:
                assert (one.credits, one.per_credit, one.per_video) == (None, None, None)
        for currency, amount in paid.items():
            for model in ("last", "first", "position"):
                assert sum(getattr(r, model) for k, r in rows.items() if k[0] == currency) == amount
        for total in shown.totals:
            unknown = again.money("post").get((total.currency, ""), {"last": 0})["last"]
            assert (total.amount, total.unknown) == (paid[total.currency], unknown)
            assert total.credits == again.lately
            assert total.per_credit == close(round(total.amount / again.lately, 4))
    return set(paid)
