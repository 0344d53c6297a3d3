import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from elite8.core.domain.wording import WordList, find, fold

CONFIG = Path(__file__).parents[2] / "config"
WORDS = WordList.model_validate_json(
    (CONFIG / "compliance" / "minor_coded_words.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("language", ["en", "ja", "pt", "de", "es", "id"])
def test_each_listed_word_is_found_in_a_sentence(language: str) -> None:
    listed = [word.replace("{age}", "9") for word in getattr(WORDS.words, language)]
    assert [word for word in listed if not find(f"She, {word}, dances", WORDS)] == []


@pytest.mark.parametrize(
    "text",
    [
        "SCHOOL GIRL",
        "school-girl",
        "school_girl",
        "schoolgirl",
        "".join(chr(ord(letter) + 0xFEE0) for letter in "schoolgirl"),  # full width
        "sch\u200bool\u00adgirl",
        "#TeenGirl",
        "barely legal",
        "ﾛﾘ服",
        "合法ロリ",
        "元気な女子高生です",
        "SCHÜLERIN",
        "Schu\u0308lerin",
        "uma menininha",
        "anak sma",
        "a 16-year-old singer",
        "彼女は17歳",
    ],
)
def test_a_disguised_word_is_found(text: str) -> None:
    assert find(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "the nineteenth canteen",
        "a song in A minor",
        "28歳のカロリー計算、フロリダでロリポップ",
        "a woman of 22",
        "22 years old",
        "119 years old",
        "Nina und ihre Schule des Lebens",
        "her old school synths",
        "彼女の日々",
        "lollipop",
        "",
    ],
)
def test_an_innocent_word_is_not_found(text: str) -> None:
    assert find(text, WORDS) == ()


def test_a_hit_names_the_word_as_written_and_its_list() -> None:
    (hit,) = find("A School-Girl look", WORDS)
    assert (hit.word, hit.language) == ("school-girl", "en")


def test_a_repeated_word_is_one_hit() -> None:
    assert len(find("teens and teens", WORDS)) == len(find("teens", WORDS))


@pytest.mark.parametrize(
    "file",
    [path for path in sorted(CONFIG.rglob("*.json")) if path.name != "minor_coded_words.json"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_nothing_we_ship_holds_a_refused_word(file: Path) -> None:
    text = json.dumps(json.loads(file.read_text(encoding="utf-8")), ensure_ascii=False)
    assert find(text, WORDS) == ()


@pytest.mark.parametrize("word", ["", " ", "a", "\u200b\u200b", "少"])
def test_a_word_that_would_match_anywhere_is_refused(word: str) -> None:
    changed = WORDS.model_dump()
    changed["words"]["en"] = [word]
    with pytest.raises(ValidationError):
        WordList.model_validate(changed)


@pytest.mark.parametrize("key", ["words", "source", "as_of"])
def test_a_list_without_its_parts_is_refused(key: str) -> None:
    changed = WORDS.model_dump()
    del changed[key]
    with pytest.raises(ValidationError):
        WordList.model_validate(changed)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_a_refused_word_set_apart_is_always_found(before: str, after: str) -> None:
    assert find(f"{before} . schoolgirl . {after}", WORDS)
