"""What an audit broke: what was begun goes on only while it may, and nothing sticks."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from elite8.core.domain.account import new_account
from elite8.core.domain.network import DailyLimit
from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, Refused, SignInNeeded, Withheld
from elite8.core.operations import accounts, compose, desk, due, gate, stops, stuck
from elite8.core.operations import publish as publishing
from elite8.core.storage import accounts as stored
from elite8.core.studio import Studio
from tests.operations.campaign import another
from tests.operations.scenes import Killed, Scene, ruled

pytestmark = pytest.mark.media
BYTES = {"youtube": "PUT /upload", "tiktok": "PUT ", "instagram": "ig-api-upload"}
"""Who goes on with the bytes of an earlier try, and how the call that carries them is known."""


@pytest.fixture(params=BYTES)
def network(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def twisted(
    scene: Scene, twist: Callable[[httpx.Request], httpx.Response | None]
) -> Iterator[None]:
    """Have some requests answered by `twist` instead of the network."""
    inner = scene.line._inner

    class Line(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return twist(request) or inner.handle_request(request)

    scene.line._inner = Line()
    try:
        yield
    finally:
        scene.line._inner = inner


def cut(at: str) -> Callable[[httpx.Request], None]:
    """Lose every request whose method and path hold `at` before it arrives."""

    def twist(request: httpx.Request) -> None:
        if at in f"{request.method} {request.url.path}":
            raise httpx.ReadError("cut", request=request)

    return twist


def begun(scene: Scene) -> None:
    """Begin a post whose bytes never arrive."""
    with twisted(scene, cut(BYTES[scene.network])), suppress(Elite8Error):
        scene.publish()
    assert scene.count == 0


def insist(scene: Scene, times: int = 3) -> None:
    for _ in range(times):
        scene.clock.advance(minutes=80)
        due.run(scene.studio)


def careful(scene: Scene) -> None:
    """Have every post looked at first."""
    config = scene.studio.config
    vars(config)["publishing"] = config.publishing.model_copy(update={"auto_approve": {}})


def ordered(scene: Scene, **wish: Any) -> str:
    (post,) = desk.order(scene.studio, "latest", [scene.network], desk.Wish(**wish))
    return post.id


def approved_begun_and_changed(scene: Scene) -> str:
    """Return a post that has begun with words which are others by now."""
    careful(scene)
    post = ordered(scene)
    desk.approve(scene.studio, post)
    begun(scene)
    ruled(scene, hashtag_strategy=("NobodyApproved",))
    return post


def test_a_stop_holds_back_what_was_begun_and_going_on_finishes_it(scene: Scene) -> None:
    begun(scene)
    stops.stop(scene.studio, "all", "", "wait")
    insist(scene)
    assert scene.count == 0
    stops.resume(scene.studio, "all", "", "spread")
    insist(scene, 8)
    assert (scene.count, scene.post().status) == (1, "published")


def test_what_was_taken_back_after_it_began_needs_another_approval(scene: Scene) -> None:
    post = approved_begun_and_changed(scene)
    insist(scene)
    assert scene.count == 0
    assert "approv" in desk.show(scene.studio, post).failure


def test_bytes_that_were_changed_between_two_tries_do_not_go_out(scene: Scene) -> None:
    begun(scene)
    file = Path(publishing.finished(scene.studio, "latest").path)
    whole = file.read_bytes()
    try:
        file.write_bytes(whole[:-100] + bytes(100))
        insist(scene)
    finally:
        file.write_bytes(whole)
    assert scene.count == 0
    insist(scene, 8)
    assert scene.count == 1


def test_being_told_to_wait_without_how_long_is_no_try(scene: Scene) -> None:
    def busy(request: httpx.Request) -> httpx.Response | None:
        return (
            None if "token" in request.url.path else httpx.Response(429, request=request, json={})
        )

    with twisted(scene, busy):
        for _ in range(5):
            with suppress(Elite8Error):
                scene.publish()
            scene.clock.advance(minutes=6)
    assert (scene.post().status, scene.post().attempts) == ("waiting", 0)
    scene.insist()
    assert scene.count == 1


def test_interrupted_before_anything_was_sent_it_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(accounts, "opened", interrupted)
        with pytest.raises(KeyboardInterrupt):
            scene.publish()
    assert scene.post().status == PostStatus.WAITING
    scene.insist()
    assert scene.count == 1


def test_a_post_is_of_its_video(scene: Scene) -> None:
    ordered(scene)
    post, other = scene.post(), another(scene.studio, 1)
    with pytest.raises(ValueError, match="another video"):
        publishing.out(scene.studio, post, other)
    assert scene.count == 0


def test_a_stopped_region_is_that_of_the_account(scene: Scene) -> None:
    scene.sign_in(regions=("DE",))
    stops.stop(scene.studio, "region", "DE", "")
    with pytest.raises(Withheld, match="region DE is stopped"):
        scene.publish()
    stops.resume(scene.studio, "region", "DE", "spread")
    scene.insist()
    assert scene.count == 1


def test_an_approval_is_of_who_sees_it_as_well(scene: Scene) -> None:
    careful(scene)
    ruled(scene, privacy="private")
    desk.approve(scene.studio, ordered(scene))
    ruled(scene, privacy="public")
    with pytest.raises(Withheld, match="changed since"):
        scene.publish()
    assert scene.count == 0


def test_what_is_not_approved_takes_nobodys_place(scene: Scene) -> None:
    careful(scene)
    desk.order(scene.studio, "latest", ["outbox"], desk.Wish())
    desk.approve(scene.studio, ordered(scene))
    scene.clock.advance(minutes=1)
    found = due.run(scene.studio, limit=1)
    assert [each.withheld for each in found] == [True, False]
    assert scene.count == 1


def test_a_performer_who_left_keeps_a_history(scene: Scene) -> None:
    scene.publish()
    roster = scene.studio.config.roster
    others = tuple(one for one in roster.characters if one.id != "miyuki")
    vars(scene.studio.config)["roster"] = roster.model_copy(update={"characters": others})
    (shown,) = desk.listed(scene.studio)
    assert (shown.status, shown.character) == ("published", "miyuki")


@pytest.mark.parametrize("network", ["tiktok"])
def test_what_tiktok_gave_up_is_sent_anew_by_retry(scene: Scene) -> None:
    scene.simulator.misbehave("processing-failed", at="publish_cancelled")
    with pytest.raises(Refused, match="cancelled"):
        scene.publish()
    desk.retry(scene.studio, scene.post().id)
    assert scene.publish().url
    assert scene.count == 1


@pytest.mark.parametrize("network", ["instagram"])
def test_a_reel_is_known_by_the_words_it_was_sent_with(scene: Scene) -> None:
    scene.simulator.misbehave("publish-error-but-done", at="media_publish")
    with suppress(Elite8Error):
        scene.publish()
    ruled(scene, hashtag_strategy=("AI", "Changed"))
    scene.insist()
    assert (scene.post().remote_id, scene.count) == (scene.only.media_id, 1)


@pytest.mark.parametrize("network", ["youtube"])
def test_a_cover_that_is_gone_or_not_taken_stops_nothing(scene: Scene) -> None:
    scene.publish()
    scene.clock.advance(minutes=30)
    with twisted(scene, cut("thumbnails")):
        due.look_back(scene.studio)
    assert scene.post().seen == ""
    scene.clock.advance(minutes=30)
    video = publishing.finished(scene.studio, "latest")
    cover = Path(video.cover)
    cover.rename(cover.with_suffix(".away"))
    try:
        (looked,) = due.look_back(scene.studio)
    finally:
        cover.with_suffix(".away").rename(cover)
    assert (scene.post().seen, "its cover was not set" in looked.message) == ("visible", True)


@pytest.mark.parametrize("network", ["tiktok"])
def test_a_post_that_was_to_be_private_is_no_finding(scene: Scene) -> None:
    ruled(scene, privacy="private")
    scene.publish()
    scene.clock.advance(minutes=30)
    due.look_back(scene.studio)
    scene.clock.advance(days=1)
    assert (scene.post().seen, stuck.alarms(scene.studio)) == ("private", ())


def test_a_post_whose_account_was_signed_out_says_where_to_sign_in(scene: Scene) -> None:
    begun(scene)
    accounts.logout(scene.studio, accounts.listed(scene.studio)[0].id)
    scene.clock.advance(minutes=31)
    with pytest.raises(SignInNeeded, match=f"accounts login {scene.network}"):
        scene.publish()


def test_words_that_steer_a_terminal_or_say_nothing_are_no_caption(scene: Scene) -> None:
    ordered(scene, caption="\x1b[31mRain\n again \x07")
    scene.publish()
    assert scene.post().caption == "[31mRain\n again"
    assert publishing.preview(scene.studio, "latest", "outbox", caption=" \t").wording.caption


def test_half_a_letter_in_an_answer_loses_no_outcome(scene: Scene) -> None:
    def broken(request: httpx.Request) -> httpx.Response | None:
        if "token" in request.url.path:
            return None
        said = b'{"error": {"code": 100, "message": "half \\ud83d and \\u0000"}}'
        headers = {"Content-Type": "application/json"}
        return httpx.Response(400, headers=headers, content=said, request=request)

    with twisted(scene, broken), pytest.raises(Elite8Error):
        scene.publish()
    assert scene.post().status in {PostStatus.REFUSED, PostStatus.WAITING}
    assert "\0" not in scene.post().failure


def test_what_began_with_other_words_goes_out_only_when_begun_anew(scene: Scene) -> None:
    post = approved_begun_and_changed(scene)
    for _ in range(6):
        insist(scene, 1)
        if scene.post().status != PostStatus.PUBLISHED:
            desk.approve(scene.studio, post)
    if scene.count == 0:  # what was opened carries words that nobody approves any more
        assert f"publish resolve {post} retry" in scene.post().failure
        desk.resolve(scene.studio, post, "retry", "")
        insist(scene, 2)
    assert (scene.count, scene.post().status) == (1, "published")
    assert "NobodyApproved" in str(scene.only)


def out_unheard(scene: Scene) -> None:
    """Put a video out without a word of it, or of its session, reaching us."""
    line = scene.line._inner

    def deaf(request: httpx.Request) -> None:
        if "bytes 0-" in request.headers.get("Content-Range", ""):
            line.handle_request(request)
        if scene.count:
            raise httpx.ReadError("cut", request=request)

    with twisted(scene, deaf), suppress(Elite8Error):
        scene.publish()
    assert scene.post().status == PostStatus.UNCERTAIN


@pytest.mark.parametrize("network", ["youtube"])
def test_a_post_whose_file_is_gone_is_still_asked_about(scene: Scene) -> None:
    out_unheard(scene)
    file = Path(publishing.finished(scene.studio, "latest").path)
    file.rename(file.with_suffix(".away"))
    try:
        insist(scene, 2)
    finally:
        file.with_suffix(".away").rename(file)
    assert (scene.count, scene.post().status) == (1, "published")


@pytest.mark.parametrize("network", ["youtube"])
def test_a_post_behind_many_others_is_found(scene: Scene) -> None:
    out_unheard(scene)
    scene.simulator.misbehave("session-gone", at="PUT")
    (ours,) = scene.simulator.posts
    videos = scene.simulator._project.videos
    for number in range(70):
        name = f"byhand{number:05}"
        videos[name] = replace(videos[ours.id], id=name, file_name=f"{name}.mp4")
    insist(scene, 3)
    assert (scene.post().remote_id, scene.count) == (ours.id, 71)


@pytest.mark.parametrize("network", ["youtube"])
def test_a_video_that_youtube_made_private_is_a_finding(scene: Scene) -> None:
    scene.publish()
    scene.clock.advance(minutes=30)

    def private(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/videos"):
            return None
        status = {"uploadStatus": "processed", "privacyStatus": "private"}
        found = {"items": [{"status": {**status, "containsSyntheticMedia": True}}]}
        return httpx.Response(200, json=found, request=request)

    with twisted(scene, private):
        (looked,) = due.look_back(scene.studio)
    assert (scene.post().seen, "private" in looked.message) == ("hidden", True)


@pytest.mark.parametrize("network", ["youtube"])
def test_an_approval_is_of_the_account_it_goes_out_by(scene: Scene) -> None:
    careful(scene)
    desk.approve(scene.studio, ordered(scene))
    (first,) = accounts.listed(scene.studio)
    with scene.studio.database.transaction() as session:
        known = stored.get(session, first.id)
        assert known
        known.characters = "nobody"
        other = new_account(now=scene.clock(), network="youtube", handle="UCother", name="Other")
        stored.keep(session, other)
    with pytest.raises(Withheld, match="changed since"):
        scene.publish()
    assert scene.count == 0


def test_words_of_a_waiting_post_can_be_taken_back(scene: Scene) -> None:
    later = scene.clock() + timedelta(hours=1)
    ordered(scene, caption="Ours alone", promotes="own", at=later)
    ordered(scene, at=later)
    assert (scene.post().caption, scene.post().promotes) == ("Ours alone", "own")
    ordered(scene, caption="", promotes="", at=later)
    assert (scene.post().caption, scene.post().promotes) == ("", "")


@pytest.mark.parametrize("network", ["youtube"])
def test_a_restored_backup_does_not_publish_again(scene: Scene, tmp_path: Path) -> None:
    from elite8.core.operations import database

    ordered(scene)
    database.backup(scene.studio, tmp_path / "kept.db")
    scene.publish()
    said = database.restore(scene.studio, tmp_path / "kept.db", force=True).sentence
    assert "publishing is stopped" in said
    scene.clock.advance(hours=1)
    due.run(scene.studio)
    assert scene.count == 1


@pytest.mark.parametrize("network", ["discord"])
def test_a_restore_that_is_killed_does_not_publish_again(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elite8.core.operations import database, erasing

    ordered(scene)
    database.backup(scene.studio, tmp_path / "kept.db")
    scene.publish()

    def killed(_: Studio) -> int:
        raise Killed

    monkeypatch.setattr(erasing, "revived", killed)
    with pytest.raises(Killed):
        database.restore(scene.studio, tmp_path / "kept.db", force=True)
    assert [one.scope for one in stops.listed(scene.studio)] == ["all"]
    stops.resume(scene.studio, "all", "", "spread")
    scene.clock.advance(hours=1)
    due.run(scene.studio)
    assert (scene.count, scene.post().status) == (1, PostStatus.REFUSED)


def test_drill_a_machine_is_lost_and_its_backup_posts_nothing_twice(
    scene: Scene, tmp_path: Path
) -> None:
    from elite8.core.operations import database

    ordered(scene)
    with writing(scene.studio):
        database.backup(scene.studio, tmp_path / "kept.db")
    scene.publish()
    said = database.restore(scene.studio, tmp_path / "kept.db", force=True).sentence
    assert scene.post().id in said
    assert database.check(scene.studio) == ()
    stops.resume(scene.studio, "all", "", "spread")
    for _ in range(3):
        scene.clock.advance(hours=1)
        due.run(scene.studio)
    assert (scene.count, scene.post().status) == (1, PostStatus.REFUSED)
    desk.resolve(scene.studio, scene.post().id, "published", "https://example.com/1")
    due.run(scene.studio)
    assert (scene.count, scene.post().status) == (1, PostStatus.PUBLISHED)


@contextmanager
def writing(studio: Studio) -> Iterator[None]:
    """Have another thread commit rows as fast as it can; it has begun, and has ended after."""
    begun, ends, many = Event(), Event(), count()

    def write() -> None:
        while not ends.is_set():
            stops.stop(studio, "network", "discord", f"{next(many)}")
            stops.resume(studio, "network", "discord", "spread")
            begun.set()

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        assert begun.wait(60)
        yield
        ends.set()
        done.result(60)


def carried(scene: Scene, got: list[str]) -> Callable[[httpx.Request], None]:
    """Note every request that carries bytes of the video, or publishes a container."""

    def twist(request: httpx.Request) -> None:
        where = f"{request.method} {request.url.path}"
        carries = BYTES[scene.network] in where and request.headers["Content-Length"] != "0"
        if carries or "media_publish" in where:
            got.append(where)

    return twist


@pytest.mark.parametrize("network", ["youtube", "tiktok"])
@pytest.mark.parametrize(
    "changed", [{"hashtag_strategy": ("AI", "Changed")}, {"privacy": "private"}]
)
def test_what_was_opened_with_other_words_or_switches_gets_no_byte_more(
    scene: Scene, changed: dict[str, Any]
) -> None:
    rules = scene.studio.config.social.networks[scene.network]  # type: ignore[index]  # one of them
    begun(scene)
    ruled(scene, **changed)
    got: list[str] = []
    with twisted(scene, carried(scene, got)):
        for _ in range(3):
            scene.clock.advance(minutes=6)
            due.run(scene.studio)
    assert (scene.count, got) == (0, [])
    assert "otherwise than it would now" in scene.post().failure
    ruled(scene, **{name: getattr(rules, name) for name in changed})
    insist(scene, 8)
    assert (scene.count, scene.post().status) == (1, "published")


@pytest.mark.parametrize("network", ["instagram"])
def test_a_container_is_published_only_with_the_words_that_are_judged(scene: Scene) -> None:
    with twisted(scene, cut("GET /v26.0/1805")), suppress(Elite8Error):
        scene.publish()
    ruled(scene, hashtag_strategy=("AI", "Changed"))
    got: list[str] = []
    with twisted(scene, carried(scene, got)):
        insist(scene, 3)
    assert (scene.count, got) == (0, [])
    assert "otherwise than it would now" in scene.post().failure


def test_two_at_once_do_not_pass_the_limit_of_a_day(scene: Scene) -> None:
    daily = DailyLimit(posts=3, zone="UTC", source="ours", as_of=date(2026, 11, 26))
    ruled(scene, daily=daily)
    videos = [another(scene.studio, number) for number in range(8)]
    made = [publishing.post_of(scene.studio, video, scene.network) for video in videos]
    with ThreadPoolExecutor(8) as workers:
        ended = [*workers.map(lambda post: due.one(scene.studio, post), made)]
    assert sum(one.status == "published" for one in ended) == 3
    assert scene.count == 3


@pytest.mark.parametrize("network", ["youtube"])
def test_an_approval_for_one_account_is_none_for_another(scene: Scene) -> None:
    careful(scene)
    post = ordered(scene)
    desk.approve(scene.studio, post)
    video = publishing.finished(scene.studio, "latest")
    ready = compose.rendition(scene.studio, video, scene.post())
    (ours,) = accounts.listed(scene.studio)
    told = [gate.is_approved(scene.studio, scene.post(), ready, one) for one in (ours.id, "other")]
    assert told == [True, False]
