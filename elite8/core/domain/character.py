"""A performer: who they are, how they look, sound and move. All fictional, all adults."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from elite8.core.domain.destination import Network as Network  # noqa: PLC0414  # kept name
from elite8.core.domain.look import Look

Language = Literal["en", "ja", "pt", "de", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "ja", "pt", "de", "es")
ContentType = Literal[
    "dance",
    "music",
    "tech",
    "ballad",
    "career",
    "lifestyle",
    "art",
    "behind_the_scenes",
    "insight",
    "challenge",
]
MINIMUM_AGE = 20

Spoken = Annotated[str, StringConstraints(pattern=r"^(en|ja|pt|de|es)(-[A-Z]{2})?$")]
"""A language, or one as a region speaks it: en-GB."""
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Hashtag = Annotated[str, StringConstraints(pattern=r"^[^\s#]{1,60}$")]


class Strict(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class VoiceSpec(Strict):
    """How one engine should sound: `pitch` in semitones, `rate` 1.0 for its usual pace."""

    engine: Literal["hibari", "kokoro", "espeak", "none"]
    name: str = Field(default="", description="The engine's own voice name; empty for its default.")
    pitch: float = Field(default=0.0, ge=-12, le=12, description="Semitones up or down.")
    rate: float = Field(default=1.0, ge=0.5, le=2.0, description="1.0 is the voice's usual pace.")


class Music(Strict):
    """The bed under the voice."""

    tempo: int = Field(ge=50, le=180, description="Beats per minute.")
    key: Literal["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
    scale: Literal["major", "minor"]
    mood: Literal["pop", "synthwave", "ballad", "corporate", "chill", "lofi", "bright", "rock"]


class Motion(Strict):
    """How much they move; 1.0 is the usual amount, 0 stands still."""

    sway: float = Field(default=1.0, ge=0, le=2)
    bounce: float = Field(default=1.0, ge=0, le=2, description="Movement on the beat.")
    nod: float = Field(default=1.0, ge=0, le=2, description="Movement with the voice.")


class CaptionVoice(Strict):
    """How their written captions read."""

    opening: dict[Language, Text] = Field(description="First words of a caption, per language.")
    emoji: str = Field(default="", max_length=16)


class A2EIdentity(Strict):
    """Their ids at A2E; empty until the operator has made the avatar there."""

    avatar_id: str = Field(default="", description="Empty: made from their picture on first use.")
    avatar_type: Literal["custom", "system"] = "custom"
    voice_ids: dict[Spoken, str] = Field(default_factory=dict)


class Character(Strict):
    """One performer, as config/avatars/elite8_characters.json says it."""

    id: Identifier
    name: Text
    declared_age: int = Field(
        strict=True, ge=MINIMUM_AGE, le=120, description="Whole years; under 20 is refused."
    )
    rating: Literal["general"]
    tagline: Text
    personality: Text
    appearance_prompt: Text = Field(description="Used by image engines; never names a real person.")
    content_types: tuple[ContentType, ...] = Field(min_length=1)
    languages: tuple[Language, ...] = Field(min_length=1, description="The first is their default.")
    voices: dict[Spoken, tuple[VoiceSpec, ...]] = Field(
        description="Per language, the voices to try in order; the first one installed speaks."
    )
    caption_voice: CaptionVoice
    hashtags: dict[Network, tuple[Hashtag, ...]]
    music: Music
    motion: Motion = Motion()
    a2e: A2EIdentity = A2EIdentity()
    look: Look
    image: str = Field(default="", description="Own picture (PNG, JPEG) instead of the drawn look.")
    layers: str = Field(
        default="", description="Folder of own PNG layers instead of the drawn look."
    )

    def voices_for(self, language: Language, locale: str = "") -> tuple[VoiceSpec, ...]:
        """Return the voices to try: those of a locale, en-GB, where there are some of its own."""
        return self.voices.get(locale) or self.voices.get(language, ())
