"""The booth's process is real; what is said in it is what would be said here."""

import os
import signal
from pathlib import Path
from subprocess import Popen

import numpy as np
import pytest

from elite8.core.domain.character import VoiceSpec
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.production.local import booth
from elite8.core.production.local.voice import Unspeakable, espeak, hibari, open_voice

pytestmark = pytest.mark.skipif(not espeak.installed(), reason="espeakng-loader is not installed")
SPECS = (VoiceSpec(engine="espeak"),)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Popen[bytes]]:
    """Every booth's process from here on."""
    children: list[Popen[bytes]] = []
    start = booth._start

    def seen() -> Popen[bytes]:
        children.append(start())
        return children[-1]

    monkeypatch.setattr(booth, "_start", seen)
    return children


def test_a_line_sounds_as_it_does_without_a_booth() -> None:
    here = open_voice(SPECS, "pt").voice
    assert here
    with booth.entered(SPECS, "pt") as opened:
        assert opened.voice
        assert opened.voice.name == "espeak"
        there = opened.voice.speak("Bom dia a todos.")
    said = here.speak("Bom dia a todos.")
    assert there.words == said.words
    assert np.array_equal(there.samples, said.samples)


def test_what_is_raised_inside_is_raised_here_and_the_voice_goes_on() -> None:
    with booth.entered(SPECS, "pt") as opened:
        assert opened.voice
        with pytest.raises(Unspeakable, match="nothing to say"):
            opened.voice.speak("...")
        assert opened.voice.speak("Sim.").duration > 0.1
    with booth.entered((VoiceSpec(engine="espeak", name="xx-nobody"),), "pt") as opened:
        assert opened.voice
        with pytest.raises(ConfigError, match="no voice 'xx-nobody'"):
            opened.voice.speak("Sim.")


@pytest.mark.skipif(not hibari.installed(), reason="hibari-tts is not installed")
def test_a_voice_keeps_nothing_on_the_machine_and_tells_nobody_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Onnxruntime would keep an id of the machine, and what it has to tell, in these places."""
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("CI", "GITHUB_ACTIONS", "ORT_DISABLE_TELEMETRY"):
        monkeypatch.delenv(name, raising=False)
    with booth.entered((VoiceSpec(engine="hibari"),), "en") as opened:
        assert opened.voice
        assert opened.voice.speak("Hello.").duration > 0.1
    assert [*tmp_path.rglob("*")] == []


def test_nobody_speaks_without_a_voice() -> None:
    with booth.entered((VoiceSpec(engine="none"),), "pt") as opened:
        assert opened.voice is None
        assert opened.notes == ()


def test_a_booth_called_early_is_the_one_entered(started: list[Popen[bytes]]) -> None:
    with booth.called():
        with booth.entered(SPECS, "pt"):
            assert len(started) == 1
        with booth.entered(SPECS, "pt"):
            assert len(started) == 2
    with booth.called():
        pass
    assert all(child.poll() is not None for child in started)


def test_a_voice_that_is_killed_says_so(started: list[Popen[bytes]]) -> None:
    with booth.entered(SPECS, "pt") as opened:
        assert opened.voice
        os.killpg(started[0].pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="run it again"):
            opened.voice.speak("Sim.")
