"""A backup put back writes to nobody twice, and to nobody who said no since it was made."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from elite8.core.operations import audit, consents, database, erasing, mail, mailings, stops
from elite8.core.operations.given import Given
from elite8.core.storage import noes
from elite8.core.studio import Studio
from tests.operations.test_mail_round import EMAIL, FRIENDS, LINE, house, line, server, turn

pytestmark = pytest.mark.enable_socket
__all__ = ["house", "line", "server"]


@pytest.mark.parametrize("wish", [LINE, EMAIL], ids=["line", "email"])
def test_what_waited_in_a_backup_is_not_sent_again(  # noqa: PLR0913, PLR0917  # fixtures
    house: Studio, line: Any, server: Any, clock: Any, wish: Any, tmp_path: Path
) -> None:
    written = mailings.write(house, wish)
    sent, _ = mail.send(house, written.id, 100)
    assert sent.held
    database.backup(house, tmp_path / "night.db")
    clock.now = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
    turn(house)
    clock.advance(hours=1)
    said = database.restore(house, tmp_path / "night.db", force=True).sentence
    assert "is not sent any more" in said
    assert [one.scope for one in stops.listed(house)] == ["all"]
    stops.resume(house, "all", "", "spread")
    turn(house)
    got = [to for to, _ in line.got] if wish is LINE else [to for _, to, _ in server.taken]
    assert len(got) == len(set(got)) == 3


def test_who_said_no_since_a_backup_is_not_written_to(
    house: Studio, line: Any, server: Any, clock: Any, tmp_path: Path
) -> None:
    clock.now = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    database.backup(house, tmp_path / "before.db")
    clock.advance(hours=1)
    one = {"channel": "email", "purpose": "marketing", "via": "one-click"}
    consents.withdraw(house, "email:fan0@example.org", **one)
    consents.withdraw(house, "email:fan1@example.org", via="operator")
    consents.suppress(house, "email", "fan2@example.org", "bounced")
    consents.withdraw_at(house, "line", FRIENDS[0], via="unfollow", at=clock())
    clock.advance(hours=1)
    for _ in range(2):  # a second time changes nothing
        database.restore(house, tmp_path / "before.db", force=True)
    stops.resume(house, "all", "", "spread")
    for wish in (EMAIL, LINE):
        mail.send(house, mailings.write(house, wish).id, 100)
    assert server.taken == []
    assert sorted(to for to, _ in line.got) == sorted(FRIENDS[1:])


def test_a_list_does_not_bring_back_who_came_and_went_since_a_backup(
    house: Studio, clock: Any, tmp_path: Path
) -> None:
    database.backup(house, tmp_path / "before.db")
    given = Given(
        channel="email",
        address="late@example.org",
        purpose="marketing",
        country="US",
        zone="America/New_York",
        age="adult",
        source="import_attested",
        evidence="list 7",
        at=clock(),
    )
    clock.advance(hours=1)
    consents.record(house, given)
    consents.withdraw_at(house, "email", "late@example.org", via="one-click", at=clock())
    database.restore(house, tmp_path / "before.db", force=True)
    with pytest.raises(consents.SaidNo):
        consents.record(house, given)


def test_a_yes_that_came_after_the_no_stays(house: Studio, clock: Any, tmp_path: Path) -> None:
    who = "line:" + FRIENDS[0]
    consents.withdraw(house, who, channel="line", purpose="marketing", via="unfollow")
    clock.advance(hours=1)
    known = consents.show(house, who)
    again = Given(
        channel="line",
        purpose="marketing",
        address=FRIENDS[0],
        source="platform_native",
        evidence="followed",
        age=known.age,
        at=clock(),
    )
    consents.record(house, again)
    clock.advance(hours=1)
    database.backup(house, tmp_path / "later.db")
    database.restore(house, tmp_path / "later.db", force=True)
    assert [one.status for one in consents.show(house, who).consents] == ["granted"]


def test_what_was_only_tried_is_noted_nowhere(house: Studio) -> None:
    consents.withdraw(house.drafting, "email:fan0@example.org", via="operator")
    assert noes.known(house.settings.state_dir) == []


def test_a_no_to_what_nothing_was_said_of_holds_in_a_backup(
    house: Studio, clock: Any, tmp_path: Path
) -> None:
    database.backup(house, tmp_path / "before.db")
    clock.advance(hours=1)
    who = "email:fan0@example.org"
    consents.withdraw(house, who, channel="email", purpose="service", via="one-click")
    listed = Given(
        channel="email",
        address="fan0@example.org",
        purpose="service",
        source="import_attested",
        evidence="list",
        at=clock() - timedelta(days=3),
    )
    for restores in (False, True):
        if restores:
            database.restore(house, tmp_path / "before.db", force=True)
        with pytest.raises(consents.SaidNo):
            consents.record(house, listed)
    assert "withdrawn" in [one.decision for one in audit.listed(house, act="consent", limit=3)]


def test_the_last_of_several_noes_holds_in_a_backup(
    house: Studio, clock: Any, tmp_path: Path
) -> None:
    leave = partial(consents.withdraw_at, house, "line", FRIENDS[0], via="unfollow")
    leave(at=clock())
    clock.advance(hours=1)
    database.backup(house, tmp_path / "between.db")
    clock.advance(hours=1)
    followed = Given(
        channel="line",
        address=FRIENDS[0],
        purpose="marketing",
        source="platform_native",
        evidence="line:2",
        at=clock(),
    )
    consents.record(house, followed)
    clock.advance(hours=1)
    leave(at=clock())
    database.restore(house, tmp_path / "between.db", force=True)
    with pytest.raises(consents.SaidNo):
        consents.record(house, followed)


def test_noes_that_come_with_the_keys_after_the_restore_hold_too(
    house: Studio, clock: Any, tmp_path: Path
) -> None:
    database.backup(house, tmp_path / "before.db")
    clock.advance(hours=1)
    consents.withdraw(house, "email:fan0@example.org", via="operator")
    noted = house.settings.state_dir / "keys" / noes.FILE
    kept = noted.read_bytes()
    noted.unlink()
    database.restore(house, tmp_path / "before.db", force=True)
    noted.write_bytes(kept)
    erasing.finish(house)
    known = consents.show(house, "email:fan0@example.org")
    assert ({one.status for one in known.consents}, known.suppressed) == ({"withdrawn"}, ("email",))


def test_a_no_on_and_on_is_one_and_an_hour_later_another(house: Studio, clock: Any) -> None:
    for _ in range(5):
        consents.withdraw_at(house, "line", FRIENDS[0], via="stop-word", at=clock())
        clock.advance(minutes=1)
    assert len(noes.known(house.settings.state_dir)) == 1
    clock.advance(hours=1)
    consents.withdraw_at(house, "line", FRIENDS[0], via="stop-word", at=clock())
    assert len(noes.known(house.settings.state_dir)) == 2


def test_a_line_that_was_left_half_spoils_none_after_it(house: Studio, clock: Any) -> None:
    file = house.settings.state_dir / "keys" / noes.FILE
    for who in ("fan0", "fan1"):
        consents.withdraw(house, f"email:{who}@example.org", channel="email", via="operator")
        file.write_bytes(file.read_bytes() + b"0123456789 email mar")
        clock.advance(hours=1)
    known = noes.known(house.settings.state_dir)
    assert (len({one.digest for one in known}), {one.why for one in known}) == (2, {"operator"})
