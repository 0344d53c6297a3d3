"""A rehearsal's stage: it films, signs in and posts without an address or a key of ours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core import scratch
from elite8.core.operations import desk, due, finish, publish, stage
from elite8.core.operations.chores import half_done
from elite8.core.settings import Settings
from elite8.core.simulators.weather import World
from elite8.core.storage import videos
from elite8.core.studio import Studio
from tests.films import lay, small

FIRST = datetime(2026, 12, 1, tzinfo=UTC)
OURS = "https://operators-own.example/secret"


def own(name: str) -> Any:
    """What an operator would have set: a text that is found again wherever it is left."""
    return SecretStr(OURS) if "SecretStr" in str(Settings.model_fields[name].annotation) else OURS


def names_somewhere(name: str) -> bool:
    """Whether a setting is a secret, or says where something is that is not of this machine."""
    kind = str(Settings.model_fields[name].annotation)
    return "SecretStr" in kind or name.endswith(
        ("_url", "_endpoint", "_host", "_user", "_to", "_from", "_id", "_listen", "_redirect")
    )


@pytest.fixture
def staged(studio: Studio, tmp_path: Path) -> Iterator[Studio]:
    """The studio of a rehearsal whose operator has set every setting there is."""
    every = {name: own(name) for name in Settings.model_fields}
    every |= {name: getattr(studio.settings, name) for name in ("state_dir", "database_url")}
    theirs = replace(studio, settings=studio.settings.model_copy(update=every))
    clock = stage.VirtualClock(FIRST)
    opened = stage.scratch(theirs, tmp_path / "stage", clock, World(clock, Random(1)))  # noqa: S311  # no secrecy
    yield opened
    opened.database.close()


def test_a_rehearsal_has_no_secret_and_no_address_of_the_operators(staged: Studio) -> None:
    left = {
        name
        for name in Settings.model_fields
        if OURS in str(getattr(value := getattr(staged.settings, name), "_secret_value", value))
    }
    assert left == set(stage.OWN)
    assert not [name for name in stage.OWN if names_somewhere(name)]


def test_what_a_killed_rehearsal_leaves_is_swept_for_it_holds_everybody(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "the_one", lambda *_: None)
    with stage.staged(studio, FIRST, (), 1) as there:
        left = there.studio.settings.state_dir.parent
        assert there.studio.database.file == left / "state" / "elite8.db"
        assert left.stat().st_mode & 0o777 == 0o700
        assert left.parent in half_done(studio)
        monkeypatch.setattr(scratch, "is_gone", lambda _: True)
        assert scratch.is_left(left.name)


@pytest.fixture
def stored(studio: Studio, filmed: Path, tmp_path: Path) -> Studio:
    """A studio with a finished film, whose operator keeps films in a store."""
    lay(filmed, studio.settings.state_dir)
    (tmp_path / "store").mkdir()
    shares = {"media_url": f"file://{tmp_path}/store"}
    return replace(studio, settings=studio.settings.model_copy(update=shares))


@pytest.mark.media
def test_what_a_rehearsal_films_is_put_into_no_store(
    stored: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finish, "verified", lambda *_: None)  # it is a small one
    quick = stored.settings.model_copy(update={"ffmpeg": str(small(tmp_path))})
    with stage.staged(replace(stored, settings=quick), FIRST, (), 1) as there:
        assert Path(there.master.path).is_file()
    assert [*(tmp_path / "store").rglob("*")] == []


@pytest.mark.media
def test_a_film_of_another_machine_goes_out_in_a_rehearsal_without_its_store(
    stored: Studio,
) -> None:
    made = publish.finished(stored, "latest")
    desk.order(stored, made.id, ["outbox"], desk.Wish(at=stored.clock()))
    with stored.database.transaction() as session:
        there = videos.get(session, made.id)
        assert there
        there.path, there.cover = "/elsewhere/film.mp4", "/elsewhere/film.jpg"
    with stage.staged(stored, FIRST, (), 1, made) as played:
        assert [one.status for one in due.run(played.studio)] == ["published"]
