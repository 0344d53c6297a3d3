"""`subscribers score` on the command line: tables, JSON, refusals."""

import json
from datetime import timedelta

import pytest

from elite8.cli import run
from elite8.core.domain.subscriber import Act
from elite8.core.studio import open_studio
from tests.subscribed import event, subscriber, subscription

pytestmark = pytest.mark.usefixtures("tabled")


@pytest.fixture
def lived() -> str:
    """Forty people of fanvue who wrote messages, and three of line; return a key."""
    studio = open_studio()
    now = studio.clock()
    with studio.database.transaction() as session:
        people = [subscriber(session, str(n), "fanvue" if n < 40 else "line") for n in range(43)]
        for number, who in enumerate(people):
            subscription(session, who)
            for step in range(number % 7):
                at = now - timedelta(days=step + 1)
                event(session, who, Act.MESSAGE_IN, at, key=f"{number} {step}")
        key = people[-1].key
    studio.database.close()
    return key


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["subscribers", "score", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_every_answer_is_a_table_or_an_object(
    capsys: pytest.CaptureFixture[str], lived: str
) -> None:
    for words, wanted in (
        ((), ("fanvue", "basic", "40", "0.30", "under 10", "█", "calibration default")),
        (("--as-of", "2026-01-01"), ("fanvue", "0.000")),
        (("--top", "2", "--platform", "fanvue"), ("rank in its group", "0.9")),
        ((lived[:12],), ("on line", "messages sent: none lately", "not shown by this platform")),
        (("--calibrate", "--dry-run"), ("messages sent", "measured", "would be frozen", "line")),
        (("--calibrate",), ("is frozen; scores go by it",)),
        (("--calibrate",), ("says exactly the same already",)),
    ):
        code, out, _ = answer(capsys, *words)
        assert code == 0, words
        for piece in wanted:
            assert piece in out, (words, piece)
        told = answer(capsys, *words, "--json")[1]
        assert json.loads(told)["status"] == "ok"
        assert json.loads(told)["command"] == "subscribers score"


def test_what_cannot_be_told_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nobody is known so far" in answer(capsys)[1]
    assert "nobody is known there" in answer(capsys, "--top", "3")[1]
    for words, wanted, code in (
        (("--as-of", "soon"), "no day", 2),
        (("--as-of", "2999-01-01"), "still to come", 2),
        (("nobody",), "nobody is known so", 2),
        (("--calibration", "1"), "choose default", 2),
        (("--calibrate",), "nowhere are 30 people active", 1),
    ):
        found = answer(capsys, *words)
        assert found[0] == code, words
        assert wanted in found[2]


@pytest.mark.usefixtures("lived")
def test_platforms_that_show_alike_are_ranked_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "--top", "50")[0] == 0  # both show three activities
