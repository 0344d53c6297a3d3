"""One turn of the desk: one's trouble touches no other; an order cut short says where all is."""

import json
from collections.abc import Callable
from copy import copy
from dataclasses import replace

import httpx
import pytest
import typer

from elite8.cli import looking
from elite8.cli import publish as face
from elite8.core.domain.post import PostStatus
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.operations import desk, due, stops
from elite8.core.operations import publish as publishing
from elite8.core.storage import posts
from elite8.core.studio import Studio
from tests.operations.campaign import another
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import twisted

pytestmark = pytest.mark.media


@pytest.fixture
def network() -> str:
    return "youtube"


def changed(studio: Studio, post: str, **facts: object) -> None:
    """Change a row as only a fault of ours could."""
    with studio.database.transaction() as session:
        known = posts.get(session, post)
        for name, value in facts.items():
            setattr(known, name, value)


def fault(request: httpx.Request) -> None:
    """Have a fault of ours as a post is looked at."""
    if request.method == "GET" and request.url.path.endswith("/videos"):
        raise ZeroDivisionError


def test_a_post_whose_account_is_gone_touches_no_other_in_the_look_back(scene: Scene) -> None:
    scene.publish()
    first = scene.post().id
    second = publishing.post_of(scene.studio, another(scene.studio, 1), "youtube")
    due.run(scene.studio)
    changed(scene.studio, first, account_id="gone")
    scene.clock.advance(minutes=30)
    found = due.turn(scene.studio)
    seen = {one.post: one for one in found.looked}
    assert (seen[first].seen, seen[second.id].seen) == ("", "visible")
    assert "no one account" in seen[first].message
    assert found.faults == ()


def test_a_step_that_breaks_is_told_and_the_others_are_done(scene: Scene) -> None:
    publishing.post_of(scene.studio, publishing.finished(scene.studio, "latest"), "youtube")
    publishing.post_of(scene.studio, another(scene.studio, 1), "tiktok")  # nobody signed in
    config = scene.studio.config
    short = config.publishing.model_copy(update={"alarm_minutes": {}})
    vars(config)["publishing"] = short
    found = due.turn(scene.studio)
    assert [one.status for one in found.done] == ["published", "waiting"]
    ((step, code, exit_code),) = [(one.step, one.code, one.exit_code) for one in found.faults]
    assert (step, code, exit_code) == ("alarms", "failed", 1)
    assert "KeyError" in found.faults[0].message


def test_a_planned_post_whose_row_is_broken_keeps_no_other_from_its_turn(scene: Scene) -> None:
    (post,) = desk.order(scene.studio, "latest", ["youtube"], desk.Wish())
    facts = {"slot": "night", "wall": "2026-01-01 21:00", "zone": "Nowhere/Land", "missed": "skip"}
    changed(scene.studio, post.id, **facts)
    other = publishing.post_of(scene.studio, another(scene.studio, 1), "youtube")
    found = due.turn(scene.studio)
    assert {one.post: one.status for one in found.done}[other.id] == "published"
    assert found.faults == ()


def test_a_fault_in_the_look_back_leaves_with_1_and_all_that_was_done(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.publish()
    scene.clock.advance(minutes=30)
    publishing.post_of(scene.studio, another(scene.studio, 1), "youtube")
    with twisted(scene, fault), pytest.raises(typer.Exit) as left:
        looking.take_turn(scene.studio, limit=100, as_json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (left.value.exit_code, told["status"]) == (1, "partial")
    assert [one["status"] for one in told["data"]["done"]] == ["published"]
    assert [one["code"] for one in told["errors"]] == ["failed"]
    assert "ZeroDivisionError" in told["errors"][0]["message"]


def interrupted_at(line: str) -> Callable[[httpx.Request], None]:
    def twist(request: httpx.Request) -> None:
        if line in f"{request.method} {request.url.path}":
            raise KeyboardInterrupt

    return twist


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupted_order_says_what_is_out_what_waits_and_what_may_be_out(
    scene: Scene, capsys: pytest.CaptureFixture[str], *, as_json: bool
) -> None:
    wish = desk.Wish(together=True)
    places = ["outbox", "youtube", "tiktok"]
    with twisted(scene, interrupted_at("PUT /upload")), pytest.raises(KeyboardInterrupt):
        face.send(scene.studio, "latest", places, wish, as_json=as_json)
    out, err = capsys.readouterr()
    if as_json:
        told = json.loads(out.splitlines()[-1])
        states = {one["to"]: one["status"] for one in told["data"]}
        assert states == {"outbox": "published", "youtube": "uncertain", "tiktok": "waiting"}
        assert told["errors"][0]["code"] == "interrupted"
        return
    box, tube, tok = err.strip().splitlines()[-3:]
    assert "is out: " in box
    assert ("may be out on youtube" in tube, "publish show" in tube) == (True, True)
    assert "goes out to tiktok at" in tok


def test_the_look_back_says_in_its_line_that_a_post_is_not_seen(scene: Scene) -> None:
    scene.simulator.misbehave("locked-private")
    scene.publish()
    scene.clock.advance(minutes=30)
    found = due.turn(scene.studio)
    (row,) = looking.turn_rows(found)
    assert row[2] == "hidden"
    assert "audited" in row[3]
    scene.clock.advance(days=1)
    (alarm,) = due.turn(scene.studio).alarms
    assert "audited" in alarm.message


def test_an_account_that_was_asked_for_and_is_gone_is_not_replaced_by_another(
    scene: Scene,
) -> None:
    (post,) = desk.order(scene.studio, "latest", ["youtube"], desk.Wish())
    changed(scene.studio, post.id, asked_account="01" * 13)
    (done,) = due.run(scene.studio)
    assert (done.error, scene.count) == ("sign-in-needed", 0)
    assert scene.post().status == PostStatus.WAITING


def test_what_a_post_promotes_is_emptied_by_none() -> None:
    said = {written: face.promoted(written) for written in (None, "none", "own", "partner")}
    assert said == {None: None, "none": "", "own": "own", "partner": "partner"}
    with pytest.raises(ConfigError):
        face.promoted("")


def test_a_post_that_is_wanted_anew_forgets_why_it_was_not(scene: Scene) -> None:
    (post,) = desk.order(scene.studio, "latest", ["youtube"], desk.Wish())
    desk.reject(scene.studio, post.id, "ugly")
    desk.approve(scene.studio, post.id)
    assert (scene.post().status, scene.post().failure) == (PostStatus.WAITING, "")
    desk.cancel(scene.studio, post.id)
    desk.order(scene.studio, "latest", ["youtube"], desk.Wish())
    assert (scene.post().status, scene.post().failure) == (PostStatus.WAITING, "")


def test_a_post_that_may_be_out_says_so_and_that_it_is_asked_about(scene: Scene) -> None:
    def deaf(request: httpx.Request) -> None:
        if request.method == "PUT":
            raise httpx.ReadError("cut", request=request)

    with twisted(scene, deaf), pytest.raises(Unavailable) as caught:
        face.send(scene.studio, "latest", ["youtube"], desk.Wish(), as_json=False)
    assert "may be out on youtube, so do not post it by hand" in str(caught.value)
    assert "publish due" in str(caught.value)


def without(studio: Studio, gone: str) -> Studio:
    """The same studio whose config knows a performer or network no more."""
    config = copy(studio.config)
    characters = tuple(one for one in config.roster.characters if one.id != gone)
    networks = {name: one for name, one in config.social.networks.items() if name != gone}
    vars(config)["roster"] = config.roster.model_copy(update={"characters": characters})
    vars(config)["social"] = config.social.model_copy(update={"networks": networks})
    return replace(studio, config=config)


def test_a_second_stop_is_the_first_and_a_resume_of_none_says_which_there_are(
    scene: Scene,
) -> None:
    first, new = stops.stop(scene.studio, "network", "youtube", "holiday")
    assert new
    scene.clock.advance(minutes=5)
    again, new = stops.stop(scene.studio, "network", "youtube", "")
    assert (again.since, again.reason, new) == (first.since, "holiday", False)
    with pytest.raises(ConfigError, match="elite8 publish resume --network youtube"):
        stops.resume(scene.studio, "all", "", "spread")
    stops.resume(scene.studio, "network", "youtube", "spread")
    with pytest.raises(ConfigError, match="nothing is stopped"):
        stops.resume(scene.studio, "all", "", "spread")


def test_whoever_takes_back_one_stop_ends_none_made_since(scene: Scene) -> None:
    studio = scene.studio
    mine, _ = stops.stop(studio, "all", "", "lunch")
    stops.resume(studio, "all", "", "spread", mine.mark)
    theirs, _ = stops.stop(studio, "all", "", "")
    with pytest.raises(Refused, match="stopped anew since; go on with: elite8 publish"):
        stops.resume(studio, "all", "", "spread", mine.mark)
    with studio.database.transaction() as session:
        stops.stop_all(studio, session, "a backup was restored")
    with pytest.raises(Refused, match="this was stopped anew since: a backup was restored; go on"):
        stops.resume(studio, "all", "", "spread", theirs.mark)
    assert [one.reason for one in stops.listed(studio)] == ["a backup was restored"]
    stops.resume(studio, "all", "", "spread")
    assert stops.listed(studio) == ()


def test_a_restore_stops_anew_what_was_stopped_and_keeps_why(scene: Scene) -> None:
    before, _ = stops.stop(scene.studio, "all", "", "lunch")
    with scene.studio.database.transaction() as session:
        stops.stop_all(scene.studio, session, "a backup was restored")
    (after,) = stops.listed(scene.studio)
    assert after.mark != before.mark
    assert after.reason == "a backup was restored; stopped before: lunch"


@pytest.mark.parametrize(("scope", "value"), [("character", "aiko"), ("network", "tiktok")])
def test_what_left_the_config_while_it_was_stopped_can_go_on(
    scene: Scene, scope: str, value: str
) -> None:
    stops.stop(scene.studio, scope, value, "")
    left = without(scene.studio, value)
    with pytest.raises(ConfigError, match=f"no {scope} '{value}'"):
        stops.stop(left, scope, value, "")
    stops.resume(left, scope, value, "spread")
    assert stops.listed(left) == ()
    with pytest.raises(ConfigError, match=f"no {scope} '{value}'"):
        stops.resume(left, scope, value, "spread")
