"""Money of subscribers: every figure told again from the tables, by name, in another currency."""

from collections.abc import Iterator
from copy import copy
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from pydantic import SecretStr

from elite8.core.config import Config
from elite8.core.domain.exchange import ExchangeRates, Rate
from elite8.core.domain.subscriber import Act
from elite8.core.errors import ConfigError
from elite8.core.operations import funnel, paid_book, recurring_money
from elite8.core.operations.brought import BROUGHT
from elite8.core.operations.recurring_money import Money
from elite8.core.settings import Settings
from elite8.core.storage import moved
from elite8.core.studio import Studio
from tests.conftest import ROOT, StoppedClock
from tests.operations.earned import Again, live
from tests.subscribed import event, subscriber, subscription

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Studio, Again]]:
    """A studio with a year of money, and the same read again; nothing here changes it."""
    home = tmp_path_factory.mktemp("money")
    file = home / "elite8.db"
    settings = Settings(
        state_dir=home,
        config_dir=ROOT / "config",
        database_url=SecretStr(f"sqlite:///{file}"),
        time_zone="Europe/Berlin",
    )
    studio = Studio(settings=settings, config=Config(settings.config_dir), clock=StoppedClock(NOW))
    live(studio)
    yield studio, Again(str(file))
    studio.database.close()


@pytest.mark.parametrize("month", ["2026-03", "2026-08", "2026-10", ""])
def test_every_figure_is_told_again(lived: tuple[Studio, Again], month: str) -> None:
    studio, again = lived
    meant = recurring_money.month(studio, month)
    found = recurring_money.show(studio, meant)
    until = recurring_money.so_far(meant, NOW)
    wanted, came = again.moved(meant.since, until), again.came(meant.since, until)
    assert {row.currency for row in found.totals} == {"USD", "JPY"}
    for row in found.totals:
        mine = wanted[row.currency]
        for name in AMOUNTS:
            assert getattr(row.gross, name) == mine[name], (row.currency, name)
        assert row.received.total == came[row.currency]
        for number, name in ((row.people.start, "at_start"), (row.people.end, "at_end")):
            assert number == mine[name] or (number is None and 0 < mine[name] < 10)
    assert found.so_far == (month == "")


def test_money_and_churn_hear_of_an_account_alike(lived: tuple[Studio, Again]) -> None:
    studio, _ = lived
    with studio.database.transaction() as session:
        days = moved.heard(session, NOW, moved.moves(session, NOW))
    heard = paid_book.book(studio).heard
    assert {(one.platform, one.character): one.at.toordinal() for one in heard} == days
    assert len(days) == 6


AMOUNTS = ("start", "new", "reactivation", "expansion", "contraction", "churned", "end")


@pytest.mark.parametrize("by", [*recurring_money.OWN, *BROUGHT])
def test_rows_sum_to_the_whole_by_any_name(lived: tuple[Studio, Again], by: str) -> None:
    studio, _ = lived
    found = recurring_money.show(studio, recurring_money.month(studio, "2026-10"), by)
    for total in found.totals:
        mine = [row for row in found.rows if row.currency == total.currency]
        for name in AMOUNTS:
            assert sum(getattr(r.gross, name) for r in mine) == getattr(total.gross, name)
        for name in ("subscriptions", "tips", "messages", "returned", "total"):
            assert sum(getattr(r.received, name) for r in mine) == getattr(total.received, name)
        assert sum(r.pending for r in mine) == total.pending


def told(found: Money) -> dict[str, dict[str, object]]:
    return {row.currency: asdict(row.gross) for row in found.totals}


def test_currencies_are_never_added_unless_a_dated_rate_is_there(
    lived: tuple[Studio, Again],
) -> None:
    studio, _ = lived
    meant = recurring_money.month(studio, "2026-10")
    with pytest.raises(ConfigError, match="no rate of JPY into USD on 2026-10-31"):
        recurring_money.show(studio, meant, into="usd")
    rate = Rate(of="JPY", into="USD", rate=Decimal("0.0067"), as_of=date(2026, 10, 1), source="BoJ")
    config = copy(studio.config)
    vars(config)["exchange_rates"] = ExchangeRates(
        rates=(rate, replace_day(rate, date(2026, 11, 1)))
    )
    found = recurring_money.show(replace(studio, config=config), meant, "platform", "USD")
    assert [row.currency for row in found.totals] == ["USD"]
    apart = told(recurring_money.show(studio, meant))
    end = found.totals[0].gross.end
    assert end == pytest.approx(
        int(str(apart["USD"]["end"])) + int(str(apart["JPY"]["end"])) * 0.67, abs=40
    )
    assert sum(row.gross.end for row in found.rows) == end
    assert found.rates == ("1 JPY = 0.0067 USD of 2026-10-01 (BoJ)",)


def replace_day(rate: Rate, day: date) -> Rate:
    return rate.model_copy(update={"as_of": day, "rate": Decimal(1)})


def test_under_ten_people_no_number_and_no_share_is_told(studio: Studio) -> None:
    with studio.database.transaction() as session:
        for number in range(4):
            who = subscriber(session, f"fan{number}")
            subscription(session, who, started_on=date(2026, 1, 1), period_end=date(2027, 1, 1))
            event(session, who, Act.TIP, studio.clock(), amount_minor=500, currency="USD")
    found = recurring_money.show(studio, funnel.period(studio)).totals[0]
    assert found.gross.end == 4 * 999
    assert (found.people.end, found.people.start, found.people.left) == (None, None, 0)
    assert (found.people.churn, found.gross.gross_churn, found.arppu) == (None, None, None)
    assert found.received.payers is None


def test_an_unknown_fee_leaves_net_unknown_and_says_what_to_do(studio: Studio) -> None:
    with studio.database.transaction() as session:
        who = subscriber(session, "fan", "fc2")
        subscription(session, who, currency="JPY", price_minor=500, period_end=date(2027, 1, 1))
    found = recurring_money.show(studio, funnel.period(studio))
    assert found.totals[0].net is None
    assert any("the fee of fc2 is not known" in note for note in found.notes)


def test_what_nobody_looked_at_since_is_pending_and_said(studio: Studio) -> None:
    seen = datetime(2026, 6, 1, tzinfo=UTC)
    with studio.database.transaction() as session:
        who = subscriber(session, "fan")
        subscription(session, who, source_at=seen, period_end=date(2026, 6, 20))
    found = recurring_money.show(studio, funnel.period(studio))
    assert (found.totals[0].gross.end, found.totals[0].pending) == (999, 999)
    assert "fanvue for miyuki: nothing was heard since 2026-06-01" in found.notes[0]


def test_wrong_words_are_refused(studio: Studio) -> None:
    meant = recurring_money.month(studio)
    with pytest.raises(ConfigError, match="no way to tell by 'moon'"):
        recurring_money.show(studio, meant, "moon")
    with pytest.raises(ConfigError, match="is no month"):
        recurring_money.month(studio, "2026-13")
    with pytest.raises(ConfigError, match="yet to come"):
        recurring_money.show(studio, recurring_money.month(studio, "2031-01"))


def test_words_have_the_same_numbers_in_every_run() -> None:
    words = paid_book.Words()
    words.column(["onlyfans", "fantia", "fanvue", "fc2", "line", "fantia"])
    assert words.names == ["fantia", "fanvue", "fc2", "line", "onlyfans"]
