"""Ids sort by time."""

from datetime import UTC, datetime, timedelta

import pytest

from elite8.core.domain import identity
from elite8.core.domain.identity import ALPHABET, new_id

NOW = datetime(2126, 1, 1, tzinfo=UTC)


def test_ids_of_one_millisecond_rise() -> None:
    ids = [new_id(NOW) for _ in range(500)]
    assert ids == sorted(set(ids))


def test_a_later_instant_sorts_later() -> None:
    assert new_id(NOW + timedelta(days=1)) < new_id(NOW + timedelta(days=2))


def test_an_id_after_the_clock_steps_back_still_rises() -> None:
    assert new_id(NOW + timedelta(days=3)) < new_id(NOW)


def test_an_id_is_26_of_crockfords_characters() -> None:
    made = new_id(NOW)
    assert len(made) == 26
    assert set(made) <= set(ALPHABET)


def test_two_processes_that_begin_alike_make_different_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    later = new_id(NOW + timedelta(days=1))
    assert later
    state = vars(identity)["_last"]
    made = []
    for _ in range(2):
        monkeypatch.setattr(identity, "_last", state)
        made.append(new_id(NOW))
    assert made[0] != made[1]
    assert min(made) > later
