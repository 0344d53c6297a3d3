"""Money goes to touches to the cent, in every model; shares stand with golden intervals."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.attribution import MODELS, WEIGHTS, Payment, Touch, credited
from elite8.core.domain.event import (
    NOWHERE,
    EventKind,
    EventSource,
    Happening,
    Origin,
    new_event,
)
from elite8.core.domain.journey import arrivals, payments, revenue, shared, touches
from elite8.core.domain.money import apportion, minor, told
from elite8.core.domain.share import estimated, hidden

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def touch(days_before: float, post: str) -> Touch:
    return Touch(at=AT - days_before * DAY, origin=Origin(post=post))


def paid(amount: int, **more: object) -> Payment:
    return Payment(person="p", amount=amount, currency="USD", counts_from=AT, **more)  # type: ignore[arg-type]  # texts


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_parts_sum_to_the_whole_and_each_is_within_one_of_its_share(
    amount: int, weights: list[int]
) -> None:
    weights[0] += 1
    parts = apportion(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (-100, (1, 1, 1), (-34, -33, -33)),
        (999, (40, 20, 40), (400, 200, 399)),
        (1, (1, 1), (1, 0)),
        (0, (1, 2), (0, 0)),
        (5, (0, 1), (0, 5)),
    ],
)
def test_the_largest_remainder_gets_the_cent(
    amount: int, weights: tuple[int, ...], parts: tuple[int, ...]
) -> None:
    assert apportion(amount, weights) == parts


def test_no_weight_at_all_is_refused() -> None:
    for weights in ((0, 0), (1, -1), ()):
        with pytest.raises(ValueError):  # noqa: PT011  # whichever it is
            apportion(5, weights)


@pytest.mark.parametrize("n", range(1, 8))
def test_position_gives_forty_twenty_forty(n: int) -> None:
    weights = WEIGHTS["position"](n)
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    if n == 1:
        assert shares == [1]
    elif n == 2:
        assert shares == [Fraction(1, 2)] * 2
    else:
        assert shares[0] == shares[-1] == Fraction(2, 5)
        assert set(shares[1:-1]) == {Fraction(1, 5) / (n - 2)}


def test_each_model_credits_its_touches() -> None:
    way = [touch(3, "b"), touch(9, "a"), touch(1, "c")]
    found = {
        model: {o.post: part for o, part in credited(paid(1000), way, model, 30)}
        for model in MODELS
    }
    assert found == {
        "last": {"c": 1000},
        "first": {"a": 1000},
        "position": {"a": 400, "b": 200, "c": 400},
    }


def test_a_touch_counts_to_the_edge_of_its_window_and_not_after_the_money() -> None:
    edge, late = touch(30, "edge"), touch(-0.001, "after")
    assert credited(paid(7), [edge, late], "last", 30) == ((edge.origin, 7),)
    assert credited(paid(7), [touch(30.0001, "old"), late], "last", 30) == ((NOWHERE, 7),)


def test_a_payments_own_link_is_its_last_touch() -> None:
    own = Origin(post="own")
    found = credited(paid(10, origin=own), [touch(2, "a")], "position", 30)
    assert [(o.post, part) for o, part in found] == [("a", 5), ("own", 5)]
    assert credited(paid(10, origin=own), [Touch(at=AT, origin=own)], "last", 30) == ((own, 10),)


def event(kind: EventKind, days: float, key: str, **more: Any) -> Happening:
    at, facts = AT + days * DAY, {"person": "p", **more}
    return new_event(kind=kind, at=at, source=EventSource.IMPORT, key=key, **facts).happening


def test_what_is_paid_back_is_taken_from_who_had_got_it() -> None:
    money = {"currency": "USD"}
    rows = [
        event(EventKind.CLICK, -5, "c1", origin=Origin(post="a")),
        event(EventKind.MONEY, 0, "m1", amount_minor=999, **money),
        event(EventKind.CLICK, 1, "c2", origin=Origin(post="b")),
        event(EventKind.MONEY, 2, "m2", amount_minor=-999, about="m1", person="", **money),
    ]
    events = sorted(rows, key=lambda one: one.at)
    since, until = AT - 9 * DAY, AT + 9 * DAY
    ways = [("p", one.at, one.origin) for one in events if one.kind == EventKind.CLICK]
    came = touches([("q", AT, Origin(post="c")), *ways], {"p"})
    assert [*came] == ["p"]
    given = shared(payments(events, since, until), came, 30)
    table = revenue(given, lambda origin: origin.post)
    assert table == {("USD", "a"): {"last": 0, "first": 0, "position": 0}}
    got = arrivals(events, came, since, until, 30)
    assert [(one.kind, one.origin.post) for one in got] == [("money", "a")]


def test_a_person_arrives_once_and_nobody_in_particular_each_time() -> None:
    rows = [
        event(EventKind.LEAD, 0, "1"),
        event(EventKind.LEAD, 1, "2"),
        event(EventKind.LEAD, 1, "3", person=""),
        event(EventKind.LEAD, 1, "4", person=""),
    ]
    assert len(arrivals(rows, {}, AT - DAY, AT + 9 * DAY, 30)) == 3


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Wilson intervals as in Newcombe 1998, Statistics in Medicine 17: 857-872, table I.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_an_interval_is_the_published_one(hits: int, n: int, low: float, high: float) -> None:
    assert estimated(hits, n) == pytest.approx((hits / n, low, high), abs=5e-5)


def test_under_ten_no_share_is_told() -> None:
    assert estimated(3, 9) == (None, None, None)
    assert estimated(3, 10)[0] == 0.3
    assert estimated(11, 10) == (None, None, None)


@pytest.mark.parametrize(
    ("counts", "covered"),
    [
        ({"a": 0, "b": 10}, set()),
        ({"a": 9, "b": 10, "c": 12}, {"a", "b"}),
        ({"a": 9, "b": 1, "c": 12}, {"a", "b"}),
        ({"a": 1}, {"a"}),
        ({"a": 1, "b": 0}, {"a"}),
    ],
)
def test_a_lone_small_number_takes_the_next_one_with_it(
    counts: dict[str, int], covered: set[str]
) -> None:
    assert hidden(counts) == covered


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("9.99", "USD", 999),
        ("-0.01", "EUR", -1),
        ("1480", "JPY", 1480),
        (" 5 ", "GBP", 500),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_whole_minor_units(text: str, currency: str, amount: int) -> None:
    assert minor(text, currency) == amount


@pytest.mark.parametrize("text", ["9.999", "1,5", "", "nan", "inf", "1e30", "abc", "--1"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each has its words
        minor(text, "USD")
    with pytest.raises(ValueError, match="more digits"):
        minor("1.5", "JPY")


def test_an_amount_is_told_with_its_digits() -> None:
    assert told(123450, "USD") == "1,234.50 USD"
    assert told(-1480, "JPY") == "-1,480 JPY"
