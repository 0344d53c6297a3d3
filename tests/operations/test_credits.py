"""The purse for people: opened once, filled by the day, forecast to the hour."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from elite8.core.domain.credit import EntryKind
from elite8.core.domain.job import Family, Job, new_job
from elite8.core.domain.post import Post, new_post
from elite8.core.errors import ConfigError, OutOfCredits
from elite8.core.operations import purse
from elite8.core.operations.brief import row_of
from elite8.core.operations.credits import allowance, flows, history, overview, reconcile, renewal
from elite8.core.operations.forecast import forecast
from elite8.core.production.a2e import client
from elite8.core.simulators.a2e import A2ESimulator
from elite8.core.storage import jobs, ledger, posts, videos
from elite8.core.studio import Studio
from tests.operations.orders import brief


def spend(studio: Studio, coins: int, reference: str = "job") -> None:
    with studio.database.transaction() as session:
        purse.enter(session, studio.clock(), EntryKind.SETTLE, -coins, reference)


def fill(studio: Studio, reported: int | None = None) -> int:
    with studio.database.transaction() as session:
        purse.fill(studio, session, reported)
        return ledger.sums(session, purse.ACCOUNT).free


def test_the_first_contact_opens_the_ledger_with_what_a2e_has(paid: Studio) -> None:
    assert overview(paid, ask=True).free == 1800
    assert [one.kind for one in history(paid, limit=5)] == ["opening"]
    assert overview(paid, ask=True).balance == 1800


def test_a_balance_that_a2e_does_not_tell_is_told_by_the_operator(
    paid: Studio, a2e: A2ESimulator
) -> None:
    a2e.misbehave("no-balance", times=9)
    assert overview(paid, ask=True).reported is None
    with pytest.raises(OutOfCredits, match="--balance N"):
        fill(paid)
    assert reconcile(paid, told=900, accept=False).ours == 900


def test_days_and_months_bring_their_credits_once(studio: Studio, clock: Any) -> None:
    assert fill(studio, 100) == 100
    clock.advance(days=2)
    assert fill(studio) == 100  # without a word of A2E no day counts
    assert fill(studio, 100) == fill(studio, 100) == 220
    clock.advance(days=7)
    assert clock().date() == date(2026, 12, 2)
    assert fill(studio, 100) == 100 + 9 * 60 + 1800


def test_a_larger_plan_gives_nothing_for_the_months_before_it(studio: Studio, clock: Any) -> None:
    subscribe(studio, "free")
    fill(studio, 100)
    for _ in range(40):  # over the first of December
        clock.advance(days=1)
        fill(studio, 100)
    assert fill(studio, 100) == 100 + 40 * 30
    subscribe(studio, "pro")
    assert fill(studio, 100) == 100 + 40 * 30
    clock.advance(days=31)
    assert clock().date() == date(2027, 2, 2)
    assert fill(studio, 100) == 100 + 40 * 30 + 31 * 60 + 1800


def subscribe(studio: Studio, plan: str) -> None:
    tariff = studio.config.tariff.model_copy(update={"plan": plan})
    vars(studio.config)["tariff"] = tariff


def test_a_video_that_was_paid_for_twice_counts_once_and_costs_both(
    studio: Studio, clock: Any
) -> None:
    video = row_of(studio, brief(studio, characters=("airi",), engine="local"))
    orders = [("first", video.id), ("second", video.id), ("portrait", "")]
    with studio.database.transaction() as session:
        videos.add(session, video)
        for region in ("US", "GB"):
            posts.add(session, post_of(video.id, "instagram", clock(), region))
        posts.add(session, post_of(video.id, "tiktok", clock()))
        purse.fill(studio, session, 1800)
        for coins, (words, of) in zip((30, 60, 10), orders, strict=True):
            job = job_for(clock(), words, of)
            jobs.add(session, job)
            purse.settle(session, clock(), job, coins)
    found = overview(studio, ask=False)
    assert [(one.name, one.credits, one.videos) for one in found.characters] == [("airi", 100, 1)]
    assert [(one.name, one.credits, one.videos) for one in found.networks] == [
        ("instagram", 60, 1),
        ("tiktok", 30, 1),
    ]


def post_of(video: str, network: str, now: datetime, region: str = "") -> Post:
    return new_post(now=now, video_id=video, platform=network, due_at=now, region=region)


def job_for(now: datetime, words: str, video: str) -> Job:
    return new_job(
        now=now,
        there=now,
        family=Family.AVATAR_VIDEO if video else Family.PICTURE,
        character_id="airi",
        video_id=video,
        request="{}",
        request_sha256=words,
        held=0,
        priced=0,
        deadline_at=now,
        holder="",
        held_until=now,
    )


def test_the_forecast_names_the_first_video_that_does_not_fit(studio: Studio) -> None:
    fill(studio, 130)
    found = forecast(studio, videos_a_day=4, seconds=30)
    # The clock stands at 18:00 in Tokyo: one video is left of today, then four a day with
    # 60 credits each midnight UTC (09:00 in Tokyo), 10 kept in reserve.
    assert found.ends_at is not None
    here = found.ends_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert (here.date(), found.credits_a_video) == (date(2026, 11, 25), 30)
    assert found.short[0][0] == here.date()
    assert min(left for _, left in found.left) >= 10


def test_the_forecast_has_what_came_since_a2e_was_heard(studio: Studio, clock: Any) -> None:
    clock.now = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
    fill(studio, 100)
    clock.advance(days=3)  # three bonuses, and the renewal of 1 December
    found = forecast(studio, videos_a_day=40, seconds=15)
    assert found.free == 100 + 3 * 60 + 1800
    assert fill(studio) == 100  # the ledger itself waits for A2E
    assert fill(studio, 2000) == found.free
    assert forecast(studio, videos_a_day=40, seconds=15) == found


def test_what_fits_for_two_months_has_no_end(studio: Studio) -> None:
    fill(studio, 1800)
    assert forecast(studio, videos_a_day=1, seconds=15).ends_at is None


def test_there_is_no_forecast_before_the_ledger_begins(studio: Studio) -> None:
    with pytest.raises(ConfigError, match="nothing to forecast"):
        forecast(studio, videos_a_day=4, seconds=15)


@pytest.mark.parametrize(
    ("spent", "levels"),
    [
        (0, set()),
        (229, set()),
        (230, {("today", "warning")}),
        (235, {("today", "critical")}),
    ],
)
def test_the_days_budget_warns_at_ten_and_five(
    studio: Studio, spent: int, levels: set[tuple[str, str]]
) -> None:
    fill(studio, 1800)
    spend(studio, spent)
    assert {(one.what, one.level) for one in overview(studio, ask=False).low} == levels


@pytest.mark.parametrize(
    ("spent", "level"), [(79, None), (80, "warning"), (94, "warning"), (95, "critical")]
)
def test_the_month_warns_at_eighty_and_ninety_five_percent(
    studio: Studio, spent: int, level: str | None
) -> None:
    fill(studio, 100)
    spend(studio, spent)
    low = [one.level for one in overview(studio, ask=False).low if one.what == "month"]
    assert low == ([level] if level else [])


def test_yesterdays_spending_is_not_todays(studio: Studio, clock: Any) -> None:
    fill(studio, 1800)
    spend(studio, 200)
    clock.now = datetime(2026, 11, 23, 14, 59, tzinfo=UTC)
    assert overview(studio, ask=False).today == 200
    clock.now = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # midnight in Tokyo
    assert overview(studio, ask=False).today == 0


def test_what_was_accepted_is_no_difference_again(
    paid: Studio, a2e: A2ESimulator, clock: Any
) -> None:
    overview(paid, ask=True)
    for coins in (7, 5):
        clock.advance(minutes=1)
        a2e.spend(coins, "elsewhere")
        (item,) = reconcile(paid, told=None, accept=True).items
        assert (item.what, item.credits) == ("A2E alone: elsewhere", -coins)
    assert reconcile(paid, told=None, accept=False).items == ()


def test_books_too_long_to_go_through_keep_nobody_from_accepting(
    paid: Studio, a2e: A2ESimulator, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_PAGES", 1)
    overview(paid, ask=True)
    for _ in range(client.PAGE):
        a2e.spend(1, "elsewhere")
    clock.advance(minutes=20)
    found = reconcile(paid, told=None, accept=True)
    assert (found.difference, found.adjusted, found.items) == (-100, -100, ())
    assert "longer than 100 rows" in found.notes[0]
    again = reconcile(paid, told=None, accept=False)
    assert (again.difference, again.notes) == (0, ())  # equal: nobody asks for books
    clock.advance(minutes=20)
    a2e.spend(5, "elsewhere")
    assert [one.credits for one in reconcile(paid, told=None, accept=False).items] == [-5]


def test_the_cheapest_flow_comes_first(studio: Studio) -> None:
    found = flows(studio.config.tariff, [15.0, 20.0])
    assert [(one.operation, one.credits) for one in found] == [
        ("local", 0),
        ("avatar_video", 35),
        ("image_video", 210),
    ]


def test_the_plan_says_how_many_days_of_videos_are_left(studio: Studio) -> None:
    fill(studio, 100)
    found = allowance(studio, count=8, seconds=15)
    assert (found.day_cost, found.days_left) == (120, 1)
    assert found.renews_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 12, 1, tzinfo=UTC), date(2027, 1, 1)),
        (datetime(2027, 1, 31, tzinfo=UTC), date(2027, 2, 1)),
        (datetime(2028, 2, 29, tzinfo=UTC), date(2028, 3, 1)),
    ],
)
def test_the_renewal_is_always_ahead(
    studio: Studio, clock: Any, now: datetime, expected: date
) -> None:
    clock.now = now
    assert renewal(studio) == expected
    assert purse.month_began(studio) <= now
