"""Done when: erase, then import again, and still gone; by the commands, from the same exports."""

import json
from pathlib import Path

import pytest
from sqlmodel import select

from elite8.cli import run
from elite8.core.domain.subscriber import Alias, Subscriber, SubscriberEvent
from elite8.core.studio import open_studio

NAME, ID, OTHER = "zzz_Peculiar.Fan", "fv-900913", "somebody_else"
EVENTS = "platform,platform_user_id,handle,type,occurred_at,amount,currency,character_id,event_id\n"
STATES = (
    "platform,platform_user_id,handle,status,tier,price,currency,character_id,exported_at,"
    "current_period_end\n"
)
FIRST = (
    f"fanvue,{ID},{NAME},sub_start,2026-09-03T10:00:00Z,9.99,USD,miyuki,1\n"
    f"fanvue,{ID},{NAME},tip,2026-10-03T10:00:00Z,5.00,USD,miyuki,2\n"
    f"fanvue,u2,{OTHER},tip,2026-10-04T10:00:00Z,7.00,USD,miyuki,3\n"
    f"fanvue,{ID},{NAME},erase_request,2026-11-10T10:00:00Z,,,miyuki,7\n"
    f"fanvue,{ID},{NAME},dances,2026-10-05T10:00:00Z,1.00,USD,miyuki,4\n"
)
LATER = (
    f"fanvue,,{NAME.upper()},tip,2026-11-01T10:00:00Z,5.00,USD,miyuki,5\n"
    f"fanvue,{ID},renamed_since,tip,2026-11-02T10:00:00Z,5.00,USD,miyuki,6\n"
)
STATE = f"fanvue,{ID},{NAME},active,basic,9.99,USD,miyuki,2026-11-20T00:00:00Z,2026-12-01\n"
IMPORT = ["subscribers", "import", "apply"]


def imported(capsys: pytest.CaptureFixture[str], file: Path, profile: str) -> dict[str, int]:
    run([*IMPORT, str(file), "-p", profile, "--json"])
    told: dict[str, int] = json.loads(capsys.readouterr().out)["data"]
    return told


def test_erased_then_imported_again_they_are_still_gone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    events, states = tmp_path / "events.csv", tmp_path / "states.csv"
    events.write_text(EVENTS + FIRST)
    states.write_text(STATES + STATE)
    assert imported(capsys, events, "events")["entered"] == 4
    assert imported(capsys, states, "subscribers")["entered"] == 1
    assert run(["subscribers", "privacy", "requests", "list", "--json"]) == 0
    (asked,) = json.loads(capsys.readouterr().out)["data"]
    assert (asked["kind"], asked["source"]) == ("erase", "import")
    state = open_studio().settings.state_dir
    assert any(NAME.encode() in one.read_bytes() for one in (state / "quarantine").iterdir())

    assert run(["subscribers", "privacy", "erase", f"fanvue:{NAME}", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["data"]
    assert (told["names"], told["already"], told["swept"]) == (2, False, True)
    assert told["request"] == asked["id"]
    assert run(["subscribers", "money", "--month", "2026-10", "--json"]) == 0
    (note,) = [
        one for one in json.loads(capsys.readouterr().out)["data"]["notes"] if "erased" in one
    ]
    assert note.startswith("5.00 USD more")

    events.write_text(EVENTS + FIRST.replace("dances", "like") + LATER)
    again = imported(capsys, events, "events")
    assert (again["entered"], again["known"], again["erased"]) == (0, 1, 6)
    assert imported(capsys, states, "subscribers")["erased"] == 1
    with open_studio().database.transaction() as session:
        (left,) = session.exec(select(Subscriber)).all()
        assert len(session.exec(select(Alias)).all()) == 2
        (event,) = session.exec(select(SubscriberEvent)).all()
        assert event.subscriber_id == left.id
    for file in (one for one in state.rglob("*") if one.is_file()):
        found = file.read_bytes()
        assert not [name for name in (NAME, ID, "renamed_since") if name.encode() in found], file
