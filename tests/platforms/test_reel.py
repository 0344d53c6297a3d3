"""How reels are told from each other by their captions."""

from elite8.core.platforms import reel


def test_a_caption_with_half_a_sign_is_told_apart_too() -> None:
    assert reel.marked("\ud800Count me in") != reel.marked("Count me in")
