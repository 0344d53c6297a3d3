import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.character import LANGUAGES
from elite8.core.domain.speech import Speech, SpokenLine, Word
from elite8.core.errors import ConfigError
from elite8.core.production import ffmpeg
from elite8.core.production.local import captions, fonts
from elite8.core.production.local.captions import Label, document, pages, readable, showable

CONFIG = Path(__file__).parents[3] / "config"
LABEL = Label(text="AI-generated · fictional character", seconds=5)
SAMPLES = {
    "en": "Say the counts out loud, twice. Your voice finds it!",
    "pt": "Canção triste é boa companhia, e a atenção deixa pegadas.",
    "de": "Große Größen üben überall Zuverlässigkeitsüberprüfungen.",
    "ja": "半分の 速さで 踊ると、 細かい ところが 全部 見えます。",
    "es": "¡Señal recibida! ¿Mañana por la mañana? Piénsalo.",
}


def spoken(text: str, *, start: float = 0.5, pace: float = 0.3) -> SpokenLine:
    words = tuple(
        Word(text=word, start=pace * at, end=pace * (at + 1))
        for at, word in enumerate(text.split())
    )
    silence = np.zeros(int(pace * len(words) * 1000), np.float32)
    return SpokenLine(
        text=text, start=start, speech=Speech(samples=silence, rate=1000, words=words)
    )


def rows(text: str, language: str = "en") -> list[list[str]]:
    glue = "" if language == "ja" else " "
    return [
        [glue.join(word.text for word in row) for row in page.rows]
        for page in pages([spoken(text)], language)
    ]


def written(*lines: SpokenLine, accent: str = "#ff8800", label: Label = LABEL) -> list[list[str]]:
    """Return the fields of each event."""
    ass = document(lines, label=label, language="en", accent=accent)
    found = [line for line in ass.splitlines() if line.startswith("Dialogue: ")]
    return [line.removeprefix("Dialogue: ").split(",", 9) for line in found]


def frame(ass: Path, at: float) -> tuple[np.ndarray, str]:
    """Return one grey frame with `ass` burned in, and libass's log."""
    source = "color=c=0x808080:s=1080x1920:r=30:d=0.04"
    burn = f"setpts=PTS+{at}/TB,ass={ass}:fontsdir={fonts.folder()},format=gray"
    filters = ("-f", "lavfi", "-i", source, "-vf", burn)
    done = ffmpeg.run(("-loglevel", "verbose", *filters, "-frames:v", "1", "-f", "rawvideo", "-"))
    return np.frombuffer(done.stdout, np.uint8).reshape(1920, 1080), done.stderr


def box(picture: np.ndarray, top: int, bottom: int) -> tuple[int, int, int, int]:
    """Return left, right, top and bottom of what differs from the background."""
    ground = int(picture[5, 5])
    ys, xs = np.nonzero(np.abs(picture[top:bottom].astype(int) - ground) > 2)
    return xs.min(), xs.max(), ys.min() + top, ys.max() + top


def test_the_family_is_the_one_the_file_names() -> None:
    assert fonts.font().family == "Noto Sans CJK JP"
    assert fonts.path().parent == fonts.folder()


def test_known_glyphs_are_found_and_emoji_are_not() -> None:
    assert fonts.missing_glyphs("Açãß ñ¡¿ … „“ 日本語かなカナ、。♪") == set()
    assert fonts.missing_glyphs("a😀🔥") == {"😀", "🔥"}


def test_widths_are_in_ems() -> None:
    assert fonts.width("日本") == 2.0
    assert 0.2 < fonts.width("i") < fonts.width("m") < 1.0


def test_a_missing_font_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_font_package")
    with pytest.raises(ConfigError, match="pip install noto-cjk-sans-jp-bold"):
        fonts.path.__wrapped__()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_has_every_character_of_the_library(language: str) -> None:
    text = (CONFIG / f"scripts/{language}.json").read_text("utf-8")
    assert fonts.missing_glyphs("".join(text.split())) == set()


def test_the_font_has_every_character_of_the_labels() -> None:
    words = json.loads((CONFIG / "compliance/disclosure.json").read_text("utf-8"))["languages"]
    assert all(showable(each["on_screen"]) == each["on_screen"] for each in words.values())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fire 🔥.", "fire."),
        ("👩‍🎤", ""),
        ("cafe\u0301", "café"),
        ("a\nb\tc", "a b c"),
        ("ba\u200bd\u202e", "bad"),
    ],
)
def test_what_the_font_lacks_is_left_out(text: str, shown: str) -> None:
    assert showable(text) == shown


def test_a_page_holds_a_few_words_and_ends_with_the_sentence() -> None:
    assert rows("Say the counts out loud. Your voice finds it.") == [
        ["Say the counts"],
        ["out loud."],
        ["Your voice finds it."],
    ]


def test_a_comma_ends_a_page_that_is_half_full() -> None:
    assert rows("Bem alto, por favor. Ah, sim.") == [["Bem alto,"], ["por favor."], ["Ah, sim."]]


def test_a_pause_ends_a_page() -> None:
    line = spoken("one two three")
    late = Word(text="four", start=3.0, end=3.3)
    words = (*line.speech.words, late)
    speech = Speech(samples=line.speech.samples, rate=1000, words=words)
    shown = pages([SpokenLine(text="", start=0, speech=speech)], "en")
    assert [len(page.words) for page in shown] == [3, 1]
    assert shown[0].end < 3.0


def test_a_word_wider_than_a_row_is_alone_and_drawn_smaller() -> None:
    assert rows("Hier Zuverlässigkeitsüberprüfungen prüfen", "de") == [
        ["Hier"],
        ["Zuverlässigkeitsüberprüfungen"],
        ["prüfen"],
    ]
    sizes = re.findall(r"fscx(\d+)", written(spoken("Zuverlässigkeitsüberprüfungen"))[-1][9])
    assert max(map(int, sizes)) < 70


def test_japanese_words_stand_close() -> None:
    assert rows("半分の 速さで 踊ると、", "ja") == [["半分の速さで", "踊ると、"]]


def test_a_japanese_row_never_begins_with_a_mark_or_a_small_kana() -> None:
    assert rows("だった 、 そう", "ja") == [["だった、そう"]]
    for page in rows("まって っ て ください ー と いう", "ja"):
        assert not any(row[0] in captions.NEVER_FIRST for row in page)


def test_a_katakana_word_that_was_cut_is_whole_again() -> None:
    assert rows("夜の スローバラー ドについて。", "ja") == [["夜のスローバラード", "について。"]]


@given(
    st.lists(st.text("abÄß字か、。.,!😀{}\\ ", min_size=1, max_size=14), min_size=1, max_size=25),
    st.sampled_from(LANGUAGES),
    st.floats(0.06, 0.6),
)
def test_pages_follow_each_other_and_fit_the_screen(
    words: list[str], language: str, pace: float
) -> None:
    first = spoken(" ".join(words), pace=pace)
    shown = pages([first, spoken("next line", start=0.5 + first.speech.duration)], language)
    assert all(before.end <= after.words[0].start for before, after in pairwise(shown))
    assert all(len(page.rows) <= 2 for page in shown)
    for page in shown:
        fits = captions._widest(page.rows, "" if language == "ja" else " ") * captions.EM
        assert fits <= captions.ROOM or len(page.words) == 1


def test_each_word_is_lit_while_it_is_said() -> None:
    events = [event for event in written(spoken("Hello big world.")) if event[3] == "Caption"]
    lit = [re.search(r"0088FF&\}(\S+?)\{", event[9]) for event in events]
    assert [found and found[1] for found in lit] == ["Hello", "big", "world."]
    assert [event[1:3] for event in events] == [
        ["0:00:00.50", "0:00:00.80"],
        ["0:00:00.80", "0:00:01.10"],
        ["0:00:01.10", "0:00:01.80"],
    ]


def test_silence_shows_no_caption() -> None:
    assert {event[3] for event in written()} == {"Plate", "Label"}


def test_a_line_of_nothing_but_emoji_shows_no_caption() -> None:
    assert {event[3] for event in written(spoken("🔥 😀"))} == {"Plate", "Label"}


def test_words_cannot_become_commands() -> None:
    text = written(spoken(r"{\b1}bold a\Nb"))[-1][9]
    assert r"\{＼b1\}bold" in text  # noqa: RUF001  # the backslash that ASS does not know
    assert r"a\N" not in text


def test_the_label_is_there_from_the_first_frame_for_four_seconds_at_least() -> None:
    for seconds, end in ((1.0, "0:00:04.40"), (6.0, "0:00:06.40")):
        label = Label(text="AI", seconds=seconds)
        for event in written(label=label):
            assert event[1:3] == ["0:00:00.00", end]
            assert r"\fad(0,400)" in event[9]


@pytest.mark.parametrize("accent", ["#000000", "#0b5f78", "#c2263a", "#48e8ff", "#fff0d8"])
def test_any_accent_is_readable_and_differs_from_white(accent: str) -> None:
    lit = readable(accent)
    assert captions._contrast(lit, captions.INK) >= 4.5
    assert captions._contrast(captions.WHITE, lit) >= 1.35


def test_a_readable_accent_stays_as_it_is() -> None:
    assert readable("#ff4fb4") == "#ff4fb4"


@pytest.mark.media
@pytest.mark.parametrize("language", LANGUAGES)
def test_captions_are_drawn_in_the_font_and_inside_the_safe_box(
    language: str, tmp_path: Path
) -> None:
    ass = tmp_path / "captions.ass"
    lines = [spoken(SAMPLES[language])]
    label = json.loads((CONFIG / "compliance/disclosure.json").read_text("utf-8"))["languages"]
    captions.write_ass(
        lines,
        label=Label(text=label[language]["on_screen"]),
        language=language,
        accent="#ff4fb4",
        path=ass,
    )
    widest = max(
        pages(lines, language),
        key=lambda page: sum(fonts.width(word.text) for word in page.words),
    )
    picture, log = frame(ass, widest.words[0].start + 0.2)
    chosen = [line for line in log.splitlines() if "fontselect:" in line]
    assert chosen
    assert all("-> NotoSansCJKjp-Bold" in line for line in chosen)
    assert "fallback" not in log
    left, right, top, bottom = box(picture, 700, 1920)
    assert (left >= 90, right <= 930, top >= 1080, bottom <= 1440) == (True,) * 4
    left, right, top, bottom = box(picture, 0, 700)
    assert (left >= 60, right <= 930, top >= 220, bottom <= 330) == (True,) * 4


@pytest.mark.media
def test_the_first_frame_shows_the_label(tmp_path: Path) -> None:
    ass = tmp_path / "captions.ass"
    captions.write_ass([], label=LABEL, language="en", accent="#ff4fb4", path=ass)
    first, late = frame(ass, 0)[0][220:340], frame(ass, 6)[0][220:340]
    assert int(first.max()) > 240
    assert late.min() == late.max()
