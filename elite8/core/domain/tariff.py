"""What a paid engine costs and allows: the plan, its prices, our budget."""

import math
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.job import Family

PlanName = Literal["free", "pro", "max"]


class Dated(Strict):
    """A fact of somebody else's, with where it was read and when."""

    source: Text
    as_of: date


class Plan(Dated):
    """What one plan gives."""

    monthly_price_usd: float = Field(ge=0)
    monthly_credits: int = Field(ge=0)
    daily_bonus: int = Field(
        ge=0, description="Credits a day; whether unused ones stay is unknown."
    )
    watermark: bool
    longest_side: int = Field(ge=720, description="Pixels.")
    custom_avatars: int = Field(ge=0)


class Cost(Dated):
    """Credits of one task, or of each begun `per_seconds` of it."""

    credits: int = Field(ge=0)
    per_seconds: int = Field(default=0, ge=0, description="0: one price whatever the length.")

    def of(self, seconds: float) -> int:
        """Return the credits for `seconds`; a begun piece is paid whole."""
        pieces = max(1, math.ceil(round(seconds, 3) / self.per_seconds)) if self.per_seconds else 1
        return self.credits * pieces


class Budget(Strict):
    """What may be spent without asking."""

    per_day: int = Field(ge=0, description="Credits a day at most, in the operator's zone.")
    reserve: int = Field(ge=0, description="Credits that are never used up.")


class Warnings(Strict):
    """When to say that credits run low."""

    used_percent: tuple[int, int] = Field(description="Of the month's credits: warning, critical.")
    left_today: tuple[int, int] = Field(description="Of the day's budget: warning, critical.")


class Limits(Dated):
    """How hard the engine is asked."""

    requests_per_second: float = Field(gt=0, le=10)
    tasks_in_flight: int = Field(ge=1, le=20)
    poll_seconds: float = Field(gt=0, le=300)


class Tariff(Strict):
    """config/avatars/pro_plan_optimized.json."""

    plan: PlanName
    plans: dict[PlanName, Plan]
    renews_on_day: int = Field(ge=1, le=28, description="Of the month, UTC.")
    costs: dict[Family, Cost]
    margin: float = Field(ge=1, le=3, description="A price that was not quoted is held this dear.")
    budget: Budget
    local_when_spent: bool = Field(
        description="May --engine auto film here when credits are short?"
    )
    warnings: Warnings
    limits: Limits
    deadline_minutes: dict[Family, int]
    result_hosts: tuple[str, ...] = Field(
        min_length=1, description="Domains that results are fetched from, with all below them."
    )

    @model_validator(mode="after")
    def _whole(self) -> "Tariff":
        if self.plan not in self.plans:
            raise ValueError(f"plan '{self.plan}' is not among plans")
        for name, table in (("costs", self.costs), ("deadline_minutes", self.deadline_minutes)):
            if missing := [family.value for family in Family if family not in table]:
                raise ValueError(f"{name}: {', '.join(missing)} is missing")
        return self

    @property
    def current(self) -> Plan:
        """The plan that is paid for."""
        return self.plans[self.plan]

    @property
    def usd_per_credit(self) -> float:
        """What a credit of the plan costs, its daily bonuses counted for 30 days."""
        monthly = self.current.monthly_credits + 30 * self.current.daily_bonus
        return self.current.monthly_price_usd / monthly if monthly else 0.0
