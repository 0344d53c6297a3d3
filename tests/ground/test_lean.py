"""The collector rests while it is told to, and works again after, whatever happened."""

import gc

import pytest

from elite8.core.lean import no_rings


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
