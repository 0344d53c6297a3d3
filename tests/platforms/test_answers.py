"""What networks answer: what proves that a post is not there, and what proves nothing."""

import pytest

from elite8.core.errors import Unavailable
from elite8.core.platforms.answers import listing, record


def test_a_list_whose_records_have_names_is_taken_whole() -> None:
    assert listing([{"id": "1"}, {"id": "2"}], "nothing was listed") == [{"id": "1"}, {"id": "2"}]
    assert listing([], "nothing was listed") == []


@pytest.mark.parametrize(
    "told",
    [None, {}, "x", [None], [{"id": "1"}, "x"], [{"id": "1"}, {}], [{"id": ""}], [{"id": 1}]],
)
def test_a_list_with_one_that_has_no_name_proves_nothing(told: object) -> None:
    with pytest.raises(Unavailable, match=r"^nothing was listed; try later$"):
        listing(told, "nothing was listed")


def test_a_name_may_lie_deeper() -> None:
    rows = [{"id": "x", "inside": {"video": "1"}}, {"id": "y", "inside": {}}]
    with pytest.raises(Unavailable):
        listing(rows, "nothing was listed", lambda one: record(one.get("inside")).get("video"))
