"""What a fourth audit found: a network taken out, a sign-in that is over, posts without an id."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import func, select

from elite8.core.config import Config
from elite8.core.domain.account import Account
from elite8.core.domain.attempt import Attempt
from elite8.core.domain.audit import AuditEntry
from elite8.core.domain.post import PostStatus
from elite8.core.errors import Elite8Error, SignInNeeded
from elite8.core.operations import (
    database,
    decisions,
    desk,
    due,
    health,
    renewal,
    rounds,
    stuck,
)
from elite8.core.operations import scene as scenes
from elite8.core.operations.strongbox import store
from elite8.core.storage.tokens import Tokens
from elite8.core.studio import Studio
from tests.operations.scenes import Scene
from tests.operations.test_audited_posts import ordered

pytestmark = pytest.mark.media


def without(scene: Scene, folder: Path) -> Studio:
    """The studio, with nothing decided of its network any more."""
    file = folder / "social/social_config.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    del kept["networks"][scene.network]
    file.write_text(json.dumps(kept), encoding="utf-8")
    return replace(scene.studio, config=Config(folder))


@pytest.mark.parametrize("network", ["tiktok"])
@pytest.mark.parametrize("out", [True, False])
def test_a_network_that_was_taken_out_keeps_its_history(
    scene: Scene, edited_config: Callable[[str, str, str], Path], *, out: bool
) -> None:
    if out:
        scene.insist()
    else:
        ordered(scene)
    studio = without(scene, edited_config("social/social_config.json", "tiktok", "tiktok"))
    (listed,) = desk.listed(studio)
    assert listed.network == "tiktok"
    assert desk.show(studio, listed.id).network == "tiktok"
    assert decisions.pending(studio) == ()
    assert scenes.scene(studio).queued == (0 if out else 1)
    scene.clock.advance(minutes=30)
    turn = due.turn(studio)
    assert turn.faults == ()
    (done,) = turn.looked if out else turn.done
    assert "says nothing of 'tiktok'" in done.message
    assert done.error in ("", "config")
    assert scene.count == (1 if out else 0)


def dead(scene: Scene) -> str:
    """Have the network know the sign-in no more; return the account's id."""
    with scene.studio.database.transaction() as session:
        account = session.exec(select(Account)).one().id
    kept = store(scene.studio)
    ends = kept.read(account).refresh_ends_at
    gone = Tokens(access="gone", refresh="gone", access_ends_at=scene.clock(), refresh_ends_at=ends)
    kept._seal(account, gone)
    return account


def rows(studio: Studio) -> tuple[int, ...]:
    with studio.database.transaction() as session:
        kinds = (Attempt, AuditEntry)
        return tuple(session.exec(select(func.count()).select_from(one)).one() for one in kinds)


@pytest.mark.parametrize("network", ["tiktok", "youtube"])
def test_a_sign_in_that_is_over_is_asked_once_and_said_once(scene: Scene) -> None:
    ordered(scene)
    account = dead(scene)
    due.run(scene.studio)
    asked, noted = scene.line.sent, rows(scene.studio)
    for _ in range(12):
        scene.clock.advance(minutes=5)
        (done,) = due.run(scene.studio)
        assert done.error == "sign-in-needed"
    assert scene.line.sent == asked
    assert sum(rows(scene.studio)) <= sum(noted) + 1
    assert (scene.post().status, scene.post().attempts) == (PostStatus.WAITING, 0)
    assert "cut off" not in scene.post().failure
    with scene.studio.database.transaction() as session:
        row = session.get_one(Account, account)
        session.expunge(row)
    with pytest.raises(SignInNeeded) as still:
        renewal.access(scene.studio, row)  # asked by a person: the network's word again
    assert "cut off" not in str(still.value)
    scene.sign_in()
    assert scene.insist().url
    assert scene.count == 1


@pytest.mark.parametrize("network", ["discord"])
def test_a_post_that_a_person_saw_is_no_trouble_of_the_daemon(scene: Scene) -> None:
    scene.simulator.misbehave("lost-after", at="POST /api")
    with pytest.raises(Elite8Error):
        scene.publish()
    desk.resolve(scene.studio, scene.post().id, "published", "")
    assert database.check(scene.studio) == ()
    scene.clock.advance(hours=5)
    assert [one.state for one in stuck.alarms(scene.studio)] == ["hidden"]
    assert not rounds.is_quiet(scene.studio)
    (posts,) = [one for one in health.health(scene.studio).checks if one.name == "posts"]
    assert (posts.verdict, posts.says) == ("good", "nothing is stuck")
