import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from elite8.core.domain.look import Look

ROSTER = Path(__file__).parents[2] / "config" / "avatars" / "elite8_characters.json"


def written_looks() -> dict[str, dict[str, Any]]:
    characters = json.loads(ROSTER.read_text(encoding="utf-8"))["characters"]
    return {character["id"]: character["look"] for character in characters}


def test_each_of_the_eight_has_a_valid_look() -> None:
    looks = {name: Look.model_validate(look) for name, look in written_looks().items()}
    assert len(looks) == 8


@pytest.mark.parametrize("part", [("hair", "style"), ("outfit", "style"), ("background", "scene")])
def test_no_two_performers_share_hair_outfit_or_scene(part: tuple[str, str]) -> None:
    values = [look[part[0]][part[1]] for look in written_looks().values()]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "123456", "#1234567", '#123456"/>'])
def test_a_colour_that_is_not_six_hex_digits_is_refused(colour: str) -> None:
    look = written_looks()["miyuki"]
    look["hair"]["colour"] = colour
    with pytest.raises(ValidationError, match="colour"):
        Look.model_validate(look)


def test_colours_are_kept_in_small_letters() -> None:
    look = written_looks()["miyuki"]
    look["face"]["skin"] = "#FDE3D6"
    assert Look.model_validate(look).face.skin == "#fde3d6"


def test_an_unknown_key_is_refused() -> None:
    look = written_looks()["jin"]
    look["face"]["scar"] = "#aa0000"
    with pytest.raises(ValidationError, match="scar"):
        Look.model_validate(look)


def test_an_unknown_hair_style_is_refused() -> None:
    look = written_looks()["jin"]
    look["hair"]["style"] = "mohawk"
    with pytest.raises(ValidationError, match=r"hair\.style"):
        Look.model_validate(look)


def test_a_look_cannot_be_changed() -> None:
    look = Look.model_validate(written_looks()["ren"])
    with pytest.raises(ValidationError, match="frozen"):
        look.build = "woman"  # type: ignore[misc]  # what the test is about
