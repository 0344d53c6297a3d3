"""The tasks: what each says, when each is due, and that one's trouble is its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from elite8.core.config import Config
from elite8.core.domain.attempt import new_attempt
from elite8.core.domain.post import PostStatus
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.operations import configuration, desk, rounds, tasks
from elite8.core.operations import generate as generating
from elite8.core.operations import publish as publishing
from elite8.core.operations.desk import Wish
from elite8.core.operations.task import Task
from elite8.core.operations.tasks import TASKS, run_all, timetable
from elite8.core.storage import attempts, posts
from elite8.core.studio import Studio
from tests.films import lay

ROOT = Path(__file__).parents[2]
SHIPPED = json.loads((ROOT / "config/scheduler_config.json").read_text())["tasks"]


def with_tasks(studio: Studio, tmp_path: Path, **asked: str) -> Studio:
    """The same studio with another timetable in its config."""
    folder = tmp_path / "other"
    shutil.copytree(ROOT / "config", folder)
    file = folder / "scheduler_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"tasks": asked}))
    return replace(studio, config=Config(folder))


def test_the_shipped_timetable_names_tasks_that_are_there(studio: Studio) -> None:
    assert set(SHIPPED) <= set(TASKS)
    assert set(timetable(studio)) == set(TASKS)


def test_a_task_goes_by_itself_by_the_config_or_not_at_all(studio: Studio, tmp_path: Path) -> None:
    other = with_tasks(studio, tmp_path, credits="off", publish="*/2  * * * *")
    found = timetable(other)
    assert "credits" not in found
    assert (found["publish"], found["collect"]) == ("*/2 * * * *", TASKS["collect"].cron)


def test_a_task_that_is_not_there_is_named_with_its_file(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"scheduler_config.json: tasks.polish: .*publish"):
        timetable(with_tasks(studio, tmp_path, polish="* * * * *"))


def test_an_expression_that_is_wrong_is_named_with_file_and_key(
    studio: Studio, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"scheduler_config.json: tasks.publish: 'never'"):
        timetable(with_tasks(studio, tmp_path, publish="never"))


def test_without_a_key_accounts_and_posts_there_is_nothing_to_do(studio: Studio) -> None:
    assert {one.did + one.failure for one in run_all(studio)} == {""}


def test_one_tasks_trouble_is_told_and_touches_no_other(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_studio: Studio) -> str:
        raise Unavailable("it does not answer")

    made = {
        name: Task(name=name, cron="* * * * *", help="", run=run)
        for name, run in (("credits", breaks), ("publish", lambda _studio: "done"))
    }
    monkeypatch.setattr(tasks, "TASKS", MappingProxyType(made))
    config = copy(studio.config)
    vars(config)["calendar"] = config.calendar.model_copy(update={"tasks": {}})
    found = run_all(replace(studio, config=config))
    assert [(one.task, one.did, one.failure) for one in found] == [
        ("credits", "", "it does not answer"),
        ("publish", "done", ""),
    ]


def test_the_balance_is_asked_for_with_a_key(paid: Studio) -> None:
    assert TASKS["credits"].run(paid) == "1800 credits are free, A2E reports 1800"
    assert TASKS["collect"].run(paid) == ""


@pytest.mark.media
def test_what_is_due_goes_out_and_is_counted(filmed: Path, studio: Studio, clock: Any) -> None:
    lay(filmed, studio.settings.state_dir)
    clock.now = publishing.finished(studio, "latest").created_at
    desk.order(studio, "latest", ("outbox",), Wish())
    assert not rounds.is_quiet(studio)
    assert TASKS["publish"].run(studio) == "posts: 1 published"
    assert rounds.is_quiet(studio)
    assert TASKS["publish"].run(studio) == ""


@pytest.mark.media
def test_what_was_given_up_is_named_for_a_week(filmed: Path, studio: Studio, clock: Any) -> None:
    lay(filmed, studio.settings.state_dir)
    clock.now = publishing.finished(studio, "latest").created_at
    (post,) = desk.order(studio, "latest", ("outbox",), Wish())
    with studio.database.transaction() as session:
        known = posts.get(session, post.id)
        assert known
        known.status = PostStatus.REFUSED
        tried = new_attempt(at=clock(), post_id=post.id, kind="send", outcome="refused")
        attempts.add(session, tried)
    clock.advance(days=6)
    assert TASKS["publish"].run(studio) == "posts: 1 late"
    clock.advance(days=2)
    assert rounds.is_quiet(studio)


def test_a_tick_with_nothing_to_do_loads_nothing_that_is_large(tmp_path: Path) -> None:
    show = (
        "from elite8.core.studio import open_studio; from elite8.core.operations import tasks; "
        "tasks.run_all(open_studio()); import sys; "
        "print(*{name.split('.')[0] for name, module in sys.modules.items() if module})"
    )
    done = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert {"numpy", "cv2", "c2pa", "httpx", "cryptography"} & set(done.stdout.split()) == set()


def test_a_broken_file_is_not_reread(
    studio: Studio, edited_config: Callable[[str, str, str], Path]
) -> None:
    folder = edited_config("publishing.json", '"grace_seconds"', '"grace_second"')
    with pytest.raises(ConfigError, match=r"publishing.json.*grace_seconds"):
        configuration.reread(replace(studio, config=Config(folder)))


def test_what_is_reread_is_new_and_the_database_the_same(studio: Studio, tmp_path: Path) -> None:
    before = with_tasks(studio, tmp_path, publish="1 * * * *")
    database, _ = before.database, before.config.calendar
    file = before.config.folder / "scheduler_config.json"
    file.write_text(file.read_text().replace("1 * * * *", "2 * * * *"))
    after = configuration.reread(before)
    assert (timetable(before)["publish"], timetable(after)["publish"]) == ("1 * * * *", "2 * * * *")
    assert after.database is database


@pytest.fixture
def boxed(studio: Studio, tmp_path: Path) -> Studio:
    """A studio whose slots all go to the outbox, which needs no account."""
    folder = tmp_path / "boxed"
    shutil.copytree(ROOT / "config", folder)
    file = folder / "scheduler_config.json"
    calendar = json.loads(file.read_text())
    for slot in calendar["slots"]:
        slot["networks"] = ["outbox"]
    file.write_text(json.dumps(calendar | {"plan_days": 2}))
    return replace(studio, config=Config(folder))


def test_the_calendar_is_filled_once_and_then_there_are_videos_to_make(boxed: Studio) -> None:
    assert not tasks.has_to_make(boxed)
    assert TASKS["plan"].run(boxed) == "10 posts of 10 videos are planned"
    assert TASKS["plan"].run(boxed) == ""
    assert tasks.has_to_make(boxed)


def test_nobody_signed_in_plans_nothing_by_itself(studio: Studio) -> None:
    assert TASKS["plan"].run(studio) == ""
    assert TASKS["measure"].run(studio) == ""


def test_a_video_that_fails_is_said_and_no_other_suffers(
    boxed: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    TASKS["plan"].run(boxed)

    def tear(studio: Studio, _: Any, __: Any, video: Any) -> None:
        generating.give_up(studio, video, trouble := Unavailable("the film tore"))
        raise trouble

    monkeypatch.setattr(generating, "make", tear)
    assert TASKS["generate"].run(boxed) == "videos: 4 failed"
