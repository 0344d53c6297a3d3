"""The words that tell viewers, in their language, that a performer is fictional and made by AI."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from elite8.core.domain.character import Hashtag, Language, Strict, Text

NAMES_AI = r"AI|KI|IA"
"""What English and Japanese, German, and Portuguese and Spanish call it; a label must say it."""

Label = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=NAMES_AI, min_length=4, max_length=48)
]
Sentence = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=NAMES_AI, min_length=8, max_length=200)
]
Tag = Annotated[Hashtag, StringConstraints(pattern=NAMES_AI)]


class DisclosureWords(Strict):
    """The words of one language; none may be blank, for a video without them is not published."""

    on_screen: Label = Field(description="Burned into the picture.")
    caption_tag: Tag = Field(description="Hashtag of every caption, without the #.")
    advertising: Text = Field(description="Begins the caption of a post that promotes something.")
    caption_sentence: Sentence = Field(description="Stands in every caption.")
    source: Text
    as_of: date


class Languages(Strict):
    """Every language that a performer may speak has its words."""

    en: DisclosureWords
    ja: DisclosureWords
    pt: DisclosureWords
    de: DisclosureWords
    es: DisclosureWords


class Disclosure(Strict):
    """config/compliance/disclosure.json. Nothing here switches the label off."""

    seconds: float = Field(ge=4, le=180, description="How long the label stays on the screen.")
    source: Text
    as_of: date
    languages: Languages

    def words(self, language: Language) -> DisclosureWords:
        """Return the words for viewers who read `language`."""
        found: DisclosureWords = getattr(self.languages, language)
        return found
