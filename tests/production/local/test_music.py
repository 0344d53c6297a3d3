from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from elite8.core.domain.character import Music
from elite8.core.production.local import instruments
from elite8.core.production.local.music import bed
from elite8.core.production.local.styles import STYLES
from elite8.core.production.local.synth import Hit, Patch, hertz, hit, note, room

RATE = 48_000
MOODS = get_args(Music.model_fields["mood"].annotation)
KEYS = get_args(Music.model_fields["key"].annotation)
PATCHES = [patch for patch in vars(instruments).values() if isinstance(patch, Patch)]
DRUMS = [drum for drum in vars(instruments).values() if isinstance(drum, Hit)]
EDGES = np.geomspace(40, 16_000, 25)


def make_music(**changes: object) -> Music:
    return Music.model_validate(
        {"tempo": 120, "key": "A", "scale": "major", "mood": "pop"} | changes
    )


def spectrum(sound: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    power: NDArray[np.float64] = np.abs(np.fft.rfft(sound.mean(axis=1))).astype(np.float64) ** 2
    hz = np.arange(len(power), dtype=np.float64) * (RATE / len(sound))
    return hz, power


def share(sound: NDArray[np.float32], low: float, high: float) -> float:
    hz, power = spectrum(sound)
    return float(power[(hz >= low) & (hz < high)].sum() / power.sum())


def colour(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Decibels of each third of an octave or so."""
    hz, power = spectrum(sound)
    bands, _ = np.histogram(hz, EDGES, weights=power / power.sum())
    return np.asarray(10 * np.log10(bands + 1e-9), np.float64)


def test_every_mood_has_a_style() -> None:
    assert set(STYLES) == set(MOODS)


def test_every_pattern_is_one_bar_of_sixteen_steps() -> None:
    for style in STYLES.values():
        parts = [pattern for part in style.parts for pattern in part.patterns]
        beats = [pattern for beat in style.beats for pattern in (*beat.patterns, *beat.fills)]
        assert {len(pattern) for pattern in parts + beats} == {16}


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1, 7.123, 15])
def test_a_bed_lasts_exactly_what_was_asked(seconds: float) -> None:
    sound = bed(make_music(), seconds, seed=1)
    assert sound.shape == (round(seconds * RATE), 2)
    assert sound.dtype == np.float32


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("scale", ["major", "minor"])
def test_every_mood_plays_clean_in_both_scales(mood: str, scale: str) -> None:
    sound = bed(make_music(mood=mood, scale=scale), 6, seed=2)
    assert 0.5 < np.abs(sound).max() <= 0.9
    assert np.abs(sound.mean(axis=0)).max() < 1e-3
    assert np.abs(sound[[0, -1]]).max() < 1e-3
    assert np.sqrt((sound**2).mean()) > 0.05


def test_the_same_seed_gives_the_same_piece() -> None:
    assert np.array_equal(bed(make_music(), 5, seed=3), bed(make_music(), 5, seed=3))


def test_another_seed_gives_another_piece() -> None:
    assert not np.allclose(bed(make_music(), 5, seed=3), bed(make_music(), 5, seed=4), atol=0.05)


def test_a_mood_is_known_by_its_sound_whatever_the_seed() -> None:
    known = {mood: colour(bed(make_music(mood=mood), 10, seed=5)) for mood in MOODS}
    for mood in MOODS:
        heard = colour(bed(make_music(mood=mood), 10, seed=6))
        away = {other: float(np.abs(known[other] - heard).mean()) for other in MOODS}
        assert min(away, key=away.__getitem__) == mood


@pytest.mark.parametrize("key", ["C", "E", "F#", "A"])
def test_a_bed_closes_on_its_tonic(key: str) -> None:
    sound = bed(make_music(key=key, mood="ballad"), 15, seed=6)
    hz, power = spectrum(sound[-RATE:])
    low = (hz > 60) & (hz < 140)
    loudest = hz[low][power[low].argmax()]
    tonic = 440 * 2 ** ((KEYS.index(key) - 9) / 12)
    away = 12 * np.log2(loudest / tonic)
    assert abs(away - round(away)) < 0.35
    assert round(away) % 12 == 0


@pytest.mark.parametrize("tempo", [90, 124])
def test_the_drums_keep_the_tempo(tempo: int) -> None:
    sound = bed(make_music(tempo=tempo), 20, seed=7)[4 * RATE : -2 * RATE].mean(axis=1)
    loud = np.sqrt((sound[: len(sound) // 240 * 240].reshape(-1, 240) ** 2).mean(axis=1))
    onsets = np.maximum(np.diff(loud), 0)
    onsets -= onsets.mean()
    echo = np.correlate(onsets, onsets, "full")[len(onsets) - 1 :]
    beat = 60 / tempo * RATE / 240
    near = echo[round(beat) - 2 : round(beat) + 3].max()
    between = echo[round(beat * 0.62) : round(beat * 0.7)].max()
    assert near > 0.3 * echo[0]
    assert near > 2 * between


@pytest.mark.parametrize("mood", MOODS)
def test_a_bed_leaves_room_for_the_voice(mood: str) -> None:
    assert share(bed(make_music(mood=mood), 10, seed=8), 1_000, 4_000) < 0.08


def test_tones_meet_without_a_click() -> None:
    sound = bed(make_music(mood="ballad", tempo=72), 15, seed=9)
    jerk = np.abs(np.diff(sound, n=2, axis=0))
    assert jerk.max() < 0.15


def test_a_bed_is_stereo_that_survives_one_speaker() -> None:
    sound = bed(make_music(mood="synthwave"), 10, seed=10)
    middle, side = sound.sum(axis=1), sound[:, 0] - sound[:, 1]
    assert 0.02 < (side**2).mean() / (middle**2).mean() < 0.8


def test_it_starts_lighter_than_it_goes_on() -> None:
    sound = bed(make_music(), 15, seed=11)
    bar = 2 * RATE
    assert (sound[:bar] ** 2).mean() < 0.5 * (sound[2 * bar : 3 * bar] ** 2).mean()


@pytest.mark.parametrize("midi", [33, 57, 81])
def test_every_instrument_is_in_tune_and_starts_and_ends_at_rest(midi: int) -> None:
    for patch in PATCHES:
        sound = note(patch, midi, 1.0).T
        hz, power = spectrum(sound)
        near = (hz > hertz(midi) * 0.8) & (hz < hertz(midi) * 1.2)
        apart = hertz(midi) * (2 ** (patch.detune / 2400) - 1)
        assert hz[near][power[near].argmax()] == pytest.approx(hertz(midi), abs=apart + 1.5)
        assert np.abs(sound[[0, -1]]).max() < 1e-3


def test_every_drum_starts_and_ends_at_rest() -> None:
    for drum in DRUMS:
        stroke = hit(drum, np.random.default_rng(1))
        assert np.abs(stroke[:, [0, -1]]).max() < 1e-3
        assert 0.8 < np.abs(stroke).max() < 1.3


def test_a_room_dies_away_in_its_time() -> None:
    clap = np.zeros((2, 2 * RATE), np.float32)
    clap[:, 0] = 1
    tail = room(clap, 1.0, np.random.default_rng(1))
    early, late = (np.sqrt((tail[:, at : at + 4_800] ** 2).mean()) for at in (4_800, 28_800))
    assert 20 * np.log10(early / late) == pytest.approx(30, abs=3)
    assert not np.array_equal(tail[0], tail[1])
