"""How long a script lasts that A2E's voice says: never longer than was asked."""

from pathlib import Path
from typing import Any

import pytest

from elite8.core.errors import ConfigError
from elite8.core.operations import spoken
from elite8.core.operations.brief import Brief, plan
from elite8.core.studio import Studio
from tests.operations.orders import brief


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sounds of a voice that says the first number of characters a second; then what it said."""
    heard: list[float] = []

    def speak(_: Any, lines: Any, *__: Any) -> tuple[str, Path]:
        heard.append(sum(len(line.text) for line in lines) / heard[0])
        return "https://a2e/speech.mp3", Path("speech.mp3")

    monkeypatch.setattr(spoken, "speak", speak)
    monkeypatch.setattr(spoken, "length", lambda *_, **__: heard[-1])
    return heard


@pytest.mark.parametrize("pace", [14.2, 13.95, 13.3, 12.0])
@pytest.mark.parametrize("seconds", [30, 60])
def test_a_video_is_no_frame_longer_than_was_asked(
    paid: Studio, voice: list[float], pace: float, seconds: float
) -> None:
    miyuki = paid.config.roster.named("miyuki")
    for seed in range(10):
        voice[:] = [pace]
        asked = Brief(
            characters=("miyuki",), language="en", engine="a2e", seconds=seconds, seed=seed
        )
        said = spoken.say(paid, plan(paid, asked)[0], miyuki)
        assert seconds * 0.8 < said.seconds <= seconds - spoken.FRAME


def test_own_words_that_last_too_long_are_spoken_once_and_refused(
    paid: Studio, voice: list[float]
) -> None:
    asked = brief(paid, seconds=5.0)
    letters = sum(len(line.text) for line in asked.script.lines)
    voice[:] = [letters / 5.2]
    with pytest.raises(ConfigError, match=r"in 5\.2 s; shorten it"):
        spoken.say(paid, asked, paid.config.roster.named("miyuki"))
    assert len(voice) == 2
