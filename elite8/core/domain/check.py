"""What is checked before a post goes out: one function each, over the facts of that post.

Each says what it found wrong, "" when nothing is. A fact that is not known is wrong.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.claim import claims, names_a_day
from elite8.core.domain.network import SIZES, Quantity, Wording
from elite8.core.domain.text import clean_hashtag, hashtags_in, links_in, names_domain, seen
from elite8.core.domain.wording import fold

ADULT = 18
UNKNOWN_REGION = "ZZ"
"""CLDR's code for a region that nobody knows."""

CheckName = Literal[
    "within_limits",
    "ai_flag_is_set",
    "caption_says_ai",
    "marks_are_whole",
    "rating_is_sfw",
    "performer_is_adult",
    "no_minor_words",
    "no_listed_site",
    "label_stands_early",
    "label_among_first_tags",
    "label_is_first_word",
    "region_is_known",
    "seen_by_listed",
    "no_claim",
    "urgency_has_a_day",
    "is_old_enough",
    "always_said",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a post before it goes out.

    `region` is the audience's, in ISO 3166 letters. `sentence` and `tag` are what the caption owes
    its viewers in their language. `links` are those that go with the post outside its words;
    `commercial` says that it sells something, `spoken` what is heard in it. `rating` is "" and
    `age` `None` when nobody said.
    """

    network: str
    language: str
    wording: Wording
    sentence: str
    tag: str
    seconds: float
    width: int
    height: int
    fps: float
    size_bytes: int
    rating: str
    age: int | None
    ai_flag: bool
    marks_missing: tuple[str, ...]
    minor_words: tuple[str, ...]
    privacy: str
    region: str = UNKNOWN_REGION
    commercial: bool = False
    links: tuple[str, ...] = ()
    spoken: str = ""
    action: Literal["publish"] = "publish"

    @property
    def words(self) -> str:
        """Everything that viewers can read or follow."""
        words = self.wording
        return "\n".join((words.title, words.caption, *words.hashtags, *self.links))

    @property
    def sells(self) -> bool:
        """Whether it is advertising: said to be, or it carries a link."""
        return self.commercial or bool(links_in(self.words))

    def size(self, what: Quantity) -> float:
        """Return a measure of the words, or of the file: seconds, pixels, frames, bytes."""
        measured: float = SIZES[what](self.wording) if what in SIZES else getattr(self, what)
        return measured


class Terms(Strict):
    """What a check is told beside the facts."""

    what: Quantity | None = Field(default=None, description="What `within_limits` measures.")
    least: float | None = Field(default=None, ge=0)
    most: float | None = Field(default=None, ge=0)
    words: tuple[Text, ...] = Field(default=(), description="Labels, sites or settings.")
    within: int | None = Field(default=None, gt=0, description="Graphemes from the start.")


Check = Callable[[Terms, Facts], str]


def within_limits(terms: Terms, facts: Facts) -> str:
    """Ask that a measure lie between `least` and `most`, both included."""
    if terms.what is None:
        return "nothing is measured"
    size = facts.size(terms.what)
    if terms.least is not None and size < terms.least:
        return f"{terms.what} is {size:.12g}, at least {terms.least:.12g}"
    if terms.most is not None and size > terms.most:
        return f"{terms.what} is {size:.12g}, at most {terms.most:.12g}"
    return ""


def ai_flag_is_set(_: Terms, facts: Facts) -> str:
    """Ask that what is sent tell the network that AI made it."""
    return "" if facts.ai_flag is True else "the flag is not set"


def caption_says_ai(_: Terms, facts: Facts) -> str:
    """Ask that the caption hold the sentence and, as a hashtag, the tag of its language."""
    if not facts.sentence or facts.sentence not in facts.wording.caption:
        return f"the {facts.language} sentence is missing"
    tag = fold(clean_hashtag(facts.tag))
    return "" if tag and tag in hashtags_in(facts.wording.caption) else f"#{facts.tag} is missing"


def marks_are_whole(_: Terms, facts: Facts) -> str:
    """Ask that label, XMP and Content Credentials were read back from the file."""
    return ", ".join(facts.marks_missing)


def rating_is_sfw(_: Terms, facts: Facts) -> str:
    """Ask that the rating be `sfw`; none is not."""
    if facts.rating == "sfw":
        return ""
    return f"rated '{facts.rating}'" if facts.rating else "unrated"


def performer_is_adult(_: Terms, facts: Facts) -> str:
    """Ask that the declared age be a whole number of 18 or more."""
    if type(facts.age) is not int:
        return "no age is declared"
    return "" if facts.age >= ADULT else f"the declared age is {facts.age}"


def no_minor_words(_: Terms, facts: Facts) -> str:
    """Ask that no word suggest a minor."""
    return ", ".join(f"'{word}'" for word in facts.minor_words)


def no_listed_site(terms: Terms, facts: Facts) -> str:
    """Ask that none of the listed domains be named, in disguise neither."""
    return ", ".join(site for site in terms.words if names_domain(facts.words, site))


def label_stands_early(terms: Terms, facts: Facts) -> str:
    """Ask that a label stand as a word of its own in the caption, ending by `within`."""
    caption = fold(facts.wording.caption)
    for word in terms.words:
        for found in re.finditer(rf"(?<![\w&/-]){re.escape(fold(word))}(?![\w-])", caption):
            if terms.within is None or seen(caption[: found.end()]) <= terms.within:
                return ""
    where = f" in the first {terms.within} letters" if terms.within else ""
    return f"{' or '.join(terms.words)} is missing{where}"


def label_among_first_tags(terms: Terms, facts: Facts) -> str:
    """Ask that a label be the caption's first or second hashtag."""
    first = hashtags_in(facts.wording.caption)[:2]
    here = any(fold(word.removeprefix("#")) in first for word in terms.words)
    return "" if here else f"{' or '.join(terms.words)} is not the first or second hashtag"


def label_is_first_word(terms: Terms, facts: Facts) -> str:
    """Ask that the caption begin with a label, with or without marks around it."""
    first = re.match(r"[\W_]*([\w-]*)", fold(facts.wording.caption))
    here = first is not None and first[1] in map(fold, terms.words)
    return "" if here else f"the first word is not {' or '.join(terms.words)}"


def region_is_known(_: Terms, facts: Facts) -> str:
    """Ask that the audience's region be known."""
    return "" if facts.region != UNKNOWN_REGION else "the region is unknown"


def seen_by_listed(terms: Terms, facts: Facts) -> str:
    """Ask that the post's privacy be one of the words."""
    return "" if facts.privacy in terms.words else f"privacy is '{facts.privacy}'"


def no_claim(terms: Terms, facts: Facts) -> str:
    """Ask that none of the phrases be read or heard."""
    return ", ".join(f"'{said}'" for said in claims(f"{facts.words}\n{facts.spoken}", terms.words))


def urgency_has_a_day(terms: Terms, facts: Facts) -> str:
    """Ask that whoever is told to hurry also read until which day."""
    found = no_claim(terms, facts)
    return f"{found}, and no day is named" if found and not names_a_day(facts.words) else ""


def is_old_enough(terms: Terms, facts: Facts) -> str:
    """Ask that the declared age be `least` or more."""
    if type(facts.age) is not int:
        return "no age is declared"
    return "" if facts.age >= (terms.least or ADULT) else f"the declared age is {facts.age}"


def always_said(_: Terms, __: Facts) -> str:
    """Ask a person to look, always: for what no program can see."""
    return "a person has to look"


CHECKS: Mapping[CheckName, Check] = {
    "within_limits": within_limits,
    "ai_flag_is_set": ai_flag_is_set,
    "caption_says_ai": caption_says_ai,
    "marks_are_whole": marks_are_whole,
    "rating_is_sfw": rating_is_sfw,
    "performer_is_adult": performer_is_adult,
    "no_minor_words": no_minor_words,
    "no_listed_site": no_listed_site,
    "label_stands_early": label_stands_early,
    "label_among_first_tags": label_among_first_tags,
    "label_is_first_word": label_is_first_word,
    "region_is_known": region_is_known,
    "seen_by_listed": seen_by_listed,
    "no_claim": no_claim,
    "urgency_has_a_day": urgency_has_a_day,
    "is_old_enough": is_old_enough,
    "always_said": always_said,
}
