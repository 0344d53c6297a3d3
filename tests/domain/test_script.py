import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elite8.core.domain.character import LANGUAGES, ContentType
from elite8.core.domain.script import (
    KANA,
    SLOT,
    Line,
    Script,
    ScriptLibrary,
    compose,
    fit,
    split_text,
)

SCRIPTS = Path(__file__).parents[2] / "config/scripts"
CONTENT_TYPES: tuple[ContentType, ...] = get_args(ContentType)
REFUSED = {
    "en": r"school|student|teacher|class(room|mate)|homework|\bteen|uniform|child|\bkids?\b|girl",
    "ja": r"学校|学生|生徒|先生|制服|授業|宿題|放課後|少女|少年|幼|子供|子ども",
    "pt": r"escola|alun[oa]|professor|\baulas?\b|menin[oa]|criança|adolescen|uniforme",
    "de": r"schul(e|en)\b|schüler|unterricht|\bkind(er)?\b|mädchen|jugend|lehrer|klassen",
    "es": r"escuela|colegio|alumn[oa]|profesor|\bclases?\b|niñ[ao]|chic[ao]\b|uniforme",
}
LIBRARIES = {
    language: ScriptLibrary.model_validate_json((SCRIPTS / f"{language}.json").read_bytes())
    for language in LANGUAGES
}
each_language = pytest.mark.parametrize("library", LIBRARIES.values(), ids=LIBRARIES)


def composed(library: ScriptLibrary, seed: int = 1, **changes: object) -> Script:
    kind = CONTENT_TYPES[seed % len(CONTENT_TYPES)]
    asked = {"name": "Hana Nakamura", "content_type": kind, "topic": None, **changes}
    rng = Random(seed)  # noqa: S311  # variety, not secrecy
    return compose(library, rng=rng, **asked)  # type: ignore[arg-type]  # shaped above


def total(lines: tuple[Line, ...], durations: Callable[[Line], float], gap: float) -> float:
    return sum(map(durations, lines)) + gap * (len(lines) - 1)


@each_language
def test_every_content_type_has_enough_to_say(library: ScriptLibrary) -> None:
    assert set(library.content) == set(CONTENT_TYPES)
    for shelf in library.content.values():
        counts = (len(shelf.topics), len(shelf.hooks), len(shelf.beats), len(shelf.closings))
        assert all(has >= least for has, least in zip(counts, (8, 5, 10, 4), strict=True))


@each_language
def test_no_line_of_a_library_is_written_twice(library: ScriptLibrary) -> None:
    texts = [line.text for line in library.lines()]
    assert len(texts) == len(set(texts))


@each_language
def test_no_line_speaks_of_school_or_youth(library: ScriptLibrary) -> None:
    refused = re.compile(REFUSED[library.language], re.IGNORECASE)
    assert [line.text for line in library.lines() if refused.search(line.text)] == []


@each_language
def test_every_hook_names_the_topic(library: ScriptLibrary) -> None:
    for shelf in library.content.values():
        assert all("{topic}" in hook.text for hook in shelf.hooks)


@each_language
def test_a_script_has_no_open_slot_and_no_repeated_line(library: ScriptLibrary) -> None:
    for seed in range(40):
        script = composed(library, seed)
        assert not any("{" in line.text + line.reading for line in script.lines)
        assert len(set(script.lines)) == len(script.lines)
        assert script.topic in script.lines[0].text or script.topic.lower() in (
            script.lines[0].text.lower()
        )


@each_language
def test_two_hundred_seeds_give_many_scripts(library: ScriptLibrary) -> None:
    scripts = {composed(library, seed, content_type="music").lines[:6] for seed in range(200)}
    assert len(scripts) > 150


@each_language
def test_the_same_seed_gives_the_same_script(library: ScriptLibrary) -> None:
    assert composed(library, 7) == composed(library, 7)


@each_language
def test_the_last_line_closes(library: ScriptLibrary) -> None:
    closings = {line.text for line in (*library.content["art"].closings, *library.closings)}
    last = composed(library, content_type="art", name="{name}").lines[-1]
    assert last.text in closings


@each_language
@pytest.mark.parametrize("seconds", [15, 60, 120, 180])
def test_three_content_types_fill_up_to_three_minutes(
    library: ScriptLibrary, seconds: float
) -> None:
    def durations(line: Line) -> float:
        # The quickest voice, espeak: 175 words a minute, in Japanese about 8 kana a second.
        return len(line.reading) / 8 if line.reading else len(line.text.split()) / (175 / 60)

    script = composed(library, content_type="dance", also=("challenge", "music"))
    lines = fit(script, durations, seconds=seconds)
    assert seconds - 2 < total(lines, durations, 0.25) + 0.8 <= seconds


def test_a_borrowed_beat_never_names_the_topic() -> None:
    shelf = {"topics": ["t"], "hooks": ["h {topic}"], "beats": ["b"], "closings": ["c"]}
    lender = {**shelf, "beats": ["about {topic}", "free"]}
    content = dict.fromkeys(CONTENT_TYPES, shelf) | {"art": lender}
    library = ScriptLibrary.model_validate({"language": "en", "title": "t", "content": content})
    script = composed(library, content_type="dance", also=("dance", "art"))
    assert [line.text for line in script.lines] == ["H t", "B", "Free", "C"]


def test_the_operators_topic_replaces_the_librarys() -> None:
    script = composed(LIBRARIES["en"], topic=" city  lights ", content_type="dance")
    assert script.topic == "city lights"
    assert script.title == "City lights, with Hana Nakamura"
    assert "city lights" in script.lines[0].text.lower()


def test_a_japanese_line_can_be_read_without_kanji() -> None:
    for seed in range(40):
        for line in composed(LIBRARIES["ja"], seed).lines:
            assert line.reading
            assert KANA.fullmatch(line.reading)


def test_a_japanese_topic_in_kanji_leaves_its_line_without_a_reading() -> None:
    script = composed(LIBRARIES["ja"], topic="夜の海")
    assert [line.reading for line in script.lines if "夜の海" in line.text] == [""]


def test_a_japanese_topic_in_kana_is_its_own_reading() -> None:
    assert "うみ" in composed(LIBRARIES["ja"], topic="うみ").lines[0].reading


def test_a_japanese_template_without_a_reading_is_refused() -> None:
    raw = LIBRARIES["ja"].model_dump()
    raw["beats"] = ["漢字だけ"]
    with pytest.raises(ValidationError, match="needs a 'reading' in kana"):
        ScriptLibrary.model_validate(raw)


def test_an_unknown_slot_is_refused() -> None:
    raw = LIBRARIES["en"].model_dump()
    raw["beats"] = ["Hello {nmae}"]
    with pytest.raises(ValidationError, match="neither"):
        ScriptLibrary.model_validate(raw)


def test_a_missing_content_type_is_named() -> None:
    raw = LIBRARIES["en"].model_dump()
    del raw["content"]["art"]
    with pytest.raises(ValidationError, match="no templates for art"):
        ScriptLibrary.model_validate(raw)


def made(lengths: list[float]) -> tuple[Script, Callable[[Line], float]]:
    lines = tuple(Line(text=f"line {number}") for number in range(len(lengths)))
    seconds = dict(zip(lines, lengths, strict=True))
    script = Script(title="t", lines=lines, topic="t", content_type="art", language="en")
    return script, seconds.__getitem__


@given(
    st.lists(st.floats(0.1, 20), min_size=1, max_size=30),
    st.floats(0.5, 180),
    st.floats(0, 1),
    st.floats(0, 2),
)
def test_a_fitted_script_never_runs_over(
    lengths: list[float], seconds: float, gap: float, tail: float
) -> None:
    script, durations = made(lengths)
    lines = fit(script, durations, seconds=seconds, gap=gap, tail=tail)
    assert not lines or total(lines, durations, gap) + tail <= seconds + 1e-9
    order = [script.lines.index(line) for line in lines]
    assert order == sorted(set(order))


def test_a_fitted_script_keeps_hook_and_closing() -> None:
    script, durations = made([2, 5, 5, 5, 2])
    lines = fit(script, durations, seconds=10.8, gap=0.2)
    assert (lines[0], lines[-1]) == (script.lines[0], script.lines[-1])


def test_a_long_beat_is_passed_over_for_one_that_fits() -> None:
    script, durations = made([1, 9, 3, 1])
    assert fit(script, durations, seconds=6, gap=0, tail=0) == script.lines[:1] + script.lines[2:]


def test_the_last_beats_are_chosen_to_fill_best() -> None:
    script, durations = made([1, 3, 2, 4, 1])
    lines = fit(script, durations, seconds=9, gap=0, tail=0)
    assert lines == (script.lines[0], script.lines[1], script.lines[3], script.lines[4])


def test_a_voice_is_not_asked_for_beats_far_beyond_the_end() -> None:
    script, durations = made([2.0] * 40)
    asked: set[Line] = set()

    def counting(line: Line) -> float:
        asked.add(line)
        return durations(line)

    fit(script, counting, seconds=15)
    assert len(asked) < 14


@pytest.mark.parametrize(
    ("lengths", "kept"), [([3, 1, 3], [0]), ([9, 1, 3], [0]), ([9, 9], []), ([9], []), ([1], [0])]
)
def test_too_little_time_leaves_the_hook_or_less(lengths: list[float], kept: list[int]) -> None:
    script, durations = made(lengths)
    lines = fit(script, durations, seconds=5, gap=0, tail=0)
    assert len(lines) <= 1
    if kept == [0] and lengths[0] <= 5:
        assert lines == script.lines[:1]


def test_a_hook_that_is_too_long_gives_way_to_the_shortest_text() -> None:
    lines = (Line(text="a long hook"), Line(text="a beat here"), Line(text="bye"))
    script = Script(title="t", lines=lines, topic="t", content_type="art", language="en")
    assert fit(script, lambda line: float(len(line.text)), seconds=4) == lines[2:]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "Hi there! It costs 3.50 today.  Fine?",
            ["Hi there!", "It costs 3.50 today.", "Fine?"],
        ),
        ("en", 'He said "Go." Then he went.', ['He said "Go."', "Then he went."]),
        ("es", "¡Hola! ¿Qué tal? Bien…", ["¡Hola!", "¿Qué tal?", "Bien…"]),
        ("de", "Das ist z. B. gut. Über uns\nNeu", ["Das ist z.", "B. gut.", "Über uns", "Neu"]),
        ("pt", "Olá, mundo. É isso.", ["Olá, mundo.", "É isso."]),
        ("ja", "こんにちは。元気ですか？はい！", ["こんにちは。", "元気ですか？", "はい！"]),  # noqa: RUF001
        ("ja", "「行こう！」と言った。", ["「行こう！」と言った。"]),  # noqa: RUF001
        ("en", "  \n ", []),
    ],
)
def test_own_words_become_sentences(language: str, text: str, expected: list[str]) -> None:
    assert [line.text for line in split_text(text, language)] == expected


def test_a_long_sentence_is_cut_at_its_commas() -> None:
    text = f"{'word ' * 15}ends here, {'more ' * 15}and stops."
    assert [line.text[-5:] for line in split_text(text, "en")] == ["here,", "tops."]


@given(st.text(max_size=400), st.sampled_from(LANGUAGES))
def test_no_spoken_line_is_too_long_and_no_letter_is_lost(text: str, language: str) -> None:
    lines = split_text(text, language)
    assert all(0 < len(line.text) <= (40 if language == "ja" else 120) for line in lines)
    assert "".join("".join(line.text for line in lines).split()) == "".join(text.split())


def test_slots_are_the_only_braces() -> None:
    texts = [line.text for library in LIBRARIES.values() for line in library.lines()]
    assert not any(set("{}") & set(SLOT.sub("", text)) for text in texts)
