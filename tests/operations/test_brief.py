"""A brief becomes a plan; whatever is wrong is said before anything is written."""

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from elite8.core.errors import ConfigError
from elite8.core.operations.brief import Brief, plan, read_script
from elite8.core.studio import Studio

MIYUKI = Brief(characters=("miyuki",))


def test_everyone_is_planned_once(studio: Studio) -> None:
    planned = plan(studio, Brief(everyone=True))
    assert len({one.character for one in planned}) == len(planned) == 8


def test_the_same_seed_plans_the_same_and_each_of_several_differs(studio: Studio) -> None:
    first, second = (plan(studio, replace(MIYUKI, seed=4, count=3)) for _ in range(2))
    assert first == second
    assert len({one.seed for one in first}) == 3
    assert len({one.script.lines for one in first}) == 3


def test_without_a_seed_every_plan_is_another(studio: Studio, clock: SimpleNamespace) -> None:
    before = plan(studio, MIYUKI)[0].seed
    clock.advance(seconds=1)
    assert plan(studio, MIYUKI)[0].seed != before


def test_the_topic_is_in_the_script(studio: Studio) -> None:
    script = plan(studio, replace(MIYUKI, topic="paper lanterns"))[0].script
    assert "paper lanterns" in " ".join(line.text for line in script.lines)


def test_a_folder_that_is_a_file_is_refused(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    with pytest.raises(ConfigError, match="is not a folder"):
        plan(studio, replace(MIYUKI, out=tmp_path / "f" / "deep"))


def test_a_folder_without_room_says_how_much_is_needed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(ConfigError, match="has 1 MB free and this may take 22 MB"):
        plan(studio, MIYUKI)


def test_a_script_file_is_read_and_a_wrong_one_named(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("Olá!", encoding="utf-8-sig")
    assert read_script(None, file) == "Olá!"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigError, match=r"words\.txt is not UTF-8"):
        read_script(None, file)
    with pytest.raises(ConfigError, match="not both"):
        read_script("a", file)


def test_planning_writes_nothing(studio: Studio, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    plan(studio, MIYUKI)
    assert sorted(tmp_path.rglob("*")) == before
