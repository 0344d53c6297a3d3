"""What the tiers cost at list price, and what each gives; paid prices are in the exports."""

from datetime import date

from pydantic import Field, field_validator

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.subscriber import Tier


class TierOffer(Strict):
    """A tier: its list price a month in minor units, what it gives, and which areas it opens."""

    price_minor: int = Field(ge=0)
    currency: str = Field(pattern="^[A-Z]{3}$")
    benefits: tuple[Text, ...] = Field(min_length=1)
    access: tuple[Text, ...] = Field(min_length=1)


class Tiers(Strict):
    """config/subscribers/tiers.json."""

    tiers: dict[Tier, TierOffer] = Field(min_length=1)
    source: Text
    as_of: date

    @field_validator("tiers")
    @classmethod
    def _are_sold(cls, tiers: dict[Tier, TierOffer]) -> dict[Tier, TierOffer]:
        if Tier.OTHER in tiers:
            raise ValueError("other is what no tier is; it has no price of its own")
        return tiers
