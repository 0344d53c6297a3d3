"""Charts and words: pure functions, right at their ends."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import elite8.web
from elite8.core.operations import words
from elite8.core.operations.words import NETWORKS
from elite8.web import charts
from elite8.web.charts import Mark, Series

NOW = datetime(2026, 11, 26, 6, 32, tzinfo=UTC)
counts = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(st.floats(0, 1e12))
def test_the_top_of_a_chart_is_round_and_not_below_its_values(most: float) -> None:
    top = charts.ceiling(most)
    assert top >= most
    assert top <= max(most * 2, 1)
    assert float(f"{top:.2g}") == top


@given(counts, st.text(max_size=20))
def test_bars_stay_in_their_frame_and_are_xml_whatever_is_said(
    values: list[int], says: str
) -> None:
    says = "".join(sign for sign in says if sign.isprintable())
    days = [f"day {number} <b>" for number in range(len(values))]
    halves = [Series("a", "A", values), Series("b", "B", [value // 2 for value in values])]
    drawn = ET.fromstring(charts.stacked(halves, days, says))  # noqa: S314  # our own
    assert drawn.get("aria-label") == says
    for bar in drawn.iter("rect"):
        assert float(bar.get("y", "")) >= -0.01
        assert float(bar.get("y", "")) + float(bar.get("height", "")) <= charts.HIGH + 0.05


def test_the_bars_of_a_day_are_as_high_as_their_sum() -> None:
    drawn = ET.fromstring(  # noqa: S314  # our own
        charts.stacked([Series("a", "A", [50, 0]), Series("b", "B", [30, 8])], ["x", "y"], "")
    )
    one, two = ([float(r.get("height", "")) for r in g.iter("rect")][1:] for g in drawn.iter("g"))
    assert one == [62.5, 37.5]
    assert two == [10.0]


@given(counts)
def test_small_bars_and_curves_and_steps_are_xml(values: list[int]) -> None:
    points = [(NOW + timedelta(minutes=5 * n), value / 1e9) for n, value in enumerate(values)]
    for drawn in (
        charts.bars(values, "x"),
        charts.curve(points, 1.0, "x"),
        charts.runway(values, 100, 0, "x"),
        charts.runway(values, 0, None, "x"),
    ):
        ET.fromstring(drawn)  # noqa: S314  # our own
        assert "nan" not in drawn
        assert "inf" not in drawn


def test_nothing_out_is_a_chart_too() -> None:
    assert ET.fromstring(charts.stacked([], [], "nothing")).get("aria-label") == "nothing"  # noqa: S314
    ET.fromstring(charts.runway([], 0, None, "none"))  # noqa: S314  # our own


def test_a_mark_says_its_words_and_nothing_else() -> None:
    hostile = '"><script>alert(1)</script>'
    drawn = charts.strip([Mark(0.5, 1, 2, "good", hostile)], 2, 0.25, hostile)
    assert "<script" not in drawn
    assert re.findall(r'x="50\.0000%" y="36"', drawn)
    assert 'x1="25.0000%"' in drawn


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (9999, "9,999"), (10_000, "10 k"), (1_234_567, "1.23 M"), (2.5e9, "2.50 G")],
)
def test_numbers_are_short(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(5, "just now"), (120, "2 minutes ago"), (3600, "1 hour ago"), (2e5, "2 days ago")],
)
def test_it_is_said_how_long_ago(seconds: float, said: str) -> None:
    assert words.since(NOW - timedelta(seconds=seconds), NOW) == said


def test_times_are_in_the_zone_and_have_their_day_when_it_is_another() -> None:
    assert words.clock(NOW, "Asia/Tokyo", NOW) == "15:32"
    assert words.clock(NOW + timedelta(hours=9), "Asia/Tokyo", NOW) == "Fri 27 Nov 00:32"
    assert words.clock(NOW, "America/Sao_Paulo", NOW) == "03:32"
    assert words.zone_name(NOW, "Asia/Tokyo") == "JST"


@pytest.mark.parametrize(
    ("text", "language"),
    [("雨の音", "ja"), ("ｶﾅ", "ja"), ("Dança", ""), ("", ""), ("朝 coffee", "ja")],
)
def test_japanese_is_known_by_its_signs(text: str, language: str) -> None:
    assert words.language(text) == language


def test_every_state_has_a_sign() -> None:
    from elite8.core.domain.post import PostStatus
    from elite8.core.domain.video import VideoStatus

    for state in (*PostStatus, *VideoStatus, "overdue", "good", "bad", "unknown", "critical"):
        assert words.SIGNS[state]


def test_every_network_has_a_colour_of_its_own() -> None:
    """What has none is black, as all others without one."""
    style = (Path(elite8.web.__file__).parent / "static" / "elite8.css").read_text("utf-8")
    light, dark = style.split("prefers-color-scheme: dark")
    for part in (light, dark):
        found = {name: re.search(rf"--{name}: (#\w+);", part) for name in NETWORKS}
        assert None not in found.values()
        assert len({colour[1] for colour in found.values() if colour}) == len(NETWORKS)
    assert all(f".s-{name} {{ fill: var(--{name}); }}" in style for name in NETWORKS)
