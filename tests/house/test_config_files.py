"""Every shipped config file validates, has a schema, and is known."""

import json
from pathlib import Path

import pytest

from elite8.core.config import FILES, Config

ROOT = Path(__file__).parents[2]


def test_the_shipped_config_is_right() -> None:
    assert Config(ROOT / "config").check() == ()


def test_no_file_in_config_is_unknown_to_the_loader() -> None:
    present = {str(p.relative_to(ROOT / "config")) for p in (ROOT / "config").rglob("*.json")}
    assert present == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_every_file_has_a_schema_that_closes_its_keys(file: str) -> None:
    schema = FILES[file].model_json_schema()
    assert schema["additionalProperties"] is False
    assert json.dumps(schema)
