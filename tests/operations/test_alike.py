"""Rows that say the same are read once, and say the same as when each is read the long way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from elite8.core.operations import profiles, sheet, taking_in
from elite8.core.operations.alike import Alike
from elite8.core.operations.export import Export, Record
from elite8.core.operations.taking_in import Order
from elite8.core.studio import Studio

HEAD = "platform,platform_user_id,handle,type,occurred_at,amount,currency,fee,content_id,about_id\n"
ROWS = (
    "fanvue,u1,@anna,tip,2026-11-01T10:00:00Z,5.00,USD,1.00,film-1,\n",
    "fanvue,u2, bo ,tip,2026-11-01T19:00:00+09:00,5.00,USD,1.00, film-2 ,about\n",
    "fanvue,,@anna,tip,2026-11-01T10:00:00Z,5.00,USD,1.00,,\n",
    "fanvue,,,tip,2026-11-01T10:00:00Z,5.00,USD,1.00,,\n",
    "fanvue,u1,anna,refund,2026-11-02T10:00:00Z,5.00,USD,1.00,,\n",
    "fanvue,u3,anna,refund,2026-11-03T10:00:00Z,5.00,USD,1.00,,\n",
    "fanvue,u1,anna,view,2026-11-01T10:00:00Z,,,,,\n",
    "fanvue,u1,anna,view,yesterday,,,,,\n",
    "fanvue,u1,anna,view,,,,,,\n",
    "fanvue,u1,anna,view,2027-11-01T10:00:00Z,,,,,\n",
    "fanvue,u1,an\x07na,view,2026-11-01T10:00:00Z,,,,,\n",
    f"fanvue,u1,anna,view,2026-11-01T10:00:00Z,,,,{'x' * 3000},\n",
    "fanvue,u1,anna,view,2026-11-01T10:00:00Z,,,\n",
    "myspace,u1,anna,view,2026-11-01T10:00:00Z,,,,,\n",
    "Total,,,,,15.00,,,,\n",
)

Read = Callable[[str], list[Record]]


@pytest.fixture
def read(studio: Studio, tmp_path: Path) -> Read:
    def run(text: str) -> list[Record]:
        file = tmp_path / "e.csv"
        file.write_text(text)
        order = Order(file=file, profile="events")
        profile = profiles.named(studio, "events")
        found = Export(
            sheet=sheet.look(file),
            profile=profile,
            reading=taking_in.reading_of(studio, profile, order),
            constants={},
        )
        return list(found.records())

    return run


def test_rows_say_the_same_by_either_way(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    text = HEAD + "".join(ROWS) * 2
    short = read(text)
    monkeypatch.setattr(Alike, "of", lambda *_: None)
    assert short == read(text)
    assert sum(one.row is not None for one in short) == 12


def test_a_kind_is_read_once(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[int] = []
    learn = Alike.learn

    def noted(alike: Alike, *given: Any) -> None:
        learnt.append(given[-1].line)
        learn(alike, *given)

    monkeypatch.setattr(Alike, "learn", noted)
    read(HEAD + "".join(ROWS[:7]))
    assert learnt == [2, 6, 8]
