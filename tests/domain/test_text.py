"""Words are counted as networks count, and cut between words, never inside a letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elite8.core.domain.network import (
    Measure,
    NetworkRules,
    compose,
    length_of,
    pick_hashtags,
    write_caption,
)
from elite8.core.domain.text import (
    ELLIPSIS,
    clean_hashtag,
    clean_hashtags,
    graphemes,
    hashtags_in,
    links_in,
    names_domain,
    seen,
    shorten,
    utf8,
    utf16,
)

FAMILY = "👨‍👩‍👧‍👦"
MIXED = st.text(st.sampled_from("ab ,.…é雨のー\n🎵\u0301\u200d👩\ufe0f🇯🇵")) | st.text()
SIZES = st.sampled_from([utf16, utf8, seen, len])


@pytest.mark.parametrize(
    ("text", "units", "letters", "characters", "size"),
    [
        ("", 0, 0, 0, 0),
        ("abc", 3, 3, 3, 3),
        ("🎵", 2, 1, 1, 4),
        (FAMILY, 11, 1, 7, 25),
        ("e\u0301", 2, 1, 2, 3),
        ("🇯🇵🇩🇪", 8, 2, 4, 16),
        ("雨の夜", 3, 3, 3, 9),
        ("\r\n", 2, 1, 2, 2),
    ],
)
def test_the_four_ways_networks_count(
    text: str, units: int, letters: int, characters: int, size: int
) -> None:
    assert (utf16(text), seen(text), len(text), utf8(text)) == (units, letters, characters, size)


@given(MIXED)
def test_graphemes_are_the_whole_text(text: str) -> None:
    assert "".join(graphemes(text)) == text


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Rain on a neon street", 21, "Rain on a neon street"),
        ("Rain on a neon street", 20, "Rain on a neon…"),
        ("Rain, and thunder", 9, "Rain…"),
        ("Rain... and thunder", 8, "Rain…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("I Donaudampfschifffahrt", 10, "I Donauda…"),
        ("雨の夜に歌う新しい曲", 6, "雨の夜に歌…"),
        ("雨の夜、新しい曲", 5, "雨の夜…"),
        ("New song 雨の夜に歌う", 12, "New song 雨の…"),
        (f"ab{FAMILY}{FAMILY}", 4, f"ab{FAMILY}{FAMILY}"),
        (f"ab{FAMILY}{FAMILY}", 3, "ab…"),
        ("abc", 1, ""),
        ("abc", 0, ""),
        ("......", 3, ""),
    ],
)
def test_text_is_cut_between_words(text: str, limit: int, cut: str) -> None:
    assert shorten(text, limit, seen) == cut


@given(MIXED, st.integers(0, 40), SIZES)
def test_a_shortened_text_fits_and_splits_no_grapheme(text: str, limit: int, size: object) -> None:
    assert callable(size)
    cut = shorten(text, limit, size)
    assert size(cut) <= limit
    if cut not in ("", text):
        assert cut.endswith(ELLIPSIS)
        letters = list(graphemes(text))
        kept = cut.removesuffix(ELLIPSIS)
        assert kept in {"".join(letters[:end]) for end in range(len(letters) + 1)}


@given(MIXED, st.integers(1, 40), SIZES)
def test_more_room_never_leaves_less(text: str, limit: int, size: object) -> None:
    assert callable(size)
    assert bool(shorten(text, limit, size)) <= bool(shorten(text, limit + 1, size))


@pytest.mark.parametrize(
    ("tag", "clean"),
    [
        ("VTuber", "VTuber"),
        ("#VTuber", "VTuber"),
        ("\uff03\uff21\uff29\u751f\u6210", "AI生成"),  # full width
        ("night drive!", "nightdrive"),
        ("AI-generated", "AIgenerated"),
        ("lo_fi", "lo_fi"),
        ("Mädchen\u200bband", "Mädchenband"),
        ("Ko\u0308ln", "Köln"),
        ("2026", ""),
        ("🎵", ""),
        ("❤\ufe0flove", "love"),
        ("\u0301a", "a"),
        ("ｶﾗｵｹ", "カラオケ"),
        ("a\u3164b", "ab"),
    ],
)
def test_a_hashtag_is_letters_digits_and_underscores(tag: str, clean: str) -> None:
    assert clean_hashtag(tag) == clean


@given(MIXED)
def test_cleaning_a_hashtag_twice_changes_nothing(tag: str) -> None:
    assert clean_hashtag(clean_hashtag(tag)) == clean_hashtag(tag)


def test_hashtags_that_look_alike_are_one() -> None:
    assert clean_hashtags(["AI", "ai", "\uff21\uff29", "#Ai", "", "VTuber"]) == ("AI", "VTuber")


def test_the_ai_tag_is_cleaned_and_first() -> None:
    assert pick_hashtags("AI-generated", ["aigenerated", "a b"], 5) == ("AIgenerated", "ab")


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#AI生成 #PR", ("ai生成", "pr")),
        ("＃広告、新曲", ("広告",)),  # noqa: RUF001  # what people type
        ("C# and a&#39; https://x.com/#ad", ()),
        ("#a#b #a", ("a",)),
        ("(#ad)", ("ad",)),
        ("# #!", ()),
    ],
)
def test_hashtags_are_found_as_networks_link_them(text: str, tags: tuple[str, ...]) -> None:
    assert hashtags_in(text) == tags


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/x now", ("https://example.org/x",)),
        ("WWW.Example.com", ("www.example.com",)),
        ("聴いてexample.jp", ("example.jp",)),
        ("t.me/miyuki", ("t.me/miyuki",)),
        ("Rain. Now. feat.Airi 3.5 and/or v1.0", ()),
        ("mail me@example.com", ()),
        ("it rained.me too", ()),
    ],
)
def test_links_are_found(text: str, links: tuple[str, ...]) -> None:
    assert links_in(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "onlyfans.com",
        "OnlyFans.COM/miyuki",
        "https://www.onlyfans.com/x",
        "見てonlyfans.com",
        "only\u200bfans.com",
        "\uff4f\uff4e\uff4c\uff59fans\uff0ecom",  # full width
        "onlyfans dot com",
        "onlyfans(.)com",
        "onlyfans [dot] com",
        "onlyfans . com",
        "onlyfans. com",
        "onlyfans。com",
    ],
)
def test_a_domain_is_found_in_disguise(text: str) -> None:
    assert names_domain(text, "onlyfans.com")


@pytest.mark.parametrize("text", ["notonlyfans.com", "onlyfans.community", "only fans com", ""])
def test_another_domain_is_not_found(text: str) -> None:
    assert not names_domain(text, "onlyfans.com")


def test_a_sentence_end_makes_no_domain() -> None:
    assert not names_domain("It isn't. Co workers sing. Wait a bit. Ly!", "t.co")
    assert not names_domain("It isn't. Co workers sing. Wait a bit. Ly!", "bit.ly")


def rules(hashtags: int = 10, **limits: int) -> NetworkRules:
    listed = [
        {"what": what, "value": value, "source": "test", "as_of": "2026-11-23"}
        for what, value in limits.items()
    ]
    return NetworkRules.model_validate(
        {"longest_seconds": 60, "hashtags_at_most": hashtags, "limits": listed}
    )


SENTENCE = "Made by AI."
TAGS = ("AI", "VTuber", "Rain")


def test_what_fits_is_not_changed() -> None:
    words = compose("Rain on a street", "Rain", SENTENCE, TAGS, rules(caption_utf16=200))
    assert words.caption == "Rain on a street\nMade by AI.\n#AI #VTuber #Rain"
    assert (words.title, words.hashtags) == ("Rain", TAGS)


def test_the_free_words_are_shortened_first() -> None:
    words = compose("Rain on a neon street", "", SENTENCE, TAGS, rules(caption_utf16=45))
    assert words.caption == "Rain on a neon…\nMade by AI.\n#AI #VTuber #Rain"


def test_then_hashtags_go_from_the_end() -> None:
    words = compose("Rain on a street", "", SENTENCE, TAGS, rules(caption_utf16=24))
    assert words.caption == "Rain on…\nMade by AI.\n#AI"
    assert words.hashtags == ("AI",)


def test_where_only_the_ai_words_fit_they_stand_alone() -> None:
    words = compose("Rain", "", SENTENCE, TAGS, rules(caption_utf16=15))
    assert words.caption == "Made by AI.\n#AI"


def test_the_ai_words_stay_whole_where_even_they_are_too_long() -> None:
    words = compose("Rain", "", SENTENCE, TAGS, rules(caption_utf16=5))
    assert words.caption == "Made by AI.\n#AI"
    assert rules(caption_utf16=5).problems(words, 1)


def test_without_words_as_many_hashtags_stay_as_fit() -> None:
    assert compose("", "", SENTENCE, TAGS, rules()).caption == "Made by AI.\n#AI #VTuber #Rain"
    assert compose("", "", SENTENCE, TAGS, rules(caption_bytes=25)).hashtags == ("AI", "VTuber")


def test_a_hashtag_in_the_words_counts_as_well() -> None:
    words = compose("Rain #live", "", SENTENCE, TAGS, rules(hashtags=3))
    assert words.hashtags == TAGS[:2]
    assert length_of(words, "hashtags") == 3
    words = compose("#a #b #c #live", "", SENTENCE, TAGS, rules(hashtags=3))
    assert (words.hashtags, length_of(words, "hashtags")) == (TAGS[:1], 5)  # the AI tag stays


def test_a_title_is_shortened_to_its_limit() -> None:
    words = compose("", "Rain on a neon street", SENTENCE, TAGS, rules(title_characters=12))
    assert words.title == "Rain on a…"


def test_an_empty_caption_has_no_empty_lines() -> None:
    assert write_caption("", SENTENCE, ("AI",)) == "Made by AI.\n#AI"


CAPTION: tuple[Measure, ...] = (
    "caption_utf16",
    "caption_bytes",
    "caption_characters",
    "caption_graphemes",
)


@given(
    MIXED,
    MIXED,
    st.lists(st.text(max_size=8), max_size=8),
    st.dictionaries(st.sampled_from(CAPTION), st.integers(45, 120)),
    st.integers(1, 6),
)
def test_whatever_is_said_fits_and_says_ai(
    text: str, title: str, tags: list[str], limits: dict[str, int], hashtags: int
) -> None:
    network = rules(hashtags, title_characters=20, **limits)
    words = compose(text, title, SENTENCE, ("AI", *tags), network)
    assert network.problems(words, 1) == ()
    assert SENTENCE in words.caption.splitlines()
    assert words.hashtags[0] == "AI"
    assert words.caption.endswith(" ".join(f"#{tag}" for tag in words.hashtags))
