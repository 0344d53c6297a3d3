"""A cron expression means to cron what it means to us, or it is refused."""

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.cron import FIELDS, WEEKDAYS, for_crontab, known_cron


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*/5 * * * *", "*/5 * * * *"),
        ("  17   *  * * * ", "17 * * * *"),
        ("0,30 8-18/2 * 1-6 *", "0,30 8-18/2 * 1-6 *"),
        ("0 0 1 * *", "0 0 1 * *"),
        ("0 9 * * MON-fri,sun", "0 9 * * mon-fri,sun"),
        (" off ", "off"),
    ],
)
def test_what_cron_knows_is_taken(written: str, read: str) -> None:
    assert known_cron(written) == read


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "never",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "*/0 * * * *",
        "*/60 * * * *",
        "8-4 * * * *",
        "5/10 * * * *",
        "1,,2 * * * *",
        "-1 * * * *",
        "* * * * 1",
        "* * * * */2",
        "* * * jan *",
        "0 0 1 * mon",
        "* * * * sat-tue",
        "x * * * *",
        "@daily",
        "\u0665 * * * *",
    ],
)
def test_what_is_wrong_or_means_two_things_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"write|between|none of|leave|such|time|backwards"):
        known_cron(wrong)


@pytest.mark.parametrize(
    ("ours", "crons"),
    [
        ("0 9 * * mon-fri", "0 9 * * 1,2,3,4,5"),
        ("0 9 * * sat-sun", "0 9 * * 6,0"),
        ("0 9 * * *", "0 9 * * *"),
        ("0 9 * * sun,wed", "0 9 * * 0,3"),
    ],
)
def test_a_crontab_gets_its_own_numbers_of_weekdays(ours: str, crons: str) -> None:
    assert for_crontab(ours) == crons


def parts(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high).map(str)
    steps = st.integers(1, high - low).map(lambda step: f"*/{step}")
    several = st.lists(one, min_size=1, max_size=4).map(",".join)
    return st.one_of(st.just("*"), one, steps, several)


TIMES = [parts(*bounds) for bounds in list(FIELDS.values())[:4]]


@given(st.tuples(*TIMES, st.sampled_from(("*", *WEEKDAYS))))
def test_what_is_taken_can_be_ticked_by(words: tuple[str, ...]) -> None:
    try:
        known = known_cron(" ".join(words))
    except ValueError:
        assert words[2] != "*"
        assert words[4] != "*"
    else:
        CronTrigger(**dict(zip(FIELDS, known.split(), strict=True)), timezone="UTC")
