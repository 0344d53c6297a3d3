"""The mouth follows the sound."""

import itertools
import math

import numpy as np
import pytest

from elite8.core.domain.speech import Samples
from elite8.core.production.local.mouth import mouth_track

RATE = 24000
FPS = 30
VOWELS = {
    "a": (800, 1250),
    "i": (320, 2500),
    "u": (370, 1250),
    "e": (500, 2000),
    "o": (500, 900),
}


def vowel(first: float, second: float, seconds: float = 1.0, pitch: float = 120) -> Samples:
    """Harmonics under two resonances: the least that sounds like a vowel."""
    t = np.arange(round(seconds * RATE)) / RATE
    sound = np.zeros(len(t))
    for number in range(1, int(4000 / pitch)):
        hz = number * pitch
        gain = sum(1 / (1 + ((hz - peak) / 90) ** 2) for peak in (first, second)) + 0.01
        sound += gain / number * np.sin(2 * math.pi * hz * t)
    return np.asarray(0.5 * sound / np.abs(sound).max(), np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


@pytest.mark.parametrize("shape", VOWELS)
def test_a_vowel_shows_its_shape(shape: str) -> None:
    track = mouth_track(vowel(*VOWELS[shape]), RATE, FPS, 30)
    assert track.shapes.count(shape) >= 26


def test_silence_rests() -> None:
    track = mouth_track(silence(1), RATE, FPS, 30)
    assert set(track.shapes) == {"rest"}
    assert not track.energy.any()


def test_faint_noise_rests() -> None:
    noise = np.random.default_rng(1).normal(0, 0.001, RATE).astype(np.float32)
    assert set(mouth_track(noise, RATE, FPS, 30).shapes) == {"rest"}


def test_the_mouth_opens_with_the_sound_and_closes_after_it() -> None:
    sound = np.concatenate([silence(1), vowel(*VOWELS["a"]), silence(1)])
    shapes = mouth_track(sound, RATE, FPS, 90).shapes
    assert set(shapes[:28]) == {"rest"}
    assert "rest" not in shapes[31:59]
    assert set(shapes[63:]) == {"rest"}


def test_frames_past_the_sound_rest() -> None:
    track = mouth_track(vowel(*VOWELS["a"], seconds=0.5), RATE, FPS, 60)
    assert len(track.shapes) == len(track.energy) == 60
    assert set(track.shapes[20:]) == {"rest"}


def test_no_sound_and_no_frames_are_no_trouble() -> None:
    assert mouth_track(silence(0), RATE, FPS, 3).shapes == ("rest",) * 3
    assert mouth_track(silence(1), RATE, FPS, 0).shapes == ()


def test_a_shape_holds_for_two_frames() -> None:
    parts = [vowel(*peaks, seconds=0.05) for peaks in VOWELS.values()] * 6
    shapes = mouth_track(np.concatenate(parts), RATE, FPS, 45).shapes
    runs = [len(list(run)) for _, run in itertools.groupby(shapes)]
    assert len(runs) > 5
    assert min(runs[:-1]) >= 2


def test_a_louder_vowel_has_more_energy() -> None:
    loud = vowel(*VOWELS["a"], seconds=0.5)
    energy = mouth_track(np.concatenate([loud, loud * np.float32(0.3)]), RATE, FPS, 30).energy
    assert energy[5:12].mean() > energy[18:25].mean() + 0.2
    assert energy.dtype == np.float32
    assert energy.min() >= 0
    assert energy.max() <= 1


def test_the_rate_of_the_sound_changes_no_shape() -> None:
    sound = vowel(*VOWELS["e"])
    doubled = np.interp(np.arange(2 * RATE) / 2, np.arange(RATE), sound).astype(np.float32)
    assert (
        mouth_track(sound, RATE, FPS, 30).shapes == mouth_track(doubled, 2 * RATE, FPS, 30).shapes
    )
