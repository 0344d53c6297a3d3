"""Who pays at an instant: each rule in a case of its own, and all of them against plain loops."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elite8.core.domain import recurring
from elite8.core.domain.arrays import Counts
from elite8.core.domain.paid_claims import Bills, Ends, Exports, Payments, Said, claims
from elite8.core.domain.paid_time import (
    DAY,
    FOREVER,
    UNKNOWN,
    PaidTime,
    midnights,
    month_named,
    month_of,
    months_later,
)
from tests.domain import naive_paid
from tests.domain.naive_paid import Billing, Export, History, Payment

LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)
HEARD = Billing(known=LONG_AFTER)
FANTIA = Billing(grace=timedelta(days=7), calendar=True, known=LONG_AFTER)


def day(month: int, number: int, hour: int = 12, year: int = 2026) -> datetime:
    return datetime(year, month, number, hour, tzinfo=UTC)


def second(at: datetime | None, otherwise: int = UNKNOWN) -> int:
    return otherwise if at is None else int(at.timestamp())


def column(values: list[int]) -> Counts:
    return np.array(values, dtype=np.int64)


def paid_time(histories: list[History], billings: list[Billing]) -> PaidTime:
    """Return histories as columns."""
    paid = [(n, p) for n, one in enumerate(histories) for p in one.payments]
    said = [(n, e) for n, one in enumerate(histories) for e in one.exports]
    gone = [(n, at) for n, one in enumerate(histories) for at in one.ends]

    def price(value: int | None) -> int:
        return UNKNOWN if value is None else value

    payments = Payments(
        of=column([n for n, _ in paid]),
        at=column([second(p.at) for _, p in paid]),
        amount=column([price(p.amount) for _, p in paid]),
        fee=column([price(p.fee) for _, p in paid]),
        tax=column([UNKNOWN for _ in paid]),
        currency=column([0 for _ in paid]),
        back=column([p.back for _, p in paid]),
        back_at=column([second(p.back_at, FOREVER) for _, p in paid]),
    )
    exports = Exports(
        of=column([n for n, _ in said]),
        seen=column([second(e.seen) for _, e in said]),
        status=column([Said[e.status.upper()] for _, e in said]),
        began=column([second(e.began) for _, e in said]),
        until=column([second(e.until) for _, e in said]),
        months=column([e.months for _, e in said]),
        amount=column([price(e.amount) for _, e in said]),
        currency=column([0 for _ in said]),
        tier=column([e.tier for _, e in said]),
    )
    instants = column([second(at) for _, at in gone])
    bills = Bills(
        grace=column([int(b.grace.total_seconds()) for b in billings]),
        calendar=np.array([b.calendar for b in billings], dtype=bool),
        known=column([second(b.known) for b in billings]),
        keeps=np.full(len(billings), 0.2),
    )
    ends = Ends(column([n for n, _ in gone]), instants, instants)
    return PaidTime(claims(payments, exports, ends, bills), len(histories))


def one_at(history: History, at: datetime, billing: Billing = HEARD) -> tuple[bool, bool, int]:
    """Return how one stands: active, pending, minor units a month."""
    found = paid_time([history], [billing]).at(second(at))
    return bool(found.active[0]), bool(found.pending[0]), int(found.amount[0])


GONE = (False, False, 0)


def test_a_payment_is_for_a_month_then_three_days_may_pass() -> None:
    history = History([Payment(day(5, 10), 999)])
    assert one_at(history, day(5, 10)) == GONE
    assert one_at(history, day(5, 10, 13)) == (True, False, 999)
    assert one_at(history, day(6, 10)) == (True, False, 999)
    assert one_at(history, day(6, 13)) == (True, True, 999)
    assert one_at(history, day(6, 13, 13)) == GONE


def test_a_year_is_twelve_months_each_a_twelfth() -> None:
    year = [Export(day(5, 11), began=day(5, 10), until=day(5, 10, year=2027), months=12)]
    history = History([Payment(day(5, 10), 9999)], year)
    assert one_at(history, day(4, 1, year=2027)) == (True, False, 833)


def test_a_free_trial_is_active_and_pays_nothing() -> None:
    history = History([Payment(day(5, 10), 0)], [Export(day(5, 11), until=day(6, 10))])
    assert one_at(history, day(5, 20)) == (True, False, 0)
    free = History([], [Export(day(5, 11), until=day(6, 10), amount=0)])
    assert one_at(free, day(5, 20)) == (True, False, 0)


def test_an_unknown_price_is_active_and_told_apart() -> None:
    found = paid_time([History([], [Export(day(5, 11), until=day(6, 10), amount=None)])], [HEARD])
    there = found.at(second(day(5, 20)))
    assert (bool(there.active[0]), bool(there.unpriced[0]), int(there.amount[0])) == (True, True, 0)


def test_what_was_paid_goes_before_what_an_export_says_it_costs() -> None:
    history = History(
        [Payment(day(6, 10), 799)], [Export(day(6, 20), began=day(3, 10), until=day(7, 10))]
    )
    assert one_at(history, day(6, 25)) == (True, False, 799)
    assert one_at(history, day(4, 25)) == (True, False, 999)


def test_exports_that_overlap_the_newest_of_a_period_holds() -> None:
    june = Export(day(6, 5), began=day(3, 10), until=day(6, 10))
    july = Export(day(7, 5), began=day(3, 10), until=day(7, 10), amount=1299)
    history = History([], [june, july])
    assert one_at(history, day(6, 7)) == (True, False, 999)
    assert one_at(history, day(6, 12)) == (True, False, 1299)
    assert one_at(history, day(4, 1)) == (True, False, 999)
    again = History([], [june, june, july, july])
    assert one_at(again, day(6, 7)) == (True, False, 999)


def test_a_row_missing_from_an_export_says_nothing() -> None:
    history = History([], [Export(day(6, 5), began=day(3, 10), until=day(6, 10))])
    unheard = Billing(known=day(6, 5))
    assert one_at(history, day(9, 1), unheard) == (True, True, 999)
    assert one_at(history, day(9, 1), HEARD) == GONE
    back = Export(day(9, 5), began=day(3, 10), until=day(9, 10))
    filled = History([], [*history.exports, back])
    assert one_at(filled, day(8, 1)) == (True, False, 999)


def test_who_left_and_came_back_was_away() -> None:
    away = [
        Export(day(6, 5), began=day(3, 10), until=day(6, 10)),
        Export(day(7, 5), "expired", day(3, 10), day(6, 10)),
        Export(day(9, 5), began=day(3, 10), until=day(9, 10)),
    ]
    history = History([], away)
    assert one_at(history, day(6, 9)) == (True, False, 999)
    assert one_at(history, day(6, 11)) == GONE
    assert one_at(history, day(8, 1)) == GONE
    assert one_at(history, day(8, 20)) == (True, False, 999)


def test_an_end_that_is_told_leaves_no_days_of_grace() -> None:
    history = History([Payment(day(5, 10), 999)], [], [day(5, 20)])
    assert one_at(history, day(5, 20)) == (True, False, 999)
    assert one_at(history, day(5, 20, 13)) == GONE
    cancelled = History([], [Export(day(6, 5), "cancelled", day(3, 10), day(6, 10))])
    assert one_at(cancelled, day(6, 10)) == (True, False, 999)
    assert one_at(cancelled, day(6, 11)) == GONE


def test_who_takes_a_cancellation_back_goes_on() -> None:
    history = History(
        [Payment(day(5, 10), 999), Payment(day(6, 10), 999)],
        [Export(day(6, 5), "cancelled", day(3, 10), day(6, 10))],
    )
    assert one_at(history, day(6, 30)) == (True, False, 999)


def test_paid_back_whole_it_ends_in_part_it_does_not() -> None:
    whole = History([Payment(day(5, 10), 999, back=-999, back_at=day(5, 15))])
    assert one_at(whole, day(5, 14)) == (True, False, 999)
    assert one_at(whole, day(5, 16)) == GONE
    part = History([Payment(day(5, 10), 999, back=-500, back_at=day(5, 15))])
    assert one_at(part, day(5, 16)) == (True, False, 999)
    long_ago = History(
        [Payment(day(5, 10), 999, back=-999, back_at=day(6, 20)), Payment(day(6, 10), 999)]
    )
    assert one_at(long_ago, day(6, 25)) == (True, False, 999)


def test_fantia_is_by_the_calendar_of_tokyo_with_seven_days_more() -> None:
    history = History([Payment(day(10, 20), 500)])
    assert one_at(history, datetime(2026, 10, 31, 14, 59, tzinfo=UTC), FANTIA) == (True, False, 500)
    assert one_at(history, datetime(2026, 11, 1, 12, tzinfo=UTC), FANTIA) == (True, True, 500)
    assert one_at(history, datetime(2026, 11, 10, 14, 59, tzinfo=UTC), FANTIA) == (True, True, 500)
    assert one_at(history, datetime(2026, 11, 10, 15, 1, tzinfo=UTC), FANTIA) == GONE
    paid = History([Payment(day(10, 20), 500), Payment(day(11, 5), 500)])
    assert one_at(paid, day(11, 3), FANTIA) == (True, True, 500)
    assert one_at(paid, day(11, 29), FANTIA) == (True, False, 500)


def test_what_was_paused_or_unknown_pays_nothing() -> None:
    paused = History(
        [],
        [
            Export(day(6, 5), began=day(3, 10), until=day(6, 10)),
            Export(day(6, 8), "paused", day(3, 10), day(7, 10)),
        ],
    )
    assert one_at(paused, day(6, 9)) == GONE
    assert one_at(History([], [Export(day(6, 5), "unknown")]), day(6, 6)) == GONE
    assert one_at(History(), day(6, 6)) == GONE


def test_net_is_less_the_fee_that_was_told_or_the_platforms_share() -> None:
    histories = [
        History([Payment(day(5, 10), 1000, fee=150)]),
        History([Payment(day(5, 10), 1000)]),
    ]
    found = paid_time(histories, [HEARD, HEARD]).at(second(day(5, 20)))
    assert found.net.tolist() == [850, 800]
    assert not found.unnetted.any()


def test_spells_join_what_has_no_gap_and_tell_who_was_seen_to_leave() -> None:
    twice = History([Payment(day(1, 10), 999), Payment(day(2, 11), 999), Payment(day(6, 1), 999)])
    still = History([Payment(day(6, 1), 999)])
    found = paid_time([twice, still], [HEARD, Billing(known=day(6, 2))]).spells
    assert found.of.tolist() == [0, 0, 1]
    assert found.ended.tolist() == [True, True, False]
    assert found.first.tolist() == [True, False, True]
    assert found.begin.tolist() == [second(day(1, 10)), second(day(6, 1)), second(day(6, 1))]
    assert found.end[0] == second(day(3, 11))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo"])
def test_months_and_days_are_those_of_the_zone(zone: str) -> None:
    from zoneinfo import ZoneInfo

    there = ZoneInfo(zone)
    edges = [datetime(2026, m, 1, tzinfo=there) for m in range(1, 13)]
    numbers = column([second(at) for at in edges])
    assert [month_named(n).month for n in month_of(numbers, zone).tolist()] == [*range(1, 13)]
    assert [month_named(n).month for n in month_of(numbers - 1, zone).tolist()][1:] == [
        *range(1, 12)
    ]
    days = column([int(datetime(2026, m, 1, tzinfo=UTC).timestamp()) // DAY for m in range(1, 13)])
    assert midnights(days, zone).tolist() == numbers.tolist()


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2029, 1, 1)),  # noqa: DTZ001  # hypothesis wants it naive
    st.integers(-24, 24),
)
def test_so_many_months_later_is_what_people_mean(at: datetime, months: int) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    found = months_later(column([second(at)]), column([months]))
    assert found.tolist() == [second(naive_paid.later(at, months))]


WHEN = st.integers(0, 30 * 24).map(lambda hours: day(1, 1, 0) + timedelta(hours=hours * 12))
MIDNIGHT = st.integers(0, 360).map(lambda days: day(1, 1, 0) + timedelta(days=days))
PRICES = st.sampled_from([None, 0, 1, 499, 999, 1999, 9999])


@st.composite
def payment(draw: st.DrawFn) -> Payment:
    at, amount = draw(WHEN), draw(PRICES)
    back = draw(st.sampled_from([0, 0, 0, 100, 10_000]))
    after = timedelta(hours=draw(st.integers(1, 2000)))
    return Payment(
        at, amount, draw(st.sampled_from([None, 0, 99])), -back, at + after if back else None
    )


STATUSES = ["active"] * 4 + ["expired", "cancelled", "paused"] * 2 + ["pending", "unknown"]


@st.composite
def export(draw: st.DrawFn) -> Export:
    return Export(
        draw(WHEN),
        draw(st.sampled_from(STATUSES)),
        draw(st.none() | MIDNIGHT),
        draw(st.none() | MIDNIGHT),
        draw(st.sampled_from([1, 1, 1, 3, 12])),
        draw(PRICES),
        draw(st.integers(0, 2)),
    )


@st.composite
def history(draw: st.DrawFn) -> History:
    return History(
        sorted(draw(st.lists(payment(), max_size=4)), key=lambda one: one.at),
        sorted(draw(st.lists(export(), max_size=4)), key=lambda one: one.seen),
        draw(st.lists(WHEN, max_size=2)),
    )


BILLINGS = st.builds(
    Billing,
    grace=st.sampled_from([timedelta(), timedelta(days=7)]),
    calendar=st.booleans(),
    known=st.sampled_from([LONG_AFTER, day(5, 1), day(9, 1)]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(history(), BILLINGS), min_size=1, max_size=4), st.lists(WHEN, min_size=3))
def test_any_history_stands_as_plain_loops_say(
    told: list[tuple[History, Billing]], instants: list[datetime]
) -> None:
    histories, billings = [one for one, _ in told], [one for _, one in told]
    found = paid_time(histories, billings)
    for at in instants:
        there = found.at(second(at))
        for number, (one, billing) in enumerate(told):
            mine = (
                bool(there.active[number]),
                bool(there.pending[number]),
                int(there.amount[number]),
            )
            assert mine == naive_paid.standing(one, billing, at)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(history(), BILLINGS), min_size=1, max_size=6),
    st.lists(MIDNIGHT, min_size=2, max_size=6, unique=True),
)
def test_movements_of_any_history_reconcile_and_periods_join(
    told: list[tuple[History, Billing]], edges: list[datetime]
) -> None:
    found = paid_time([one for one, _ in told], [one for _, one in told])
    first = found.first_paid()
    for number, (past, billing) in enumerate(told):
        for edge in edges:
            paid = first[number] < second(edge)
            assert paid == naive_paid.paid_before(past, billing, edge)
    periods = [
        recurring.movements(a.amount, b.amount, first < second(since))
        for since, a, b in (
            (since, found.at(second(since)), found.at(second(until)))
            for since, until in pairwise(sorted(edges))
        )
    ]
    for one in periods:
        gained = one.new + one.reactivation + one.expansion
        assert one.start + gained - one.contraction - one.churned == one.end
    for before, after in pairwise(periods):
        assert before.end == after.start


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(history(), BILLINGS), min_size=1, max_size=4), st.lists(WHEN, min_size=2))
def test_spells_say_the_same_as_instants(
    told: list[tuple[History, Billing]], instants: list[datetime]
) -> None:
    found = paid_time([one for one, _ in told], [one for _, one in told])
    spells = found.spells
    for at in instants:
        now = second(at) - 1
        inside = {
            int(of)
            for of, begin, lapse in zip(spells.of, spells.begin, spells.lapse, strict=True)
            if begin <= now < lapse
        }
        assert inside == set(np.flatnonzero(found.at(now + 1).paying).tolist())
