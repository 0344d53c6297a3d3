"""Who was erased and subscribed again comes in again: from then on, and never what was before."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from elite8.cli import run
from elite8.core.domain.audit import AuditEntry
from elite8.core.domain.consent import Suppression
from elite8.core.domain.subscriber import Act, Subscriber, SubscriberEvent, Subscription
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import consents, erasing, line_people
from elite8.core.operations.consents import SaidNo
from elite8.core.operations.given import Given
from elite8.core.operations.readmitting import Readmitted, readmit
from elite8.core.operations.taking_in import Order, TakenIn, take
from elite8.core.storage import tombstones
from elite8.core.studio import Studio
from tests.conftest import StoppedClock

EVENTS = "platform,platform_user_id,handle,type,occurred_at,amount,currency\n"
STATES = (
    "platform,platform_user_id,status,tier,price,currency,character_id,exported_at,started_on,"
    "current_period_end\n"
)
OLD = "fanvue,u1,anna,tip,2026-11-01T10:00:00Z,5.00,USD\n"
NEW = "fanvue,u1,anna,tip,{}T10:00:00Z,6.00,USD\n"
WHERE = "invoice FVE-1"

In = Callable[..., TakenIn]


@pytest.fixture
def taken(studio: Studio, tmp_path: Path) -> In:
    def run_it(text: str, profile: str = "events") -> TakenIn:
        file = tmp_path / f"{profile}.csv"
        file.write_text(text)
        return take(studio, Order(file=file, profile=profile))

    return run_it


@pytest.fixture
def erased(studio: Studio, clock: StoppedClock, taken: In) -> date:
    """Somebody who was erased; the day is one on which they may subscribe again."""
    taken(EVENTS + OLD)
    erasing.erase(studio, "fanvue:u1")
    clock.advance(days=3)
    return clock().astimezone(studio.settings.zone).date()


def back(studio: Studio, day: date, *names: str, dry_run: bool = False) -> Readmitted:
    return readmit(studio, names or ("fanvue:u1", "fanvue:ANNA"), day, WHERE, dry_run=dry_run)


def amounts(studio: Studio) -> list[int | None]:
    with studio.database.transaction() as session:
        return [one.amount_minor for one in session.exec(select(SubscriberEvent))]


def test_what_was_before_stays_out_and_what_comes_after_comes_in(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    clock.advance(days=1)
    every = EVENTS + OLD + NEW.format(clock().date())
    assert taken(every).erased == 2
    assert back(studio, erased).names == 2
    assert taken(EVENTS + OLD).erased == 1
    with studio.database.transaction() as session:
        assert session.exec(select(Subscriber)).all() == []
    found = taken(every)
    assert (found.entered, found.erased, amounts(studio)) == (1, 1, [600])
    assert taken(every).entered == 0


def test_one_name_of_two_lets_nobody_in(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    clock.advance(days=1)
    assert back(studio, erased, "fanvue:u1").others == 1
    assert taken(EVENTS + NEW.format(clock().date())).erased == 1


def test_a_subscription_begins_with_the_second_time(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    back(studio, erased)
    row = "fanvue,u1,active,basic,9.99,USD,miyuki,{},2026-01-05,{}\n"
    old = row.format("2026-11-02T00:00:00Z", "2026-12-01")
    over = row.format(clock().isoformat(), "2026-11-03")
    assert taken(STATES + old + over, "subscribers").erased == 2
    assert taken(STATES + row.format(clock().isoformat(), "2026-12-20"), "subscribers").entered == 1
    with studio.database.transaction() as session:
        (one,) = session.exec(select(Subscription)).all()
        assert one.started_on == erased


def test_it_says_when_and_why_and_is_kept_once(studio: Studio, erased: date) -> None:
    assert back(studio, erased, dry_run=True).new
    assert [back(studio, erased).new, back(studio, erased).new] == [True, False]
    with studio.database.transaction() as session:
        kept = session.exec(select(AuditEntry).where(AuditEntry.decision == "readmitted")).all()
    assert [one.detail[:14] for one in kept] == ["2 names, since"]
    assert WHERE not in kept[0].detail


def test_no_day_before_the_erasure_or_to_come_and_no_stranger(studio: Studio, erased: date) -> None:
    with pytest.raises(Refused, match="stays out for ever"):
        back(studio, erased - timedelta(days=4))
    with pytest.raises(ConfigError, match="not here yet"):
        back(studio, erased + timedelta(days=1))
    with pytest.raises(ConfigError, match="nobody was erased"):
        back(studio, erased, "fanvue:u2")
    with pytest.raises(ConfigError, match="PLATFORM:NAME"):
        back(studio, erased, "u1")
    with pytest.raises(ConfigError, match="--evidence"):
        readmit(studio, ["fanvue:u1"], erased, " ")


def test_erased_again_they_are_gone_again_and_no_backup_undoes_it(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    back(studio, erased)
    new = EVENTS + NEW.format((clock() + timedelta(days=1)).date())
    clock.advance(days=2)
    taken(new)
    with studio.database.transaction() as session:
        between = dict(tombstones.stones(session, tombstones.noted(studio.settings.state_dir)))
    erasing.erase(studio, "fanvue:anna")
    assert (taken(new).erased, amounts(studio)) == (1, [])
    with studio.database.transaction() as session:  # as a backup from between would have it
        for one in between.values():
            session.merge(one)
    taken(new)
    erasing.finish(studio)
    assert (taken(new).erased, amounts(studio)) == (1, [])


def test_readmitted_people_outlive_the_next_erasure_of_somebody_else(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    back(studio, erased)
    clock.advance(days=1)
    taken(EVENTS + NEW.format(clock().date()) + OLD.replace("u1,anna", "u2,bo"))
    erasing.erase(studio, "fanvue:u2")
    assert amounts(studio) == [600]


def test_who_asks_to_be_gone_before_they_came_is_kept_out(
    studio: Studio, clock: StoppedClock, erased: date, taken: In
) -> None:
    back(studio, erased)
    clock.advance(days=1)
    assert erasing.erase(studio, "fanvue:u1").already
    assert taken(EVENTS + NEW.format(clock().date())).erased == 1


def test_a_friend_on_line_is_known_again_and_still_not_written_to(
    studio: Studio, clock: StoppedClock
) -> None:
    friend = "U" + "a1" * 16
    given = Given(channel="line", address=friend, evidence="form/1", wording="w1")
    consents.record(studio, given)
    line_people.note(studio, friend, Act.OPTIN, clock(), "e1")
    erasing.erase(studio, f"line:{friend}")
    clock.advance(days=3)
    line_people.note(studio, friend, Act.OPTIN, clock(), "e2")
    assert amounts(studio) == []
    back(studio, clock().astimezone(studio.settings.zone).date(), f"line:{friend}")
    line_people.note(studio, friend, Act.OPTIN, clock(), "e3")
    assert len(amounts(studio)) == 1
    with pytest.raises(SaidNo):
        consents.record(studio, given)
    with studio.database.transaction() as session:
        assert [one.reason for one in session.exec(select(Suppression))] == ["erased"]


def test_the_command_asks_for_a_day_and_names_nobody(
    erased: date, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["subscribers", "privacy", "readmit", "fanvue:anna"]
    assert run([*asked, "--since", "soon", "--evidence", "a form"]) == 2
    assert run([*asked, "--since", erased.isoformat()]) == 2
    told = capsys.readouterr()
    assert "anna" not in told.out + told.err
    assert datetime.now(UTC).year >= 2026  # the command itself has the machine's clock
