"""What the console shows of who may leave: made when anything is new, gone with the erased."""

import gzip
from datetime import date, timedelta
from pathlib import Path

from elite8.core.domain.outlook import Outlook
from elite8.core.domain.subscriber import Act
from elite8.core.operations import erasing, outlook, recording, snapshots, subscribed, tasks
from elite8.core.operations.scene import scene, with_growth
from elite8.core.studio import Studio
from tests.conftest import StoppedClock
from tests.subscribed import digits, event, subscriber, subscription


def settle(studio: Studio) -> None:
    """Enter two subscribers, one of whom writes, and one who is silent and will not renew."""
    now = studio.clock()
    with studio.database.transaction() as session:
        for name, renews in (("ann", True), ("ben", False)):
            who = subscriber(session, name)
            subscription(
                session, who, auto_renew=renews, price_minor=999, source_at=now,
                started_on=date(2026, 9, 20), period_end=now.date() + timedelta(days=9),
            )  # fmt: skip
            for days in (64, 34, 4):
                act = Act.SUB_START if days == 64 else Act.SUB_RENEW
                event(session, who, act, now - timedelta(days=days), amount_minor=999)
            for days in (1, 12, 24, 50) if renews else ():
                event(session, who, Act.MESSAGE_IN, now - timedelta(days=days))


def kept(studio: Studio) -> Outlook | None:
    with studio.database.transaction() as session:
        return outlook.kept(session)


def test_it_is_worked_out_when_anything_is_new_and_read_as_it_was(
    studio: Studio, clock: StoppedClock
) -> None:
    assert (outlook.is_due(studio), kept(studio)) == (False, None)
    settle(studio)
    ran = tasks.ran(studio, tasks.TASKS["outlook"])
    assert ran.failure == ""
    assert "(1 named)" in ran.did
    found = kept(studio)
    assert found is not None
    (ben,) = found.people
    assert ben.who == digits("fanvue", "ben")[:8]
    assert "auto-renewal is off" in " ".join(ben.reasons)
    assert ben.stakes == found.at_stake
    for month in found.months:
        gained = month.new + month.reactivation + month.expansion
        assert month.start + gained - month.contraction - month.churned == month.end
    assert (found.months[0].so_far, found.months[0].end) == (True, 1998)
    assert found.spreads[0].people is None, "fewer than ten"

    assert tasks.ran(studio, tasks.TASKS["outlook"]).did == "", "nothing is new"
    with studio.database.transaction() as session:
        event(session, subscriber(session, "cleo"), Act.SUB_START, clock())
    assert outlook.is_due(studio)
    outlook.renew(studio)
    assert not outlook.is_due(studio)
    clock.advance(days=1)
    assert outlook.is_due(studio), "another day"


def test_nobody_who_is_erased_is_in_it_nor_kept_in_the_past(studio: Studio) -> None:
    settle(studio)
    outlook.renew(studio)
    snapshots.keep(studio)
    shown = snapshots.at(studio, studio.clock())
    assert shown is not None
    assert shown.scene.subscribed is not None
    assert shown.scene.subscribed.outlook is not None
    assert (shown.scene.subscribed.outlook.people, shown.scene.subscribed.outlook.shown_of) == (
        (), 1,
    )  # fmt: skip
    assert digits("fanvue", "ben")[:8] not in str(shown.scene), "nor that their time ends"
    erasing.erase(studio, digits("fanvue", "ben"))
    assert kept(studio) is None
    assert subscribed.subscribed(studio).outlook is None
    assert outlook.is_due(studio)
    outlook.renew(studio)
    again = kept(studio)
    assert again is not None
    assert again.people == ()


def test_nobody_is_in_a_recording_that_goes_to_others(studio: Studio, tmp_path: Path) -> None:
    settle(studio)
    outlook.renew(studio)
    here = with_growth(studio, scene(studio))
    assert digits("fanvue", "ben")[:8] in str(here)
    recorder = recording.Recorder(studio, tmp_path / "bug.gz")
    recorder.add(here)
    recorder.close()
    told = gzip.decompress((tmp_path / "bug.gz").read_bytes()).decode()
    assert '"outlook":{' in told
    assert digits("fanvue", "ben")[:8] not in told
