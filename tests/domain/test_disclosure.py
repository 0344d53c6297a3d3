from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from elite8.core.domain.character import Language
from elite8.core.domain.disclosure import Disclosure

FILE = Path(__file__).parents[2] / "config" / "compliance" / "disclosure.json"


@pytest.fixture
def shipped() -> Disclosure:
    return Disclosure.model_validate_json(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", get_args(Language))
def test_every_language_has_its_own_words(shipped: Disclosure, language: Language) -> None:
    others = [shipped.words(each) for each in get_args(Language) if each != language]
    words = shipped.words(language)
    assert all(words.on_screen != other.on_screen for other in others)
    assert all(words.caption_sentence != other.caption_sentence for other in others)
    assert words.source
    assert words.as_of.year >= 2026


@pytest.mark.parametrize("key", ["on_screen", "caption_tag", "caption_sentence"])
@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200b\u200b\u200b", "made with love"])
def test_a_label_that_does_not_say_ai_is_refused(shipped: Disclosure, key: str, text: str) -> None:
    changed = shipped.model_dump()
    changed["languages"]["de"][key] = text
    with pytest.raises(ValidationError):
        Disclosure.model_validate(changed)


@pytest.mark.parametrize("key", ["enabled", "off", "skip"])
def test_nothing_switches_the_label_off(shipped: Disclosure, key: str) -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        Disclosure.model_validate(shipped.model_dump() | {key: False})


@pytest.mark.parametrize("seconds", [0, 3.9, -5])
def test_a_label_too_short_to_read_is_refused(shipped: Disclosure, seconds: float) -> None:
    with pytest.raises(ValidationError):
        Disclosure.model_validate(shipped.model_dump() | {"seconds": seconds})


def test_a_language_without_words_is_refused(shipped: Disclosure) -> None:
    changed = shipped.model_dump()
    del changed["languages"]["ja"]
    with pytest.raises(ValidationError):
        Disclosure.model_validate(changed)
