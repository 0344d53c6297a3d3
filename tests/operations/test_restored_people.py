"""A backup put back writes to nobody twice, and to nobody who said no since it was made."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.core.operations import consents, database, mail, mailings, stops
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
