"""How it grows: read at most each minute, only when something was written, and kept as it was."""

from typing import Any

import pytest

from elite8.core.operations import growth, links, snapshots
from elite8.core.operations.gather import gather
from elite8.core.operations.scene import scene, with_growth
from elite8.core.studio import Studio
from tests.operations import funnelled


@pytest.fixture
def grown(studio: Studio) -> Any:
    """A studio with a funnel."""
    funnelled.live(studio, posts=8)
    gather(studio)
    yield studio
    studio.looking.database.close()


def write(studio: Studio) -> None:
    links.create(studio, links.Wish(target="https://example.com/more"))


def test_it_is_read_again_when_something_was_written_and_a_minute_is_over(
    grown: Studio, clock: Any
) -> None:
    first = growth.lately(grown)
    assert growth.lately(grown) is first
    write(grown)
    assert growth.lately(grown) is first, "a minute is not over"
    clock.advance(seconds=61)
    second = growth.lately(grown)
    assert second is not first
    clock.advance(minutes=10)
    assert growth.lately(grown) is second, "nothing was written"
    clock.advance(minutes=6)
    assert growth.lately(grown) is not second, "days begin"


def test_it_waits_for_no_writer(grown: Studio) -> None:
    with grown.database.transaction():
        assert growth.lately(grown).places


def test_every_region_has_its_windows_of_today_and_tomorrow_there(grown: Studio) -> None:
    now = grown.clock()
    for one in growth.lately(grown).places:
        assert any(until > now for _, until in one.windows), one.code
        assert [*one.windows] == sorted(one.windows)


def test_what_was_kept_tells_it_as_it_was_in_four_figures(grown: Studio, clock: Any) -> None:
    assert snapshots.keep(grown) == "kept"
    here = with_growth(grown, scene(grown)).growth
    found = snapshots.at(grown, clock.now)
    assert found
    then = found.scene.growth
    assert here
    assert then
    assert (then.places[1].windows, then.places[1].name) == (here.places[1].windows, "Japan")
    assert [one.count for one in then.steps] == [one.count for one in here.steps]
    for kept, was in zip(then.stages, here.stages, strict=True):
        assert (kept.conversion.rate or 0) == pytest.approx(was.conversion.rate or 0, rel=1e-3)
        assert kept.conversion.n == was.conversion.n


def test_the_clock_alone_keeps_nothing_new(grown: Studio, clock: Any) -> None:
    assert snapshots.keep(grown) == "kept"
    for _ in range(3):
        clock.advance(minutes=2)
        assert snapshots.keep(grown) == "still"
