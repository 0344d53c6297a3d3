"""Config: every complaint names the file, the key and the nearest known key."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from elite8.core.config import CHARACTERS, FINISHING, Config
from elite8.core.domain.finishing import FinishingConfig
from elite8.core.errors import ConfigError
from elite8.core.parsing import parse

Edit = Callable[[str, str, str], Path]


def complaint(folder: Path) -> str:
    with pytest.raises(ConfigError) as wrong:
        _ = Config(folder).roster
    return str(wrong.value)


def test_a_misspelt_key_names_the_nearest(edited_config: Edit) -> None:
    said = complaint(edited_config(CHARACTERS, '"tagline"', '"taglnie"'))
    assert "elite8_characters.json: characters.0.taglnie" in said or "characters.0.tagline" in said
    assert "elite8_characters.json" in said


def test_an_unknown_key_names_the_nearest(edited_config: Edit) -> None:
    said = complaint(edited_config(CHARACTERS, '"tagline"', '"personalty": "x", "tagline"'))
    assert "characters.0.personalty" in said
    assert "did you mean 'personality'?" in said


@pytest.mark.parametrize("age", ["19", "17", "22.5", '"22"', "true", "null"])
def test_an_age_that_is_not_a_whole_number_of_twenty_or_more_is_refused(
    edited_config: Edit, age: str
) -> None:
    said = complaint(edited_config(CHARACTERS, '"declared_age": 22', f'"declared_age": {age}'))
    assert "characters.0.declared_age" in said


def test_a_missing_rating_is_refused(edited_config: Edit) -> None:
    said = complaint(edited_config(CHARACTERS, '"rating": "general",', ""))
    assert "characters.0.rating" in said


@pytest.mark.parametrize("rating", ["adult", "suggestive", ""])
def test_any_rating_but_general_is_refused(edited_config: Edit, rating: str) -> None:
    said = complaint(edited_config(CHARACTERS, '"rating": "general"', f'"rating": "{rating}"'))
    assert "characters.0.rating" in said


@pytest.mark.parametrize(
    "word",
    ["schoolgirl", "女子高生", "colegiala", "Schulmädchen", "loli", "\uff2c\uff2f\uff2c\uff29"],
)
def test_a_word_that_suggests_a_minor_is_refused(edited_config: Edit, word: str) -> None:
    said = complaint(
        edited_config(CHARACTERS, '"personality": "', f'"personality": "like a {word} ')
    )
    assert "characters.0.personality" in said
    assert "suggests a minor" in said


def test_a_colour_that_is_none_is_refused(edited_config: Edit) -> None:
    text = (Path(__file__).parents[2] / "config" / CHARACTERS).read_text("utf-8")
    skin = json.loads(text)["characters"][0]["look"]["face"]["skin"]
    said = complaint(edited_config(CHARACTERS, f'"{skin}"', '"#ggg000"'))
    assert "characters.0.look.face.skin" in said


def test_the_same_id_twice_is_refused(edited_config: Edit) -> None:
    assert "used twice" in complaint(edited_config(CHARACTERS, '"id": "airi"', '"id": "miyuki"'))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "line 1, column 2: not JSON"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": "\\ud800Europe/Berlin"}', "half a character"),
        ("[]", "top level"),
        ("\udcff", "not UTF-8"),
        ("[" * 100_000, "finishing.json"),
    ],
)
def test_broken_json_says_where(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / FINISHING
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=said) as wrong:
        parse(file, FinishingConfig)
    assert str(file) in str(wrong.value)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="config init"):
        _ = Config(tmp_path).finishing


def test_an_unknown_character_names_the_nearest(edited_config: Edit) -> None:
    roster = Config(edited_config(CHARACTERS, "", "")).roster
    with pytest.raises(ConfigError, match="did you mean 'miyuki'"):
        roster.named("miyuky")


def test_all_eight_are_there_and_adults(edited_config: Edit) -> None:
    roster = Config(edited_config(CHARACTERS, "", "")).roster
    assert {c.id: c.declared_age for c in roster.characters} == {
        "miyuki": 22,
        "airi": 24,
        "hana": 22,
        "aiko": 24,
        "rio": 21,
        "ren": 28,
        "chiyo": 23,
        "jin": 29,
    }


def test_a_template_that_suggests_a_minor_is_found_by_check(edited_config: Edit) -> None:
    folder = edited_config("scripts/en.json", '"hooks": [', '"hooks": ["Every schoolgirl knows.", ')
    (said,) = Config(folder).check()
    assert "scripts/en.json" in said
    assert "suggests a minor" in said


def test_a_misspelt_required_key_is_named_and_not_called_missing(edited_config: Edit) -> None:
    folder = edited_config(FINISHING, '"duration_seconds"', '"duration_secs"')
    (said,) = Config(folder).check()
    assert "unknown key 'duration_secs'; did you mean 'duration_seconds'?" in said
