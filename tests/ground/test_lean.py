"""The collector rests while it is told to, and works again after, whatever happened."""

import gc
import weakref

import pytest

from elite8.core.lean import NEW_OBJECTS, USUAL, look_seldom, no_rings, settle


def test_the_collector_rests_and_works_again_also_after_an_error() -> None:
    with no_rings():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="wrong"), no_rings():
        raise ValueError("wrong")
    assert gc.isenabled()


def test_who_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with no_rings():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_process_that_stays_looks_as_often_as_python_does() -> None:
    gc.disable()
    look_seldom()
    assert gc.get_threshold()[0] == NEW_OBJECTS
    settle()
    try:
        assert (gc.isenabled(), gc.get_threshold()) == (True, USUAL)
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()


def test_a_process_that_stays_still_sweeps_what_was_there_while_the_collector_rested() -> None:
    class Ring:
        def __init__(self) -> None:
            self.me = self

    settle()
    try:
        one = Ring()
        alive = weakref.ref(one)
        with no_rings():
            pass
        del one
        gc.collect()
        assert alive() is None
    finally:
        gc.unfreeze()
