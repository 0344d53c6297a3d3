"""Who is about to leave on the command line: tables, JSON, exit codes; nobody's name anywhere."""

import json
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.clock import utc_now
from elite8.core.studio import open_studio
from tests.subscribed import subscriber, subscription

pytestmark = pytest.mark.usefixtures("tabled")


@pytest.fixture
def members() -> str:
    """Enter somebody who will not renew on a platform that shows too little for a label."""
    studio = open_studio()
    with studio.database.transaction() as session:
        who = subscriber(session, "somebody", "onlyfans")
        facts: dict[str, Any] = {"started_on": None, "period_end": None}
        subscription(session, who, auto_renew=False, source_at=utc_now(), **facts)
    studio.database.close()
    return who.key


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run(["subscribers", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_who_is_at_risk_is_told_by_pseudonym(
    capsys: pytest.CaptureFixture[str], members: str
) -> None:
    code, out, err = answer(capsys, "at-risk")
    assert code == 0
    assert members[:12] in out
    assert "insufficient data on onlyfans" in err
    found = json.loads(answer(capsys, "at-risk", "--json")[1])["data"]
    (one,) = found["people"]
    assert one["key"] == members
    assert one["reasons"] == ["will not renew: auto-renewal is off"]
    assert one["risk"] is None
    assert one["stakes"][0]["amount"] == 799


def test_the_report_tells_no_number_under_ten(
    capsys: pytest.CaptureFixture[str], members: str
) -> None:
    code, out, _ = answer(capsys, "churn")
    assert (code, members[:6] in out) == (0, False)
    assert "<10" in out
    told = json.loads(answer(capsys, "churn", "--platform", "onlyfans", "--json")[1])["data"]
    assert dict(map(tuple, told["stands"][0]["counts"]))["active"] is None
    assert told["learnt"]["used"] is False
    assert "are needed" in told["learnt"]["why"]


def test_nobody_there_and_names_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nobody there is at risk" in answer(capsys, "at-risk")[1]
    assert "no monthly subscription is known" in answer(capsys, "churn")[1]
    friends = answer(capsys, "churn", "--platform", "line")[1]
    assert "line has friends and no subscriptions: elite8 subscribers fetch line" in friends
    assert answer(capsys, "at-risk", "--platform", "myspace")[0] == 2
    assert answer(capsys, "churn", "--platform", "myspace")[0] == 2
