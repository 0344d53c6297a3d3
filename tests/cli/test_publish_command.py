"""What `publish` says beside where a post is: words that were cut, nobody signed in, it waits."""

from pathlib import Path

import pytest

from tests.films import lay
from tests.inside import elite8

LONG = "rain on a quiet street " * 22
pytestmark = pytest.mark.media


@pytest.fixture(autouse=True)
def finished(filmed: Path, tmp_path: Path) -> None:
    lay(filmed, tmp_path / "state")


@pytest.mark.parametrize("words", ["latest --dry-run", "check latest", "latest --in 2h"])
def test_your_own_words_that_are_cut_are_said_to_be(words: str) -> None:
    said = elite8("publish", *words.split(), "--to", "x", "--caption", LONG)
    assert "note: your words are cut from 505 to " in said.stderr, said
    assert " characters on X\n" in said.stderr
    whole = elite8("publish", *words.split(), "--to", "x", "--caption", "rain")
    assert "cut" not in whole.stderr


@pytest.mark.parametrize("words", ["latest --dry-run", "latest --slot evening", "latest --in 2h"])
def test_a_post_that_nobody_could_send_is_no_promise(words: str) -> None:
    to = () if "--slot" in words else ("--to", "tiktok,instagram")
    said = elite8("publish", *words.split(), *to)
    assert said.returncode == 0
    assert "note: nobody is signed in to TikTok: elite8 accounts login tiktok\n" in said.stderr
    by_paste = "signed in to Instagram: elite8 accounts login instagram --paste\n"
    assert (by_paste in said.stderr) == bool(to)


def test_an_error_says_that_the_post_waits_and_how_to_take_it_back() -> None:
    said = elite8("publish", "latest", "--to", "tiktok", "--caption", "rain")
    assert said.returncode == 3
    assert "nobody is signed in" not in said.stderr
    _, _, advice = said.stderr.partition("; the post waits: ")
    assert advice.endswith(" takes it back\n"), said.stderr
    assert elite8(*advice.removesuffix(" takes it back\n").split()[1:]).returncode == 0
    assert "is refused" in elite8("publish", "cancel", advice.split()[3]).stderr
