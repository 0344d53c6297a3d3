"""The strategy of phase two: where we go, in which weeks, for how much, and when it is enough."""

from datetime import date, timedelta
from typing import Self

from pydantic import Field, model_validator

from elite8.core.domain.character import Strict, Text
from elite8.core.domain.region import Code
from elite8.core.domain.tariff import Dated

WEEK = timedelta(weeks=1)


class Launch(Strict):
    """Some weeks of the launch, counted from 1, and whose they are."""

    regions: tuple[Code, ...] = Field(min_length=1)
    first_week: int = Field(ge=1, le=104)
    last_week: int = Field(ge=1, le=104)
    focus: Text

    @model_validator(mode="after")
    def forwards(self) -> Self:
        """Refuse weeks that end before they begin."""
        if self.last_week < self.first_week:
            raise ValueError(f"week {self.last_week} is before week {self.first_week}")
        return self


class Allocation(Dated):
    """What all regions together may cost in a month, and each one's share."""

    usd_per_month: float = Field(ge=0)
    shares: dict[Code, float] = Field(min_length=1, description="Of usd_per_month; together 1.")

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse shares that are less or more than all."""
        if any(share < 0 for share in self.shares.values()):
            raise ValueError("shares: none is below 0")
        if abs(sum(self.shares.values()) - 1) > 0.005:  # noqa: PLR2004  # they are rounded
            raise ValueError(f"shares add up to {sum(self.shares.values()):.3f}, not to 1")
        return self


class Targets(Dated):
    """What a region should reach."""

    engagement: float = Field(gt=0, lt=1, description="Engagements per viewer reached.")
    roas: float = Field(gt=0, description="Money earned for each spent.")
    followers_a_month: int = Field(gt=0)
    posts_a_week: int = Field(gt=0)


class Expansion(Dated):
    """From when on a region is ready for more; all of it, seen on enough posts."""

    engagement_over: float = Field(gt=0, lt=1)
    roas_over: float = Field(gt=0)
    followers_a_month_over: int = Field(gt=0)
    days: int = Field(ge=7, le=90, description="How many days back are looked at.")
    least_posts: int = Field(ge=1, description="Fewer posts than these say nothing.")


class Posting(Strict):
    """The regions that the plan makes posts for; none: the slots of scheduler_config.json."""

    regions: tuple[Code, ...] = ()
    videos_a_day: int = Field(default=1, ge=1, le=8, description="For each region.")
    networks_a_video: int = Field(default=1, ge=1, le=4)
    late_minutes: int = Field(default=120, ge=1, le=1440)
    usd_a_video: float | None = Field(
        default=None, ge=0, description="What one counts for in budgets; null: as the tariff says."
    )

    @model_validator(mode="after")
    def once(self) -> Self:
        """Refuse a region that stands twice."""
        if len(set(self.regions)) < len(self.regions):
            raise ValueError("regions: one stands twice")
        return self


class Strategy(Strict):
    """config/phase2/phase2_strategy.json."""

    begins: date | None = Field(description="Monday of week 1; null until you decide.")
    targets: tuple[Code, ...] = Field(min_length=1)
    launch: tuple[Launch, ...]
    budget: Allocation
    kpi: Targets
    expansion: Expansion
    posting: Posting

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse a calendar or an allocation that forgets a target."""
        if self.begins is not None and self.begins.weekday() != 0:
            raise ValueError(f"begins: {self.begins} is no Monday")
        launched = {code for one in self.launch for code in one.regions}
        for what, there in (("launch", launched), ("budget.shares", set(self.budget.shares))):
            if missing := set(self.targets) - there:
                raise ValueError(f"{what}: the target {min(missing)} is missing")
        return self

    def codes(self) -> tuple[str, ...]:
        """Return every region that is named anywhere, once."""
        named = (code for one in self.launch for code in one.regions)
        posted = self.posting.regions
        return tuple(dict.fromkeys((*self.targets, *named, *self.budget.shares, *posted)))

    def span(self, launch: Launch) -> tuple[date, date] | None:
        """Return first and last day of these weeks; `None` while nobody decided when it begins."""
        if self.begins is None:
            return None
        first = self.begins + (launch.first_week - 1) * WEEK
        return first, self.begins + launch.last_week * WEEK - timedelta(days=1)

    def week(self, day: date) -> int | None:
        """Return the week of the launch a day is in, 0 or less before it."""
        return None if self.begins is None else (day - self.begins).days // 7 + 1
