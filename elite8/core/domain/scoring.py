"""What the engagement score weighs, how it fades, and what each platform shows of it."""

from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from elite8.core.domain.character import Identifier, Strict, Text

Activity = Literal[
    "messages_sent",
    "messages_received",
    "views",
    "completions",
    "likes",
    "comments",
    "shares",
    "minutes",
    "conversations",
]
Percent = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[float, Field(ge=1, le=365)]


class Shown(Strict):
    """What of a subscriber's doing a platform lets us see at all."""

    shows: tuple[Activity, ...] = Field(
        description="What its exports or its API hold; anything else is missing, which is not 0."
    )
    answers: bool = Field(
        default=False,
        description="Whether it says which message answers which: then only answered ones count.",
    )
    source: Text
    as_of: date
    confidence: Literal["confirmed", "inferred"]


class ScoreConfig(Strict):
    """config/phase2/score.json."""

    source: Text
    as_of: date
    weights: dict[Activity, Percent] = Field(description="Whole percents; they sum to 100.")
    half_life_days: Days = Field(description="After so many days an activity counts half.")
    half_lives: dict[Activity, Days] = Field(
        default={}, description="Of single activities, instead of half_life_days."
    )
    platforms: dict[Identifier, Shown] = Field(min_length=1)

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse weights of anything but all nine, or that do not sum to 100."""
        if missing := [name for name in get_args(Activity) if name not in self.weights]:
            raise ValueError(f"weights: {missing[0]} has none; write 0 to leave it out")
        if (total := sum(self.weights.values())) != 100:  # noqa: PLR2004  # percents
            raise ValueError(f"weights sum to {total}; make the sum 100")
        return self

    def half_life(self, activity: str) -> float:
        """Return after how many days an activity counts half."""
        own = (days for name, days in self.half_lives.items() if name == activity)
        return next(own, self.half_life_days)

    @property
    def percents(self) -> dict[str, int]:
        """The weights by activity."""
        return {name: percent for name, percent in self.weights.items()}  # noqa: C416  # widens

    def shown(self, platform: str) -> tuple[str, ...]:
        """Return what a platform shows; one that is not in the file shows nothing."""
        found = self.platforms.get(platform)
        return found.shows if found else ()

    def answers(self, platform: str) -> bool:
        """Return whether a platform says which message answers which."""
        found = self.platforms.get(platform)
        return bool(found and found.answers)
