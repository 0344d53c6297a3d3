"""A seeded sample of the fuzzing; the whole of it is tests/fuzz/fuzz.py."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import stamina

from elite8.core.studio import Studio
from tests.fuzz.fuzz import every, fire
from tests.fuzz.target import Broke, Target

HARD = (
    *(b"", b"\0", b"\xff\xfe\xff", b"[" * 3000, b'{"a":' * 3000, b"1" * 5000),
    *(b'{"a": ' + b"9" * 5000 + b"}", b"a = " + b"9" * 5000, b"a = " + b"[" * 5000),
    *(b'"\\ud800"', b'{"update_id": 1, "x": "\\ud800"}', b'{"events": [[[[[]]]]]}'),
)
"""What parsers stumble over, whatever they read."""


@pytest.fixture
def under_fire(studio: Studio, tmp_path: Path) -> Iterator[tuple[Target, ...]]:
    stamina.set_testing(True, attempts=2, cap=True)
    yield every(tmp_path, studio)
    stamina.set_testing(False)


def test_no_parser_of_outside_bytes_raises_anything_but_an_error_of_ours(
    under_fire: tuple[Target, ...],
) -> None:
    broke: list[str] = []
    for target in under_fire:
        taken, faults = fire(target, 6, 7)
        broke += faults
        broke += [] if taken[True] else [f"{target.name} takes not even what is right"]
        for data in HARD:
            whole = target.seeds[0][:2] + data if target.name.startswith("answer") else data
            try:
                target.hit(whole)
            except Broke as fault:
                broke.append(f"{fault}: {whole[:40]!r}")
    assert broke == []


def test_a_fault_or_a_slow_reading_would_be_seen(under_fire: tuple[Target, ...]) -> None:
    def falls(data: bytes) -> int:
        return data[len(data)]

    one = replace(under_fire[0], run=falls)
    _, faults = fire(one, 6, 7)
    assert "IndexError" in faults[0]
    with pytest.raises(Broke, match="s of CPU"):
        replace(under_fire[0], run=len, slow=-1.0).hit(b"x")
