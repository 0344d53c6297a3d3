"""Of many daemons on one store one leads; another takes over when it is gone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from elite8.core.operations.leading import LEASES, RENEW, lead, leader, new_leader, resign
from elite8.core.studio import Studio

LEASE = LEASES * RENEW


def name(process: str) -> str:
    """A leader of another machine."""
    return f"0000000000000000:{process}:00000000:elsewhere"


A, B = name("1"), name("2")


def test_the_first_leads_and_the_second_is_told_who_does(studio: Studio, clock: Any) -> None:
    first, second = lead(studio, A), lead(studio, B)
    assert (first.ours, second.ours) == (True, False)
    assert (second.who, second.since) == ("process 1 on elsewhere", clock())
    assert second.until == clock() + LEASE


def test_who_renews_leads_on_and_since_stays(studio: Studio, clock: Any) -> None:
    began = lead(studio, A).since
    for _ in range(10):
        clock.advance(seconds=RENEW.total_seconds())
        assert lead(studio, A).ours
        assert not lead(studio, B).ours
    assert lead(studio, A).since == began


def test_a_leader_that_says_nothing_is_followed(studio: Studio, clock: Any) -> None:
    lead(studio, A)
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert not lead(studio, B).ours
    clock.advance(seconds=1)
    assert leader(studio) is None
    taken = lead(studio, B)
    assert (taken.ours, taken.since) == (True, clock())
    assert not lead(studio, A).ours


def test_who_resigns_is_followed_at_once_and_nobody_resigns_for_another(studio: Studio) -> None:
    lead(studio, A)
    resign(studio, B)
    assert not lead(studio, B).ours
    resign(studio, A)
    assert leader(studio) is None
    assert lead(studio, B).ours


def test_a_dead_process_of_this_machine_is_followed_at_once(studio: Studio) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"],
        capture_output=True,
        text=True,
        check=True,
    )
    dead = new_leader().split(":")
    dead[1] = gone.stdout.strip()
    assert lead(studio, ":".join(dead)).ours
    assert leader(studio) is None
    assert lead(studio, A).ours


def test_a_lease_of_a_clock_that_was_wrong_does_not_last_for_years(
    studio: Studio, clock: Any
) -> None:
    lead(replace(studio, clock=lambda: clock() + timedelta(days=3650)), A)
    assert lead(studio, B).ours


def test_a_name_fits_its_column_and_says_where() -> None:
    me = new_leader()
    assert len(me) <= 64
    assert me.split(":")[1] == str(os.getpid())


@pytest.fixture
def stores(studio: Studio) -> Iterator[list[Studio]]:
    """Four processes' own connections to one store."""
    found = [replace(studio) for _ in range(4)]
    for one in found:
        _ = one.database.engine
    yield found
    for one in found:
        one.database.close()


def test_of_many_at_once_one_leads(stores: list[Studio]) -> None:
    start, won = Barrier(len(stores)), []

    def run(number: int, studio: Studio) -> None:
        start.wait()
        if lead(studio, name(str(number))).ours:
            won.append(number)

    threads = [Thread(target=run, args=pair) for pair in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
