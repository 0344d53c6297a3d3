import math
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from elite8.core.domain.speech import Speech, SpokenLine
from elite8.core.production import ffmpeg
from elite8.core.production.local.sound import DUCKING, Loudness, measure, mix

RATE = 48_000
pytestmark = pytest.mark.media


def make_line(start: float, seconds: float, rate: int = 24_000, level: float = 0.1) -> SpokenLine:
    """Bursts with a voice's buzz, formant and syllables."""
    rng = np.random.default_rng(1)
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(
        np.sin(2 * np.pi * 130 * k * time) / k**0.8 * (1 + 2 * np.exp(-(((k - 5) / 2) ** 2)))
        for k in range(1, 25)
    )
    syllables = np.maximum(np.sin(2 * np.pi * 4 * time), 0) ** 0.7
    samples = level * (buzz / 8 + 0.03 * rng.standard_normal(len(time))) * syllables
    return SpokenLine(
        text="la",
        start=start,
        speech=Speech(samples=samples.astype(np.float32), rate=rate, words=()),
    )


def make_tone(rate: int, hz: float, seconds: float = 1.0) -> SpokenLine:
    time = np.arange(round(seconds * rate)) / rate
    samples = (0.2 * np.sin(2 * np.pi * hz * time)).astype(np.float32)
    return SpokenLine(text="a", start=0.0, speech=Speech(samples=samples, rate=rate, words=()))


def make_bed(seconds: float, hz: float = 220.0) -> NDArray[np.float32]:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.stack([0.3 * np.sin(2 * np.pi * hz * time)] * 2, axis=1).astype(np.float32)


def silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros((round(seconds * RATE), 2), np.float32)


def read(path: Path) -> NDArray[np.float64]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        return np.frombuffer(file.readframes(-1), "<i2").reshape(-1, 2) / 32_768


def level_at(sound: NDArray[np.float64], hz: float, start: float, end: float) -> float:
    """Decibels of the tone at `hz` between two instants."""
    piece = sound[round(start * RATE) : round(end * RATE), 0]
    turn = np.exp(-2j * np.pi * hz * np.arange(len(piece)) / RATE) * np.hanning(len(piece))
    return float(20 * np.log10(abs((piece * turn).mean()) + 1e-9))


@pytest.mark.parametrize(
    ("seconds", "lines"),
    [
        (15, (make_line(1, 4), make_line(6, 3, rate=22_050), make_line(10, 4, level=0.9))),
        (6, (make_line(0, 6, rate=16_000),)),
        (6, ()),
        (1, (make_line(0.1, 0.8),)),
        (1, ()),
    ],
    ids=["three voices", "voice throughout", "music only", "a second of voice", "a second"],
)
def test_it_measures_as_asked(
    seconds: float, lines: tuple[SpokenLine, ...], tmp_path: Path
) -> None:
    found = mix(lines, make_bed(seconds), seconds, tmp_path / "s.wav")
    assert found.integrated == pytest.approx(-14, abs=1)
    assert found.true_peak <= -1
    assert measure(tmp_path / "s.wav") == found


def test_target_and_ceiling_are_the_callers(tmp_path: Path) -> None:
    found = mix((make_line(0, 4),), make_bed(4), 4, tmp_path / "s.wav", target=-20, ceiling=-3)
    assert found.integrated == pytest.approx(-20, abs=1)
    assert found.true_peak <= -2.5


@pytest.mark.parametrize("seconds", [0.2, 1, 3.3333, 180])
def test_it_lasts_exactly_what_was_asked(seconds: float, tmp_path: Path) -> None:
    mix((), make_bed(min(seconds, 4)), seconds, tmp_path / "s.wav")
    assert len(read(tmp_path / "s.wav")) == round(seconds * RATE)


def test_limiting_keeps_the_length(tmp_path: Path) -> None:
    lines = (make_line(0, 2), make_line(2.5, 0.1, level=0.9))
    mix(lines, silence(3.1), 3.1, tmp_path / "s.wav", target=-9)
    assert len(read(tmp_path / "s.wav")) == round(3.1 * RATE)


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.wav", "b.wav"):
        mix((make_line(0.5, 2),), make_bed(3), 3, tmp_path / name)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_the_bed_gives_way_to_the_voice_and_comes_back(tmp_path: Path) -> None:
    # A bed at 50 Hz: the voice's high-pass leaves nothing of its own there.
    mix((make_line(3, 3),), make_bed(10, hz=50), 10, tmp_path / "s.wav")
    sound = read(tmp_path / "s.wav")
    before, under, after = (level_at(sound, 50, *span) for span in ((1, 2), (4, 5), (8, 9)))
    assert before - under == pytest.approx(DUCKING, abs=1.5)
    assert after == pytest.approx(before, abs=0.5)


def test_the_voice_stands_above_the_bed(tmp_path: Path) -> None:
    mix((make_tone(24_000, 500, 3),), make_bed(3), 3, tmp_path / "s.wav")
    sound = read(tmp_path / "s.wav")
    assert 10 < level_at(sound, 500, 1, 2) - level_at(sound, 220, 1, 2) < 18


@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_a_voice_keeps_its_pitch_and_gains_no_mirror_image(rate: int, tmp_path: Path) -> None:
    mix((make_tone(rate, 3_000),), silence(1), 1, tmp_path / "s.wav")
    power = np.abs(np.fft.rfft(read(tmp_path / "s.wav")[:, 0] * np.hanning(RATE)))
    assert power.argmax() == 3_000
    away = np.delete(power, np.arange(2_900, 3_101))
    assert 20 * np.log10(away.max() / power.max()) < -55


def test_a_voice_starts_when_its_line_does_and_in_the_middle(tmp_path: Path) -> None:
    line = make_tone(24_000, 400)
    late = SpokenLine(text="a", start=1.25, speech=line.speech)
    mix((late,), silence(3), 3, tmp_path / "s.wav")
    sound = read(tmp_path / "s.wav")
    assert np.flatnonzero(np.abs(sound[:, 0]) > 0.02)[0] / RATE == pytest.approx(1.25, abs=0.01)
    assert np.array_equal(sound[:, 0], sound[:, 1])


def test_rumble_is_taken_out_of_a_voice(tmp_path: Path) -> None:
    rumble, voice = make_tone(24_000, 25, 3).speech, make_tone(24_000, 400, 3).speech
    both = Speech(samples=rumble.samples + voice.samples, rate=24_000, words=())
    mix((SpokenLine(text="a", start=0.0, speech=both),), silence(3), 3, tmp_path / "s.wav")
    sound = read(tmp_path / "s.wav")
    assert level_at(sound, 400, 1, 2) - level_at(sound, 25, 1, 2) > 30


def test_quiet_and_loud_lines_end_up_equally_loud(tmp_path: Path) -> None:
    lines = (make_line(0, 3, level=0.02), make_line(4, 3, level=0.8))
    mix(lines, silence(8), 8, tmp_path / "s.wav")
    sound = read(tmp_path / "s.wav")
    quiet, loud = (sound[a * RATE : (a + 3) * RATE].std() for a in (0, 4))
    assert 20 * np.log10(loud / quiet) == pytest.approx(0, abs=1)


def test_a_line_past_the_end_is_cut(tmp_path: Path) -> None:
    mix((make_line(1.5, 3), make_line(9, 1)), make_bed(2), 2, tmp_path / "s.wav")
    assert len(read(tmp_path / "s.wav")) == 2 * RATE


def test_silence_stays_silent(tmp_path: Path) -> None:
    hush = Speech(samples=np.zeros(2_400, np.float32), rate=24_000, words=())
    line = SpokenLine(text="…", start=0.0, speech=hush)
    found = mix((line,), silence(1), 1, tmp_path / "s.wav")
    assert found == Loudness(integrated=-70.0, true_peak=-math.inf)
    assert not read(tmp_path / "s.wav").any()


def test_a_video_is_measured_by_its_sound(tmp_path: Path) -> None:
    wav, video = tmp_path / "s.wav", tmp_path / "v.mp4"
    found = mix((), make_bed(3), 3, wav)
    picture = ("-f", "lavfi", "-i", "color=s=64x64:d=3")
    ffmpeg.run(("-loglevel", "error", *picture, "-i", str(wav), "-c:a", "aac", str(video)))
    assert measure(video).integrated == pytest.approx(found.integrated, abs=0.3)
