"""What networks say of numbers, taken for what it should be; anything else is a dash."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from elite8.core.domain import money
from elite8.core.domain.reading import Counts
from elite8.core.errors import Refused, SignInNeeded
from elite8.core.platforms import instagram_numbers, tiktok_numbers, youtube_numbers
from elite8.core.platforms.answers import MOST, count
from elite8.core.production.a2e import tasks

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        *((0, 0), (412, 412), ("87", 87), (-3, 0), (10**30, MOST), ("9" * 40, MOST)),
        *((None, None), (True, None), ("many", None), ("", None), (1.5, None), ([], None)),
    ],
)
def test_a_count_is_a_number_that_a_column_holds_or_nothing(said: object, taken: object) -> None:
    assert count(said) == taken


@pytest.mark.parametrize("most", [MOST, tasks.MOST, money.MOST], ids=["counts", "credits", "money"])
def test_the_sum_of_millions_of_the_largest_numbers_fits_a_column(most: int) -> None:
    assert 9_000_000 * most < 2**63


@pytest.mark.parametrize("said", [{}, {"items": None}, {"items": [{}, 3, {"id": ""}]}])
def test_youtube_that_names_no_video_tells_nothing(said: Any) -> None:
    assert youtube_numbers.counted(said) == {}


def test_youtube_hides_numbers_by_leaving_them_out() -> None:
    told = youtube_numbers.counted({"items": [{"id": "v", "statistics": {"viewCount": "7"}}]})
    assert told == {"v": Counts(views=7)}
    assert youtube_numbers.counted({"items": [{"id": "v", "statistics": 3}]}) == {"v": Counts()}


@pytest.mark.parametrize(
    "said",
    [
        *({}, {"rows": None}, {"rows": [3, []]}, {"errors": {"error": [{}]}}),
        {"columnHeaders": [{"name": "video"}], "rows": [["another", 2]]},
        {"columnHeaders": [{"name": "video"}, {"name": "shares"}], "rows": [["v", "x"]]},
    ],
)
def test_a_report_without_the_video_adds_nothing(said: Any) -> None:
    found = {"v": Counts(views=7)}
    assert youtube_numbers.completed(found, said) == found


def test_a_report_is_read_by_the_names_of_its_columns() -> None:
    names = ("estimatedMinutesWatched", "video", "shares")
    said = {"columnHeaders": [{"name": name} for name in names], "rows": [[3, "v", 2]]}
    told = youtube_numbers.completed({"v": Counts(views=7)}, said)
    assert told == {"v": Counts(views=7, shares=2, watch_seconds=180.0)}


def test_a_report_is_of_pacific_days() -> None:
    asked = youtube_numbers.report(("a", "b"), NOW.replace(hour=3))
    assert (asked["endDate"], asked["filters"]) == ("2026-11-22", "video==a,b")


def test_tiktok_gives_four_numbers() -> None:
    told = tiktok_numbers.of_video({"view_count": 121, "like_count": 8, "share_count": None})
    assert told == Counts(views=121, likes=8)


def answering(*said: dict[str, Any]) -> Any:
    """Return what asks Instagram, which says this, one after the other, and what was asked."""
    left, asked = list(said), []

    def ask(path: str, metric: str) -> httpx.Response:
        asked.append((path, metric))
        found = left.pop(0)
        return httpx.Response(400 if "error" in found else 200, content=json.dumps(found))

    return ask, asked


def insight(name: str, value: object) -> dict[str, Any]:
    return {"name": name, "period": "lifetime", "values": [{"value": value}]}


def test_instagrams_saved_is_saves_and_its_milliseconds_are_seconds() -> None:
    rows = [insight("saved", 4), insight("views", 9), insight(instagram_numbers.WATCHED, 1500)]
    ask, asked = answering({"data": rows})
    assert instagram_numbers.counted(ask, "7") == Counts(views=9, saves=4, watch_seconds=1.5)
    assert asked[0][0] == "7/insights"


def test_no_data_yet_is_dashes_and_not_zeros() -> None:
    assert instagram_numbers.counted(answering({"data": []})[0], "7") == Counts()
    strange = {"data": [3, {"name": "views", "values": []}, {"name": "reach", "values": 3}]}
    assert instagram_numbers.counted(answering(strange)[0], "7") == Counts()


def test_a_metric_instagram_does_not_know_is_asked_for_no_more() -> None:
    ask, asked = answering({"error": {"code": 100}}, {"data": [insight("views", 9)]})
    assert instagram_numbers.counted(ask, "7") == Counts(views=9)
    assert instagram_numbers.WATCHED in asked[0][1]
    assert instagram_numbers.WATCHED not in asked[1][1]


def test_a_reel_that_is_gone_is_none_and_other_refusals_are_raised() -> None:
    gone = {"error": {"code": 100, "error_subcode": 33}}
    assert instagram_numbers.counted(answering(gone)[0], "7") is None
    no = {"error": {"code": 100, "message": "(#100) no"}}
    with pytest.raises(Refused):
        instagram_numbers.counted(answering(no, no)[0], "7")
    with pytest.raises(SignInNeeded, match="elite8 accounts login instagram"):
        instagram_numbers.counted(answering({"error": {"code": 10, "message": "no"}})[0], "7")
