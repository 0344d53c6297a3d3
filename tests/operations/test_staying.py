"""Who stays and what they are worth: cohorts told again, tenures by hand, what is not told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from elite8.core.config import Config
from elite8.core.domain import buying, renewing, spending
from elite8.core.domain.subscriber import Act, Subscriber, SubscriberEvent
from elite8.core.errors import ConfigError
from elite8.core.operations import lifetime, paid_book, staying
from elite8.core.operations.staying import Only
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from tests.conftest import ROOT, StoppedClock
from tests.domain.naive_paid import later
from tests.domain.purchases import CALIBRATED, cdnow
from tests.operations.earned import Again, live
from tests.subscribed import digits, event, subscriber, subscription

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Studio, Again]]:
    """A studio with a year of money, and the same read again; nothing here changes it."""
    home = tmp_path_factory.mktemp("staying")
    file = home / "elite8.db"
    settings = Settings(
        state_dir=home,
        config_dir=ROOT / "config",
        database_url=SecretStr(f"sqlite:///{file}"),
        time_zone="Europe/Berlin",
    )
    studio = Studio(settings=settings, config=Config(settings.config_dir), clock=StoppedClock(NOW))
    live(studio, people=170)
    yield studio, Again(str(file))
    studio.database.close()


def test_every_cohort_is_told_again(lived: tuple[Studio, Again]) -> None:
    studio, again = lived
    months = [datetime(2025 + n // 12, n % 12 + 1, 1, tzinfo=ZONE) for n in range(23)]
    first: dict[tuple[int, str], int] = {}
    for pair in again.histories:
        paid = [n for n in range(22) if again.paid_before(pair, months[n + 1])]
        if paid:
            first[pair] = paid[0]
    found = {one.first: one for one in staying.retention(studio, Only()).cohorts}
    checked = 0
    for number, month in enumerate(months[:-1]):
        mine = [pair for pair, n in first.items() if n == number]
        if not mine:
            assert month.date() not in found
            continue
        one = found[month.date()]
        assert one.people == (len(mine) if len(mine) >= 10 else None)
        for after, kept in enumerate(one.kept):
            end = months[number + after + 1]
            paying = sum(again.stands(pair, end)[2] > 0 for pair in mine)
            assert kept is not None
            assert kept.n == (paying if after else len(mine))
            assert kept.share == kept.n / len(mine)
            assert kept.low <= kept.share <= kept.high
            checked += 1
    assert checked > 30


def paid(studio: Studio, number: int, months: int, *, platform: str = "fanvue") -> None:
    """Enter somebody who paid so many months, the first in January."""
    start = datetime(2026, 1, 10, 9, tzinfo=UTC)
    with studio.database.transaction() as session:
        who = subscriber(session, f"fan{number}", platform)
        for turn in range(months):
            at = later(start, turn)
            event(
                session, who, Act.SUB_START if not turn else Act.SUB_RENEW, at,
                amount_minor=1000, currency="USD", key=digits(number, turn),
            )  # fmt: skip


@pytest.fixture
def dozen(studio: Studio, clock: StoppedClock) -> Studio:
    """Four left after one month, three after two, five are in their sixth."""
    clock.now = datetime(2026, 6, 20, tzinfo=UTC)
    for number in range(12):
        paid(studio, number, 1 if number < 4 else 2 if number < 7 else 6)
    return studio


def test_tenures_are_months_paid_of_who_left_and_renewed_of_who_is_there(dozen: Studio) -> None:
    found = paid_book.book(dozen)
    spells = found.paid.spells
    tenure, ended = staying.tenures(spells, spells.first, found)
    assert sorted(tenure[ended].tolist()) == [1] * 4 + [2] * 3
    assert tenure[~ended].tolist() == [5] * 5


def test_the_curve_is_the_product_of_who_stayed(dozen: Studio) -> None:
    found = staying.curve(dozen, Only())
    assert [(p.month, p.at_risk, p.lost) for p in found.points] == [(1, 12, 4), (2, 8, 3)]
    assert [p.survival for p in found.points] == pytest.approx([8 / 12, 5 / 12])
    assert (found.people, found.left, found.median, found.seen) == (12, None, 2.0, 5.0)
    assert found.foretold == ()
    assert found.why.startswith("sBG: 7 left; 10 are needed")


def test_a_month_that_nobody_looked_at_is_blank_and_never_nought(
    dozen: Studio, clock: StoppedClock
) -> None:
    def kept() -> list[int | None]:
        cohort = staying.retention(dozen, Only()).cohorts[0]
        return [one.n if one else None for one in cohort.kept]

    assert kept() == [12, 8, 5, 5, 5]
    clock.now = datetime(2026, 9, 20, tzinfo=UTC)
    assert kept() == [12, 8, 5, 5, 5, 5]
    assert "nothing was heard since 2026-06-10" in staying.retention(dozen, Only()).notes[0]


def test_under_ten_nothing_is_told(studio: Studio) -> None:
    for number in range(9):
        paid(studio, number, 1 + number % 2)
    cohort = staying.retention(studio, Only()).cohorts[0]
    assert (cohort.people, cohort.kept) == (None, ())
    found = staying.curve(studio, Only())
    assert (found.people, found.left, found.points, found.foretold) == (None, None, (), ())


def test_some_alone_and_a_name_nobody_has(dozen: Studio) -> None:
    paid(dozen, 99, 3, platform="onlyfans")
    assert staying.curve(dozen, Only(platform="fanvue")).people == 12
    assert staying.curve(dozen, Only(platform="onlyfans")).people is None
    with pytest.raises(ConfigError, match="no subscription is known for moon"):
        staying.curve(dozen, Only(platform="moon"))


def test_worth_is_the_margin_by_who_is_there_discounted(dozen: Studio) -> None:
    for number in range(20, 30):
        paid(dozen, number, 6)
    found = lifetime.lifetime(dozen, lifetime.terms(dozen, 12, 10.0)).subscribing
    one = next(row for row in found if row.platform == "fanvue")
    assert (one.paying, one.margin, one.net, one.method) == (15, 800.0, True, "Kaplan-Meier")
    off = 1.1 ** (-1 / 12)
    shares = [1, 18 / 22, 15 / 22, 15 / 22, 15 / 22, 15 / 22]
    assert one.worth == pytest.approx(sum(800 * s * off**k for k, s in enumerate(shares)))
    assert one.months == 6
    assert (one.left_each, one.left_all) == (None, None)
    assert "sBG: 7 left" in one.why


def test_with_enough_who_left_sbg_foretells_and_values_who_is_there(
    studio: Studio, clock: StoppedClock
) -> None:
    clock.now = datetime(2026, 8, 20, tzinfo=UTC)
    left = (37, 16, 9, 6, 4, 2, 2)
    number = 0
    for months, many in enumerate((*left, 24), 1):
        for _ in range(many):
            number += 1
            paid(studio, number, months)
    with studio.database.transaction() as session:
        who = subscriber(session, "looked at")
        subscription(session, who, tier="free", price_minor=0, source_at=clock.now)
    curve = staying.curve(studio, Only())
    model = renewing.fitted_to_counts([0, *left], [0] * 7 + [24])
    assert curve.alpha == pytest.approx(model.alpha)
    assert curve.foretold[1] == pytest.approx(float(model.survival(1)[0]))
    found = lifetime.lifetime(studio, lifetime.terms(studio, 24, 10.0)).subscribing[0]
    assert (found.paying, found.method, found.months) == (24, "sBG", 24)
    rate = 1.1 ** (1 / 12) - 1
    assert found.left_each == pytest.approx(800 * float(model.left(8, rate=rate)[0]))
    assert found.left_all == pytest.approx(24 * (found.left_each or 0))


def test_cdnow_as_tips_is_worth_what_the_models_say(studio: Studio, clock: StoppedClock) -> None:
    known, began = cdnow(), datetime(1997, 1, 1, tzinfo=UTC)
    clock.now = began + timedelta(days=CALIBRATED, hours=12)
    people = {int(one) for one in known.person}
    rows = zip(known.person.tolist(), known.day.tolist(), known.cents.tolist(), strict=True)
    with studio.database.transaction() as session:
        line = session.connection()
        line.execute(
            insert(Subscriber),
            [
                {"id": one, "key": f"{one}", "platform": "fanvue", "country": "", "language": "",
                 "added_at": NOW}
                for one in people
            ],
        )  # fmt: skip
        line.execute(
            insert(SubscriberEvent),
            [
                {"key": f"{turn}", "subscriber_id": one, "act": "tip",
                 "amount_minor": max(cents, 1),
                 "at": began + timedelta(days=day, hours=3), "currency": "USD", "quantity": 1.0,
                 "character_id": "", "content": "", "about": ""}
                for turn, (one, day, cents) in enumerate(rows)
            ],
        )  # fmt: skip
    asked = lifetime.terms(studio, 9, 10.0)
    one = lifetime.lifetime(studio, asked).buying[0]
    assert (one.platform, one.currency, one.buyers, one.why) == ("fanvue", "USD", 2357, "")
    assert one.link == pytest.approx(0.11, abs=0.01)
    model = buying.fitted(known.seen)
    assert one.alive == pytest.approx(float(model.alive(known.seen).sum()), rel=1e-3)
    coming = model.discounted(known.seen, weeks=asked.weeks, rate=asked.a_week)
    spends = spending.fitted(known.seen.frequency, known.average * 100)
    worth = coming * spends.mean(known.seen.frequency, known.average * 100) * 0.8
    assert one.worth_all == pytest.approx(float(worth.sum()), rel=0.01)
    linked = lifetime.bought(
        ("fanvue", "USD"), known.seen, 100 + 300 * known.seen.frequency, 20, asked
    )
    assert (linked.worth_each, linked.worth_all) == (None, None)
    assert linked.why == "how often and how much go together (r 1.00): no Gamma-Gamma"


def test_nonsense_is_refused_and_nobody_is_no_error(studio: Studio) -> None:
    with pytest.raises(ConfigError, match="outside 1 to 120"):
        lifetime.terms(studio, 121)
    with pytest.raises(ConfigError, match="percent a year"):
        lifetime.terms(studio, 12, 0.0)
    assert lifetime.lifetime(studio, lifetime.terms(studio)).subscribing == ()
    assert staying.retention(studio, Only()).cohorts == ()
    assert staying.curve(studio, Only()).people == 0
    with studio.database.transaction() as session:
        subscription(session, subscriber(session, "fan"), price_minor=0, tier="free")
    assert staying.curve(studio, Only()).people == 0
