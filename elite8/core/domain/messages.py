"""Who writes to people, and what each message owes them in their language."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from elite8.core.domain.calendar import known_zone
from elite8.core.domain.character import Language, Strict, Text

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


def zone_or_none(name: str) -> str:
    """Return a zone's name, or "" for none."""
    return known_zone(name) if name else ""


class Owed(Strict):
    """What stands under a message in one language."""

    ai: Text = Field(description="Says that the performer is made by AI.")
    stop: Text = Field(description="How to end messages on LINE.")
    unsubscribe: Text = Field(description="What the link says that ends emails.")
    why: Text = Field(description="Why the person gets it.")
    confirm_subject: Text = Field(description="Subject of the letter that asks for a second yes.")
    confirm: Text = Field(description="That letter; {sender} and {link} are put in.")

    @field_validator("confirm")
    @classmethod
    def _with_its_link(cls, value: str) -> str:
        if "{link}" not in value or "{sender}" not in value:
            raise ValueError("has to hold {sender} and {link}")
        return value


class LineAudience(Strict):
    """Where the friends of the LINE account are taken to live: LINE does not say."""

    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    zone: Annotated[str, AfterValidator(zone_or_none)] = Field(
        default="", description="An IANA zone; without one every hour is quiet."
    )


class MessagesConfig(Strict):
    """config/phase2/messages_config.json."""

    sender: Line = Field(default="", description="Your name or firm, as people read it.")
    postal_address: Line = Field(default="", description="Yours, in one line; emails need it.")
    mail_from: Line = Field(default="", description="The address that emails come from.")
    bounces_to: Line = Field(default="", description="Where mail servers say what failed.")
    a_day: int = Field(default=200, ge=1, le=5000, description="Emails in 24 hours, at most.")
    line: LineAudience = LineAudience()
    languages: dict[Language, Owed] = Field(min_length=1)
