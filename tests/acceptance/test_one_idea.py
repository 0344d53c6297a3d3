"""One idea for five countries: posts, clicks, members, money, and figures worked out twice."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from elite8.cli import funnel_page, localising
from elite8.core.domain.video import Video
from elite8.core.operations import due, funnel, funnel_report, launch, links, measure, publish
from elite8.core.operations.brief import Brief
from elite8.core.operations.stage import Stage, staged
from elite8.core.storage import posts, videos
from elite8.core.studio import Studio
from elite8.web.app import Face
from tests.films import lay
from tests.operations.funnelled import entered, pay, row
from tests.operations.recount import Recount
from tests.operations.recounted import same_counts, same_money
from tests.web.conftest import Browser, allow, with_token

pytestmark = pytest.mark.media
FIRST = datetime(2026, 12, 1, tzinfo=UTC)
FIVE = ("US", "JP", "BR", "DE", "GB")
IDEA = Brief(characters=("hana",), stage="consideration")
SENTENCES = {
    "US": "This video is AI-generated",
    "JP": "この動画はAIで生成された",
    "BR": "Este vídeo foi gerado por IA",
    "DE": "Dieses Video ist KI-generiert",
    "GB": "This video is AI-generated",
}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
MACHINES = ("facebookexternalhit/1.1", "Twitterbot/1.0", "curl/8.5.0")
PEOPLE = 12
"""Who click on each link; fewer than ten are not told."""


@pytest.fixture
def world(studio: Studio, filmed: Path, tmp_path: Path) -> Iterator[Stage]:
    """A studio on a clock of its own among the simulated networks, with a finished film."""
    state = tmp_path / "filmed"
    lay(filmed, state)
    address = SecretStr(f"sqlite:///{state}/elite8.db")
    where = {"state_dir": state, "database_url": address}
    opened = replace(studio, settings=studio.settings.model_copy(update=where))
    master = publish.finished(opened, "latest")
    opened.database.close()
    with staged(studio, FIRST, (), 1, master) as stage:
        yield stage


def told(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)["data"]


def kept(studio: Studio, capsys: pytest.CaptureFixture[str], brief: Brief, regions: str) -> Any:
    """Have the command keep an idea, its videos to be filmed by the daemon."""
    asked = (regions, False, "")
    localising.make_for(studio, brief, asked, dry_run=False, wait=False, as_json=True)
    return told(capsys)


def filmed_of(stage: Stage, spots: Any) -> list[Video]:
    """Have the kept videos finished."""
    with stage.studio.database.transaction() as session:
        rows = [videos.get(session, spot["video"]) for spot in spots]
    found = [row for row in rows if row]
    assert len(found) == len(spots)
    for one in found:
        stage.film(one)
    return found


def gone_out(stage: Stage, spots: Any) -> None:
    """Have each go out at its time, not a minute before, and be read until two days later."""
    for spot in sorted(spots, key=lambda one: one["opening"]["at"]):
        at = datetime.fromisoformat(spot["opening"]["at"])
        stage.clock.now = at - timedelta(minutes=1)
        assert due.run(stage.studio, at_once=1) == ()
        stage.clock.now = at
        (done,) = due.run(stage.studio, at_once=1)
        assert (done.status, done.post) == ("published", spot["post"])
    for hours in (3, 12, 34):
        stage.clock.advance(hours * 3600)
        due.look_back(stage.studio)
        assert all(one.taken and not one.error for one in measure.run(stage.studio, at_once=1))


def words_of(stage: Stage) -> list[str]:
    """The words that the simulated networks have."""
    return [
        str(getattr(one, "snippet", {}).get("description", ""))
        or str(getattr(one, "caption", "") or getattr(one, "text", "") or one.title)
        for there in stage.world.seen().values()
        for one in there
    ]


def clicked(stage: Stage, codes: list[str]) -> None:
    """People follow each link, some twice; machines and looks do too, and are not counted."""
    open_page = with_token(allow(stage.studio, trust_proxy=True), web_url="https://go.example.com")
    out = Browser(
        Face(lambda: open_page, host="127.0.0.1"), base="https://go.example.com",
        address="127.0.0.1",
    )  # fmt: skip
    asked: list[tuple[str, str, dict[str, Any]]] = []
    for number, code in enumerate(codes):
        for who in range(PEOPLE + number):
            seen = {"user-agent": PHONE, "x-forwarded-for": f"203.0.113.{who + 1}"}
            asked += [("GET", f"/l/{code}", {"headers": seen})] * (1 + (who == 0))
        for agent in MACHINES:
            seen = {"user-agent": agent, "x-forwarded-for": "198.51.100.9"}
            asked.append(("GET", f"/l/{code}", {"headers": seen}))
        seen = {"user-agent": PHONE, "x-forwarded-for": "198.51.100.8"}
        asked.append(("HEAD", f"/l/{code}", {"headers": seen}))
    assert {one.status_code for one in out.ask_all(asked)} == {302}


def journeys(stage: Stage, codes: list[str]) -> list[str]:
    """What an export knows: who came by which link, who subscribed and paid; one is paid back."""
    rows, began = [], stage.clock.now - timedelta(hours=20)
    for who in range(50):
        at = began + timedelta(minutes=who)
        code = codes[who % len(codes)]
        rows.append(row("click", at, who, link=code))
        if who % 7 == 0:
            rows.append(row("click", at - timedelta(hours=2), who, link=codes[who % 3]))
        if who < 40:
            rows.append(row("lead", at + timedelta(minutes=2), who))
        if who < 30:
            later = at + timedelta(hours=1)
            rows.append(row("subscribe", later, who))
            coin, amount = ("JPY", "1480") if code == codes[1] else ("USD", "9.99")
            rows.append(row("money", later, who, amount=amount, currency=coin, id=f"p{who}"))
    back = {"amount": "-9.99", "currency": "USD", "id": "back", "back_of": "p5"}
    rows.append(row("money", stage.clock.now - timedelta(hours=1), 5, **back))
    return rows


def test_one_idea_becomes_posts_clicks_members_and_figures_worked_out_twice(
    world: Stage, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    studio = world.studio
    spots = kept(studio, capsys, IDEA, ",".join(FIVE))
    assert [one["region"] for one in spots] == list(FIVE)
    scripts = studio.config.script_library
    assert len({scripts(one["language"]).topic(one["topic"]) for one in spots}) == 1
    meant = studio.config.funnel.named("consideration")
    made = filmed_of(world, spots)
    assert len({one.asked_seconds for one in made}) == 1
    for one, spot in zip(made, spots, strict=True):
        low, high = meant.seconds
        assert low <= (one.asked_seconds or 0) <= high
        assert one.stage == "consideration"
        assert one.content_type in meant.content_types
        assert spot["network"] in meant.networks
        region = studio.config.regions.regions[spot["region"]]
        there = datetime.fromisoformat(spot["opening"]["at"]).astimezone(ZoneInfo(spot["zone"]))
        hours = region.open_on(there.date())
        assert any(w.start <= f"{there:%H:%M}" < w.end for w in hours)
    gone_out(world, spots)
    words = words_of(world)
    assert len(words) == len(FIVE)
    for code, sentence in SENTENCES.items():
        count = sum(said == sentence for said in SENTENCES.values())
        assert sum(sentence in one for one in words) == count, code
    codes = []
    for spot in spots:
        wish = links.Wish(target="https://example.com/join", post=spot["post"])
        link = links.create(studio, wish)
        assert (link.region, link.network) == (spot["region"], spot["network"])
        assert (link.stage, link.character) == ("consideration", "hana")
        codes.append(link.code)
    clicked(world, codes)
    assert [links.of_code(studio, code).clicks for code in codes] == [12, 13, 14, 15, 16]
    world.clock.advance(3600)
    with studio.database.transaction() as session:
        for number, one in enumerate(made):
            pay(session, one.id, studio.clock() - timedelta(hours=2), 40 + number)
    brought = entered(studio, journeys(world, codes), tmp_path / "members.csv")
    assert (brought.rejected, brought.known) == ((), 0)
    again = entered(studio, journeys(world, codes), tmp_path / "members.csv")
    assert again.entered == 0

    period = funnel.period(studio)
    found = funnel_report.report(studio, period)
    file = studio.database.file
    assert file
    raw = Recount(file, studio.settings.config_dir, period.since, period.until)
    same_counts(found, raw, studio.clock())
    assert same_money(found, raw) == {"USD", "JPY"}
    by_region = {g.name: {s.kind: s.count for s in g.steps} for g in found.places[0].groups}
    assert set(by_region) == set(FIVE)
    assert [by_region[code]["click"] for code in FIVE] == [12, 13, 14, 15, 16]
    assert all((by_region[code]["view"] or 0) > 0 for code in FIVE)
    assert "consideration" in funnel_page.page(found)
    same_returns(studio, raw)


def same_returns(studio: Studio, raw: Recount) -> None:
    """What the launch says came back is money over credits; yen against dollars is unknown."""
    rows = {(k.region, k.name): k for k in launch.launch(studio).kpis}
    earned = raw.money("region")
    for number, code in enumerate(FIVE):
        kpi = rows[code, "ROAS"]
        if code == "JP":
            assert (kpi.actual, "JPY cannot be set against" in kpi.why) == (None, True)
            continue
        dollars = earned["USD", code]["last"] / 100
        spent = (40 + number) * studio.config.tariff.usd_per_credit
        assert kpi.actual == pytest.approx(dollars / spent)
        assert rows[code, "followers a month"].actual is None


def test_a_stage_that_sells_is_labelled_and_goes_to_its_own_networks(
    world: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    spots = kept(world.studio, capsys, replace(IDEA, stage="intent"), "US,JP")
    assert [one["network"] for one in spots] == ["instagram", "x"]
    filmed_of(world, spots)
    gone_out(world, spots)
    assert sorted(words.split()[0] for words in words_of(world)) == ["#PR", "#ad"]
    with world.studio.database.transaction() as session:
        rows = [posts.get(session, one["post"]) for one in spots]
    assert [row.promotes for row in rows if row] == ["own", "own"]
