"""Whatever happens in whatever order, the books add up and nothing is paid for twice."""

import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
)

from elite8.core.domain.credit import EntryKind, Purse, new_entry, purse
from elite8.core.domain.job import Family, Job, new_job
from elite8.core.operations import purse as purses
from elite8.core.storage import ledger
from elite8.core.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def job(held: int) -> Job:
    return new_job(
        now=NOW,
        there=NOW,
        family=Family.AVATAR_VIDEO,
        character_id="miyuki",
        video_id="",
        request="{}",
        request_sha256="",
        held=held,
        priced=held,
        deadline_at=NOW + timedelta(minutes=30),
        holder="here",
        held_until=NOW,
    )


@cache
def empty() -> bytes:
    """Return a database with its tables."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state" / "elite8.db"
        with closing(Database(f"sqlite:///{file}")) as database:
            _ = database.engine
        return file.read_bytes()


class Interleaved(RuleBasedStateMachine):
    """Starts, crashes, collections, failures and grants, any of them repeated or cut short."""

    running = Bundle("running")
    ended = Bundle("ended")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "elite8.db"
        file.write_bytes(empty())
        self.database = Database(f"sqlite:///{file}")
        self.granted = self.settled = self.held = 0

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @initialize(coins=st.integers(0, 2000))
    def opens(self, coins: int) -> None:
        with self.database.transaction() as session:
            purses.enter(session, NOW, EntryKind.OPENING, coins, "opening")
        self.granted += coins

    @rule(target=running, coins=st.integers(0, 60))
    def starts(self, coins: int) -> Job:
        ordered = job(coins)
        with self.database.transaction() as session:
            purses.hold(session, NOW, ordered)
        self.held += coins
        return ordered

    @rule(coins=st.integers(1, 60))
    def crashes_before_the_intent_is_committed(self, coins: int) -> None:
        with suppress(KeyboardInterrupt), self.database.transaction() as session:
            purses.hold(session, NOW, job(coins))
            raise KeyboardInterrupt

    @rule(target=ended, ordered=consumes(running), coins=st.integers(0, 90))
    def collects(self, ordered: Job, coins: int) -> Job:
        with self.database.transaction() as session:
            purses.settle(session, NOW, ordered, coins)
        self.held -= ordered.held
        self.settled += coins
        ordered.coins = coins
        return ordered

    @rule(ordered=running, coins=st.integers(0, 90))
    def crashes_while_collecting(self, ordered: Job, coins: int) -> None:
        with suppress(KeyboardInterrupt), self.database.transaction() as session:
            purses.settle(session, NOW, ordered, coins)
            raise KeyboardInterrupt

    @rule(target=ended, ordered=consumes(running))
    def fails_and_is_refunded(self, ordered: Job) -> Job:
        with self.database.transaction() as session:
            purses.release(session, NOW, ordered, "failed")
        self.held -= ordered.held
        ordered.coins = 0
        return ordered

    @rule(ordered=ended)
    def is_collected_again(self, ordered: Job) -> None:
        if ordered.coins:
            with self.database.transaction() as session:
                purses.settle(session, NOW, ordered, ordered.coins)

    @rule(day=st.dates(), coins=st.integers(1, 90))
    def grants_each_day_once(self, day: Any, coins: int) -> None:
        with self.database.transaction() as session:
            if purses.enter(session, NOW, EntryKind.DAILY, coins, f"{day}"):
                self.granted += coins

    @invariant()
    def the_books_add_up(self) -> None:
        with self.database.transaction() as session:
            sums = ledger.sums(session, purses.ACCOUNT)
        assert sums == Purse(granted=self.granted, settled=self.settled, held=self.held)
        assert sums.free == self.granted - self.settled - self.held


TestInterleaved = Interleaved.TestCase
TestInterleaved.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [(EntryKind.HOLD, 5), (EntryKind.SETTLE, 1), (EntryKind.DAILY, -60), (EntryKind.RELEASE, -1)],
)
def test_an_entry_with_the_wrong_sign_is_not_made(kind: EntryKind, amount: int) -> None:
    with pytest.raises(ValueError, match="wrong sign"):
        new_entry(now=NOW, account="a2e", kind=kind, amount=amount, reference="x")


@pytest.mark.parametrize(
    ("pairs", "free"),
    [
        ([("opening", 100), ("hold", -10)], 90),
        ([("opening", 100), ("hold", -10), ("release", 10), ("settle", -8)], 92),
        ([("adjust", -5)], -5),
        ([], 0),
    ],
)
def test_free_is_what_was_granted_less_settled_and_held(
    pairs: list[tuple[str, int]], free: int
) -> None:
    assert purse(pairs).free == free
