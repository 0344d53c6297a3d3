"""Posts for regions: local times, labels, caps and budgets; ideas, translations, readiness."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from elite8.cli import localising
from elite8.core.config import Config
from elite8.core.domain.account import new_account
from elite8.core.domain.credit import EntryKind, new_entry
from elite8.core.domain.exchange import Rate
from elite8.core.domain.job import Family, Job, new_job
from elite8.core.domain.post import PostStatus
from elite8.core.domain.reading import new_reading
from elite8.core.domain.rule import JUDGES
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import (
    agenda,
    comparison,
    compose,
    idea,
    launch,
    missed,
    plan_file,
    produce,
    region_budget,
    region_check,
    region_plan,
    region_returns,
    regional,
    regions,
    strings,
)
from elite8.core.operations import plan as planning
from elite8.core.operations.brief import Brief, Planned
from elite8.core.operations.followers import Came
from elite8.core.operations.idea import Wish
from elite8.core.operations.purse import ACCOUNT
from elite8.core.operations.region_results import Measured
from elite8.core.storage import accounts, calendar, ledger, posts, videos
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

FIVE = ("US", "JP", "BR", "DE", "GB")
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def signed_in(studio: Studio, *networks: str, regions: str = "") -> None:
    """Have somebody signed in to networks."""
    with studio.database.transaction() as session:
        for name in networks or ("tiktok", "instagram", "youtube"):
            account = new_account(
                now=studio.clock(), network=name, handle=f"{name}{regions}", name=name
            )
            account.regions = regions
            accounts.keep(session, account)


def by_regions(studio: Studio, *codes: str, **posting: object) -> Studio:
    """The studio with a plan by regions."""
    opened = region_plan.as_if(studio, codes or FIVE)
    strategy = opened.config.strategy
    wanted = strategy.posting.model_copy(update=posting)
    vars(opened.config)["strategy"] = strategy.model_copy(update={"posting": wanted})
    return opened


def rows_of(studio: Studio, days: int = 40) -> list[Any]:
    since = datetime(2026, 11, 20, tzinfo=UTC)
    with studio.database.transaction() as session:
        return calendar.due(session, since, since + timedelta(days=days))


def test_a_plan_by_regions_is_in_local_windows_and_plans_once(studio: Studio) -> None:
    signed_in(studio)
    opened = by_regions(studio)
    found = planning.plan(opened, days=9)
    again = planning.plan(opened, days=9)
    assert (again.videos, again.changes) == (0, ())
    rows = rows_of(opened)
    assert len(rows) == len(found.changes) >= 5 * 8
    assert {post.region for post, _ in rows} == set(FIVE)
    assert region_plan.broken(opened, rows) == ()
    for post, video in rows:
        region = regional.named(studio, post.region)
        assert post.zone == region.default_zone
        assert post.wall_at == post.due_at
        assert video.locale == region.locale
        assert video.language == region.language
    planning.plan(opened, days=9, move=True)
    assert {post.status for post, _ in rows_of(opened)} == {"waiting"}


def test_networks_come_as_often_as_their_weights_say(studio: Studio) -> None:
    region = regional.named(studio, "US")
    drawn = Counter(regional.drawn(region, Random(n), 1)[0] for n in range(2000))  # noqa: S311
    for one in region.networks:
        assert drawn[one.name] / 2000 == pytest.approx(one.weight, abs=0.04)
    assert set(regional.drawn(region, Random(1), 9)) == {"tiktok", "instagram", "youtube"}  # noqa: S311


def test_caps_and_budgets_hold_and_say_what_they_took(studio: Studio) -> None:
    signed_in(studio)
    opened = by_regions(studio, networks_a_video=3, videos_a_day=2, usd_a_video=5.0)
    found = planning.plan(opened, days=10)
    rows = rows_of(opened)
    assert region_plan.broken(opened, rows) == ()
    notes = " ".join(found.notes)
    assert "are over 5 a day" in notes
    assert "for BR are over its budget of $7.97 a day" in notes  # its share of 30 days
    with_br = Counter(post.region for post, _ in rows)
    assert with_br["BR"] < with_br["US"]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("scheduler_config.json", '"per_network_a_day": 5', '"per_network_a_day": 1', "at most 1"),
        ("scheduler_config.json", '"per_character_a_week": 7', '"per_character_a_week": 1', "vide"),
        ("phase2/country_configs.json", '"start": "07:00"', '"start": "07:59"', "in no window"),
        ("phase2/country_configs.json", '"usd_per_day": 12.0', '"usd_per_day": 1.0', "JP costs $2"),
    ],
)
def test_what_breaks_a_limit_is_found(  # noqa: PLR0913, PLR0917
    studio: Studio, edited_config: Callable[..., Path], file: str, old: str, new: str, said: str
) -> None:
    signed_in(studio)
    opened = by_regions(studio, usd_a_video=2.0)
    planning.plan(opened, days=10)
    stricter = replace(opened, config=Config(edited_config(file, old, new)))
    stricter = by_regions(stricter, usd_a_video=2.0)
    assert said in " ".join(region_plan.broken(stricter, rows_of(opened)))


def test_a_region_for_later_is_not_planned_by_itself(studio: Studio) -> None:
    with pytest.raises(Refused, match="--allow-later"):
        regional.chosen(studio, "US,mx", allow_later=False)
    assert regional.chosen(studio, "us, mx,US", allow_later=True) == ("US", "MX")
    with pytest.raises(ConfigError, match="choose US, JP"):
        regional.chosen(studio, "FR", allow_later=True)
    with pytest.raises(ConfigError, match="say for which regions"):
        regional.chosen(studio, " ,", allow_later=True)


@pytest.mark.parametrize(
    ("code", "day", "wall", "meant"),
    [
        ("US", date(2026, 3, 8), "02:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        ("US", date(2026, 11, 1), "01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
        ("DE", date(2026, 3, 29), "02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("GB", date(2026, 10, 25), "01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_time_in_a_gap_is_later_and_one_in_a_fold_the_first(
    studio: Studio, code: str, day: date, wall: str, meant: datetime
) -> None:
    at = datetime.strptime(wall, "%H:%M").replace(tzinfo=UTC).time()
    assert regional.opening(regional.named(studio, code), day, at).at == meant


def test_one_idea_is_five_videos_in_their_words_and_hours(studio: Studio) -> None:
    signed_in(studio)
    brief = Brief(characters=("hana",), seed=7)
    shown = idea.plan(studio, brief, Wish(regions="US,JP,BR,DE,GB"))
    kept = [spot for _, spot in idea.keep(studio, brief, Wish(regions="US,JP,BR,DE,GB"))]
    assert [replace(one, video="", post="") for one in kept] == list(shown)
    assert [one.locale for one in kept] == ["en-US", "ja-JP", "pt-BR", "de-DE", "en-GB"]
    assert len({one.video for one in kept}) == 5
    assert localising.twice(kept) == []  # tiktok tells the US, instagram Britain
    assert [len(group) for group in localising.twice([*kept, replace(kept[0], region="AU")])] == [2]
    places = {studio.config.script_library(o.language).topic(o.topic) for o in kept}  # type: ignore[arg-type]
    assert len(places) == 1
    for one in kept:
        region = regional.named(studio, one.region)
        assert one.network == region.networks[0].name
        wall = one.opening.at.astimezone(ZoneInfo(region.default_zone))
        assert f"{wall:%Y-%m-%d %H:%M}" == one.opening.wall
        windows = region.open_on(wall.date())
        assert any(each.start <= f"{wall:%H:%M}" < each.end for each in windows)
    rows = rows_of(studio)
    assert {post.missed for post, _ in rows} == {"skip"}
    assert all(produce.planned_of(studio, v).script.title == v.title for _, v in rows)
    again = [spot for _, spot in idea.keep(studio, brief, Wish(regions="US,JP,BR,DE,GB"))]
    assert not {(o.region, o.opening.at) for o in again} & {(o.region, o.opening.at) for o in kept}


def test_without_a_seed_all_regions_share_one_though_time_goes_on(studio: Studio) -> None:
    ticks = iter(range(10**6))
    opened = replace(studio, clock=lambda: NOW + timedelta(microseconds=next(ticks)))
    vars(opened)["database"] = studio.database
    brief = Brief(characters=("hana",), stage="consideration", count=2)
    found = idea.drafts(opened, brief, Wish(regions="US,JP,BR,DE,GB"))
    assert len(found) == 10
    assert len({(one.planned.seed, one.planned.seconds) for one in found}) == 2
    places = {studio.config.script_library(o.language).topic(o.topic) for o in planned_in(found)}
    assert len(places) <= 2


def planned_in(found: Sequence[idea.Draft]) -> list[Planned]:
    return [one.planned for one in found]


@pytest.mark.parametrize(
    ("stage", "region", "there", "network"),
    [
        ("consideration", "JP", ("youtube", "x"), "youtube"),
        ("intent", "JP", ("youtube", "x"), "x"),
        ("intent", "US", ("tiktok", "discord", "instagram"), "instagram"),
        ("intent", "US", ("tiktok", "discord"), "discord"),
        ("intent", "US", ("tiktok", "youtube"), "outbox"),
        ("loyalty", "DE", ("tiktok", "instagram"), "outbox"),
        ("", "US", ("discord", "x"), "outbox"),
    ],
)
def test_a_stage_goes_to_its_own_networks_the_regions_first(
    studio: Studio, stage: str, region: str, there: tuple[str, ...], network: str
) -> None:
    signed_in(studio, *there)
    brief = Brief(characters=("hana",), seed=7, stage=stage)
    ((_, kept),) = idea.keep(studio, brief, Wish(regions=region))
    assert kept.network == network
    why = dict(agenda.explain(studio, kept.post).reasons)["network"]
    assert (f"stage {stage} goes to" in why) == bool(stage)


@pytest.mark.parametrize(
    ("brief", "wish", "said"),
    [
        (Brief(characters=("hana",)), "ID", "no scripts are in id-ID"),
        (Brief(characters=("hana",), topic="my cat"), "JP", "nothing is translated by itself"),
        (Brief(characters=("hana",), language="en"), "JP", "goes with --script"),
        (Brief(characters=("nobody",)), "JP", "nobody"),
    ],
)
def test_what_cannot_be_said_in_a_region_is_refused_before_a_row(
    studio: Studio, brief: Brief, wish: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        idea.keep(studio, brief, Wish(regions=wish, allow_later=True))
    assert rows_of(studio) == []


def test_a_full_network_gives_its_place_to_the_next(studio: Studio) -> None:
    signed_in(studio)
    brief = Brief(characters=("rio",))
    taken = []
    for seed in range(12):
        (kept,) = idea.keep(studio, replace(brief, seed=seed), Wish(regions="JP"))
        taken.append(kept[1])
    zone = ZoneInfo(studio.config.calendar.zone)
    most = Counter((one.opening.at.astimezone(zone).date(), one.network) for one in taken)
    assert max(most.values()) <= 5
    assert len({one.opening.at for one in taken}) == 12


def test_without_a_sign_in_the_outbox_takes_it_region_by_region(studio: Studio) -> None:
    (one,) = idea.plan(studio, Brief(characters=("aiko",), seed=1), Wish(regions="DE"))
    assert one.network == "outbox"
    signed_in(studio, "tiktok", regions="US")
    (one,) = idea.plan(studio, Brief(characters=("aiko",), seed=1), Wish(regions="DE"))
    assert one.network == "outbox"
    (one,) = idea.plan(studio, Brief(characters=("aiko",), seed=1), Wish(regions="US"))
    assert one.network == "tiktok"


def test_a_budget_that_is_spent_refuses_an_idea(studio: Studio) -> None:
    opened = by_regions(studio, "DE", usd_a_video=6.0)
    wish, brief = Wish(regions="DE"), Brief(characters=("aiko",))
    days = {
        idea.keep(opened, replace(brief, seed=seed), wish)[0][1].opening.day for seed in range(4)
    }
    assert len(days) == 4  # $10 a day pay for one of $6


AD = {
    "US": ("#ad ", "us-ad"),
    "JP": ("#PR ", "jp-ad"),
    "BR": ("#publi ", "br-ad"),
    "DE": ("Anzeige: ", "de-ad"),
    "GB": ("Ad: ", "gb-ad"),
}


@pytest.mark.parametrize("network", ["tiktok", "instagram", "youtube", "outbox"])
def test_advertising_begins_with_the_word_its_region_wants(studio: Studio, network: str) -> None:
    wish = Wish(regions=",".join(FIVE), promotes="own")
    idea.keep(studio, Brief(characters=("hana",), seed=7), wish)
    rules = {rule.id: rule for rule in studio.config.rules.filled}
    most = studio.config.social.networks[network].hashtags_allowed  # type: ignore[index]
    for post, video in rows_of(studio):
        region = regional.named(studio, post.region)
        words = compose.wording(studio, video, network, post)
        label, rule = AD[post.region]
        assert words.caption.startswith(label)
        facts = replace(region_check.sample(studio, region), wording=words)
        assert JUDGES[rules[rule].check](rules[rule], facts) == ""
        assert JUDGES["caption_says_ai"](rules["ai-caption"], facts) == ""
        assert facts.size("hashtags") <= most
        assert region.hashtags[0] in words.hashtags
        post.caption = f"{label.strip()} my own words"
        assert compose.wording(studio, video, network, post).caption.startswith(post.caption)


def test_a_video_of_a_region_has_no_second_post_for_none(studio: Studio) -> None:
    idea.keep(studio, Brief(characters=("hana",), seed=7), Wish(regions="JP"))
    ((post, video),) = rows_of(studio)
    with studio.database.transaction() as session:
        found = posts.find(session, video.id, "outbox")
        assert found
        assert found.id == post.id
        assert posts.find(session, video.id, "outbox", "DE") is None


def test_own_words_wait_for_a_translation_and_are_spoken_then(
    studio: Studio, tmp_path: Path, clock: Any
) -> None:
    brief = Brief(characters=("hana",), script="A letter came today.", language="en", seed=3)
    idea.keep(studio, brief, Wish(regions="US,JP"))
    clock.advance(hours=12)
    assert [one.language for one in produce.next_ones(studio)] == ["en"]
    file = strings.export(studio, TODAY, 9)
    waiting = next(row for row in file.strings if row.what == "script")
    assert (waiting.region, waiting.source) == ("JP", "A letter came today.")
    assert strings.apply(studio, file) == ()
    late = next((p, v) for p, v in rows_of(studio) if p.region == "JP")
    assert "wait for a translation" in missed.why_missed(*late)
    told = waiting.model_copy(update={"text": "今日、手紙が届きました。"})
    path = tmp_path / "words.json"
    path.write_text(strings.written(file.model_copy(update={"strings": (told,)})))
    assert strings.is_one(path)
    (change,) = strings.diff(studio, strings.read(path))
    assert strings.apply(studio, strings.read(path)) == (change,)
    assert strings.apply(studio, strings.read(path)) == ()
    made = {one.language: one for one in produce.next_ones(studio)}
    said = produce.planned_of(studio, made["ja"])
    assert [line.text for line in said.script.lines] == ["今日、手紙が届きました。"]
    assert "手紙" in made["ja"].title


def test_a_translated_caption_is_kept_and_a_forbidden_word_is_not(studio: Studio) -> None:
    idea.keep(studio, Brief(characters=("hana",), seed=3), Wish(regions="DE"))
    (row,) = strings.export(studio, TODAY, 9).strings

    def file(**facts: object) -> strings.Strings:
        return strings.Strings(strings=(row.model_copy(update=facts),))

    with pytest.raises(Refused, match="suggests a minor"):
        strings.apply(studio, file(text="Ein Schulmädchen singt."))
    with pytest.raises(ConfigError, match="row 1: no such post"):
        strings.apply(studio, file(post="X", text="Hallo"))
    with pytest.raises(ConfigError, match="waits for no translation"):
        strings.apply(studio, file(what="script", text="Hallo"))
    strings.apply(studio, file(text="Heute ganz leise."))
    ((post, video),) = rows_of(studio)
    assert compose.wording(studio, video, "tiktok", post).caption.startswith("Heute ganz leise.\n")
    with studio.database.transaction() as session:
        known = posts.get(session, post.id)
        assert known
        known.status = PostStatus.PUBLISHED
        session.add(known)
    with pytest.raises(Refused, match="nothing was applied"):
        strings.apply(studio, file(text="Zu spät."))


@pytest.mark.parametrize("text", ["{", '{"strings": [{"post": "1"}]}', '{"strings": 3}'])
def test_a_broken_file_of_words_is_one_complaint(tmp_path: Path, text: str) -> None:
    (tmp_path / "w.json").write_text(text)
    with pytest.raises(ConfigError, match=r"w\.json"):
        strings.read(tmp_path / "w.json")
    assert not strings.is_one(tmp_path / "gone.json")


def test_a_calendar_file_keeps_and_adds_regions(studio: Studio, tmp_path: Path) -> None:
    idea.keep(studio, Brief(characters=("hana",), seed=3), Wish(regions="DE"))
    file = plan_file.export(studio, TODAY, 9)
    for name in ("calendar.json", "calendar.csv"):
        plan_file.save(tmp_path / name, plan_file.written(file, as_csv=name.endswith("csv")))
        assert plan_file.apply(studio, plan_file.read(tmp_path / name)) == ()
    old = plan_file.written(file, as_csv=True).replace(",region", "").replace(",DE\n", "\n")
    (tmp_path / "old.csv").write_text(old)
    assert plan_file.apply(studio, plan_file.read(tmp_path / "old.csv")) == ()
    new = plan_file.Row(
        at="2026-11-25 19:30",
        zone="Asia/Tokyo",
        character="jin",
        network="outbox",
        region="JP",
    )
    plan_file.apply(studio, file.model_copy(update={"posts": (*file.posts, new)}))
    added = next((p, v) for p, v in rows_of(studio) if p.region == "JP")
    assert (added[1].language, added[1].locale) == ("ja", "ja-JP")
    later = file.model_copy(update={"posts": (new.model_copy(update={"region": "MX"}),)})
    with pytest.raises(Refused, match="for later"):
        plan_file.diff(studio, later)


def test_an_explanation_names_window_weight_and_budget(studio: Studio) -> None:
    signed_in(studio)
    opened = by_regions(studio, "JP")
    planning.plan(opened, days=3)
    post = rows_of(opened)[0][0]
    said = dict(agenda.explain(opened, post.id).reasons)
    assert "ja-JP" in said["region"]
    assert "SORENA" in said["window"]
    assert "youtube 45%" in said["network"]
    assert "$11.99 a day" in said["budget"]
    (kept,) = idea.keep(studio, Brief(characters=("jin",), seed=3), Wish(regions="DE"))
    said = dict(agenda.explain(studio, kept[1].post).reasons)
    assert said["performer"] == "jin: you asked for them"
    agenda.move(studio, kept[1].post, "2026-11-29 03:30", "Europe/Berlin")
    assert "none" in dict(agenda.explain(studio, kept[1].post).reasons)["window"]


def reading_of(studio: Studio, region: str, days_ago: int, rate: float, n: int = 1) -> None:
    """Keep published posts for a region, each read a day later."""
    at = studio.clock() - timedelta(days=days_ago)
    signed_in(studio, "tiktok")
    with studio.database.transaction() as session:
        (account,) = accounts.every(session, "tiktok")
        for number in range(n):
            row = agenda.row_for(studio, "jin", studio.clock() + timedelta(days=9), region)
            row.place = ""
            videos.add(session, row)
            post = agenda.keep_post(
                session, row, "tiktok", agenda.Meant(at=at, wall="", zone=""), at
            )
            post.region, post.status, post.published_at = region, PostStatus.PUBLISHED, at
            post.account_id, reach = account.id, 1000 + number
            likes = round(reach * rate)
            session.add(
                new_reading(
                    at=at + timedelta(days=1, hours=1), post_id=post.id, reach=reach, likes=likes
                )
            )


def test_a_region_is_ready_only_when_all_is_known_and_met(studio: Studio) -> None:
    reading_of(studio, "BR", 3, 0.056, 25)
    reading_of(studio, "DE", 3, 0.08, 5)
    reading_of(studio, "US", 30, 0.08, 25)
    found = launch.launch(studio)
    said = {one.region: one.said for one in found.readiness}
    assert said["BR"].startswith("BR: engagement 5.6% > 5% on 25 posts of 2026-11-20 to 2026-11-20")
    assert said["BR"].endswith(
        "ROAS unknown, new followers a month unknown (no account that tells them speaks to BR "
        "alone) → not ready"
    )
    assert "engagement unknown (8.0% on 5 posts" in said["DE"]
    assert "no post has a reading a day old" in said["US"]
    assert not any(one.ready for one in found.readiness)
    kpis = {(one.region, one.name): one for one in found.kpis}
    assert kpis["BR", "engagement"].actual == pytest.approx(0.056, abs=1e-4)
    assert kpis["BR", "posts a week"].actual == 12.5
    assert kpis["BR", "ROAS"].actual is None
    done = {one.code: one.done for one in comparison.compare(studio, ())}
    assert done["BR"].low is not None
    assert done["BR"].low < 0.056 < (done["BR"].high or 0)


def test_the_money_of_a_month_is_the_ledgers(studio: Studio) -> None:
    found = region_budget.budgets(studio)
    assert {one.spent for one in found.regions} == {None}
    usd = studio.config.tariff.usd_per_credit
    kept = idea.keep(studio, Brief(characters=("hana",), seed=3), Wish(regions="JP,DE"))
    with studio.database.transaction() as session:
        enter(studio, session, EntryKind.OPENING, 5000, "o")
        for number, (_, spot) in enumerate(kept):
            job = job_row(studio, spot.video)
            session.add(job)
            enter(studio, session, EntryKind.SETTLE, -100 * (number + 1), job.id)
    found = region_budget.budgets(studio)
    spent = {one.region: one.spent for one in found.regions}
    assert spent["JP"] == pytest.approx(100 * usd)
    assert spent["DE"] == pytest.approx(200 * usd)
    assert spent["US"] == 0.0
    jp = next(one for one in found.regions if one.region == "JP")
    assert jp.heading == pytest.approx(100 * usd / found.gone)
    assert jp.left == pytest.approx(jp.may - 100 * usd)
    with studio.database.transaction() as session:
        assert region_budget.over(studio, session) == frozenset()


def enter(studio: Studio, session: Session, kind: EntryKind, amount: int, about: str) -> None:
    """Enter a movement of credits."""
    facts = {"now": studio.clock(), "account": ACCOUNT, "kind": kind}
    ledger.enter(session, new_entry(amount=amount, reference=about, **facts))  # type: ignore[arg-type]


def job_row(studio: Studio, video: str) -> Job:
    """A job of a video, as the ledger's entries name it."""
    now = studio.clock()
    return new_job(
        now=now,
        there=now,
        family=Family.AVATAR_VIDEO,
        character_id="hana",
        video_id=video,
        request="{}",
        request_sha256="0" * 64,
        held=1,
        priced=1,
        deadline_at=now + timedelta(minutes=30),
        holder="h",
        held_until=now + timedelta(minutes=30),
    )


def test_a_month_that_is_over_plans_nothing_more_there(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region_budget, "over", lambda *_: frozenset({"JP"}))
    signed_in(studio)
    opened = by_regions(studio, "JP", "DE")
    found = planning.plan(opened, days=5)
    assert {post.region for post, _ in rows_of(opened)} == {"DE"}
    assert "over its budget of the month" in " ".join(found.notes)


def test_a_check_names_rules_ages_and_what_is_missing(studio: Studio, clock: Any) -> None:
    lines = {(one.region, one.what): one for one in region_check.check(studio, ())}
    assert lines["DE", "rule de-ad"].verdict == "pass"
    assert lines["GB", "rule gb-ad"].verdict == "pass"
    assert lines["MX", "rule mx-ad"].verdict == "pass"
    assert lines["ID", "language"].verdict == "block"
    assert lines["ID", "adult destinations"].said.startswith("forbidden")
    assert lines["US", "account tiktok"].verdict == "warn"
    assert lines["DE", "windows.0"].age == 0
    clock.advance(days=181)
    old = {(one.region, one.what): one for one in region_check.check(studio, ["de"])}
    assert old["DE", "windows.0"].verdict == "warn"
    assert "re-check" in old["DE", "windows.0"].said
    assert "re-check" in old["DE", "rule de-ad"].said
    assert region_check.worst(tuple(old.values())) == "warn"


def test_a_month_has_holidays_launches_and_clock_changes(studio: Studio) -> None:
    strategy = studio.config.strategy.model_copy(update={"begins": date(2027, 3, 1)})
    vars(studio.config)["strategy"] = strategy
    found = regions.month(studio, (), "2027-03")
    told = {(str(one.day), one.region, one.kind) for one in found.events}
    assert ("2027-03-28", "DE", "clock") in told
    assert ("2027-03-14", "US", "clock") in told
    assert ("2027-03-22", "JP", "holiday") in told
    assert ("2027-03-01", "US", "launch") in told
    assert next(what for _, what in found.weeks).startswith("week 1: US")
    for wrong in ("2027-13", "x", "1999-01"):
        with pytest.raises(ConfigError, match=r"no month|outside"):
            regions.month(studio, (), wrong)


def test_hours_stand_in_both_zones_and_later_ones_when_asked(studio: Studio) -> None:
    found = {one.code: one for one in regions.hours(studio, (), date(2026, 11, 24))}
    assert list(found) == list(FIVE)
    berlin = found["DE"].windows[0]
    assert (berlin.start, berlin.since) == ("12:00", datetime(2026, 11, 24, 11, tzinfo=UTC))
    assert [one.code for one in regions.hours(studio, ["mx"], None)] == ["MX"]
    lines = {one.code: one for one in regions.listed(studio)}
    assert lines["JP"].accounts == ()
    signed_in(studio, "youtube", regions="JP")
    lines = {one.code: one for one in regions.listed(studio)}
    assert (lines["JP"].accounts, lines["US"].accounts) == (("youtube",), ())


def test_ready_is_who_has_reached_all_of_it(studio: Studio) -> None:
    rules = studio.config.strategy.expansion
    reached = Measured(
        engagement=0.056,
        posts=30,
        first=TODAY,
        last=TODAY,
        published=30,
        came=Came(new=600),
        roas=3.5,
    )
    found = launch.readiness(rules, "BR", reached)
    assert found.ready
    assert found.said.endswith("ROAS 3.5 > 3, new followers a month 600 > 500 → ready")
    for short in ({"came": Came(new=500)}, {"roas": 3.0}, {"engagement": 0.05}, {"posts": 19}):
        assert not launch.readiness(rules, "BR", replace(reached, **short)).ready


@pytest.mark.parametrize(
    ("may", "gone", "spent", "said"),
    [
        (100.0, 0.5, None, "unknown"),
        (100.0, 0.5, 49.0, "within"),
        (100.0, 0.5, 51.0, "too fast"),
        (100.0, 0.5, 101.0, "over"),
        (0.0, 0.5, 0.0, "within"),
    ],
)
def test_the_pace_of_a_month_is_said(
    may: float, gone: float, spent: float | None, said: str
) -> None:
    assert region_budget.pace(may, gone, spent).startswith(said)


@pytest.mark.parametrize(
    ("earned", "spent", "told", "roas", "why"),
    [
        ({}, 5.0, False, None, "no money was imported"),
        ({("USD", "JP"): 1000}, 0.0, True, None, "settled no credits"),
        ({("USD", "JP"): 1000, ("JPY", "JP"): 1480}, 5.0, True, None, "1,480 JPY cannot be set"),
        ({("USD", "JP"): 1000, ("JPY", "US"): 1480}, 5.0, True, 2.0, ""),
        ({("USD", "JP"): 1000, ("USD", ""): 501}, 5.0, True, 2.0, "at least: nobody knows"),
        ({("USD", "US"): 1000}, 5.0, True, 0.0, ""),
        ({("USD", "JP"): -999}, 5.0, True, -1.998, ""),
    ],
)
def test_what_came_back_is_dollars_over_dollars_or_unknown(
    earned: dict[tuple[str, str], int],
    spent: float,
    told: bool,
    roas: float | None,
    why: str,
) -> None:
    found = region_returns.of_region("JP", earned, spent, {}, told=told)
    assert found.roas == roas
    assert why in found.why if why else found.why == ""


def test_yen_count_by_a_dated_rate_that_is_told() -> None:
    rate = Rate(of="JPY", into="USD", rate=Decimal("0.0067"), as_of=date(2026, 11, 2), source="BoJ")
    earned = {("USD", "JP"): 1000, ("JPY", "JP"): 3000, ("EUR", "US"): 5}
    found = region_returns.of_region("JP", earned, 5.0, {"JPY": rate}, told=True)
    assert found.roas == pytest.approx((10 + 20.1) / 5)
    assert found.why == "at 1 JPY = 0.0067 USD of 2026-11-02 (BoJ)"
    assert region_returns.of_region("US", earned, 5.0, {"JPY": rate}, told=True).roas is None


@pytest.mark.parametrize(
    ("roas", "why", "met", "said"),
    [
        (3.5, "", True, "ROAS 3.5 > 3"),
        (3.0, "", False, "ROAS 3 ≤ 3"),
        (3.0, "at 1 JPY = …", False, "ROAS 3 ≤ 3"),
        (3.5, "at least: …", True, "ROAS 3.5 > 3"),
        (2.0, "at least: …", None, "ROAS unknown (at least 2, more than 3 is needed)"),
        (None, "no money", None, "ROAS unknown"),
    ],
)
def test_a_return_that_leaves_money_out_may_be_higher(
    studio: Studio,
    roas: float | None,
    why: str,
    met: bool | None,
    said: str,
) -> None:
    found = launch.roas_of(studio.config.strategy.expansion, Measured(roas=roas, roas_why=why))
    assert (found.met, found.said) == (met, said)
