"""Who is about to leave: from rows in tables to the numbers of the papers, and nothing ahead."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from elite8.core.domain import buying, churn, renewing
from elite8.core.domain.churn import Signals
from elite8.core.domain.subscriber import Act, Subscriber, SubscriptionState
from elite8.core.errors import ConfigError
from elite8.core.operations import at_risk, churn_report, histories, shops, whole
from elite8.core.operations.at_risk import AtRisk, Leaving, Wanted
from elite8.core.storage import leaving
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.domain.purchases import CALIBRATED, cdnow
from tests.operations.leavers import events, many, people, subscriptions, terms, years
from tests.subscribed import event, subscriber, subscription

HIGH_END = (131, 126, 90, 60, 42, 34, 26)
"""Of 1,000 people who left at each renewal: survival .869 .743 .653 .593 .551 .517 .491."""
EVERYBODY = Wanted(limit=1000)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def now(clock: StoppedClock) -> datetime:
    clock.now = NOW
    return NOW


def before(**units: float) -> datetime:
    return NOW - timedelta(**units)


def member(studio: Studio, name: str, platform: str = "fanvue", **facts: Any) -> str:
    """Enter somebody who subscribes to Miyuki and wrote yesterday; return the pseudonym."""
    last = facts.pop("last", 1.0)
    with studio.database.transaction() as session:
        who = subscriber(session, name, platform)
        subscription(session, who, **facts)
        for days in (last, last + 30, last + 50) if last is not None else ():
            event(session, who, Act.MESSAGE_IN, before(days=days))
        return who.key


def act(studio: Studio, key: str, what: Act, at: datetime, **facts: Any) -> None:
    from sqlmodel import select

    with studio.database.transaction() as session:
        who = session.exec(select(Subscriber).where(Subscriber.key == key)).one()
        event(session, who, what, at, **facts)


def by_key(found: Leaving) -> Mapping[str, AtRisk]:
    return {one.key: one for one in found.people}


def buying_people(studio: Studio, count: int) -> None:
    """Enter people who tip at a pace of their own until they lose interest, in two currencies."""
    rng, rows = np.random.default_rng(5), []
    for who in people(studio, count):
        pace, stays = rng.gamma(1.0, 0.4), rng.beta(1.5, 3.0)
        day = 300.0 - rng.uniform(0, 60)
        while day > 0:
            currency = "USD" if rng.random() < 0.6 else "JPY"
            money = {"amount_minor": int(rng.gamma(4, 200)) + 1, "currency": currency}
            rows.append((who, Act.TIP, before(days=day), money))
            day = day - 7 * rng.exponential(1 / pace) if rng.random() > stays else -1.0
    events(studio, rows)


def high_end(studio: Studio, clock: StoppedClock) -> None:
    """Enter the cohort of the paper, with years as periods, as one export has it."""
    clock.now = datetime(2026, 5, 1, tzinfo=UTC)
    lost = [years for years, count in enumerate(HIGH_END, 1) for _ in range(count)]
    rows = []
    for who, periods in zip(people(studio, 1000), [*lost, *[None] * 491], strict=True):
        until = years(2018, periods or 8)
        status = "expired" if periods else "active"
        facts = {"started_on": date(2018, 6, 1), "period_end": until, "status": status}
        rows.append((who, terms(clock.now - timedelta(days=1), months=12, **facts)))
    subscriptions(studio, rows)


def test_what_another_performers_account_tells_says_nothing_of_hers(
    studio: Studio, now: datetime
) -> None:
    def standing() -> str:
        with studio.database.transaction() as session:
            rows = studio.config.platform_terms.platforms
            every = histories.contracts(session, now, leaving.ALL, rows)
        return next(one.life.standing for one in every if one.subscriber == 1)

    paid = {"amount_minor": 999, "currency": "USD"}
    with studio.database.transaction() as session:
        event(session, subscriber(session, "hers"), Act.SUB_START, before(days=60), **paid)
        other = subscriber(session, "another's")
        event(session, other, Act.SUB_START, before(days=1), character_id="airi", **paid)
    assert standing() == "unknown"
    with studio.database.transaction() as session:
        event(session, subscriber(session, "hers too"), Act.SUB_START, before(days=1), **paid)
    assert standing() == "lapsed"


def test_renewals_in_the_tables_are_those_of_the_paper(studio: Studio, clock: StoppedClock) -> None:
    high_end(studio, clock)
    (basic,) = churn_report.report(studio).cohorts
    direct = renewing.fitted_to_counts([0, *HIGH_END], [0] * 7 + [491])
    assert (basic.alpha, basic.beta) == (direct.alpha, direct.beta)
    assert (round(direct.alpha, 3), round(direct.beta, 3)) == (0.668, 3.806)
    assert (basic.platform, basic.tier, basic.months) == ("fanvue", "basic", 12)
    assert (basic.people, basic.left, basic.unknown) == (1000, 509, 509)
    found = {one.renewals: one for one in basic.curve}
    assert found[6].seen == pytest.approx(0.517)
    assert found[6].model == pytest.approx(float(direct.survival(6)[0]))


def test_what_is_at_stake_is_the_papers_renewals_left_after_the_fee(
    studio: Studio, clock: StoppedClock
) -> None:
    high_end(studio, clock)
    one = at_risk.at_risk(studio, EVERYBODY).people[0]
    (stake,) = one.stakes
    # DERL of the eighth renewal at 10 % a period is 7.530; 9.99 dollars less 20 %.
    assert stake.amount == round(999 * 0.8 * 7.530)
    assert stake.told == (
        "sBG, renewals left, without a horizon, 10.0% discount a period, after 20 % fee"
    )
    assert one.until == date(2026, 6, 1)


def test_purchases_in_the_tables_are_cdnow(studio: Studio, clock: StoppedClock) -> None:
    raw = cdnow()
    day_one = datetime(1997, 1, 1, 12, tzinfo=UTC)
    clock.now = day_one + timedelta(days=CALIBRATED)
    people(studio, int(raw.person.max()) + 1, first=int(raw.person.min()))
    rows = zip(raw.person.tolist(), raw.day.tolist(), raw.cents.tolist(), strict=True)
    paid = [
        (who, Act.TIP, day_one + timedelta(days=day), {"amount_minor": cents, "currency": "USD"})
        for who, day, cents in rows
    ]
    events(studio, paid)
    of = whole.whole(studio)
    (shop,) = shops.shops(of)
    direct = {
        "BG/NBD": buying.fitted(raw.seen),
        "MBG/NBD": buying.fitted(raw.seen, modified=True),
    }
    assert {fit.name: fit.model for fit in shop.fits} == direct
    assert round(direct["BG/NBD"].r, 3) == 0.243
    assert shop.fits[0].name == max(direct, key=lambda name: direct[name].log_likelihood)
    (spent,) = shop.money.values()
    assert spent.model is not None
    assert (round(spent.model.p, 2), round(spent.model.q, 2)) == (6.25, 3.74)
    assert round(spent.model.v / 100, 2) == 15.44
    found = shops.customers(shop, of, studio.config.platform_terms, {})
    assert found.alive is not None
    assert found.alive == pytest.approx(shop.fits[0].model.alive(raw.seen))


@pytest.mark.usefixtures("now")
def test_signs_are_read_off_the_tables_and_told_in_words(studio: Studio) -> None:
    off = member(studio, "off", auto_renew=False)
    calm = member(studio, "calm")
    silent = member(studio, "silent", last=20)
    failed = member(studio, "failed")
    act(studio, failed, Act.SUB_RENEW, before(days=25), amount_minor=999, currency="USD")
    act(studio, failed, Act.PAYMENT_FAILED, before(days=1))
    ending: dict[str, Any] = {"started_on": date(2026, 6, 26), "period_end": date(2026, 11, 26)}
    unused = member(studio, "unused", last=36, **ending)
    found = by_key(at_risk.at_risk(studio, EVERYBODY))
    assert calm not in found
    assert found[off].reasons == ("will not renew: auto-renewal is off",)
    assert (found[off].risk, found[off].band) == (0.7, "high")
    assert found[silent].reasons[0] == "nothing for 20 days"
    assert found[failed].reasons == ("the last payment failed",)
    assert (found[failed].risk, found[failed].of_payment) == (0.5, 0.5)
    assert "3 days to the end of a period that was not used" in found[unused].reasons
    assert found[unused].band == "critical"
    assert {one.model for one in found.values()} == {"rules"}


@pytest.mark.usefixtures("now")
def test_the_same_numbers_as_calling_the_rules_directly(studio: Studio) -> None:
    key = member(studio, "one", last=20, auto_renew=False)
    one = by_key(at_risk.at_risk(studio, EVERYBODY))[key]
    of = whole.whole(studio)
    now, earlier, coverage = of.scores(np.array([1]))
    no = np.array([False])
    direct = churn.judged(
        Signals(
            auto_renew_off=~no,
            payment_failed=no,
            inactive=np.array([20.0]),
            gap=np.array([np.nan]),
            gaps=np.array([2.0]),
            score=now,
            score_before=earlier,
            coverage=coverage,
            ends_in=np.array([8.0]),
            used=no,
        )
    )
    assert one.risk == pytest.approx(float(direct.risk[0]), abs=1e-4)
    assert one.band == direct.band(0)
    assert len(one.reasons) == len(direct.reasons(0))


@pytest.mark.usefixtures("now")
def test_nothing_looks_ahead(studio: Studio) -> None:
    off = member(studio, "off", auto_renew=False, last=20)
    first = at_risk.at_risk(studio, EVERYBODY)
    act(studio, off, Act.MESSAGE_IN, NOW + timedelta(seconds=1))
    act(studio, off, Act.SUB_RENEW, NOW + timedelta(days=1), amount_minor=1, currency="USD")
    later = terms(NOW + timedelta(days=2), status="expired")
    many(studio, SubscriptionState, [{"subscription_id": 1, **later}])
    assert replace(at_risk.at_risk(studio, EVERYBODY), newer=False) == first


@pytest.mark.usefixtures("now")
def test_nobody_and_who_was_erased(studio: Studio) -> None:
    nobody = at_risk.at_risk(studio, EVERYBODY)
    assert (nobody.people, nobody.shown_of) == ((), 0)
    assert churn_report.report(studio).cohorts == ()
    member(studio, "gone", auto_renew=False)
    with studio.database.transaction() as session:
        row = session.get(Subscriber, 1)
        assert row is not None
        row.erased_at = NOW
    assert at_risk.at_risk(studio, EVERYBODY).people == ()
    assert churn_report.report(studio).stands == ()


@pytest.mark.usefixtures("now")
def test_where_too_little_is_seen_there_is_no_label_but_the_sign(studio: Studio) -> None:
    off = member(studio, "off", "onlyfans", auto_renew=False)
    member(studio, "calm", "onlyfans", last=None)
    found = at_risk.at_risk(studio, EVERYBODY)
    (one,) = found.people
    assert (one.key, one.band, one.risk) == (off, "insufficient data", None)
    assert one.reasons == ("will not renew: auto-renewal is off",)
    assert any("insufficient data on onlyfans: it shows 0%" in note for note in found.notes)
    assert dict(found.bands)["insufficient data"] == 2


@pytest.mark.usefixtures("now")
def test_fantia_is_pending_for_seven_days(studio: Studio, clock: StoppedClock) -> None:
    clock.now = datetime(2026, 11, 7, 9, tzinfo=UTC)
    left = {"started_on": date(2026, 6, 3), "period_end": date(2026, 10, 31), "status": "expired"}
    key = member(studio, "late", "fantia", source_at=datetime(2026, 11, 2, tzinfo=UTC), **left)
    one = by_key(at_risk.at_risk(studio, Wanted(band="insufficient data")))[key]
    assert one.standing == "pending"
    assert one.reasons[0].endswith("may still report a payment until 2026-11-07")
    clock.advance(days=1)
    assert at_risk.at_risk(studio, Wanted(band="insufficient data")).people == ()
    (stands,) = churn_report.report(studio).stands
    assert dict(stands.counts)["lapsed"] is None


@pytest.mark.usefixtures("now")
def test_without_scipy_the_rules_go_on_and_say_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = member(studio, "off", auto_renew=False)
    monkeypatch.setitem(sys.modules, "scipy", None)
    monkeypatch.delitem(sys.modules, "scipy.special", raising=False)
    found = at_risk.at_risk(studio, EVERYBODY)
    assert "pip install 'elite8[science]'" in found.notes[0]
    (stake,) = by_key(found)[key].stakes
    assert stake.amount == round(999 * 0.8)
    assert stake.told.startswith("the coming renewal")
    assert "elite8[science]" in churn_report.report(studio).lacking


@pytest.mark.usefixtures("now")
def test_currencies_stand_beside_each_other(studio: Studio) -> None:
    buying_people(studio, 200)
    of = whole.whole(studio)
    (shop,) = shops.shops(of)
    found = shops.customers(shop, of, studio.config.platform_terms, {})
    assert set(found.worths) == {"USD", "JPY"}
    listed = at_risk.at_risk(studio, EVERYBODY).people
    both = [one for one in listed if len(one.stakes) == 2]
    assert both
    assert {stake.currency for stake in both[0].stakes} == {"USD", "JPY"}
    assert all("52 periods" in stake.told for stake in both[0].stakes)
    assert {one.model for one in listed} == {shop.fits[0].name}


@pytest.mark.usefixtures("now")
def test_friends_are_judged_by_taking_part_until_they_leave(studio: Studio) -> None:
    with studio.database.transaction() as session:
        who, other = (subscriber(session, name, "line") for name in ("stays", "goes"))
        for one in (who, other):
            for days in (80, 60, 40, 31):
                event(session, one, Act.MESSAGE_IN, before(days=days))
        event(session, other, Act.OPTOUT, before(days=30))
        key = who.key
    found = at_risk.at_risk(studio, EVERYBODY)
    (shown,) = found.people
    assert (shown.key, shown.kind, shown.model) == (key, "friend", "rules")
    assert shown.reasons[0] == "took part on 4 days, the last time 31 days ago"
    assert shown.stakes == ()


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(platform="myspace"), "no platform 'myspace'; choose .*fanvue"),
        (Wanted(character="bob"), "no character 'bob'"),
        (Wanted(tier="gold"), "no tier 'gold'"),
        (Wanted(band="awful"), "no band 'awful'"),
        (Wanted(limit=0), "--limit is at least 1"),
    ],
)
def test_names_that_nobody_knows_are_refused(studio: Studio, wanted: Wanted, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        at_risk.at_risk(studio, wanted)
