"""Metrics are what is there, their history is merged right, health can say no."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlmodel import col, select

from elite8.core.config import Config
from elite8.core.domain.credit import EntryKind, new_entry
from elite8.core.domain.cron import runs
from elite8.core.domain.metric import METRICS, Value, value
from elite8.core.domain.notice import Notice
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.sample import DAY, HOUR, MINUTES, Sample
from elite8.core.domain.tick import Tick
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.operations import agenda, figures, health, leading, reports, tasks, watch
from elite8.core.operations.exposition import Exposition, exposed
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import ledger, posts, samples, videos
from elite8.core.storage.figures import Lag
from elite8.core.studio import Studio


def a_video(studio: Studio) -> str:
    """Keep a planned video and return its id."""
    found = agenda.add(
        studio, video="", character="jin", at="2026-12-24 20:00", zone="", to=("outbox",)
    )
    return found[0].video


def a_post(studio: Studio, video: str, network: str, meant: datetime, out: datetime | None) -> None:
    """Keep a post that was meant for an instant, out or not."""
    with studio.database.transaction() as session:
        post = new_post(now=studio.clock(), video_id=video, platform=network, due_at=meant)
        if out is not None:
            post.status, post.published_at, post.attempts = PostStatus.PUBLISHED, out, 1
        posts.add(session, post)


def metric(studio: Studio, name: str, **labels: str) -> float | None:
    """The sum of a metric's values, `None` when there is none."""
    found = [one for one in watch.collect(studio) if one.metric == name]
    here = [one.value for one in found if labels.items() <= dict(one.labels).items()]
    return sum(here) if here else None


def test_names_units_and_labels_are_sound() -> None:
    """As promtool's linter asks: help, base units by their whole names, no type in a name."""
    for name, one in METRICS.items():
        assert re.fullmatch(r"elite8(_[a-z0-9]+)+", name)
        words = set(name.split("_"))
        assert not words & {"total", "count", "sum", "bucket", "info"}
        assert not words & {"gauge", "counter", "histogram", "summary", "untyped"}
        assert not words & {"ms", "milliseconds", "minutes", "hours", "days", "weeks", "percent"}
        assert not words & {"s", "sec", "b", "kb", "mb", "gb", "kilobytes", "megabytes", "bits"}
        assert one.help.endswith(".")
        assert len(set(one.labels)) == len(one.labels)
        assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", label) for label in one.labels)
        assert not set(one.labels) & {"le", "quantile", "job", "instance"}


def test_the_stricter_format_finds_no_fault_either(studio: Studio) -> None:
    """OpenMetrics' own reader refuses names, types, units and orders that only look right."""
    a_post(studio, a_video(studio), "tiktok", studio.clock(), None)
    registry = CollectorRegistry()
    registry.register(Exposition(watch.collect(studio)))
    said = generate_latest(registry).decode()  # type: ignore[no-untyped-call]  # ships no types
    strict = openmetrics.text_string_to_metric_families(said)  # type: ignore[no-untyped-call]
    assert len(list(strict)) > 20


def test_the_exposition_is_read_by_prometheus_own_parser(studio: Studio) -> None:
    a_post(studio, a_video(studio), "tiktok", studio.clock(), None)
    families = {
        one.name: one for one in text_string_to_metric_families(exposed(watch.collect(studio)))
    }
    assert set(families) - {"elite8_build_info"} <= set(METRICS)
    assert families["elite8_posts"].type == "gauge"
    assert families["elite8_network_bytes"].type == "counter"
    for family in families.values():
        names = METRICS[family.name].labels if family.name in METRICS else ("version",)
        seen = [tuple(sorted(sample.labels.items())) for sample in family.samples]
        assert len(seen) == len(set(seen))
        for sample in family.samples:
            assert set(sample.labels) == set(names)
            assert math.isfinite(sample.value)


def test_an_unknown_metric_or_label_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="no metric"):
        value("elite8_nothing", 1)
    with pytest.raises(ValueError, match="with the labels"):
        value("elite8_posts", 1, network="tiktok")


def test_a_collector_that_breaks_leaves_the_others_whole(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Studio) -> Any:
        raise OSError("no such sensor")

    monkeypatch.setitem(watch.COLLECTORS, "machine", broken)
    assert metric(studio, "elite8_collector_broken", collector="machine") == 1
    assert metric(studio, "elite8_collector_broken", collector="work") == 0
    assert metric(studio, "elite8_leader") == 0


def test_posts_are_in_time_late_or_overdue(studio: Studio, clock: Any) -> None:
    video, now = a_video(studio), clock()
    hours = [now - timedelta(hours=n) for n in (1, 2, 3)]
    a_post(studio, video, "tiktok", hours[0], hours[0] + timedelta(seconds=119))
    a_post(studio, video, "instagram", hours[1], hours[1] + timedelta(seconds=121))
    a_post(studio, video, "youtube", hours[2], None)
    other = agenda.add(
        studio, video="", character="rio", at="2026-12-24 20:00", zone="", to=("outbox",)
    )[0].video
    a_post(studio, other, "tiktok", hours[0], hours[0])
    assert metric(studio, "elite8_posts_in_time_ratio") == 0.5
    assert metric(studio, "elite8_posts_burn_ratio", window="6h") == pytest.approx(10)
    assert metric(studio, "elite8_post_overdue_seconds", network="youtube") == 3 * 3600
    assert metric(studio, "elite8_post_overdue_seconds", network="tiktok") == 0
    assert metric(studio, "elite8_posts_stuck", state="waiting") == 1
    assert metric(studio, "elite8_post_lag_seconds", network="tiktok") == 119
    assert metric(studio, "elite8_post_lag_seconds", network="instagram") == 121
    assert metric(studio, "elite8_post_lag_seconds", network="youtube") is None


def test_of_twenty_posts_one_may_be_late_without_being_the_lag() -> None:
    meant = datetime(2026, 11, 23, 9, tzinfo=UTC)
    took = [*(timedelta(seconds=n) for n in range(-1, 18)), timedelta(hours=2)]
    out = [Lag(network="tiktok", meant_at=meant, published_at=meant + one) for one in took]
    assert figures.lag_of(out) == 17
    assert figures.lag_of(out[:1]) == 0
    assert figures.lag_of([replace(out[0], published_at=None)]) is None


def test_what_the_months_credits_cost_is_a_metric(studio: Studio) -> None:
    assert metric(studio, "elite8_month_cost_usd") is None
    with studio.database.transaction() as session:
        for kind, amount in ((EntryKind.OPENING, 1800), (EntryKind.SETTLE, -50)):
            made = new_entry(
                now=studio.clock(), account=ACCOUNT, kind=kind, amount=amount, reference="a job"
            )
            ledger.enter(session, made)
    cost = 50 * studio.config.tariff.usd_per_credit
    assert metric(studio, "elite8_month_cost_usd") == pytest.approx(cost, abs=0.005)


def test_a_post_that_is_put_off_is_late_all_the_same_and_one_that_is_moved_is_not(
    studio: Studio, clock: Any
) -> None:
    entry = agenda.add(
        studio, video="", character="jin", at="2026-11-23 20:00", zone="", to=("outbox",)
    )[0]
    agenda.move(studio, entry.post, "2026-11-24 20:00", "")
    with studio.database.transaction() as session:
        post = session.get_one(Post, entry.post)
        assert post.meant_at == post.due_at == datetime(2026, 11, 24, 11, tzinfo=UTC)
        posts.reschedule(session, post, post.due_at + timedelta(hours=1))
        assert post.meant_at == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert clock() < datetime(2026, 11, 24, tzinfo=UTC)


def test_failures_in_a_row_are_those_since_one_went_well(studio: Studio, clock: Any) -> None:
    for number, status in enumerate(("finished", "failed", "failed", "failed", "failed")):
        name = ("jin", "rio", "ren", "airi", "hana")[number]
        clock.advance(minutes=1)
        entry = agenda.add(
            studio, video="", character=name, at="2026-12-24 20:00", zone="", to=("outbox",)
        )[0]
        with studio.database.transaction() as session:
            lease = timedelta(hours=1)
            video = videos.claim(session, entry.video, holder="x", now=clock(), lease=lease)
            assert video
            if status == "finished":
                videos.move(session, video, VideoStatus.GENERATED)
            at = clock() + timedelta(seconds=30) if status == "finished" else None
            videos.move(session, video, VideoStatus(status), finished_at=at)
    clock.advance(minutes=1)
    assert metric(studio, "elite8_videos_failed_in_a_row") == 4
    assert metric(studio, "elite8_video_failure_ratio") == 0.8
    assert metric(studio, "elite8_render_seconds") == 30
    assert metric(studio, "elite8_videos", status="failed") == 4


def series(studio: Studio, span: timedelta) -> list[tuple[datetime, int, float, float, float]]:
    with studio.database.transaction() as session:
        asked = (
            select(Sample).where(Sample.span == int(span.total_seconds())).order_by(col(Sample.at))
        )
        found = session.exec(asked).all()
        return [(one.at, one.count, one.low, one.mean, one.high) for one in found]


def put(studio: Studio, number: float) -> None:
    with studio.database.transaction() as session:
        samples.keep(session, [Value("elite8_cpu_ratio", number)], studio.clock(), MINUTES)


def test_values_of_five_minutes_are_one_row(studio: Studio, clock: Any) -> None:
    for number in (1.0, 3.0, 2.0):
        put(studio, number)
        clock.advance(minutes=1)
    assert series(studio, MINUTES) == [(datetime(2026, 11, 23, 9, tzinfo=UTC), 3, 1.0, 2.0, 3.0)]


def test_old_values_are_merged_whole_and_a_second_time_changes_nothing(
    studio: Studio, clock: Any
) -> None:
    for number in range(26):
        put(studio, float(number))
        clock.advance(minutes=5)
    clock.now = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
    assert watch.roll_up(studio) == 12
    hours = series(studio, HOUR)
    assert hours == [(datetime(2026, 11, 23, 9, tzinfo=UTC), 12, 0.0, 5.5, 11.0)]
    assert len(series(studio, MINUTES)) == 14
    assert watch.roll_up(studio) == 0
    clock.now = datetime(2027, 3, 1, tzinfo=UTC)
    watch.roll_up(studio)
    watch.roll_up(studio)
    assert series(studio, MINUTES) == series(studio, HOUR) == []
    (day,) = series(studio, DAY)
    assert day[1:] == (26, 0.0, 12.5, 25.0)
    clock.now = datetime(2029, 6, 1, tzinfo=UTC)
    watch.roll_up(studio)
    assert series(studio, DAY) == []


@pytest.mark.parametrize(("slope", "days"), [(-1e9, 40.0), (0.0, None), (1e9, None), (-1e6, None)])
def test_a_disk_that_fills_says_when_it_is_full(
    studio: Studio, clock: Any, slope: float, days: float | None
) -> None:
    """It loses a GB a day and has 40 left; a trend over a year away is none."""
    began = clock()
    for hour in range(72):
        now = began + timedelta(hours=hour)
        free = 40e9 - slope * (72 - hour) / 24
        with studio.database.transaction() as session:
            samples.keep(session, [Value("elite8_disk_free_bytes", free)], now, MINUTES)
    clock.advance(hours=72)
    left = metric(studio, "elite8_disk_full_seconds")
    assert left == (pytest.approx(days * 86400, rel=0.05) if days else None)


@pytest.mark.parametrize(
    ("cron", "hours", "count"),
    [
        ("* * * * *", 1, 60),
        ("*/5 * * * *", 1, 12),
        ("17 * * * *", 24, 24),
        ("0 0 * * *", 48, 2),
        ("30 8-10,20 * * mon", 168, 4),
        ("0 0 1 * *", 24 * 31, 1),
        ("5-59/20 * * * *", 1, 3),
    ],
)
def test_runs_that_were_due_are_counted_as_cron_would(cron: str, hours: int, count: int) -> None:
    after = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert runs(cron, after, after + timedelta(hours=hours)) == count


def check(studio: Studio, name: str) -> str:
    return next(one.verdict for one in health.health(studio).checks if one.name == name)


def test_health_says_no_when_a_task_misses_its_runs(studio: Studio, clock: Any) -> None:
    assert health.health(studio).good
    assert check(studio, "watch") == "unknown"
    tasks.ran(studio, tasks.TASKS["publish"])
    assert check(studio, "publish") == "good"
    clock.advance(minutes=18)
    assert check(studio, "publish") == "good"
    clock.advance(minutes=5)
    assert check(studio, "publish") == "bad"
    assert not health.health(studio).good
    assert metric(studio, "elite8_task_missed_runs", task="publish") == 4


def test_health_says_no_when_a_task_never_runs_though_somebody_leads(
    studio: Studio, clock: Any
) -> None:
    me = leading.new_leader()
    for minute in range(7):
        leading.lead(studio, me)
        assert minute > 3 or check(studio, "watch") == "unknown"
        assert metric(studio, "elite8_task_missed_runs", task="watch") == max(minute - 1, 0)
        clock.advance(minutes=1)
    assert check(studio, "watch") == "bad"
    assert check(studio, "credits") == "unknown"


def test_who_leads_only_now_has_missed_nothing(studio: Studio, clock: Any) -> None:
    tasks.ran(studio, tasks.TASKS["credits"])
    clock.advance(hours=9)
    assert check(studio, "credits") == "bad"
    leading.lead(studio, leading.new_leader())
    assert check(studio, "credits") == "good"
    assert metric(studio, "elite8_task_missed_runs", task="credits") == 0


def test_health_says_no_when_a_task_keeps_failing(studio: Studio) -> None:
    def fails(_: Studio) -> str:
        raise Unavailable("the network is down")

    broken = replace(tasks.TASKS["publish"], run=fails)
    for _ in range(5):
        assert tasks.ran(studio, broken).failure
    found = next(one for one in health.health(studio).checks if one.name == "publish")
    assert (found.verdict, "the network is down" in found.says) == ("bad", True)
    assert metric(studio, "elite8_task_failed_in_a_row", task="publish") == 5
    tasks.ran(studio, replace(broken, run=lambda _: "done"))
    assert check(studio, "publish") == "good"
    with studio.database.transaction() as session:
        tick = session.get_one(Tick, "publish")
        assert (tick.failures, tick.failed, tick.message) == (0, 5, "")


def test_health_says_no_when_rows_cannot_be_written_or_a_disk_is_full(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object) -> Any:
        return type("Usage", (), {"free": 10**6})

    monkeypatch.setattr("shutil.disk_usage", full)
    assert check(studio, "disk") == "bad"

    def refuses(*_: object, **__: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr("elite8.core.storage.leases.take", refuses)
    assert check(studio, "database") == "bad"


def test_health_says_no_when_a_post_is_stuck(studio: Studio, clock: Any) -> None:
    a_post(studio, a_video(studio), "tiktok", clock(), None)
    clock.advance(hours=2)
    assert check(studio, "posts") == "bad"


def test_the_dead_mans_switch_hears_nothing_while_something_is_bad(
    studio: Studio, edited_config: Callable[..., Path], clock: Any
) -> None:
    heard: list[str] = []

    def listen(request: httpx.Request) -> httpx.Response:
        heard.append(str(request.url))
        return httpx.Response(200)

    address = '"ping_url": "https://ping.example.com/x"'
    folder = edited_config("monitoring/alert_config.json", '"ping_url": ""', address)
    there = replace(studio, config=Config(folder), transport=httpx.MockTransport(listen))
    watch.ping(there)
    assert heard == ["https://ping.example.com/x"]
    a_post(there, a_video(there), "tiktok", clock(), None)
    clock.advance(hours=2)
    watch.ping(there)
    assert len(heard) == 1


def test_a_day_is_told_the_same_whenever_it_is_asked_for(studio: Studio, clock: Any) -> None:
    clock.now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert reports.write_missing(studio) == 0
    video, noon = a_video(studio), datetime(2026, 11, 22, 3, tzinfo=UTC)
    clock.now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    a_post(studio, video, "tiktok", noon, noon + timedelta(minutes=3))
    day = noon.date()
    found = reports.period(studio, "daily", day)
    assert (found.posts, found.late, found.refused) == (1, 1, 0)
    assert [(one.name, one.posts) for one in found.networks] == [("tiktok", 1)]
    assert [(one.name, one.late) for one in found.characters] == [("jin", 1)]
    assert reports.write_missing(studio) == 4  # three days since the first video, one week
    assert reports.write_missing(studio) == 0
    clock.advance(days=3)
    assert reports.period(studio, "daily", day) == found
    written = reports.as_written(studio, "daily", day)
    assert (written["posts"], written["first"]) == (1, "2026-11-22")
    with pytest.raises(ConfigError, match="was written down"):
        reports.as_written(studio, "daily", day - timedelta(days=60))
    assert reports.period(studio, "weekly", day - timedelta(days=6)).posts == 1


def test_of_cron_and_a_daemon_one_tells_the_report_of_a_day(
    studio: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    a_video(studio)
    clock.advance(days=1)
    hook = {"webhook_url": SecretStr("https://example.com"), "webhook_secret": SecretStr("s" * 20)}
    there = replace(studio, settings=studio.settings.model_copy(update=hook))
    whole = reports.period

    def beside(*asked: Any) -> Any:
        with monkeypatch.context() as other:
            other.setattr(reports, "period", whole)
            reports.write_missing(there)
        return whole(*asked)

    with monkeypatch.context() as racing:
        racing.setattr(reports, "period", beside)
        reports.write_missing(there)
    with there.database.transaction() as session:
        told = [one.title for one in session.exec(select(Notice))]
    assert told == ["daily report of 2026-11-24"]


def test_a_look_at_everything_leaves_the_rows_alone(studio: Studio) -> None:
    a_video(studio)
    with studio.database.transaction() as session:
        before = [one.model_dump() for one in session.exec(select(Video))]
    watch.collect(studio)
    with studio.database.transaction() as session:
        assert [one.model_dump() for one in session.exec(select(Video))] == before


def test_every_metric_is_collected_somewhere() -> None:
    folder = Path(watch.__file__).parent
    code = "".join(
        (folder / f"{name}.py").read_text() for name in ("figures", "machine", "usage", "watch")
    )
    assert [name for name in METRICS if f'"{name}"' not in code] == []


def test_every_rule_is_of_a_metric_that_is_there(studio: Studio) -> None:
    from elite8.core.operations import alerts, configuration

    alerts.check_words(studio)
    assert configuration.check(studio) == ()


def test_a_wrong_rule_is_found_by_the_check_of_the_config(
    studio: Studio, edited_config: Callable[..., Path]
) -> None:
    from elite8.core.operations import configuration

    folder = edited_config("monitoring/alert_config.json", '"elite8_cpu_ratio"', '"elite8_cpu"')
    wrong = replace(studio, config=Config(folder))
    assert "no metric 'elite8_cpu'" in configuration.check(wrong)[0]
    with pytest.raises(ConfigError, match="no metric"):
        configuration.reread(wrong)


def test_a_clock_that_is_off_is_seen_by_what_servers_say(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collections import deque
    from email.utils import format_datetime

    from elite8.core import clock, http

    def answer(_: httpx.Request) -> httpx.Response:
        ahead = datetime.now(UTC) + timedelta(minutes=2)
        return httpx.Response(200, headers={"Date": format_datetime(ahead, usegmt=True)})

    monkeypatch.setattr(clock, "_seen", deque[timedelta](maxlen=5))
    assert metric(studio, "elite8_clock_skew_seconds") is None
    with http.open_client(transport=httpx.MockTransport(answer)) as line:
        line.get("http://example.com")
        assert clock.clock_skew() is None
        line.get("https://example.com")
    skew = metric(studio, "elite8_clock_skew_seconds")
    assert skew == pytest.approx(119, abs=3)
