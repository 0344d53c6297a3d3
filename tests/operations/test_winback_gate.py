"""Whom a winback may be for: each refusal by itself, on real rows."""

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from elite8.core.domain.campaign import Campaign
from elite8.core.domain.subscriber import Act, Subscriber
from elite8.core.operations import audience, consents, winback_plan
from elite8.core.operations.winback_plan import Wish
from elite8.core.storage import campaigns
from elite8.core.storage.database import Session
from elite8.core.studio import Studio
from tests import subscribed
from tests.operations.lapsed import DRAFT, EXPORTED, WISH, agree, crowd, lapse, link

AT = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.fixture
def house(studio: Studio) -> Studio:
    ours = {"sender": "Nova Studio", "postal_address": "1 Example Street", "mail_from": "a@b.test"}
    config = copy(studio.config)
    vars(config)["messages"] = config.messages.model_copy(update=ours)
    found = replace(studio, config=config)
    vars(found)["database"] = studio.database
    return found


def why(studio: Studio, wish: Wish = DRAFT) -> dict[str, int]:
    """Why whom: by reason, how many."""
    planned = winback_plan.keep(studio, wish)
    assert planned.eligible <= planned.audience
    return dict(planned.refused)


def change(studio: Studio, who: int, act: Callable[[Session, Subscriber], object]) -> None:
    with studio.database.transaction() as session:
        found = session.get(Subscriber, who)
        assert found is not None
        act(session, found)


def test_who_lapsed_may_be_spoken_to(house: Studio) -> None:
    crowd(house, 3)
    assert why(house) == {}
    planned = winback_plan.look(house, "autumn")
    assert isinstance(planned, winback_plan.Planned)
    assert (planned.audience, planned.eligible) == (3, 3)


@pytest.mark.parametrize(
    ("status", "end"),
    [
        ("active", date(2026, 12, 1)),
        ("active", date(2026, 10, 1)),  # an old export: nobody saw it end
        ("paused", None),
        ("unknown", None),
        ("pending", date(2026, 11, 20)),
    ],
)
def test_who_has_not_lapsed_is_refused(house: Studio, status: str, end: date | None) -> None:
    (one,) = crowd(house, 1)
    terms: dict[str, Any] = {
        "status": status,
        "period_end": end,
        "source_at": EXPORTED + timedelta(hours=1),
    }
    change(house, one, lambda s, who: subscribed.subscription(s, who, "rio", **terms))
    assert why(house) == {"has not lapsed": 1}


def test_who_pays_by_events_alone_has_not_lapsed(house: Studio) -> None:
    (one,) = crowd(house, 1)
    paid, since = {"amount_minor": 999, "currency": "USD"}, EXPORTED + timedelta(days=1)
    change(house, one, lambda s, who: subscribed.event(s, who, Act.SUB_START, since, **paid))
    assert "has not lapsed" in why(house)


def test_fantia_has_a_week_in_which_a_lapse_is_pending(house: Studio) -> None:
    with house.database.transaction() as session:
        who = subscribed.subscriber(session, "a", "fantia", birth_year=1990)
        day: dict[str, Any] = {
            "status": "expired",
            "period_end": date(2026, 11, 18),
            "source_at": EXPORTED,
        }
        subscribed.subscription(session, who, **day)
    assert "has not lapsed" in why(house, replace(DRAFT, platforms=("fantia",)))


def test_without_a_consent_for_the_channel_nobody_is_written_to(house: Studio) -> None:
    ids = crowd(house, 4)
    link(house, ids[:1])
    key = agree(house, "nobody@example.org")
    change(house, ids[1], lambda _s, who: setattr(who, "person_key", key))
    line = agree(house, f"U{7:032x}", "line")
    change(house, ids[2], lambda _s, who: setattr(who, "person_key", line))
    assert why(house, WISH) == {"no consent for this channel": 2}


def test_germany_asks_for_the_second_yes(house: Studio) -> None:
    (one,) = crowd(house, 1)
    key = agree(house, "fan@example.org", country="DE")
    change(house, one, lambda _s, who: setattr(who, "person_key", key))
    assert why(house, WISH) == {"no consent for this channel": 1}
    consents.confirm(house, key, "email", "marketing", "form/2")
    assert why(house, WISH) == {}


@pytest.mark.parametrize("wish", [WISH, DRAFT], ids=["email", "draft"])
def test_who_withdrew_is_refused(house: Studio, wish: Wish) -> None:
    ids = crowd(house, 1)
    link(house, ids)
    assert why(house, wish) == {}
    consents.withdraw(house, "email:fan0@example.org", via="page")
    assert why(house, wish)["opted out"] == 1


def test_who_opted_out_on_the_platform_is_refused_until_they_opt_in(house: Studio) -> None:
    (one,) = crowd(house, 1)
    change(house, one, lambda s, who: subscribed.event(s, who, Act.OPTOUT, AT))
    assert why(house)["opted out"] == 1
    again = AT + timedelta(days=1)
    change(house, one, lambda s, who: subscribed.event(s, who, Act.OPTIN, again))
    assert why(house) == {}


def test_who_was_erased_is_refused(house: Studio) -> None:
    (one,) = crowd(house, 1)
    change(house, one, lambda _s, who: setattr(who, "erased_at", AT))
    assert why(house) == {"erased": 1}


@pytest.mark.parametrize(
    ("act", "reason"),
    [(Act.CHARGEBACK, "charged a payment back"), (Act.COMPLAINT, "complained")],
)
def test_who_charged_back_or_complained_is_refused(house: Studio, act: Act, reason: str) -> None:
    (one,) = crowd(house, 1)
    long_ago = datetime(2024, 1, 1, tzinfo=UTC)
    change(house, one, lambda s, who: subscribed.event(s, who, act, long_ago))
    assert why(house) == {reason: 1}


@pytest.mark.parametrize("born", [None, 2008])
def test_who_is_not_known_to_be_an_adult_is_refused(house: Studio, born: int | None) -> None:
    crowd(house, 1, birth_year=born)
    assert why(house) == {"not known to be adult": 1}


def test_the_word_of_a_consent_makes_nobody_older_than_their_year_of_birth(house: Studio) -> None:
    link(house, crowd(house, 1, birth_year=2012))  # agreed as an adult
    assert why(house, WISH) == {"not known to be adult": 1}


def test_a_minor_by_word_stays_one(house: Studio) -> None:
    (one,) = crowd(house, 1)
    key = agree(house, "fan@example.org", age="minor")
    change(house, one, lambda _s, who: setattr(who, "person_key", key))
    assert why(house, WISH) == {"not known to be adult": 1}


@pytest.mark.parametrize("platform", ["onlyfans", "fantia", "xvideos", "pornhub", "fc2"])
@pytest.mark.parametrize("wish", [WISH, DRAFT], ids=["email", "draft"])
def test_a_platform_that_bars_programs_needs_an_attestation(
    house: Studio, platform: str, wish: Wish
) -> None:
    with house.database.transaction() as session:
        who = lapse(session, "a", platform)
        who.person_key = None
    there = replace(wish, platforms=(platform,))
    assert why(house, there)["the platform does not allow contact"] == 1


def test_an_attestation_opens_drafts(house: Studio) -> None:
    crowd(house, 1, platform="onlyfans")
    policies = house.config.policies
    word = {"who": "me", "clause": "4.2", "link": "https://example.org/terms", "day": "2026-11-01"}
    row = policies.platforms["onlyfans"]
    attested = type(row).model_validate(row.model_dump() | {"attested": word})
    rows = policies.platforms | {"onlyfans": attested}
    vars(house.config)["policies"] = policies.model_copy(update={"platforms": rows})
    assert why(house, replace(DRAFT, platforms=("onlyfans",))) == {}


def test_somebody_with_two_accounts_is_asked_by_one(house: Studio) -> None:
    ids = crowd(house, 2)
    key = agree(house, "fan@example.org")
    for each in ids:
        change(house, each, lambda _s, who: setattr(who, "person_key", key))
    assert why(house, WISH) == {audience.TWICE: 1}


def test_who_lapsed_too_long_ago_is_not_of_the_audience(house: Studio) -> None:
    crowd(house, 1)
    far = winback_plan.keep(house, replace(DRAFT, lapsed_least=100))
    near = winback_plan.keep(house, replace(DRAFT, lapsed_most=60))
    assert (far.audience, near.audience) == (0, 0)
    tiers = winback_plan.keep(house, replace(DRAFT, tiers=("vip",)))
    other = winback_plan.keep(house, replace(DRAFT, character="rio"))
    assert (tiers.audience, other.audience) == (0, 0)


def test_a_plan_is_kept_once_by_its_name(house: Studio) -> None:
    winback_plan.keep(house, DRAFT)
    winback_plan.keep(house, replace(DRAFT, percent=40))
    with house.database.transaction() as session:
        (one,) = campaigns.every(session)
        assert isinstance(one, Campaign)
        assert one.percent == 40
