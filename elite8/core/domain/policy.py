"""What each platform says of AI performers, of programs, and of being written to."""

from datetime import date
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Identifier, Strict, Text

Stance = Literal["allowed", "banned", "unknown"]


class Attestation(Strict):
    """The operator's own word that a platform allows it: who, which clause, where it is read."""

    who: Text
    clause: Text
    link: Text
    day: date


class PlatformPolicy(Strict):
    """A platform's row; `outreach` is what a program may do to reach somebody there."""

    ai_persona: Literal["allowed", "verified_creator_only", "banned", "unknown"]
    automation: Stance
    outreach: Literal["allowed", "drafts_only", "banned", "unknown"]
    adult: Literal["allowed", "banned", "unknown"]
    note: Text
    source: Text
    as_of: date
    confidence: Literal["confirmed", "inferred"]
    attested: Attestation | None = Field(
        default=None,
        description="Takes the place of what is banned or unknown.",
    )

    @property
    def reach(self) -> Literal["allowed", "drafts_only", "banned", "unknown"]:
        """What may be done to reach somebody there, with the operator's word counted in."""
        stances = {self.automation, self.ai_persona} - {"allowed"}
        if self.attested or not stances:
            return self.outreach
        return "unknown" if stances == {"unknown"} else "banned"


class Policies(Strict):
    """config/compliance/platform_policy.json."""

    platforms: dict[Identifier, PlatformPolicy] = Field(min_length=1)
