"""What a winback says in each language, what LINE costs, and what must not happen too often."""

import string
from typing import Literal

from pydantic import Field, model_validator

from elite8.core.domain.character import Language, Strict, Text
from elite8.core.domain.tariff import Dated

PlanName = Literal["free", "light", "standard"]
KNOWN = {
    "discount": ("percent", "months", "price", "after"),
    "free_access": ("days",),
    "limited_offer": ("bonus", "after"),
    "code": ("code",),
    "until": ("deadline",),
    "renews": ("after", "start", "first"),
    "agree": ("agree",),
    "ends": (),
    "cancel": ("cancel",),
}
"""What has to be in each sentence, in braces, and nothing else."""


class LinePlan(Dated):
    """What one plan of a LINE Official Account costs in Japan, and how many messages are in it."""

    yen_a_month: int = Field(ge=0)
    messages: int = Field(ge=1)
    overage_yen: float | None = Field(description="For one message more; null: there is none.")


class Limits(Dated):
    """From which share of the people written to something is too much."""

    opted_out: float = Field(gt=0, le=1)
    complained: float = Field(gt=0, le=1)


class OfferWords(Strict):
    """The sentences of an offer in one language; what stands in braces is put in."""

    discount: Text
    free_access: Text
    limited_offer: Text
    code: Text
    until: Text
    renews: Text
    agree: Text
    ends: Text
    cancel: Text

    @model_validator(mode="after")
    def _whole(self) -> "OfferWords":
        for name, known in KNOWN.items():
            try:
                found = {part[1] for part in string.Formatter().parse(getattr(self, name))}
            except ValueError as wrong:
                raise ValueError(f"{name}: {wrong}") from None
            if found - {None} != set(known):
                raise ValueError(f"{name} has to hold {{{'}, {'.join(known)}}} and no other")
        return self


class WinbackConfig(Strict):
    """config/phase2/winback_config.json."""

    line_plan: PlanName = Field(description="Which one you pay for.")
    line_plans: dict[PlanName, LinePlan]
    guards: Limits
    languages: dict[Language, OfferWords] = Field(min_length=1)
