"""Which lines are said and when."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.script import Line, Script
from elite8.core.domain.speech import Speech
from elite8.core.errors import ConfigError
from elite8.core.production.local.pacing import Paced, Speaker, pace, silent
from elite8.core.production.local.voice import Unspeakable


class Slow:
    """A voice that takes a tenth of a second for each letter."""

    name = "slow"

    def speak(self, text: str, reading: str = "") -> Speech:
        if "?" in text + reading:
            raise Unspeakable("it cannot say that")
        return Speech(samples=np.ones(len(text) * 100, np.float32), rate=1000, words=())

    def close(self) -> None:
        return


def script(*texts: str) -> Script:
    lines = tuple(Line(text=text) for text in texts)
    return Script(title="t", lines=lines, topic="t", content_type="dance", language="en")


def paced(*texts: str, own: bool, seconds: float | None) -> Paced:
    return pace(script(*texts), Speaker(Slow(), "en"), own_words=own, seconds=seconds)


def test_own_words_decide_the_length() -> None:
    found = paced("a" * 20, "b" * 30, own=True, seconds=None)
    assert found.seconds == pytest.approx(0.35 + 2 + 0.25 + 3 + 0.9)
    assert [line.text[0] for line in found.lines] == ["a", "b"]


def test_own_words_that_do_not_fit_say_how_long_they_last() -> None:
    with pytest.raises(ConfigError, match=r"lasts 6\.2 s .* ask --duration 7 or shorten it"):
        paced("a" * 50, own=True, seconds=5)


def test_own_words_longer_than_any_video_are_to_be_shortened() -> None:
    with pytest.raises(ConfigError, match="video 180 s; shorten it"):
        paced("a" * 2000, own=True, seconds=None)


@given(st.lists(st.integers(5, 60), min_size=3, max_size=12), st.floats(3, 60))
def test_composed_lines_follow_each_other_and_end_in_time(
    lengths: list[int], seconds: float
) -> None:
    texts = [chr(97 + n) * length for n, length in enumerate(lengths)]
    found = paced(*texts, own=False, seconds=seconds)
    assert found.seconds == seconds
    ends = [0.0, *(line.start + line.speech.duration for line in found.lines)]
    starts = [line.start for line in found.lines]
    assert all(end <= start + 1e-6 for end, start in zip(ends, starts, strict=False))
    assert ends[-1] <= seconds


def test_a_line_the_voice_cannot_say_is_shown_in_silence_and_noted() -> None:
    found = paced("what?", "this is said", own=True, seconds=None)
    assert found.notes == ("it cannot say that",)
    assert not found.lines[0].speech.samples.any()
    assert [word.text for word in found.lines[0].speech.words] == ["what?"]


@pytest.mark.parametrize(("text", "language"), [("two words", "en"), ("無音でも読めます", "ja")])
def test_silence_lasts_long_enough_to_read(text: str, language: str) -> None:
    speech = silent(text, language)
    assert not speech.samples.any()
    assert speech.words[-1].end == pytest.approx(speech.duration, abs=0.01)
    assert "".join(word.text for word in speech.words) == text.replace(" ", "")
