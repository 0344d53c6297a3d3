"""Every shipped config file validates, has a schema, and is known."""

import json
from functools import cached_property
from pathlib import Path

import pytest

from elite8.core.config import FILES, Config, shape

ROOT = Path(__file__).parents[2]


def test_the_shipped_config_is_right() -> None:
    assert Config(ROOT / "config").check() == ()


def test_no_file_in_config_is_unknown_to_the_loader() -> None:
    present = {str(p.relative_to(ROOT / "config")) for p in (ROOT / "config").rglob("*.json")}
    assert present == set(FILES)


def test_what_is_read_is_of_the_kind_that_is_said() -> None:
    config = Config(ROOT / "config")
    read = [name for name, one in vars(Config).items() if isinstance(one, cached_property)]
    said = {name: vars(Config)[name].func.__annotations__["return"] for name in read}
    assert {name: type(getattr(config, name)).__name__ for name in read} == said


@pytest.mark.parametrize("file", FILES)
def test_every_file_has_a_schema_that_closes_its_keys(file: str) -> None:
    schema = shape(file).model_json_schema()
    assert schema["additionalProperties"] is False
    assert json.dumps(schema)
