"""What the operator sees of imports, subscribers, tiers and platforms."""

import json
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run

EVENTS = (
    "platform,platform_user_id,handle,type,occurred_at,amount,currency,character_id\n"
    "fanvue,u1,wanda,sub_start,2026-09-01T10:00:00Z,9.99,USD,miyuki\n"
    "fanvue,u1,wanda,jump,2026-09-01T10:00:00Z,9.99,USD,miyuki\n"
)
STATES = (
    "platform,platform_user_id,status,tier,price,currency,character_id,exported_at\n"
    "fanvue,u1,active,basic,9.99,USD,miyuki,2026-09-02T10:00:00Z\n"
    "fanvue,u1,active,basic,9.99,USD,miyuki,2026-09-03T10:00:00Z\n"
    "fanvue,u1,active,vip,49.99,USD,miyuki,2026-09-04T10:00:00Z\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "e.csv").write_text(EVENTS)
    (tmp_path / "s.csv").write_text(STATES)
    return str(tmp_path / "e.csv"), str(tmp_path / "s.csv")


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    run([*words, "--json"])
    return json.loads(capsys.readouterr().out)["data"]


def test_a_file_goes_in_is_shown_and_comes_out_again(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    events, states = files
    assert run(["subscribers", "import", "apply", events, "-p", "events"]) == 1
    told = capsys.readouterr()
    assert "undo 1" in told.out
    assert "line 3: type: 'jump'" in told.err
    assert "wanda" not in told.out + told.err
    assert run(["subscribers", "import", "apply", states, "-p", "subscribers"]) == 0
    capsys.readouterr()
    listed = answer(capsys, "subscribers", "list", "--tier", "vip")
    assert listed["total"] == 1
    assert "wanda" not in json.dumps(listed)
    shown = answer(capsys, "subscribers", "show", "fanvue:@Wanda")
    assert shown["names"] == [["handle", "wanda"], ["id", "u1"]]
    assert [one["tier"] for one in shown["history"]] == ["basic", "vip"]
    assert shown["paid"] == [
        {"currency": "USD", "gross_minor": 999, "fee_minor": 0, "tax_minor": 0}
    ]
    assert answer(capsys, "subscribers", "show", listed["rows"][0]["key"][:8]) == shown
    assert [run(["subscribers", "import", "undo", "1"]) for _ in range(2)] == [0, 0]
    assert "was undone before" in capsys.readouterr().out
    assert answer(capsys, "subscribers", "show", "fanvue:u1")["events"] == []


def test_a_subscriber_is_a_person_only_because_somebody_says_so(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["subscribers", "import", "apply", files[1], "-p", "subscribers"])
    who = ["subscribers", "consent", "record", "email:fan@example.org", "--evidence", "form-1"]
    run(who)
    capsys.readouterr()
    linked = answer(capsys, "subscribers", "link", "fanvue:u1", "email:fan@example.org")
    assert linked["new"]
    assert answer(capsys, "subscribers", "show", "fanvue:u1")["person"] == linked["person"]
    assert answer(capsys, "subscribers", "link", "fanvue:u1", "none")["person"] == ""
    assert run(["subscribers", "link", "fanvue:u1", "email:nobody@example.org"]) == 2
    assert run(["subscribers", "show", "fanvue:nobody-there"]) == 2
    assert "nobody-there" not in capsys.readouterr().err


def test_an_unverified_profile_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    made_up = Path(__file__).parents[1] / "operations" / "exports" / "fc2_sales.csv"
    assert run(["subscribers", "import", "check", str(made_up), "-p", "fc2_sales"]) == 0
    assert "not verified against a real export" in capsys.readouterr().out
    names = {one["name"] for one in answer(capsys, "subscribers", "import", "profiles")}
    assert {"events", "subscribers", "fanvue_earnings"} < names


def test_a_state_without_the_time_of_its_export_is_asked_for_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made_up = Path(__file__).parents[1] / "operations" / "exports" / "onlyfans_fans.csv"
    words = ["subscribers", "import", "check", str(made_up), "-p", "onlyfans_fans", "-c", "rio"]
    assert run(words) == 2
    assert "--exported-at" in capsys.readouterr().err
    assert run([*words, "--exported-at", "2026-11-20T09:00+09:00"]) == 0
    assert run([*words[:-1], "nobody"]) == 2


def test_tiers_have_their_prices_and_benefits(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "subscribers", "tiers")["tiers"]
    prices = {name: one["price_minor"] for name, one in found.items()}
    assert prices == {"basic": 999, "premium": 1999, "vip": 4999}
    assert run(["subscribers", "tiers"]) == 0
    assert "49.99 USD a month" in capsys.readouterr().out


def test_an_old_row_of_a_platform_is_to_be_read_again_and_a_ban_keeps_outreach_off(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from elite8.core.operations import platform_rows

    found = {one["platform"]: one for one in answer(capsys, "subscribers", "platforms")}
    assert {"onlyfans", "xvideos", "pornhub", "fantia", "fc2", "line", "fanvue"} < set(found)
    off = {name for name, one in found.items() if one["reach"] in ("banned", "unknown")}
    assert off == {"onlyfans", "xvideos", "pornhub", "fantia", "fc2"}
    monkeypatch.setattr(platform_rows, "OLD", -1)
    run(["subscribers", "platforms"])
    assert capsys.readouterr().out.count("re-check") == len(found)


def test_nobody_at_all_is_another_thing_than_nobody_like_that(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["subscribers", "list"]) == 0
    assert (
        "nobody is known so far: elite8 subscribers import apply FILE --profile NAME"
        in capsys.readouterr().err
    )
    assert run(["subscribers", "list", "--tier", "vip"]) == 0
    assert "there is nobody like that" in capsys.readouterr().err
