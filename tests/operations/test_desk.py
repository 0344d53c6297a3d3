"""The desk: posts ordered, approved, taken back, stopped, resolved; nothing goes out unasked."""

import json
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import update
from typer.testing import CliRunner

from elite8.cli.publish import app as face
from elite8.core import studio as opening
from elite8.core.domain.account import new_account
from elite8.core.domain.attempt import new_stop
from elite8.core.domain.identity import new_id
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.rule import Verdict
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Refused, Unanswered, Unavailable
from elite8.core.operations import desk, due, gate, media, steps, stops, stuck
from elite8.core.operations import publish as publishing
from elite8.core.operations.desk import Wish
from elite8.core.platforms.outbox import Outbox
from elite8.core.storage import accounts, attempts, posts
from elite8.core.storage.database import Session
from elite8.core.studio import Studio
from tests.films import lay

pytestmark = pytest.mark.media


@pytest.fixture
def ready(filmed: Path, studio: Studio, clock: Any) -> Studio:
    """A studio whose newest video is finished; its state is this test's own copy."""
    lay(filmed, studio.settings.state_dir)
    clock.now = publishing.finished(studio, "latest").created_at
    return studio


def order(studio: Studio, *places: str, **wish: Any) -> list[Post]:
    return desk.order(studio, "latest", places or ("outbox",), Wish(**wish))


def row(studio: Studio, post: Post) -> Post:
    with studio.database.transaction() as session:
        found = posts.get(session, post.id)
    assert found
    return found


def in_the_box(studio: Studio) -> int:
    root = studio.settings.outbox_dir
    return sum(path.name[0] != "." for path in root.iterdir()) if root.exists() else 0


def asking(studio: Studio, **changed: Any) -> Studio:
    """The same studio with another publishing.json."""
    config = copy(studio.config)
    vars(config)["publishing"] = studio.config.publishing.model_copy(update=changed)
    return replace(studio, config=config)


def test_networks_follow_each_other_and_the_box_does_not_wait(ready: Studio, clock: Any) -> None:
    found = order(ready, "youtube", "outbox", "tiktok")
    gaps = [(post.due_at - clock()).total_seconds() / 60 for post in found]
    assert gaps == [0, 0, 5]
    assert [post.due_at for post in order(ready, "youtube", "tiktok")] == [
        found[0].due_at,
        found[2].due_at,
    ]


def test_all_at_once_when_asked(ready: Studio, clock: Any) -> None:
    found = order(ready, "youtube", "tiktok", "instagram", together=True)
    assert {post.due_at for post in found} == {clock()}


def test_what_is_not_due_waits_and_goes_out_when_it_is(ready: Studio, clock: Any) -> None:
    (post,) = order(ready, at=clock() + timedelta(hours=2))
    outcome = publishing.publish(ready, "latest", "outbox")
    assert (outcome.status, outcome.url) == ("waiting", "")
    assert due.run(ready) == ()
    clock.advance(hours=2)
    (done,) = due.run(ready)
    assert (done.post, done.status) == (post.id, "published")
    assert due.run(ready) == ()
    assert in_the_box(ready) == 1


def test_a_waiting_post_is_moved_and_one_that_is_out_is_not(ready: Studio, clock: Any) -> None:
    order(ready, at=clock() + timedelta(hours=2))
    (moved,) = order(ready, at=clock() + timedelta(hours=1))
    assert row(ready, moved).due_at == clock() + timedelta(hours=1)
    clock.advance(hours=1)
    due.run(ready)
    (out,) = order(ready, at=clock() + timedelta(hours=9))
    assert out.status == PostStatus.PUBLISHED
    assert in_the_box(ready) == 1


def test_the_grace_lets_a_post_be_taken_back_until_it_is_claimed(ready: Studio, clock: Any) -> None:
    graceful = asking(ready, grace_seconds=60)
    (post,) = order(graceful)
    assert publishing.publish(graceful, "latest", "outbox").status == "waiting"
    desk.cancel(graceful, post.id)
    clock.advance(minutes=2)
    assert due.run(graceful) == ()
    assert in_the_box(ready) == 0
    with pytest.raises(Refused, match="is refused; only one that is waiting can be cancelled"):
        desk.cancel(graceful, post.id)
    desk.retry(graceful, post.id)
    assert [done.status for done in due.run(graceful)] == ["published"]
    with pytest.raises(Refused, match="is published"):
        desk.cancel(graceful, post.id)


def test_a_claimed_post_cannot_be_taken_back(
    ready: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    (post,) = order(ready)
    tried = []

    def meanwhile(box: Outbox, rendition: Any) -> Any:
        with pytest.raises(Refused, match="is publishing"):
            desk.cancel(ready, post.id)
        tried.append(1)
        return whole(box, rendition)

    whole = Outbox.publish
    monkeypatch.setattr(Outbox, "publish", meanwhile)
    publishing.publish(ready, "latest", "outbox")
    assert tried
    assert in_the_box(ready) == 1


def test_what_needs_approval_waits_for_exactly_its_own(ready: Studio, clock: Any) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    (post,) = order(careful)
    assert [one.needs_approval for one in desk.listed(careful)] == [True]
    with pytest.raises(Refused, match="waits for approval: elite8 publish show"):
        publishing.publish(careful, "latest", "outbox")
    assert [done.error for done in due.run(careful)] == ["refused"]
    desk.approve(careful, post.id)
    order(careful, caption="Other words than were approved", at=clock())
    with pytest.raises(Refused, match="it was changed since it was approved"):
        publishing.publish(careful, "latest", "outbox")
    desk.approve(careful, post.id)
    outcome = publishing.publish(careful, "latest", "outbox")
    facts = (Path(outcome.url) / "caption.txt").read_text()
    assert facts.startswith("Other words than were approved")
    assert "AI" in facts


def test_a_command_approves_only_what_was_shown(
    ready: Studio, clock: Any, monkeypatch: Any
) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    (post,) = order(careful)
    monkeypatch.setattr(opening, "open_studio", lambda: careful)
    monkeypatch.setenv("COLUMNS", "120")
    lines = CliRunner().invoke(face, ["show", post.id]).output.splitlines()
    (seen,) = [line.split()[1] for line in lines if line.startswith("shown ")]
    order(careful, caption="Other words than were shown", at=clock())
    refused = CliRunner().invoke(face, ["approve", post.id, "--shown", seen])
    assert "was changed since it was shown" in str(refused.exception)
    for short in ("", seen[:16]):
        wrong = CliRunner().invoke(face, ["approve", post.id, "--shown", short])
        assert "--shown wants the 32 letters" in str(wrong.exception)
    assert row(ready, post).approved_sha256 == ""
    (now,) = desk.listed(careful)
    assert CliRunner().invoke(face, ["approve", post.id, "--shown", now.shown]).exit_code == 0
    assert row(ready, post).approved_sha256.startswith(now.shown)
    assert "\nshown " not in CliRunner().invoke(face, ["show", post.id]).output


def test_a_film_of_another_machine_is_approved_as_it_was_shown(
    ready: Studio, tmp_path: Path
) -> None:
    """Filmed on one machine, approved on another that shares its store of films."""
    shared = {"media_url": (tmp_path / "films").as_uri()}
    there = replace(ready, settings=ready.settings.model_copy(update=shared))
    careful = asking(there, auto_approve={"outbox": False})
    (post,) = order(careful)
    film = Path(publishing.finished(ready, "latest").path)
    media.share_all(there)
    film.rename(tmp_path / "away.mp4")
    desk.approve(careful, post.id, desk.show(careful, post.id).shown)
    assert row(ready, post).approved_sha256
    (tmp_path / "away.mp4").rename(film)


def test_what_has_no_film_yet_is_not_approved_by_what_was_shown(ready: Studio) -> None:
    careful = asking(ready, auto_approve={"outbox": False})
    (post,) = order(careful)
    with ready.database.transaction() as session:
        session.exec(update(Video).values(sha256="", path=""))
    with pytest.raises(Refused, match="there is no film of post"):
        desk.approve(careful, post.id, desk.show(careful, post.id).shown)


def test_some_performers_may_go_unasked(ready: Studio) -> None:
    video = publishing.finished(ready, "latest")
    other = "jin" if video.character_id != "jin" else "miyuki"
    order(asking(ready, auto_approve={"outbox": (other,)}))
    careful = asking(ready, auto_approve={"outbox": (other,)})
    with pytest.raises(Refused, match="approval"):
        publishing.publish(careful, "latest", "outbox")
    trusting = asking(ready, auto_approve={"outbox": (video.character_id,)})
    assert publishing.publish(trusting, "latest", "outbox").url


def test_what_is_rejected_stays_and_says_why(ready: Studio) -> None:
    (post,) = order(ready)
    desk.reject(ready, post.id, "the light is wrong")
    assert due.run(ready) == ()
    shown = desk.show(ready, post.id[:13])
    assert shown.failure == "rejected by the operator: the light is wrong"
    assert [one.outcome for one in shown.story] == ["rejected"]
    desk.approve(ready, post.id)
    assert [done.status for done in due.run(ready)] == ["published"]


@pytest.mark.parametrize("scope", ["all", "character", "network"])
def test_nothing_of_what_is_stopped_goes_out(ready: Studio, scope: str) -> None:
    video = publishing.finished(ready, "latest")
    value = {"character": video.character_id, "network": "outbox"}.get(scope, "")
    stops.stop(ready, scope, value, "the label is wrong")
    stops.stop(ready, scope, value, "twice is harmless")
    with pytest.raises(Refused, match=r"is stopped \(the label is wrong\)"):
        publishing.publish(ready, "latest", "outbox")
    assert in_the_box(ready) == 0
    stops.resume(ready, scope, value, "spread")
    assert publishing.publish(ready, "latest", "outbox").url
    with pytest.raises(ConfigError, match="nothing is stopped"):
        stops.resume(ready, scope, value, "spread")


def test_what_a_rule_keeps_back_says_why_as_long_as_it_waits(
    ready: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (post,) = order(ready)
    clock.advance(minutes=1)
    block = Verdict(rule="one", verdict="block", reason="why", source="page", as_of=clock().date())
    written: list[str] = []
    tell = posts.tell_why

    def telling(session: Session, post: Post, why: str) -> bool:
        written.append(why)
        return tell(session, post, why)

    with monkeypatch.context() as ruled:
        ruled.setattr(gate, "of_post", lambda *_: (block,))
        ruled.setattr(posts, "tell_why", telling)
        assert [due.run(ready)[0].withheld for _ in range(3)] == [True] * 3
    kept = row(ready, post)
    assert written == [kept.failure]
    assert kept.failure.startswith("it does not go out: one: why [page, ")
    assert (kept.status, kept.attempts, kept.sent_at) == ("waiting", 0, None)
    assert [one.failure for one in desk.listed(ready)] == [kept.failure]
    careful = asking(ready, auto_approve={"outbox": False})
    assert due.run(careful)[0].withheld
    assert row(ready, post).failure == ""  # the rule lets it pass: what it waits for is another
    assert [done.status for done in due.run(ready)] == ["published"]
    assert row(ready, post).failure == ""


@pytest.mark.parametrize(
    "since",
    [
        {"status": "publishing", "claimed_by": "another"},
        {"sent_at": datetime(2026, 11, 23, tzinfo=UTC)},
        {"remote_handle": "container-1"},
        {"caption": "other words"},
        {"status": "refused"},
    ],
)
def test_why_it_waits_is_told_only_of_what_waits_as_it_was_seen(
    ready: Studio, since: dict[str, Any]
) -> None:
    (post,) = order(ready)
    with ready.database.transaction() as session:
        for name, value in since.items():
            setattr(session.merge(copy(post)), name, value)
    with ready.database.transaction() as session:
        assert not posts.tell_why(session, post, "a rule")
    assert row(ready, post).failure == ""


def test_a_region_that_nobody_speaks_to_is_not_stopped(ready: Studio) -> None:
    with pytest.raises(ConfigError, match="no region 'UK'; choose US, JP"):
        stops.stop(ready, "region", "UK", "")
    with ready.database.transaction() as session:
        attempts.stop(session, new_stop(at=ready.clock(), scope="region", value="UK", reason=""))
    assert stops.resume(ready, "region", "UK", "spread") == (0, 0)
    account = new_account(now=ready.clock(), network="tiktok", handle="t", name="T")
    account.regions = "UK"
    with ready.database.transaction() as session:
        accounts.keep(session, account)
    stops.stop(ready, "region", "UK", "")
    assert [one.words for one in stops.listed(ready)] == ["region UK"]


def test_a_stop_of_another_is_no_stop(ready: Studio) -> None:
    stops.stop(ready, "network", "tiktok", "")
    assert publishing.publish(ready, "latest", "outbox").url


def test_what_was_missed_follows_one_after_the_other(ready: Studio, clock: Any) -> None:
    order(ready, "youtube", "tiktok", "instagram", together=True)
    stops.stop(ready, "all", "", "")
    clock.advance(hours=3)
    assert stops.resume(ready, "all", "", "spread") == (3, 0)
    gaps = [(one.due_at - clock()).total_seconds() / 60 for one in desk.listed(ready)]
    assert sorted(gaps) == [0, 5, 10]


def test_what_was_missed_can_be_skipped(ready: Studio, clock: Any) -> None:
    order(ready, "youtube", "tiktok", together=True)
    stops.stop(ready, "network", "tiktok", "")
    clock.advance(hours=3)
    assert stops.resume(ready, "network", "tiktok", "skip") == (0, 1)
    assert [one.state for one in stuck.alarms(ready)] == ["waiting"]  # the other network's
    states = {one.network: (one.status, one.failure) for one in desk.listed(ready)}
    assert states["youtube"][0] == "waiting"
    assert states["tiktok"][0] == "refused"
    assert "while network tiktok was stopped" in states["tiktok"][1]


def test_unknown_scopes_policies_and_posts_are_named(ready: Studio) -> None:
    with pytest.raises(ConfigError, match="no network 'myspace'"):
        stops.stop(ready, "network", "myspace", "")
    with pytest.raises(ConfigError, match="no policy"):
        stops.resume(ready, "all", "", "burst")
    with pytest.raises(ConfigError, match="no such post: 'zzz'"):
        desk.show(ready, "zzz")
    with pytest.raises(ConfigError, match="no state"):
        desk.listed(ready, status="lost")
    order(ready, "youtube", "tiktok")
    with pytest.raises(ConfigError, match="several posts begin so"):
        desk.show(ready, "0")


def broken(trouble: BaseException) -> Any:
    def publish(*_: object, **__: object) -> Any:
        raise trouble

    return publish


def test_what_may_be_out_is_asked_about_less_and_less_often(
    ready: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "send", broken(Unanswered("no answer")))
    (post,) = order(ready)
    waits = []
    for _ in range(10):
        due.run(ready)
        found = row(ready, post)
        assert found.status == PostStatus.UNCERTAIN
        waits.append((found.due_at - clock()).total_seconds() / 60)
        clock.now = found.due_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]


def test_an_uncertain_post_is_named_and_a_person_resolves_it(
    ready: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "send", broken(Unanswered("no answer")))
    (post,) = order(ready)
    due.run(ready)
    assert stuck.alarms(ready) == ()
    clock.advance(hours=2)
    (alarm,) = stuck.alarms(ready)
    assert alarm.state == "uncertain"
    assert f"publish resolve {post.id} published|retry" in alarm.message
    with pytest.raises(ConfigError, match="say published or retry"):
        desk.resolve(ready, post.id, "perhaps", "")
    desk.resolve(ready, post.id, "retry", "")
    with pytest.raises(Refused, match="is waiting"):
        desk.resolve(ready, post.id, "published", "")
    due.run(ready)
    desk.resolve(ready, post.id, "published", "https://example.com/1")
    assert row(ready, post).url == "https://example.com/1"
    assert stuck.alarms(ready) == ()
    assert due.run(ready) == ()


def test_what_never_began_is_tried_three_times_and_then_named(
    ready: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "send", broken(Unavailable("the network is down")))
    (post,) = order(ready)
    states = []
    for _ in range(4):
        due.run(ready)
        states.append(row(ready, post).status)
        clock.advance(minutes=6)
    assert states == ["waiting", "waiting", "refused", "refused"]
    shown = desk.show(ready, post.id)
    assert [(one.kind, one.outcome) for one in shown.story] == [
        ("send", "waiting"),
        ("send", "waiting"),
        ("send", "refused"),
    ]
    assert shown.story[0].message == "the network is down"
    (alarm,) = stuck.alarms(ready)
    assert (alarm.state, "the network is down" in alarm.message) == ("refused", True)
    desk.reject(ready, post.id, "another day")
    assert stuck.alarms(ready) == ()


def test_a_post_that_is_late_is_named(ready: Studio, clock: Any) -> None:
    (post,) = order(ready)
    clock.advance(hours=1)
    (alarm,) = stuck.alarms(ready)
    assert (alarm.post, alarm.state) == (post.id, "waiting")


def test_one_networks_trouble_touches_no_other(ready: Studio) -> None:
    order(ready, "youtube", "outbox", together=True)
    done = {one.network: one for one in due.run(ready)}
    assert done["outbox"].status == "published"
    assert done["youtube"].error == "sign-in-needed"


def test_a_killed_try_is_part_of_the_story(
    ready: Studio, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    monkeypatch.setattr(steps, "record", broken(KeyboardInterrupt()))
    (post,) = order(ready)
    with pytest.raises(KeyboardInterrupt):
        publishing.publish(ready, "latest", "outbox")
    monkeypatch.undo()
    clock.advance(hours=1)
    assert [one.state for one in stuck.alarms(ready)] == []
    clock.advance(hours=1)
    assert [one.state for one in stuck.alarms(ready)] == ["publishing"]
    due.run(ready)
    assert [one.outcome for one in desk.show(ready, post.id).story] == ["began", "published"]
    assert in_the_box(ready) == 1


def test_the_story_holds_no_query_and_no_body() -> None:
    from elite8.core import http
    from elite8.core.operations.trail import Trail
    from elite8.core.simulators.wire import Reply, Transport

    trail = Trail()
    answer = Reply(headers={"x-tt-logid": "20261123"}, body=b"secret answer")
    with http.open_client(transport=Transport(lambda _: answer)) as client:
        trail.follow(client)
        client.post("https://example.com/path?access_token=secret", content=b"secret body")
    assert json.loads(trail.as_json()) == [
        {"method": "POST", "place": "example.com/path", "status": 200, "id": "20261123"}
    ]


@pytest.mark.parametrize("change", ["cancel", "reject", "move", "words"])
def test_what_an_operator_changed_after_it_was_listed_does_not_go_out(
    ready: Studio, clock: Any, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    (post,) = order(ready)
    finished = publishing.finished

    def meanwhile(studio: Studio, reference: str) -> Any:
        monkeypatch.setattr(publishing, "finished", finished)
        changes: dict[str, Any] = {
            "cancel": lambda: desk.cancel(ready, post.id),
            "reject": lambda: desk.reject(ready, post.id, ""),
            "move": lambda: order(ready, at=clock() + timedelta(days=1)),
            "words": lambda: order(ready, caption="New words", at=clock()),
        }
        changes[change]()
        return finished(studio, reference)

    monkeypatch.setattr(publishing, "finished", meanwhile)
    (done,) = due.run(ready)
    assert (done.error, in_the_box(ready)) == ("unavailable", 0)


def test_what_is_stopped_takes_nobodys_place(ready: Studio, clock: Any) -> None:
    stops.stop(ready, "network", "tiktok", "")
    known = publishing.finished(ready, "latest")
    with ready.database.transaction() as session:
        for number in range(5):
            facts = {name: getattr(known, name) for name in type(known).model_fields}
            made = type(known)(**facts | {"id": new_id(clock()), "title": f"{number}"})
            session.add(made)
            session.flush()
            earlier = clock() - timedelta(hours=1)
            posts.add(
                session,
                new_post(now=clock(), video_id=made.id, platform="tiktok", due_at=earlier),
            )
    order(ready)
    assert [one.network for one in due.run(ready, limit=1)] == ["outbox"]


def test_who_has_to_sign_in_first_loses_no_try_and_no_post(ready: Studio, clock: Any) -> None:
    (post,) = order(ready, "youtube")
    for _ in range(5):
        (done,) = due.run(ready)
        assert done.error == "sign-in-needed"
        clock.advance(minutes=10)
    found = row(ready, post)
    assert (found.status, found.attempts, found.sent_at) == ("waiting", 0, None)
    assert [one.state for one in stuck.alarms(ready)] == ["waiting"]


def test_a_fault_of_ours_in_one_post_stops_no_other(
    ready: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(ready, "youtube", "outbox", together=True)
    out = publishing.out

    def faulty(studio: Studio, post: Post, video: Any) -> Any:
        if post.platform == "youtube":
            raise RuntimeError("a bug of ours")
        return out(studio, post, video)

    monkeypatch.setattr(publishing, "out", faulty)
    done = {one.network: one for one in due.run(ready)}
    assert (done["youtube"].error, "RuntimeError" in done["youtube"].message) == ("failed", True)
    assert in_the_box(ready) == 1
