"""`elite8 accounts` as an operator sees it."""

import io
import json
import os
import pty
import select
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from elite8.cli import accounts as face
from elite8.cli import run

if TYPE_CHECKING:
    from elite8.core.operations.accounts import Freshened, Listed, Standing

END = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def standing(**changes: Any) -> "Standing":
    from elite8.core.operations.accounts import Standing

    fine = Standing(
        id="01M83T4CM0ZPBR4ZBVBFGC6BN3",
        network="tiktok",
        via="",
        name="jin",
        handle="open-id-1",
        characters="jin",
        regions="",
        state="ok",
        access_ends_at=END,
        signed_in_until=END,
        days_left=8,
        missing=(),
        failure="",
        warnings=(),
    )
    return replace(fine, **changes)


def told(monkeypatch: pytest.MonkeyPatch, *found: "Standing") -> None:
    from elite8.core.operations import accounts

    monkeypatch.setattr(accounts, "status", lambda _: found)


def test_the_status_names_the_zone_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    soon = standing(
        state="sign in soon",
        missing=("video.publish",),
        warnings=("tiktok jin: its sign-in ends in 8 days",),
    )
    told(monkeypatch, soon, standing(missing=None, network="instagram", via="facebook"))
    assert run(["accounts", "status"]) == 0
    out, err = capsys.readouterr()
    assert "2026-12-01 12:00 JST, 8 days left" in out
    assert "video.publish" in out
    assert "not told by the network" in out
    assert "instagram via facebook" in out
    assert err == "warning: tiktok jin: its sign-in ends in 8 days\n"


def test_a_sign_in_that_is_over_is_exit_3_also_with_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    over = standing(state="sign in again", warnings=("tiktok jin: over; run: it",))
    told(monkeypatch, standing(), over)
    assert run(["accounts", "status", "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert said["status"] == "partial"
    assert said["errors"] == [{"code": "sign-in-needed", "message": "tiktok jin: over; run: it"}]
    assert said["data"][0]["signed_in_until"] == "2026-12-01T03:00:00Z"
    told(monkeypatch, over)
    assert run(["accounts", "status"]) == 3
    assert capsys.readouterr().err == "error: tiktok jin: over; run: it\n"


def test_without_accounts_nothing_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert [run(["accounts", name]) for name in ("status", "refresh", "list")] == [0, 0, 0]
    assert capsys.readouterr().out.count("no account yet") == 3


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [
        (["sign-in-needed"], 3),
        (["unavailable", "sign-in-needed"], 3),
        (["unanswered"], 4),
        (["refused"], 1),
        (["config"], 2),
    ],
)
def test_the_renewals_exit_code_is_of_the_gravest(codes: list[str], exit_code: int) -> None:
    bad: Any = [type("One", (), {"code": code}) for code in codes]
    assert face.refresh_code(bad) == exit_code


def test_a_renewal_that_failed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from elite8.core.operations import accounts

    found: list[Freshened] = [
        accounts.Freshened(account=listed(), outcome="renewed", code="", why=""),
        accounts.Freshened(account=listed(), outcome="not now", code="unavailable", why="later"),
    ]
    monkeypatch.setattr(accounts, "keep_fresh", lambda _: tuple(found))
    assert run(["accounts", "refresh"]) == 4
    out, err = capsys.readouterr()
    assert ("renewed" in out, err) == (True, "error: later\n")


def test_the_key_in_use_is_named_and_a_new_one_only_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["accounts", "key"]) == 0
    assert "made at the first sign-in" in capsys.readouterr().out
    run(["accounts", "key", "--new", "--json"])
    made = json.loads(capsys.readouterr().out)["data"]["key"]
    monkeypatch.setenv("ELITE8_TOKEN_KEY", made)
    assert run(["accounts", "key"]) == 0
    assert capsys.readouterr().out == "environment: ELITE8_TOKEN_KEY\n"
    (tmp_path / "elite8-token-key").write_text(made)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("ELITE8_TOKEN_KEY_FROM", "credential")
    run(["accounts", "key", "--json"])
    out = capsys.readouterr().out
    assert json.loads(out)["data"]["source"] == "credential"
    assert made not in out


def listed(**changes: Any) -> "Listed":
    from elite8.core.operations.accounts import Listed

    fine = Listed(
        id="1",
        network="tiktok",
        name="jin",
        handle="x",
        characters="",
        regions="",
        state="ok",
        access_ends_at=END,
        refresh_ends_at=None,
        failure="",
    )
    return replace(fine, **changes)


@pytest.mark.parametrize(
    ("arguments", "pasted", "shown"),
    [
        (["tiktok", "-c", "jin", "--region", "br"], False, "open_page"),
        (["tiktok", "--paste"], True, "say_page"),
        (["instagram", "--via", "facebook", "--page", "P"], True, "open_page"),
    ],
)
def test_login_hands_over_what_was_asked(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    pasted: bool,
    shown: str,
) -> None:
    from elite8.core.operations import accounts

    seen: dict[str, Any] = {}

    def login(_: object, network: str, **asked: Any) -> "Listed":
        seen.update(asked)
        return listed(network=network)

    monkeypatch.setattr(accounts, "login", login)
    assert run(["accounts", "login", *arguments]) == 0
    assert capsys.readouterr().out == f"signed in to {arguments[0]} as jin (x)\n"
    assert (seen["paste"] is not None, seen["show"].__name__) == (pasted, shown)
    assert (seen["via"], seen["page"]) == (("facebook", "P") if "--via" in arguments else ("", ""))


def test_the_page_is_said_and_opened(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    face.open_page("https://consent.example/")
    assert opened == ["https://consent.example/"]
    assert "https://consent.example/" in capsys.readouterr().err


def test_what_has_no_address_is_not_called_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    face.say_page("the channel's settings in Discord")
    assert capsys.readouterr().err == "you find it in the channel's settings in Discord\n"


def test_list_test_and_logout_render_what_they_got(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from elite8.core.operations import accounts

    monkeypatch.setattr(accounts, "listed", lambda _: (listed(), listed(refresh_ends_at=END)))
    monkeypatch.setattr(accounts, "tested", lambda _: ((listed(), ""), (listed(), "it is over")))
    monkeypatch.setattr(accounts, "logout", lambda _, __: listed())
    assert [run(["accounts", *words]) for words in (["list"], ["test"], ["logout", "1"])] == [
        0,
        3,
        0,
    ]
    out, err = capsys.readouterr()
    assert "2026-12-01 12:00 JST" in out
    assert "no end known" in out
    assert "signed out of tiktok jin here" in out
    assert err == "error: tiktok jin: it is over\n"


def test_a_piped_token_is_taken_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("IGsecret\nmore\n"))
    assert face.asked("instagram", "")() == "IGsecret"


@pytest.mark.slow
def test_a_pasted_token_does_not_show_on_the_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    program = str(Path(sys.executable).with_name("elite8"))
    environment = os.environ | {"ELITE8_INSTAGRAM_URL": "http://127.0.0.1:9"}
    with subprocess.Popen(
        [program, "accounts", "login", "instagram", "--paste"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=tmp_path,
        start_new_session=True,
    ) as running:
        os.close(theirs)
        shown = read_until(ours, "does not show")
        os.write(ours, b"IGtopsecrettopsecret\n")
        shown += read_until(ours, "error")
        running.wait(30)
    os.close(ours)
    assert running.returncode == 4
    assert "topsecret" not in shown


def read_until(terminal: int, word: str) -> str:
    shown, deadline = "", time.monotonic() + 30
    while word not in shown and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.5)[0]:
            try:
                shown += os.read(terminal, 4096).decode()
            except OSError:
                break
    time.sleep(timedelta(milliseconds=200).total_seconds())
    return shown
