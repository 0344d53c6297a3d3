"""The threat model names tests, and each is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_what_is_said_to_stop_an_attack_is_tried(file: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_every_attack_but_one_names_a_test() -> None:
    rows = [line for line in PAGE.split("## Tools")[0].splitlines() if line.startswith("| ")]
    attacks = rows[rows.index("| attack | what stops it | test |") + 1 :]
    assert [row for row in attacks if "tests/" not in row] == [
        "| A2E calls in | it cannot: we ask, nobody calls | |"
    ]
