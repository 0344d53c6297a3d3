"""Periods of a subscription: from payments, from exports, with grace; an end has to be seen."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.spell import Life, Move, Said, Terms, Told, lived
from elite8.core.domain.subscriber import Act, SubscriptionStatus
from tests.domain import naive_paid
from tests.domain.naive_paid import Billing, Export, History

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTHLY = Terms()
FANTIA = Terms(grace=7, calendar=True)


def day(written: str) -> int:
    return date.fromisoformat(written).toordinal()


def paid(*written: str, act: Act = Act.SUB_RENEW) -> list[Move]:
    return [Move(day(one), Act.SUB_START if not n else act) for n, one in enumerate(written)]


def said(
    at: str, status: str = "active", began: str = "", until: str = "", **facts: object
) -> Said:
    known = {"auto_renew": None, "reason": ""} | facts
    return Said(
        day(at),
        SubscriptionStatus(status),
        day(began) if began else None,
        day(until) if until else None,
        known["auto_renew"],  # type: ignore[arg-type]
        str(known["reason"]),
    )


def of(
    today: str,
    moves: list[Move] | None = None,
    exports: list[Said] | None = None,
    known: str = "",
    terms: Terms = MONTHLY,
) -> Life:
    told = Told(terms, moves or [], exports or [], day(known) if known else None, day(today))
    return lived(told)


def test_nothing_known_is_no_spell() -> None:
    assert of("2026-06-01") == Life((), "unknown", None)


def test_payments_are_periods_and_renewals_were_due_when_they_came() -> None:
    life = of("2026-04-20", paid("2026-01-31", "2026-02-28", "2026-03-31"))
    (spell,) = life.spells
    assert (spell.periods, spell.ended) == (3, False)
    assert spell.due == (day("2026-02-28"), day("2026-03-31"))
    assert (life.standing, life.until) == ("active", day("2026-04-30"))


def test_a_payment_that_did_not_come_is_an_end_only_where_others_came_later() -> None:
    moves = paid("2026-01-10", "2026-02-10")
    assert of("2026-06-01", moves).standing == "unknown"
    assert of("2026-06-01", moves, known="2026-03-13").standing == "unknown"
    life = of("2026-06-01", moves, known="2026-03-14")
    assert life.standing == "lapsed"
    assert life.spells[0].due == (day("2026-02-10"), day("2026-03-10"))
    assert life.spells[0].ended


def test_paid_time_that_exports_alone_tell_is_an_end_where_the_account_was_heard_of_later() -> None:
    one = said("2026-06-20", "active", "2026-01-05", "2026-07-05")
    assert of("2026-07-30", exports=[one], known="2026-07-08").standing == "unknown"
    life = of("2026-07-30", exports=[one], known="2026-07-09")
    assert (life.standing, life.until) == ("lapsed", day("2026-07-05"))
    assert life.spells[0].due[-1] == day("2026-07-05")
    untold = said("2026-07-20", "unknown", "2026-01-05", "2026-07-05")
    assert of("2026-07-30", exports=[untold], known="2026-07-20").standing == "unknown"


def test_who_is_active_without_an_end_is_so_for_a_period_and_lapsed_when_not_seen_again() -> None:
    one = said("2026-06-20", "active", "2026-01-05")
    assert of("2026-07-20", exports=[one], known="2026-07-20").standing == "active"
    assert of("2026-08-20", exports=[one], known="2026-07-23").standing == "unknown"
    life = of("2026-08-20", exports=[one], known="2026-07-24")
    assert (life.standing, life.until) == ("lapsed", day("2026-07-20"))


def test_an_expiry_ends_what_exports_told_before_it() -> None:
    one = said("2026-06-20", "active", "2026-01-05", "2026-07-05")
    gone = [Move(day("2026-06-25"), Act.SUB_EXPIRE)]
    life = of("2026-06-26", gone, [one])
    assert (life.standing, life.until) == ("lapsed", day("2026-06-25"))
    again = said("2026-06-28", "active", "2026-01-05", "2026-07-05")
    assert of("2026-06-29", gone, [one, again]).standing == "active"


@st.composite
def exported(draw: st.DrawFn) -> History:
    """Return what exports that do not contradict each other say, and expiries that events tell."""
    seen = sorted(draw(st.lists(st.integers(0, 120), min_size=1, max_size=3, unique=True)))
    status = draw(st.lists(st.sampled_from(["active", "active", "cancelled", "expired"]),
                           min_size=len(seen), max_size=len(seen)))  # fmt: skip
    ahead = draw(st.lists(st.none() | st.integers(0, 40), min_size=len(seen), max_size=len(seen)))
    first, found, latest = draw(st.integers(0, 60)), [], 0
    for at, how, days in zip(seen, status, ahead, strict=True):
        until = None if days is None else max(at + (0 if how == "expired" else days), latest)
        # Active without an end is so for a period, and a later one that says less contradicts it.
        latest = max(latest, (at + 31 if how == "active" else 0) if until is None else until)
        ends = None if until is None else START + timedelta(days=until + 1)
        began = START - timedelta(days=first)
        found.append(Export(START + timedelta(days=at, hours=12), how, began, ends))
    gone = draw(st.lists(st.integers(0, 160), max_size=1))
    return History([], found, [START + timedelta(days=one, hours=13) for one in gone])


@given(exported(), st.none() | st.integers(0, 250), st.sampled_from([0, 7]))
def test_who_left_by_exports_left_for_churn_and_for_money(
    history: History, known: int | None, grace: int
) -> None:
    today = START + timedelta(days=250, hours=12)
    at = START + timedelta(days=known or 0)
    billing = Billing(grace=timedelta(days=grace), known=at)
    active, _, _ = naive_paid.standing(history, billing, today)
    exports = [
        Said(
            one.seen.toordinal(),
            SubscriptionStatus(one.status),
            one.began.toordinal() if one.began else None,
            (one.until - timedelta(days=1)).toordinal() if one.until else None,
            None,
        )
        for one in history.exports
    ]
    moves = [Move(one.toordinal(), Act.SUB_EXPIRE) for one in history.ends]
    heard = None if known is None else at.toordinal()
    life = lived(Told(Terms(grace=grace), moves, exports, heard, today.toordinal()))
    assert (life.standing == "lapsed") == (not active)


def test_an_export_says_who_is_there_and_who_has_left() -> None:
    one = said("2026-06-20", "active", "2026-01-05", "2026-07-05")
    assert of("2026-06-25", exports=[one]).standing == "active"
    assert of("2026-07-06", exports=[one]).standing == "unknown"
    gone = said("2026-07-20", "expired", "2026-01-05", "2026-07-05")
    life = of("2026-07-21", exports=[one, gone])
    assert (life.standing, life.until) == ("lapsed", day("2026-07-05"))
    assert life.spells[0].periods == 6
    assert len(life.spells[0].due) == 6


def test_who_cancelled_is_there_until_the_end_and_then_gone() -> None:
    one = said("2026-06-20", "cancelled", "2026-01-05", "2026-07-05")
    assert of("2026-07-05", exports=[one]).standing == "active"
    assert of("2026-07-06", exports=[one]).standing == "lapsed"


def test_a_missing_row_says_nothing_and_a_newer_export_says_more() -> None:
    old = said("2026-02-01", "expired", "2025-12-01", "2026-02-01")
    new = said("2026-06-20", "active", "2026-05-05", "2026-07-05")
    life = of("2026-06-21", exports=[old, new])
    assert [spell.ended for spell in life.spells] == [True, False]
    assert [spell.periods for spell in life.spells] == [2, 2]


def test_who_was_told_to_have_left_today_is_not_there_any_more() -> None:
    month = paid("2026-06-02")
    one = said("2026-06-20", "expired", "2026-06-02", "2026-06-20")
    gone = [*month, Move(day("2026-06-20"), Act.SUB_EXPIRE)]
    assert of("2026-06-20", gone).standing == "lapsed"
    assert of("2026-06-20", exports=[one]).standing == "lapsed"
    assert of("2026-06-20", month).standing == "active"


@pytest.mark.parametrize(("today", "standing"), [("06-30", "active"), ("07-07", "pending")])
def test_nobody_has_left_fantia_before_the_seventh(today: str, standing: str) -> None:
    one = said("2026-07-01", "expired", "2026-06-15", "2026-06-30")
    assert of(f"2026-{today}", exports=[one], terms=FANTIA).standing == standing
    assert of("2026-07-08", exports=[one], terms=FANTIA).standing == "lapsed"
    assert not of(f"2026-{today}", exports=[one], terms=FANTIA).spells[0].ended


def test_fantia_bills_by_the_calendar_whenever_one_joins() -> None:
    life = of("2026-08-10", paid("2026-06-28", "2026-07-03", "2026-08-01"), terms=FANTIA)
    assert life.until == day("2026-08-31")
    by_dates = said("2026-08-10", "active", "2026-06-28", "2026-08-31")
    assert of("2026-08-10", exports=[by_dates], terms=FANTIA).spells[0].periods == 3


def test_coming_back_is_another_spell_unless_an_export_says_it_never_ended() -> None:
    moves = paid("2026-01-10", "2026-02-10", "2026-06-10")
    life = of("2026-06-20", moves)
    assert [(one.periods, one.ended) for one in life.spells] == [(2, True), (1, False)]
    never = said("2026-06-15", "active", "2026-01-10", "2026-07-10")
    (spell,) = of("2026-06-20", moves, [never]).spells
    assert spell.periods == 6


def test_a_beginning_before_the_first_known_payment_counts() -> None:
    export = said("2026-06-15", "active", "2026-01-10", "2026-07-10")
    (spell,) = of("2026-06-20", paid("2026-05-10", "2026-06-10"), [export]).spells
    assert (spell.began, spell.periods) == (day("2026-01-10"), 6)


@pytest.mark.parametrize(
    ("move", "export", "cause"),
    [
        ((), {}, "unknown"),
        ((Act.PAYMENT_FAILED, "2026-03-10"), {}, "payment"),
        ((Act.CHARGEBACK, "2026-03-12"), {}, "payment"),
        ((Act.AUTO_RENEW_OFF, "2026-02-20"), {}, "own"),
        ((Act.AUTO_RENEW_OFF, "2026-01-20"), {}, "unknown"),
        ((), {"auto_renew": False}, "own"),
        ((Act.PAYMENT_FAILED, "2026-03-10"), {"auto_renew": False}, "payment"),
        ((Act.PAYMENT_FAILED, "2026-03-10"), {"reason": "price"}, "own"),
        ((), {"reason": "payment"}, "payment"),
    ],
)
def test_why_somebody_left_is_told_apart(
    move: tuple[Act, str], export: dict[str, object], cause: str
) -> None:
    moves = [*paid("2026-01-10", "2026-02-10"), Move(day("2026-03-10"), Act.SUB_EXPIRE)]
    if move:
        moves = sorted([*moves, Move(day(move[1]), move[0])], key=lambda one: one.day)
    exports = [said("2026-02-15", **export)] if export else []  # type: ignore[arg-type]
    life = of("2026-04-01", moves, exports)
    assert life.standing == "lapsed"
    assert life.spells[0].cause == cause


STEPS = st.lists(st.tuples(st.integers(1, 200), st.sampled_from([*Act])), max_size=20)


@given(steps=STEPS, ahead=st.integers(0, 400))
def test_spells_follow_each_other_and_add_up(steps: list[tuple[int, Act]], ahead: int) -> None:
    at, moves = day("2024-01-01"), []
    for step, act in steps:
        at += step
        moves.append(Move(at, act))
    life = lived(Told(MONTHLY, moves, [], at, at + ahead))
    for spell in life.spells:
        assert spell.periods >= 1
        assert len(spell.due) == spell.periods - 1 + spell.ended
        assert [*spell.due] == sorted(spell.due)
        assert spell.began <= spell.until
    for one, other in zip(life.spells, life.spells[1:], strict=False):
        assert one.ended
        assert one.until <= other.began + MONTHLY.days
    assert all(not one.ended for one in life.spells[-1:]) or life.standing == "lapsed"
