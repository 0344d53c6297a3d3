"""Status, test, plan, the provider's count, metrics and the doctor's line of the proxy."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from elite8.core.domain.alert import AlertState
from elite8.core.domain.proxy import AROUND, GB, Balance, Outcome, new_use
from elite8.core.errors import ConfigError, Refused, SignInNeeded, Unavailable
from elite8.core.operations import alerts, doctor, egress, proxy, proxy_plan, tasks, usage, watch
from elite8.core.simulators.iproyal import AccountSimulator
from elite8.core.simulators.wire import serve
from elite8.core.storage import traffic
from elite8.core.studio import Studio
from tests.operations.exits import API, ECHO, Scenery, joined, planned, scenery

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def scene(studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scenery]:
    with scenery(studio, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def provider(scene: Scenery) -> Iterator[AccountSimulator]:
    """The provider's API, which counts what the proxy saw."""
    account = AccountSimulator(proxy=scene.proxy)
    with serve(account.handle) as address:
        setting(scene, iproyal_url=address)
        object.__setattr__(scene.studio, "transport", None)
        yield account


def setting(scene: Scenery, **changed: Any) -> None:
    settings = scene.studio.settings.model_copy(update=changed)
    object.__setattr__(scene.studio, "settings", settings)


def used(scene: Scenery, count: int, **facts: Any) -> None:
    with scene.studio.database.transaction() as session:
        now = scene.studio.clock()
        traffic.add(session, new_use(now, "JP", "a", API, **({"up": count} | facts)))


def metric(scene: Scenery, name: str, **labels: str) -> float | None:
    for one in watch.collect(scene.studio):
        if one.metric == name and labels.items() <= dict(one.labels).items():
            return one.value
    return None


def test_a_test_says_where_it_comes_out_and_what_that_took(scene: Scenery) -> None:
    (found,) = proxy.test(scene.studio, "")
    assert (found.region, found.country, found.good) == ("JP", "jp", True)
    scene.proxy.settled()
    assert (found.up, found.down) == (scene.proxy.up, scene.proxy.down) == scene.counted()
    assert found.exact
    seen = proxy.status(scene.studio, ask=False).regions
    assert [(one.region, one.seen) for one in seen if one.seen] == [("JP", "jp")]


def test_a_wrong_country_is_said(scene: Scenery) -> None:
    scene.proxy.out_of = "fr"
    (found,) = proxy.test(scene.studio, "JP")
    assert not found.good
    assert found.says == "it comes out in fr, not in jp: tell IPRoyal"


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"refuses": True}, "the proxy does not answer"),
        ({"secret": "another"}, "does not take the sign-in"),
        ({"forbids": {ECHO}}, "the provider refuses this host"),
    ],
)
def test_a_test_never_goes_directly(scene: Scenery, trouble: dict[str, Any], says: str) -> None:
    for name, how in trouble.items():
        setattr(scene.proxy, name, how)
    (found,) = proxy.test(scene.studio, "JP")
    assert (found.good, found.country) == (False, "")
    assert says in found.says
    assert scene.direct.seen == []


def test_a_test_asks_though_the_proxy_failed_a_moment_ago_and_ends_that(scene: Scenery) -> None:
    scene.proxy.refuses = True
    scene.put(1)
    assert metric(scene, "elite8_proxy_down", region="JP") == 1
    scene.proxy.refuses = False
    scene.studio.clock.advance(seconds=1)  # type: ignore[attr-defined]  # a stopped clock
    assert proxy.test(scene.studio, "JP")[0].good
    assert metric(scene, "elite8_proxy_down", region="JP") == 0
    tunnels = len(scene.proxy.tunnels)
    scene.put(1)
    assert len(scene.proxy.tunnels) == tunnels + 1


def test_a_test_of_nothing_is_refused(scene: Scenery) -> None:
    with pytest.raises(ConfigError, match="no region 'XX'"):
        proxy.test(scene.studio, "XX")
    scene.decide(echo_url="")
    with pytest.raises(ConfigError, match="echo_url"):
        proxy.test(scene.studio, "JP")
    setting(scene, iproyal_username=None)
    scene.decide(echo_url=f"https://{ECHO}/json")
    with pytest.raises(ConfigError, match="ELITE8_IPROYAL_USERNAME"):
        proxy.test(scene.studio, "JP")


def test_an_alert_rings_also_before_a_large_reserve(scene: Scenery) -> None:
    scene.decide(reserve_percent=25)
    used(scene, 375_000_000)
    rung = {turn.alert.rule for turn in alerts.evaluate(scene.studio, watch.collect(scene.studio))}
    assert {"proxy-budget", "proxy-budget-nearly-gone"} <= rung


def test_an_alert_rings_when_the_budget_is_nearly_gone_and_the_log_says_the_rest(
    scene: Scenery, clock: Any
) -> None:
    used(scene, 410_000_000)
    rung = {turn.alert.rule for turn in alerts.evaluate(scene.studio, watch.collect(scene.studio))}
    assert "proxy-budget" in rung
    assert "proxy-budget-nearly-gone" not in rung
    assert metric(scene, "elite8_proxy_used_ratio", span="day") == pytest.approx(0.82 / 0.98)
    used(scene, 80_000_000)
    assert scene.put(5_000) == 200
    assert metric(scene, "elite8_proxy_direct", region="JP", reason="budget") == 1
    turns = alerts.evaluate(scene.studio, watch.collect(scene.studio))
    said = {turn.alert.rule: turn.alert.message for turn in turns}
    assert said["proxy-budget-nearly-gone"] == "100% of the proxy's budget of the day are used"
    assert said["proxy-went-direct"] == "1 line of JP went directly in a day: budget"
    clock.advance(days=2)
    over = alerts.evaluate(scene.studio, watch.collect(scene.studio))
    assert {turn.alert.rule for turn in over if turn.what == AlertState.RESOLVED} >= {
        *("proxy-budget", "proxy-budget-nearly-gone", "proxy-went-direct")
    }


def test_what_is_off_and_was_never_on_has_no_metrics(studio: Studio) -> None:
    assert not [one for one in watch.collect(studio) if one.metric.startswith("elite8_proxy")]
    assert not proxy.status(studio, ask=True).on


def test_bytes_are_metered_by_region_and_way(scene: Scenery) -> None:
    scene.put(100_000)
    scene.proxy.settled()
    sent, received = (
        metric(scene, "elite8_proxy_bytes", region="JP", way=way) for way in ("sent", "received")
    )
    assert (sent, received) == (scene.proxy.up, scene.proxy.down)


def test_the_providers_count_stands_beside_ours(
    scene: Scenery, provider: AccountSimulator, clock: Any
) -> None:
    first = proxy.reconcile(scene.studio)
    assert (first.left_gb, first.ratio) == (10.0, None)
    clock.advance(hours=1)
    proxy.test(scene.studio, "JP")
    scene.proxy.settled()
    found = proxy.reconcile(scene.studio)
    assert found.theirs == found.ours == scene.proxy.up + scene.proxy.down
    provider.bought_gb += 5
    clock.advance(hours=1)
    again = proxy.reconcile(scene.studio)
    assert again.since == clock()


def told(*rows: tuple[int, float, int]) -> list[Balance]:
    """What the provider said hour by hour, the newest first."""
    begin = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Balance(at=begin + timedelta(hours=hour), left_gb=left, ours=ours)
        for hour, left, ours in sorted(rows, reverse=True)
    ]


@pytest.mark.parametrize(
    ("rows", "ratio"),
    [
        (((0, 10.0, 0), (1, 9.0, GB)), 0.0),
        (((0, 10.0, 0), (1, 9.0, GB // 2)), 0.5),
        (((0, 10.0, 0), (1, 10.0, GB // 2)), 1.0),
        (((0, 10.0, 0), (1, 9.99, 0)), None),
        (((0, 1.0, 0), (1, 0.5, 9 * GB), (2, 20.0, 9 * GB), (3, 19.0, 10 * GB)), 0.0),
    ],
)
def test_drift_is_told_since_traffic_was_last_bought(
    rows: tuple[tuple[int, float, int], ...], ratio: float | None
) -> None:
    found = usage.drift(told(*rows))
    assert found
    assert found.ratio == (None if ratio is None else pytest.approx(ratio))
    assert usage.drift([]) is None


def test_a_count_that_differs_is_said_and_corrects_nothing(
    scene: Scenery, provider: AccountSimulator, clock: Any
) -> None:
    proxy.reconcile(scene.studio)
    used(scene, GB // 4)
    provider.bought_gb -= 1
    clock.advance(hours=1)
    found = proxy.status(scene.studio, ask=True)
    assert "the provider counts 1000.0 MB, we 250.0 MB" in found.notes[0]
    assert metric(scene, "elite8_proxy_drift_ratio") == pytest.approx(0.75)
    assert metric(scene, "elite8_proxy_left_bytes") == pytest.approx(9 * GB)
    assert found.spans[0].used == GB // 4
    assert tasks.TASKS["traffic"].run(scene.studio) == "9 GB of the proxy are left"


@pytest.mark.parametrize("told", [b"9" * 400, b"-" + b"9" * 400, b"NaN", b"true", b'"7"'])
def test_traffic_beyond_all_measure_is_no_answer(scene: Scenery, told: bytes) -> None:
    from elite8.core import iproyal

    body = b'{"available_traffic": ' + told + b"}"
    line = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with pytest.raises(Refused, match="does not say what is left"):
        iproyal.traffic_left(scene.studio.settings, line)


def test_a_provider_that_fails_is_a_note(scene: Scenery, provider: AccountSimulator) -> None:
    import stamina

    provider.broken = True
    stamina.set_testing(True, attempts=1)
    with pytest.raises(Refused, match="does not say what is left"):
        proxy.reconcile(scene.studio)
    assert "does not say" in proxy.status(scene.studio, ask=True).notes[0]
    setting(scene, iproyal_token=SecretStr("another-token"))
    provider.broken = False
    with pytest.raises(SignInNeeded, match="ELITE8_IPROYAL_TOKEN") as caught:
        proxy.reconcile(scene.studio)
    assert "another-token" not in str(caught.value)
    setting(scene, iproyal_url="http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        proxy.reconcile(scene.studio)
    stamina.set_testing(False)
    setting(scene, iproyal_token=None)
    assert tasks.TASKS["traffic"].run(scene.studio) == ""


def test_a_plan_says_what_the_coming_days_take(scene: Scenery) -> None:
    joined(scene.studio, "youtube", "JP")
    joined(scene.studio, "instagram", "DE")
    for hours, size, network in (
        *((1, 100_000_000, "youtube"), (2, 100_000_000, "youtube"), (30, 0, "youtube")),
        *((3, 100_000_000, "tiktok"), (4, 100_000_000, "instagram"), (5, 9, "outbox")),
    ):
        planned(scene.studio, hours, size, network)
    used(scene, 200_000_000)
    found = proxy_plan.plan(scene.studio, 7)
    assert found.direct == 1  # Instagram's account is of a region that is off
    first, second = found.days
    around = proxy_plan.LINES * AROUND
    # TikTok's uploads go to a host that is not listed.
    assert (first.posts, first.uploads) == (3, 2 * 101_016_000)
    assert first.bytes == 2 * 101_016_000 + 3 * around
    assert (first.room, first.fits) == (290_000_000, True)
    assert (second.posts, second.fits) == (1, True)
    assert found.bytes == first.bytes + second.bytes
    used(scene, 200_000_000)
    assert [one.fits for one in proxy_plan.plan(scene.studio, 7).days] == [False, True]
    assert not proxy_plan.plan(scene.studio, 7).fits


def test_the_doctor_has_a_line_for_the_provider_and_each_region(
    scene: Scenery, provider: AccountSimulator
) -> None:
    found = {one.name: one for one in doctor.proxies(scene.studio)}
    assert found["proxy"].says == "10 GB are left"
    assert (found["proxy JP"].state, set(found)) == ("good", {"proxy", "proxy JP"})
    scene.proxy.out_of = "us"
    provider.broken = True
    bad = {one.name: one.state for one in doctor.proxies(scene.studio)}
    assert bad == {"proxy": "bad", "proxy JP": "bad"}
    scene.decide(on=False)
    assert [one.state for one in doctor.proxies(scene.studio)] == ["off"]


def test_a_rehearsal_reaches_no_proxy(scene: Scenery, tmp_path: Path) -> None:
    from elite8.core.operations.stage import VirtualClock, scratch
    from elite8.core.simulators.weather import World

    clock = VirtualClock(scene.studio.clock())
    world = World(clock, Random(1))  # noqa: S311  # no secrecy
    there = scratch(scene.studio, tmp_path / "stage", clock, world)
    assert egress.line(there, scene.account) is world
    there.database.close()


def test_what_waits_for_the_first_answer_of_a_region_tells_nothing(scene: Scenery) -> None:
    used(scene, 0, held=10)
    assert metric(scene, "elite8_proxy_down", region="JP") == 0
    used(scene, 0, outcome=Outcome.LOGIN)
    assert metric(scene, "elite8_proxy_down", region="JP") == 1


def test_old_days_are_folded_and_no_byte_is_lost(scene: Scenery, clock: Any) -> None:
    for _ in range(3):
        used(scene, 1000, down=10, held=1, outcome=Outcome.CUT)
    clock.advance(days=1)
    used(scene, 5)
    used(scene, 7)
    clock.advance(days=70)
    with scene.studio.database.transaction() as session:
        before = traffic.by_region(session)
    watch.roll_up(scene.studio)
    watch.roll_up(scene.studio)
    with scene.studio.database.transaction() as session:
        assert traffic.by_region(session) == before == [("JP", 3012, 30, 3)]
    assert [(one.up, one.down) for one in scene.uses()] == [(3000, 30), (5, 0), (7, 0)]


def test_a_failed_test_went_nowhere(scene: Scenery) -> None:
    scene.proxy.refuses = True
    with capture_logs() as told:
        proxy.test(scene.studio, "JP")
    assert [one["message"] for one in told if "proxy" in one["event"]] == [
        "the proxy does not answer"
    ]
    assert proxy.status(scene.studio, ask=False).direct == ()
