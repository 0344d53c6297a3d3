"""`elite8 subscribers mail`, as a person types it, against a simulated LINE and mail server."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from elite8.cli import run
from elite8.core.simulators.line import CHANNEL_ID, CHANNEL_SECRET, LineSimulator
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.simulators.wire import serve

pytestmark = pytest.mark.enable_socket
FRIEND = "U0123456789abcdef0123456789abcdef"
NOON_IN_JAPAN = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
MAIL = ["subscribers", "mail"]


@pytest.fixture
def line(clock: Any) -> LineSimulator:
    clock.now = NOON_IN_JAPAN
    return LineSimulator(clock=clock, friends={FRIEND})


@pytest.fixture
def server() -> Iterator[MailSimulator]:
    with MailSimulator().serving() as found:
        yield found


@pytest.fixture
def typed(  # noqa: PLR0913, PLR0917  # what both need
    monkeypatch: pytest.MonkeyPatch,
    edited_config: Callable[[str, str, str], Path],
    empty_database: Path,
    tmp_path: Path,
    line: LineSimulator,
    server: MailSimulator,
) -> Iterator[None]:
    """An environment in which both are, and a clock that shows noon in Japan."""
    (tmp_path / "state").mkdir(mode=0o700)
    shutil.copy(empty_database, tmp_path / "state" / "elite8.db")
    file = "phase2/messages_config.json"
    folder = edited_config(file, '"sender": ""', '"sender": "Nova Studio"')
    text = (folder / file).read_text(encoding="utf-8")
    text = text.replace('"postal_address": ""', '"postal_address": "1 Example Street"')
    text = text.replace('"mail_from": ""', '"mail_from": "Nova <news@mail.example.com>"')
    (folder / file).write_text(text, encoding="utf-8")
    with serve(line.handle) as url:
        decided = {
            "CONFIG_DIR": str(folder),
            "LINE_CHANNEL_ID": CHANNEL_ID,
            "LINE_CHANNEL_SECRET": CHANNEL_SECRET,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(server.port),
            "SMTP_USER": USER,
            "SMTP_PASSWORD": PASSWORD,
            "WEB_URL": "https://fans.example.com",
            "WEB_TOKEN": "a-token-of-forty-letters-for-the-tests!!",
            "CLOCK": f"{NOON_IN_JAPAN.isoformat()} x1 since {datetime.now(UTC).isoformat()}",
            **{
                f"{name}_URL": url
                for name in ("LINE", "YOUTUBE", "TIKTOK", "INSTAGRAM", "X", "DISCORD")
            },
        }
        for name, value in decided.items():
            monkeypatch.setenv(f"ELITE8_{name}", value)
        yield


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def agree(capsys: pytest.CaptureFixture[str], who: str) -> None:
    given = ["record", who, "--country", "JP", "--evidence", "form/1"]
    assert said(capsys, "subscribers", "consent", *given)["data"][0]["status"] == "granted"


@pytest.mark.usefixtures("typed")
def test_a_message_on_line_is_written_looked_at_sent_and_listed(
    capsys: pytest.CaptureFixture[str], line: LineSimulator
) -> None:
    agree(capsys, f"line:{FRIEND}")
    words = ["-c", "miyuki", "--language", "ja", "--text", "新しい動画です"]
    written = said(capsys, *MAIL, "write", "line", *words)["data"]["id"]
    looked = said(capsys, *MAIL, "check", written)["data"]
    assert (looked["reach"], looked["left"]) == (1, 200)
    assert said(capsys, *MAIL, "send", written, "--dry-run")["data"]["reach"] == 1
    assert line.got == []
    assert said(capsys, *MAIL, "send", written)["data"]["sent"] == 1
    assert [user for user, _ in line.got] == [FRIEND]
    assert run([*MAIL, "cancel", written]) == 0
    assert "it waits for nobody any more; 1 sent" in capsys.readouterr().out
    assert run([*MAIL, "list"]) == 0
    assert "1 sent" in capsys.readouterr().out
    assert run([*MAIL, "check", written]) == 0
    assert "it would reach 0 people now; LINE takes 199" in capsys.readouterr().out.replace(
        "\n", ""
    )


@pytest.mark.usefixtures("typed")
def test_an_email_is_sent_and_what_comes_back_is_taken_in(
    capsys: pytest.CaptureFixture[str], server: MailSimulator, tmp_path: Path
) -> None:
    agree(capsys, "email:fan@example.org")
    words = ["-c", "hana", "--language", "en", "--subject", "New", "--text", "Rain"]
    written = said(capsys, *MAIL, "write", "email", *words)["data"]["id"]
    server.faults.add("lost", "fan@", 1)
    told = said(capsys, *MAIL, "send", written, code=4)
    assert (told["data"]["uncertain"], told["errors"][0]["code"]) == (1, "unanswered")
    assert said(capsys, *MAIL, "send", written)["data"]["uncertain"] == 1
    assert len(server.taken) == 1
    (tmp_path / "letter").write_bytes(b"Subject: hello\n\nx\n")
    assert said(capsys, *MAIL, "bounces", str(tmp_path / "letter"))["data"][0]["kind"] == "unknown"


@pytest.mark.usefixtures("typed")
def test_what_the_rules_block_is_told_with_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-c", "miyuki", "--text", "I am a real person, only 3 spots left"]
    told = said(capsys, *MAIL, "write", "line", *words, code=1)
    assert "no-human-claim" in told["errors"][0]["message"]
    assert "no-fake-scarcity" in told["errors"][0]["message"]
    assert run([*MAIL, "list"]) == 0
    assert "no message was written" in capsys.readouterr().err
    assert said(capsys, *MAIL, "send", "01J", code=2)["errors"][0]["code"] == "config"
