"""Hashtags and captions: the tighter limit wins, the AI tag always stays."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.config import Config
from elite8.core.domain.network import (
    Measure,
    NetworkRules,
    Wording,
    length_of,
    pick_hashtags,
    write_caption,
)

ROOT = Path(__file__).parents[2]


def test_the_network_s_own_limit_wins_when_it_is_tighter() -> None:
    networks = Config(ROOT / "config").social.networks
    assert networks["instagram"].hashtags_allowed == 5
    assert networks["tiktok"].hashtags_allowed == 10


@given(st.lists(st.text(min_size=1)), st.integers(0, 40))
def test_the_ai_tag_stays_and_nothing_repeats(wanted: list[str], allowed: int) -> None:
    tags = pick_hashtags("AIgenerated", wanted, allowed)
    assert tags[0] == "AIgenerated"
    assert len({tag.casefold() for tag in tags}) == len(tags) <= max(allowed, 1)


def test_a_caption_separates_hashtags_with_spaces() -> None:
    assert write_caption("Hi", "AI-made.", ("AI", "VTuber")) == "Hi\nAI-made.\n#AI #VTuber"


@pytest.mark.parametrize(
    ("what", "size"),
    [("caption_utf16", 2), ("caption_bytes", 4), ("caption_characters", 1), ("hashtags", 0)],
)
def test_words_are_measured_in_the_network_s_unit(what: Measure, size: int) -> None:
    assert length_of(Wording(title="", caption="🎵", hashtags=()), what) == size


def test_what_does_not_fit_is_said() -> None:
    rules = NetworkRules.model_validate(
        {
            "longest_seconds": 60,
            "hashtags_at_most": 3,
            "limits": [
                {"what": "title_characters", "value": 5, "source": "test", "as_of": "2026-11-23"}
            ],
        }
    )
    words = Wording(title="too long", caption="", hashtags=())
    assert rules.problems(words, 60.04) == (
        "the video lasts 60.1 s, at most 60 s go out",
        "title_characters is 8, the limit is 5",
    )
    assert rules.problems(Wording(title="short", caption="", hashtags=()), 60) == ()


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("日本語" * 10, 60),
        ("https://example.com/a/very/long/address?x=1", 23),
        ("👨‍👩‍👧", 2),
        ("see elite8.app now", 31),
        ("visit http://ab.com.", 30),
        ("テストhttps://example.com/テスト", 35),
        ("mail a@b.com", 12),
        ("…—“”", 5),
        ("🇯🇵🇩🇪", 4),
        ("e\u0301", 1),
    ],
)
def test_x_counts_by_weight(text: str, weight: int) -> None:
    """The first four are of api/x.md 3.1; the others were counted by twitter-text-parser 3.0.0."""
    from elite8.core.domain.text import weighted

    assert weighted(text) == weight
