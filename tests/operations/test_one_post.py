"""One post, on every network: whatever breaks and wherever we are killed."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from elite8.core.operations import desk, due, figures, steps
from elite8.core.operations import publish as publishing
from tests.operations.scenes import KINDS, Killed, Scene

pytestmark = pytest.mark.media

ROTATED = ("tiktok", "lost-after", "oauth/token")
"""The rotated token goes down with the line, so a person must sign in: test_tiktok_posts.py."""


def faults() -> Iterator[tuple[str, str, str]]:
    for network, kind in KINDS.items():
        for at in kind.places:
            yield from ((network, fault, at) for fault in kind.faults)


def troubles() -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    for network, kind in KINDS.items():
        yield from ((network, together) for together in kind.troubles)


def requests() -> Iterator[tuple[str, int]]:
    for network, kind in KINDS.items():
        yield from ((network, number) for number in range(1, kind.requests + 1))


@contextmanager
def deadly(monkeypatch: pytest.MonkeyPatch, step: str, *, before: bool) -> Iterator[None]:
    """Kill at the commit a step of publishing makes; what comes after death is not done either."""
    whole: Callable[..., Any] = getattr(steps, step)
    record: Callable[..., Any] = steps.record

    def last(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(steps, "record", nothing)
        if not before:
            whole(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(steps, step, last)
    with suppress(Killed):
        yield
    monkeypatch.setattr(steps, "record", record)
    monkeypatch.setattr(steps, step, whole)


def nothing(*_: Any, **__: Any) -> None:
    raise Killed


@pytest.mark.parametrize("network", KINDS)
def test_a_video_goes_out_once_as_it_was_checked_in_the_requests_we_count(scene: Scene) -> None:
    out = scene.publish()
    assert scene.line.sent == KINDS[scene.network].requests
    file = Path(publishing.finished(scene.studio, "latest").path)
    assert scene.only.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    again = scene.publish()
    assert (again.before, again.url) == (True, out.url)
    assert scene.count == 1


@pytest.mark.parametrize("network", KINDS)
def test_a_look_at_what_came_late_leaves_it_late(scene: Scene) -> None:
    wish = desk.Wish(at=scene.clock() + timedelta(minutes=10))
    (ordered,) = desk.order(scene.studio, "latest", [scene.network], wish)
    scene.clock.advance(hours=3, minutes=10)
    scene.insist()
    due.seen(scene.studio, scene.post())
    scene.clock.advance(minutes=25)
    assert scene.post().meant_at == ordered.due_at
    with scene.studio.database.transaction() as session:
        values = [*figures.posts(session, scene.clock())]
    in_time = [one.value for one in values if one.metric == "elite8_posts_in_time_ratio"]
    assert in_time == [0.0]


@pytest.mark.parametrize(("network", "fault", "at"), [one for one in faults() if one != ROTATED])
def test_whatever_breaks_there_is_one_post(scene: Scene, fault: str, at: str) -> None:
    scene.clock.advance(minutes=KINDS[scene.network].ages.get(at, 0))
    scene.simulator.misbehave(fault, at=at)
    scene.insist()
    known = [getattr(scene.only, name) for name in KINDS[scene.network].names]
    assert scene.post().remote_id in known


@pytest.mark.parametrize(("network", "together"), [*troubles()])
def test_several_troubles_in_a_row_make_one_post(
    scene: Scene, together: tuple[tuple[str, str], ...]
) -> None:
    for fault, at in together:
        scene.simulator.misbehave(fault, at=at)
    scene.insist()
    assert scene.count == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("network", "number"), [*requests()])
def test_interrupted_around_any_request_there_is_one_post(
    scene: Scene, number: int, *, before: bool
) -> None:
    scene.line.left, scene.line.before = number, before
    with pytest.raises(Killed):
        scene.publish()
    scene.line.left = 0
    scene.insist()
    assert scene.count == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(("network", "number"), [*requests()])
def test_killed_around_any_request_there_is_one_post(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, number: int, *, before: bool
) -> None:
    scene.line.left, scene.line.before = number, before
    monkeypatch.setattr(steps, "record", nothing)
    with pytest.raises(Killed):
        scene.publish()
    monkeypatch.undo()
    scene.line.left = 0
    scene.insist()
    assert scene.count == 1


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("step", ["claim", "keep", "record"])
@pytest.mark.parametrize("network", KINDS)
def test_killed_around_any_commit_there_is_one_post(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, step: str, *, before: bool
) -> None:
    with deadly(monkeypatch, step, before=before):
        scene.publish()
    scene.clock.advance(minutes=31)
    scene.insist()
    assert scene.count == 1
