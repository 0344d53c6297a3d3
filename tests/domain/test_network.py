"""Hashtags and captions: the tighter limit wins, the AI tag always stays."""

from pathlib import Path

import pytest
from elite8.core.config import Config
from elite8.core.domain.network import length_of, pick_hashtags, write_caption
from hypothesis import given
from hypothesis import strategies as st

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
    ("what", "size"), [("caption_utf16", 2), ("caption_bytes", 4), ("caption_characters", 1)]
)
def test_a_caption_is_measured_in_the_network_s_unit(what: str, size: int) -> None:
    assert length_of("🎵", what) == size  # type: ignore[arg-type]  # a Measure
