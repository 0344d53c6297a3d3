"""Readings: what posts have done, at ten points in their life, once each, on every network."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import typer.testing

from elite8.cli.publish import app
from elite8.core.domain.post import Post, PostStatus, new_post
from elite8.core.domain.reading import AFTER, Reading, Taken
from elite8.core.operations import accounts, desk, due, measure
from elite8.core.simulators.instagram.tokens import SCOPES as INSTAGRAM_SCOPES
from elite8.core.simulators.instagram.tokens import Login
from elite8.core.simulators.tiktok.login import SCOPES as TIKTOK_SCOPES
from elite8.core.simulators.x.login import SCOPES as X_SCOPES
from elite8.core.simulators.youtube import DEFAULT_SCOPES
from elite8.core.storage import posts, readings
from elite8.core.storage.tokens import Tokens
from tests.operations.campaign import another
from tests.operations.scenes import Scene

pytestmark = pytest.mark.media

PLACES = {
    "youtube": "/youtube/v3/videos",
    "tiktok": "/video/query",
    "instagram": "/insights",
    "x": "/2/tweets",
}
"""Who tells numbers, and where; a webhook of Discord is told none."""
GIVEN = {
    "youtube": {"views", "likes", "comments", "shares", "watch_seconds"},
    "tiktok": {"views", "likes", "comments", "shares"},
    "instagram": {"views", "reach", "likes", "comments", "shares", "saves", "watch_seconds"},
    "x": {"views", "likes", "comments", "shares", "saves"},
}


@pytest.fixture
def network() -> str:
    return "youtube"


@pytest.fixture
def out(scene: Scene) -> Scene:
    """A post that is out and was seen."""
    scene.publish()
    scene.clock.advance(minutes=5)
    due.look_back(scene.studio)
    assert scene.post().seen == "visible"
    return scene


def taken(scene: Scene, post: str = "") -> tuple[Taken, ...]:
    return desk.show(scene.studio, post or scene.post().id).readings


def copies(scene: Scene, names: list[str]) -> list[Post]:
    """Keep more posts of that account that went out when this one did."""
    known, made = scene.post(), []
    for number, name in enumerate(names):
        video = another(scene.studio, number)
        post = new_post(
            now=known.due_at, video_id=video.id, platform=scene.network, due_at=known.due_at
        )
        facts = {"status": PostStatus.PUBLISHED, "remote_id": name}
        for field in ("account_id", "published_at", "sent_at"):
            facts[field] = getattr(known, field)
        for field, value in facts.items():
            setattr(post, field, value)
        made.append(post)
    with scene.studio.database.transaction() as session:
        for post in made:
            posts.add(session, post)
    return made


def rows(scene: Scene, post: Post) -> list[Reading]:
    with scene.studio.database.transaction() as session:
        return list(readings.of_post(session, post.id))


@pytest.mark.parametrize("network", PLACES)
def test_a_post_is_read_ten_times_and_its_numbers_only_grow(out: Scene) -> None:
    begun = out.post().published_at
    assert begun
    for _ in range(33 * 24):
        found = measure.run(out.studio)
        assert [one.error for one in found] in ([], [""])
        out.clock.advance(hours=1)
    read = taken(out)[::-1]
    assert len(read) == len(AFTER)
    for one, after in zip(read, AFTER, strict=True):
        assert timedelta(0) <= one.at - begun - after < timedelta(hours=1)
    for name in measure.COUNTS:
        counts = [getattr(one, name) for one in read]
        given = [count for count in counts if count is not None]
        assert given == sorted(given)
        assert (counts[-1] is not None) == (name in GIVEN[out.network])
    assert read[-1].views
    assert read[0].views is not None
    assert read[-1].views > read[0].views


@pytest.mark.parametrize("network", PLACES)
def test_before_an_hour_nobody_is_asked(out: Scene) -> None:
    begun = out.post().published_at
    assert begun
    out.clock.now = begun + timedelta(minutes=59)
    out.line.sent = 0
    assert measure.run(out.studio) == ()
    assert out.line.sent == 0


def test_who_slept_takes_one_reading_and_none_of_what_is_long_past(out: Scene) -> None:
    out.clock.advance(days=5)
    assert len(measure.run(out.studio)) == 1
    assert measure.run(out.studio) == ()
    out.clock.advance(days=40)
    assert len(measure.run(out.studio)) == 1
    out.clock.advance(days=100)
    assert measure.run(out.studio) == ()
    assert len(taken(out)) == 2


@pytest.mark.parametrize("network", PLACES)
def test_what_does_better_is_read_so(out: Scene) -> None:
    out.clock.advance(days=4)
    measure.run(out.studio)
    out.simulator.boost(out.post().remote_id if out.network != "tiktok" else out.only.post_id, 10)
    out.clock.advance(days=3)
    measure.run(out.studio)
    after, before = taken(out)
    assert after.views
    assert before.views
    assert after.views > 9 * before.views
    with pytest.raises(ValueError, match="there is no"):
        out.simulator.boost("nothing", 2)


@pytest.mark.parametrize("network", PLACES)
def test_two_at_once_make_one_reading_and_hold_no_transaction_as_they_ask(out: Scene) -> None:
    out.clock.advance(hours=2)
    inner: list[tuple[measure.Measured, ...]] = []

    class Twice(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if PLACES[out.network] in str(request.url) and not inner:
                inner.append(())
                inner[0] = measure.run(out.studio)
            return out.line.handle_request(request)

    assert measure.run(replace(out.studio, transport=Twice())) == ()
    assert len(inner[0]) == len(taken(out)) == 1


@pytest.mark.parametrize("network", PLACES)
@pytest.mark.parametrize("fault", ["lost-before", "lost-after", "500", "429", "html"])
def test_no_answer_is_told_and_the_reading_is_taken_later(out: Scene, fault: str) -> None:
    out.clock.advance(hours=2)
    out.simulator.misbehave(fault, at=PLACES[out.network], times=4)
    (told,) = measure.run(out.studio)
    assert (told.taken, told.exit_code) == (None, 4)
    assert told.message
    for _ in range(4):  # what was answered at once took one fault only
        measure.run(out.studio)
    assert len(taken(out)) == 1


SCOPES: dict[str, Callable[[], list[str]]] = {
    "youtube": lambda: [one for one in DEFAULT_SCOPES if not one.endswith("youtube.readonly")],
    "tiktok": lambda: [one for one in TIKTOK_SCOPES if one != "video.list"],
    "instagram": lambda: [one for one in INSTAGRAM_SCOPES[Login.INSTAGRAM] if "insi" not in one],
    "x": lambda: [one for one in X_SCOPES if one != "tweet.read"],
}
WHOSE = {"youtube": "channel", "tiktok": "open_id", "instagram": "user_id", "x": "user"}


@pytest.mark.parametrize("network", PLACES)
def test_without_the_scope_the_words_say_what_to_run(out: Scene) -> None:
    out.clock.advance(hours=2)
    (account,) = accounts.listed(out.studio)
    wanted = {WHOSE[out.network]: account.handle, "scopes": SCOPES[out.network]()}
    pair = out.simulator.issue_token(**wanted)
    access, refresh = (pair, "") if isinstance(pair, str) else pair
    ends = out.clock() + timedelta(hours=1 if refresh else 24 * 60)
    tokens = Tokens(access=access, refresh=refresh, access_ends_at=ends)
    accounts.store(out.studio).write(account.id, tokens)
    (told,) = measure.run(out.studio)
    assert (told.error, told.exit_code, told.taken) == ("sign-in-needed", 3, None)
    assert f"elite8 accounts login {out.network}" in told.message
    assert taken(out) == ()


def test_without_analytics_the_counters_are_kept_all_the_same(out: Scene) -> None:
    out.clock.advance(days=10)
    out.simulator.misbehave("503", at="/v2/reports", times=4)
    (told,) = measure.run(out.studio)
    assert told.taken
    assert told.taken.views
    assert (told.taken.shares, told.taken.watch_seconds) == (None, None)
    out.clock.advance(days=10)
    assert taken_now(out).watch_seconds


def taken_now(scene: Scene) -> Taken:
    (told,) = measure.run(scene.studio)
    assert told.taken
    return told.taken


@pytest.mark.parametrize("network", PLACES)
def test_an_account_that_was_signed_out_is_told(out: Scene) -> None:
    out.clock.advance(hours=2)
    accounts.logout(out.studio, out.post().account_id)
    out.line.sent = 0
    (told,) = measure.run(out.studio)
    assert told.error == "sign-in-needed"
    assert f"elite8 accounts login {out.network}" in told.message
    assert out.line.sent == 0


@pytest.mark.parametrize(
    ("network", "name", "more", "asked"),
    [("youtube", "gone{}", 60, 2), ("tiktok", "9{}", 25, 2), ("instagram", "1801{}", 3, 4)],
)
def test_as_many_as_go_into_a_call_are_asked_at_once_and_what_is_gone_has_dashes(
    out: Scene, name: str, more: int, asked: int
) -> None:
    there = out.post().id
    gone = copies(out, [name.format(number) for number in range(more)])
    out.clock.advance(hours=2)
    heard: list[str] = []

    class Counting(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            heard.append(request.url.path)
            return out.line.handle_request(request)

    found = {one.post: one for one in measure.run(replace(out.studio, transport=Counting()))}
    assert len(found) == more + 1
    assert sum(PLACES[out.network] in path for path in heard) == asked
    assert taken(out, there)[0].views
    for post in gone:
        told = found[post.id]
        assert (told.error, told.message) == ("", measure.NOT_SHOWN)
        (row,) = rows(out, post)
        assert all(getattr(row, each) is None for each in measure.COUNTS)
    assert measure.run(out.studio) == ()


def test_a_limit_is_an_accounts_own(out: Scene) -> None:
    copies(out, ["one", "two"])
    out.clock.advance(hours=2)
    assert [len(measure.run(out.studio, limit=2)) for _ in range(3)] == [2, 1, 0]


@pytest.mark.parametrize("network", ["instagram"])
def test_a_refused_reel_touches_no_other(out: Scene) -> None:
    first = out.post()
    (late,) = copies(out, [first.remote_id])
    out.clock.advance(hours=2)
    out.simulator.misbehave("banned", at="/insights")
    told = {one.post: one.error for one in measure.run(out.studio)}
    assert told == {first.id: "refused", late.id: ""}


@pytest.mark.parametrize("network", ["tiktok"])
def test_a_post_whose_public_name_is_not_known_is_skipped(scene: Scene) -> None:
    scene.publish()
    assert not scene.post().remote_id.isdecimal()
    scene.clock.advance(hours=2)
    scene.line.sent = 0
    assert measure.run(scene.studio) == ()
    assert scene.line.sent == 0
    due.look_back(scene.studio)
    (told,) = measure.run(scene.studio)
    assert told.taken
    assert told.taken.views


@pytest.mark.parametrize("network", ["instagram"])
def test_a_post_without_a_name_is_skipped(scene: Scene) -> None:
    scene.publish()
    copies(scene, [""])
    scene.clock.advance(hours=2)
    assert len(measure.run(scene.studio)) == 1


def test_a_fault_of_ours_is_told_and_not_raised(out: Scene) -> None:
    out.clock.advance(hours=2)

    class Broken(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError(request.url.path)

    (told,) = measure.run(replace(out.studio, transport=Broken()))
    assert (told.error, told.exit_code) == ("failed", 1)
    assert "its trace is in the log" in told.message
    assert taken(out) == ()


def test_what_keeps_many_from_being_read_is_said_once(out: Scene) -> None:
    copies(out, [f"v{number}" for number in range(60)])
    out.clock.advance(hours=2)
    out.simulator.misbehave("503", at=PLACES[out.network], times=4)
    (told,) = measure.run(out.studio)
    assert (told.post, told.posts, told.error) == ("", 61, "unavailable")
    assert len(measure.run(out.studio)) == 61


def test_one_networks_outage_touches_no_other(out: Scene, clock: Any) -> None:
    other = out.studio.settings.model_copy(update={"tiktok_url": "http://127.0.0.1:9"})
    studio = replace(out.studio, settings=other)
    (lost,) = copies(out, ["7678907398077074696"])
    account = stranger(out, clock())
    with studio.database.transaction() as session:
        row = posts.get(session, lost.id)
        assert row
        row.platform, row.account_id = "tiktok", account
    out.clock.advance(hours=2)
    told = {one.network: one.error for one in measure.run(studio)}
    assert told == {"youtube": "", "tiktok": "sign-in-needed"}


def stranger(scene: Scene, now: datetime) -> str:
    """Keep an account that was never signed in to."""
    from elite8.core.domain.account import new_account
    from elite8.core.storage import accounts as kept

    with scene.studio.database.transaction() as session:
        made = new_account(now=now, network="tiktok", handle="open-id-9", name="nobody")
        return kept.keep(session, made).id


@pytest.mark.parametrize("network", ["youtube", "instagram"])
def test_publish_show_has_a_row_for_each_reading(out: Scene, monkeypatch: Any) -> None:
    from elite8.core import studio as opening

    out.clock.advance(hours=2)
    measure.run(out.studio)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(opening, "open_studio", lambda: out.studio)
    shown = typer.testing.CliRunner().invoke(app, ["show", out.post().id])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    (heading,) = [number for number, line in enumerate(lines) if line.startswith("read ")]
    *_, zone, views, reach, likes, comments, shares, saves, watched = lines[heading + 2].split()
    assert (views, zone) == (str(taken(out)[0].views), "JST")
    cells = (views, reach, likes, comments, shares, saves, watched)
    dashes = {name for name, cell in zip(measure.COUNTS, cells, strict=True) if cell == "-"}
    late = {"shares", "watch_seconds"} if out.network == "youtube" else set()
    assert dashes == (set(measure.COUNTS) - GIVEN[out.network]) | late
    plain = typer.testing.CliRunner().invoke(app, ["show", out.post().id, "--json"])
    (row,) = json.loads(plain.stdout)["data"]["readings"]
    assert {name for name, count in row.items() if count is None} == dashes
