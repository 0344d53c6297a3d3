"""How each platform bills and what it keeps: dated facts, and what the operator sets."""

from datetime import date
from typing import Literal

from pydantic import Field

from elite8.core.domain.character import Identifier, Strict, Text


class PlatformTerms(Strict):
    """One platform's row; a fee that is not known is null, and what is told is before it."""

    fee_percent: float | None = Field(
        default=None, ge=0, lt=100, description="What the platform keeps of each payment."
    )
    grace_days: int = Field(
        default=0, ge=0, le=31, description="Days after the end in which a payment still comes."
    )
    calendar_months: bool = Field(
        default=False, description="Whether a month ends with the calendar's, whenever one joins."
    )
    source: Text
    as_of: date
    confidence: Literal["confirmed", "inferred"]


class Worthiness(Strict):
    """How money to come is counted."""

    discount_a_year: float = Field(
        default=0.1, gt=0, le=5, description="What a year of waiting takes off money, 0.1 is 10 %."
    )
    horizon_weeks: int = Field(
        default=52, ge=1, le=260, description="How far purchases to come are counted."
    )


class TermsOfPlatforms(Strict):
    """config/phase2/platform_terms.json."""

    value: Worthiness = Worthiness()
    platforms: dict[Identifier, PlatformTerms] = Field(min_length=1)

    def fee(self, platform: str) -> float | None:
        """Return what a platform keeps of each payment in percent; None where nobody said."""
        found = self.platforms.get(platform)
        return found.fee_percent if found else None

    def kept(self, platform: str) -> float:
        """Return the share of a payment that is left after the fee; all of it where unknown."""
        return 1 - (self.fee(platform) or 0.0) / 100
