"""The funnel's stages: read with file and key, shared out by gaps, chosen the same way again."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.config import FUNNEL, Config
from elite8.core.domain.funnel import STAGES, Measured, drawn, factor_of, measured, mix
from elite8.core.errors import ConfigError

ROOT = Path(__file__).parents[2]
FUNNEL_ = Config(ROOT / "config").funnel


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # the same every time


def test_the_six_stages_are_the_missions() -> None:
    said = {
        one.stage: (one.seconds, one.engagement_goal, one.conversion.goal) for one in FUNNEL_.stages
    }
    assert said == {
        "awareness": ((15, 30), 0.05, 0.02),
        "interest": ((30, 60), 0.04, 0.03),
        "consideration": ((45, 90), 0.035, 0.04),
        "intent": ((30, 60), 0.03, 0.08),
        "purchase": ((30, 45), 0.025, 0.15),
        "loyalty": ((60, 120), 0.08, 0.2),
    }
    assert FUNNEL_.named("awareness").per_day == 3


def test_only_what_leads_to_a_link_or_an_offer_is_advertising() -> None:
    assert [one.stage for one in FUNNEL_.stages if one.sells] == ["intent", "purchase"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"seconds": [15, 30]', '"seconds": [30, 15]', "stages.0"),
        ('"of": "view", "into": "click"', '"of": "click", "into": "view"', "does not become"),
        ('"engagement_goal": 0.05', '"engagement_gaol": 0.05', "did you mean 'engagement_goal'"),
        ('["challenge", "dance"]', "[]", "'viral' names no content type"),
        ('["challenge", "dance"]', '["chalenge"]', "stages.0.content.viral.0"),
        ('"stage": "awareness"', '"stage": "interest"', "each once and in this order"),
        ('["tiktok", "instagram"]', '["tiktok", "myspace"]', "stages.0.networks.1"),
        ('"attribution_days": 30', '"attribution_days": 0', "attribution_days"),
    ],
)
def test_a_wrong_file_is_told_with_its_key(
    edited_config: Callable[[str, str, str], Path], old: str, new: str, said: str
) -> None:
    folder = edited_config(FUNNEL, old, new)
    with pytest.raises(ConfigError, match=r"funnel\.json") as told:
        _ = Config(folder).funnel
    assert said in str(told.value)


@pytest.mark.parametrize("stage", FUNNEL_.stages, ids=lambda one: str(one.stage))
def test_a_length_is_within_the_stage_and_what_its_networks_take(stage: object) -> None:
    for seed in range(50):
        found = stage.length((60, 90), chance(seed))  # type: ignore[attr-defined]  # a Stage
        low, high = stage.seconds  # type: ignore[attr-defined]  # same
        assert low <= found <= min(high, 60)


def test_a_network_that_takes_less_than_the_shortest_does_not_bend_the_stage() -> None:
    loyalty = FUNNEL_.named("loyalty")
    assert {loyalty.length((30,), chance(seed)) for seed in range(80)} == set(range(60, 121, 5))


def test_a_performer_does_what_they_do_where_the_stage_wants_it() -> None:
    stage = FUNNEL_.named("awareness")
    assert stage.topics_of(("dance", "tech")) == ("dance",)
    assert stage.topics_of(("career",)) == stage.content_types


GAPS = st.sampled_from([(0, 0), (1, 1000), (20, 1000), (200, 1000), (5, 9), (None, None)])


@given(st.lists(GAPS, min_size=6, max_size=6))
def test_shares_are_one_together_and_each_keeps_the_least(
    counts: list[tuple[int | None, int | None]],
) -> None:
    gaps = {str(s): measured(0.02, *count) for s, count in zip(STAGES, counts, strict=True)}
    parts = mix(FUNNEL_, gaps)
    assert sum(part.share for part in parts) == pytest.approx(1)
    assert min(part.share for part in parts) >= FUNNEL_.plan.least_share
    assert all(0.5 <= part.factor <= 2 for part in parts)


def test_a_stage_below_its_goal_gets_more_and_one_above_less() -> None:
    even = {part.stage: part.share for part in mix(FUNNEL_, {})}
    gaps = {"interest": measured(0.03, 2, 1000), "awareness": measured(0.02, 90, 1000)}
    bent = {part.stage: part.share for part in mix(FUNNEL_, gaps)}
    assert bent["interest"] > even["interest"]
    assert bent["awareness"] < even["awareness"]


@pytest.mark.parametrize(
    ("hits", "n", "verdict", "factor"),
    [
        (None, 100, "unknown", 1.0),
        (0, 0, "unknown", 1.0),
        (3, 9, "too few", 1.0),
        (30, 20, "unclear", 1.0),
        (2, 100, "unclear", 1.0),
        (1, 1000, "below", 2.0),
        (15, 1000, "unclear", 1.0),
        (400, 1000, "met", 0.5),
        (30, 1000, "met", 2 / 3),
    ],
)
def test_a_goal_is_met_or_missed_only_beyond_the_interval(
    hits: int | None, n: int | None, verdict: str, factor: float
) -> None:
    found: Measured = measured(0.02, hits, n)
    assert found.verdict == verdict
    assert factor_of(found) == pytest.approx(factor)


def test_a_stage_is_drawn_for_the_networks_of_its_place_as_often_as_its_share() -> None:
    parts = mix(FUNNEL_, {})
    found = Counter(drawn(FUNNEL_, parts, ("youtube",), chance(seed)) for seed in range(4000))
    assert set(found) == {"interest", "consideration"}
    ratio = parts[1].share / parts[2].share
    assert found["interest"] / found["consideration"] == pytest.approx(ratio, rel=0.1)
    assert drawn(FUNNEL_, parts, (), chance(1)) is None
    assert {drawn(FUNNEL_, parts, ("outbox",), chance(seed)) for seed in range(99)} == set(STAGES)
