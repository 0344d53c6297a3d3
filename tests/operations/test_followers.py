"""Followers over time: counted by official interfaces, new ones of a whole month, or unknown."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.destination import DESTINATIONS
from elite8.core.domain.follower import Counted, gained, new_count
from elite8.core.operations import count_followers, followers, launch, rounds
from elite8.core.operations.followers import Came, Following
from elite8.core.operations.region_results import Measured
from elite8.core.simulators import line as line_simulator
from elite8.core.simulators.cast import CAST
from elite8.core.simulators.tiktok.login import SCOPES as TIKTOK_SCOPES
from elite8.core.simulators.wire import Transport
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import followers as kept
from elite8.core.studio import Studio
from tests.operations.scenes import SIMULATED, Deadly, Scene, ruled, settings_of

ASKED = "accounts whose followers were asked for"
TELL = ("tiktok", "instagram", "youtube")


@pytest.fixture
def network() -> str:
    return "tiktok"


@pytest.fixture
def signed_out(network: str, studio: Studio, clock: Any) -> Iterator[Scene]:
    """A simulated network nobody has signed in to; no video is needed to have followers."""
    simulator = CAST[network].simulator(clock=clock, base_url=SIMULATED)
    line = Deadly(Transport(simulator.handle))
    settings = studio.settings.model_copy(update=settings_of(network))
    opened = replace(studio, settings=settings, transport=line, pause=lambda _seconds: None)
    stamina.set_testing(True, attempts=2, cap=True)
    yield Scene(studio=opened, network=network, simulator=simulator, line=line, clock=clock)
    stamina.set_testing(False)
    opened.database.close()
    assert simulator.violations == []


def follow(scene: Scene, count: int | None) -> None:
    """Let so many follow the account of a scene."""
    handle = kept_handle(scene)
    given: Mapping[str, Callable[[], object]] = {
        "tiktok": lambda: scene.simulator.change_creator(handle, followers=count),
        "instagram": lambda: scene.simulator.follow(handle, count),
        "youtube": lambda: scene.simulator.subscribe(handle, count),
    }
    given[scene.network]()


def kept_handle(scene: Scene) -> str:
    with scene.studio.database.transaction() as session:
        return kept_accounts.every(session)[0].handle


def followers_of(scene: Scene) -> Following:
    (found,) = followers.listed(scene.studio)
    return found


def month(scene: Scene, first: int, last: int, *, days: float = 30) -> Following:
    """Count, let a month go by with the sign-in renewed, and count again."""
    follow(scene, first)
    assert rounds.count_followers(scene.studio) == f"{ASKED}: 1 {scene.network}"
    scene.clock.advance(days=days)
    follow(scene, last)
    assert rounds.count_followers(scene.studio) == f"{ASKED}: 1 {scene.network}"
    return followers_of(scene)


@pytest.mark.parametrize("network", TELL)
def test_a_month_of_counts_tells_who_is_new(scene: Scene) -> None:
    before = followers_of(scene)
    assert (before.followers, before.new, before.why) == (None, None, followers.NEVER)
    found = month(scene, 120, 730)
    assert (found.followers, found.new, found.give, found.why) == (730, 610, 0, "")
    assert found.first is not None
    assert found.last == found.first + timedelta(days=30)
    assert found.source == DESTINATIONS[scene.network].followers  # type: ignore[index]  # one of them


def test_within_six_hours_nobody_is_asked_again(scene: Scene) -> None:
    assert count_followers.run(scene.studio)
    scene.line.sent = 0
    scene.clock.advance(hours=5, minutes=59)
    assert rounds.count_followers(scene.studio) == ""
    assert scene.line.sent == 0
    scene.clock.advance(minutes=1)
    assert len(count_followers.run(scene.studio)) == 1
    (account,) = accounts_of(scene)
    count_followers.keep(scene.studio, account, 9, "")  # another process, a moment later
    assert followers_of(scene).followers == 120


def accounts_of(scene: Scene) -> list[Any]:
    with scene.studio.database.transaction() as session:
        return list(kept_accounts.every(session))


def test_less_than_a_month_is_not_made_a_month_of(scene: Scene) -> None:
    found = month(scene, 100, 900, days=20)
    assert (found.followers, found.new) == (900, None)
    assert "30 days are needed" in found.why
    scene.clock.advance(days=10)
    old = followers_of(scene)
    assert old.new is None  # the newest is of ten days ago


@pytest.mark.parametrize("network", ["youtube"])
def test_what_youtube_rounds_is_only_nearly_known(scene: Scene) -> None:
    found = month(scene, 12_399, 12_999)
    assert (found.followers, found.new, found.give) == (12_900, 600, 99)
    scene.clock.advance(hours=6)
    follow(scene, None)
    before = scene.simulator.quota_used["units"]
    count_followers.run(scene.studio)
    assert scene.simulator.quota_used["units"] == before + 1
    hidden = followers_of(scene)
    assert "YouTube does not say how many" in hidden.why
    assert hidden.followers == 12_900


def test_a_sign_in_from_before_says_to_sign_in_again_and_asks_nobody(scene: Scene) -> None:
    (account,) = accounts_of(scene)
    with scene.studio.database.transaction() as session:
        row = kept_accounts.get(session, account.id)
        assert row
        row.scopes = " ".join(one for one in TIKTOK_SCOPES if one != "user.info.stats")
    scene.line.sent = 0
    assert rounds.count_followers(scene.studio) == ""
    assert scene.line.sent == 0
    why = followers_of(scene).why
    assert why.startswith("sign in again to know its followers (user.info.stats was not allowed)")
    assert "elite8 accounts login tiktok" in why
    scene.sign_in()
    assert count_followers.run(scene.studio)[0].followers == 120


def test_a_scope_that_was_never_told_is_refused_by_the_network_in_words(
    signed_out: Scene,
) -> None:
    signed_out.simulator.change_creator("open-id-1", declines=frozenset({"user.info.stats"}))
    signed_out.sign_in()
    with signed_out.studio.database.transaction() as session:
        account = kept_accounts.every(session)[0]
        row = kept_accounts.get(session, account.id)
        assert row
        row.scopes = ""
    (found,) = count_followers.run(signed_out.studio)
    assert (found.followers, found.error) == (None, "sign-in-needed")
    assert "user.info.stats" in followers_of(signed_out).why
    assert "run: elite8 accounts login tiktok" in followers_of(signed_out).why
    assert "act." not in followers_of(signed_out).why


def test_who_wants_no_followers_is_not_asked_for_the_scope(signed_out: Scene) -> None:
    ruled(signed_out, followers=False)
    signed_out.sign_in()
    (account,) = accounts_of(signed_out)
    assert "user.info.stats" not in account.scopes
    assert "followers is false for tiktok" in followers_of(signed_out).why
    assert followers.due(signed_out.studio) == ()


@pytest.mark.parametrize("network", TELL)
def test_no_answer_is_asked_again_at_the_next_tick(scene: Scene) -> None:
    path = {"tiktok": "/user/info", "instagram": "/v26.0", "youtube": "/channels"}[scene.network]
    scene.simulator.misbehave("500", at=path)
    (lost,) = count_followers.run(scene.studio)
    assert (lost.followers, lost.error) == (None, "unavailable")
    assert followers_of(scene).why == followers.NEVER
    (told,) = count_followers.run(scene.studio)
    assert (told.error, told.message) == ("", "")


@pytest.mark.parametrize("network", ["x", "discord"])
def test_a_network_that_is_not_asked_says_so(scene: Scene) -> None:
    assert followers.due(scene.studio) == ()
    assert followers_of(scene).why.startswith("nobody asks ")


@pytest.fixture
def friendly(studio: Studio, clock: Any) -> Iterator[Any]:
    """A studio with a LINE official account."""
    played = line_simulator.LineSimulator(clock=clock)
    settings = studio.settings.model_copy(
        update={
            "line_channel_id": line_simulator.CHANNEL_ID,
            "line_channel_secret": SecretStr(line_simulator.CHANNEL_SECRET),
            "line_url": "http://127.0.0.1",
        }
    )
    opened = replace(studio, settings=settings, transport=Transport(played.handle))
    stamina.set_testing(True, attempts=2, cap=True)
    yield opened, played
    stamina.set_testing(False)
    opened.database.close()


def test_friends_on_line_are_who_ever_added_less_who_blocked(friendly: Any, clock: Any) -> None:
    studio, played = friendly
    played.ever, played.blocked = 7620, {"U" + "1" * 32}
    assert rounds.count_followers(studio) == f"{ASKED}: 1 line"
    (found,) = followers.listed(studio)
    assert (found.network, found.followers) == ("line", 7619)
    played.unready = True
    clock.advance(hours=6)
    count_followers.run(studio)
    (found,) = followers.listed(studio)
    assert "LINE does not say how many" in found.why
    played.faults.add("busy", "", 9)
    clock.advance(hours=6)
    (asked,) = count_followers.run(studio)
    assert asked.error


def counts(*told: tuple[float, int]) -> list[Counted]:
    """Return counts, each so many days after a month ago."""
    ago = datetime(2026, 11, 1, tzinfo=UTC)
    return [Counted(at=ago + timedelta(days=days), followers=count) for days, count in told]


@pytest.mark.parametrize(
    ("told", "new"),
    [
        ((), None),
        (((0, 10), (30, 30)), 20),
        (((-1.5, 10), (30, 30)), 20),
        (((1.5, 10), (28, 30)), 20),
        (((1.6, 10), (30, 30)), None),
        (((0, 10), (27.9, 30)), None),
        (((-1, 5), (0.2, 10), (1, 12), (30, 30), (30.5, 31)), 21),
        (((0, 30), (30, 10)), -20),
    ],
)
def test_a_month_is_from_the_count_nearest_its_begin_to_the_newest(
    told: tuple[tuple[float, int], ...], new: int | None
) -> None:
    found = gained("tiktok", counts(*told), datetime(2026, 12, 1, tzinfo=UTC))
    assert (found.new if found else None) == new


@pytest.mark.parametrize(
    ("came", "met", "said"),
    [
        (Came(new=501), True, "new followers a month 501 > 500"),
        (Came(new=500), False, "new followers a month 500 ≤ 500"),
        (Came(new=600, give=99), True, "new followers a month 600 ± 99 > 500"),
        (Came(new=599, give=99), None, "new followers a month 599 ± 99 too close to 500 to tell"),
        (Came(new=401, give=99), False, "new followers a month 401 ± 99 ≤ 500"),
        (Came(), None, "new followers a month unknown"),
        (Came(why="nobody looked"), None, "new followers a month unknown (nobody looked)"),
        (
            Came(new=501, first=date(2026, 11, 1), last=date(2026, 12, 1)),
            True,
            "new followers a month 501 > 500 of 2026-11-01 to 2026-12-01",
        ),
    ],
)
def test_the_criterion_is_strict_and_knows_when_it_cannot_tell(
    studio: Studio, came: Came, met: bool | None, said: str
) -> None:
    found = launch.followers_of(studio.config.strategy.expansion, came)
    assert (found.met, found.said) == (met, said)


def test_a_region_is_told_by_its_own_accounts_alone(scene: Scene) -> None:
    month(scene, 100, 700)
    assert followers.of_regions(scene.studio, ("BR",))["BR"].why.startswith("no account that tells")
    (account,) = accounts_of(scene)
    bound(scene, account.id, "BR US")
    assert followers.of_regions(scene.studio, ("BR",))["BR"].new is None
    bound(scene, account.id, "br")
    found = followers.of_regions(scene.studio, ("BR", "US"))
    assert found["BR"].new == 600
    assert found["US"].new is None
    with scene.studio.database.transaction() as session:
        other = kept_accounts.get(session, account.id)
        assert other
        session.expunge(other)
    clone = type(other)(**{**other.model_dump(), "id": "other", "handle": "other", "name": "two"})
    with scene.studio.database.transaction() as session:
        session.add(clone)
    told = followers.of_regions(scene.studio, ("BR",))["BR"]
    assert (told.new, told.why) == (None, f"TikTok two: {followers.NEVER}")


def bound(scene: Scene, account: str, regions: str) -> None:
    with scene.studio.database.transaction() as session:
        row = kept_accounts.get(session, account)
        assert row
        row.regions = regions


def test_with_simulated_followers_a_region_is_ready(scene: Scene) -> None:
    (account,) = accounts_of(scene)
    bound(scene, account.id, "BR")
    month(scene, 100, 700)
    (kpi,) = [
        one
        for one in launch.launch(scene.studio).kpis
        if (one.region, one.name) == ("BR", "followers a month")
    ]
    assert kpi.actual == 600
    assert kpi.why.startswith("of 20")
    came = followers.of_regions(scene.studio, ("BR",))["BR"]
    reached = Measured(
        engagement=0.056, posts=30, first=date(2026, 11, 1), last=date(2026, 11, 30),
        published=30, came=came, roas=3.5,
    )  # fmt: skip
    assert launch.readiness(scene.studio.config.strategy.expansion, "BR", reached).ready


def test_a_count_says_when_in_utc(studio: Studio) -> None:
    with pytest.raises(ValueError, match="no zone"):
        new_count(
            at=datetime(2026, 1, 1),  # noqa: DTZ001
            network="x",
            account_id=None,
            source="",
            followers=1,
        )
    assert not kept.is_due(
        new_count(at=studio.clock(), network="x", account_id=None, source="", followers=1),
        studio.clock(),
    )
