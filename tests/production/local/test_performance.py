from dataclasses import fields

import numpy as np
import pytest

from elite8.core.domain.character import Motion
from elite8.core.production.local.performance import BLINK, Performance, _swing, perform

SECONDS = 30
FRAMES = SECONDS * 30


def act(
    *, seed: int = 1, spoken: tuple[int, int] = (60, 700), motion: Motion | None = None
) -> Performance:
    energy = np.zeros(FRAMES)
    energy[spoken[0] : spoken[1]] = 0.7
    return perform(
        duration=SECONDS,
        fps=30,
        motion=motion or Motion(),
        tempo=120,
        mouths=["a" if loud else "rest" for loud in energy[: spoken[1]]],
        energy=energy,
        seed=seed,
    )


def test_the_same_seed_gives_the_same_performance_and_another_does_not() -> None:
    for field in fields(Performance):
        first, again = getattr(act(), field.name), getattr(act(), field.name)
        assert np.array_equal(first, again)
    assert not np.allclose(act().roll, act(seed=2).roll)


def test_every_curve_has_a_value_for_every_frame() -> None:
    acted = act()
    assert {len(getattr(acted, f.name)) for f in fields(acted) if f.name != "fps"} == {FRAMES}


def test_blinks_last_five_frames_and_come_every_few_seconds() -> None:
    eyes = act().eyes
    starts = [at for at in range(1, FRAMES) if eyes[at] != "open" == eyes[at - 1]]
    assert SECONDS / 5 - 1 <= len(starts) <= SECONDS
    assert all(eyes[at : at + len(BLINK)] == BLINK for at in starts)


def test_the_last_picture_has_open_eyes() -> None:
    assert {act(seed=seed).eyes[-1] for seed in range(30)} == {"open"}


def test_the_performer_smiles_once_the_last_word_is_spoken() -> None:
    mouths = act().mouths
    assert mouths[:60] == ("rest",) * 60
    assert mouths[699:] == ("a", *("smile",) * (FRAMES - 700))


def test_one_who_never_speaks_smiles_throughout() -> None:
    assert set(act(spoken=(0, 0)).mouths) == {"smile"}


def test_no_motion_leaves_breath_and_camera_only() -> None:
    still = act(motion=Motion(sway=0, bounce=0, nod=0))
    for curve in (still.roll, still.hair, still.turn, still.nod, still.lean):
        assert np.abs(curve).max() == pytest.approx(0, abs=1e-9)
    assert 1 < np.abs(still.lift).max() <= 4


def test_the_body_is_lowest_on_the_beat() -> None:
    acted = act(motion=Motion(sway=0, nod=0))
    by_beat = acted.lift.reshape(-1, 15).mean(axis=0)  # 120 beats a minute at 30 fps
    assert by_beat.argmin() == 0
    assert by_beat.argmax() in (7, 8)


def test_the_head_dips_when_the_voice_begins() -> None:
    acted = act(motion=Motion(sway=0, bounce=0))
    assert acted.nod[:40].max() == pytest.approx(0, abs=0.05)
    assert acted.nod[60:70].max() > 2


def test_the_head_takes_a_new_bearing_with_a_phrase() -> None:
    quiet, spoken = act(spoken=(0, 0)), act()
    assert np.array_equal(quiet.turn[:50], spoken.turn[:50])
    assert np.abs(quiet.turn - spoken.turn)[70:].min() > 0.1


def test_brows_rise_at_some_phrases_and_come_down_again() -> None:
    raised = [act(seed=seed).brows for seed in range(8)]
    assert {max(brows) for brows in raised} == {0, 2}
    assert all(brows[-1] == 0 for brows in raised)


def test_hair_swings_past_where_the_head_stops() -> None:
    hair = _swing(np.repeat([0.0, 1.0], [30, 120]), 30)
    assert hair[32] < 0.2
    assert 1.1 < hair.max() < 1.3
    assert hair[-1] == pytest.approx(1, abs=0.01)


def test_nothing_jumps() -> None:
    acted = act()
    for curve, limit in ((acted.roll, 0.6), (acted.turn, 3), (acted.nod, 3), (acted.lift, 2)):
        assert np.abs(np.diff(curve)).max() < limit


def test_the_camera_only_comes_closer() -> None:
    zoom = act().zoom
    assert zoom[0] == 1
    assert np.diff(zoom).min() >= 0
    assert zoom[-1] == pytest.approx(1.04, abs=1e-3)
