"""The way from a first look to a member: six stages, their goals, and what to make for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from elite8.core.domain.character import ContentType, Strict, Text
from elite8.core.domain.finishing import LONGEST, SHORTEST
from elite8.core.domain.share import FEWEST, estimated
from elite8.core.errors import ConfigError

StageName = Literal["awareness", "interest", "consideration", "intent", "purchase", "loyalty"]
STAGES: tuple[StageName, ...] = get_args(StageName)
Channel = Literal["tiktok", "instagram", "youtube", "x", "discord", "line", "email", "members"]
Counted = Literal["view", "click", "lead", "subscribe", "money"]
ORDER: tuple[Counted, ...] = get_args(Counted)
Goal = Annotated[float, Field(gt=0, lt=1)]
Basis = Literal["given", "prior"]
STEP = 5
"""Seconds between the lengths that are chosen."""
FURTHEST = 2.0
"""How much a gap may raise or lower what a stage is given: twice, or half."""


class Conversion(Strict):
    """Which share of what is to become what; `prior` where the mission gives only the number."""

    goal: Goal
    of: Counted
    into: Counted
    basis: Basis

    @model_validator(mode="after")
    def forwards(self) -> Self:
        """Refuse a conversion into what comes before."""
        if ORDER.index(self.of) >= ORDER.index(self.into):
            raise ValueError(f"a {self.of} does not become a {self.into}; the order is {ORDER}")
        return self


class Stage(Strict):
    """One stage; `content` is the operator's words for what is made, with our content types."""

    stage: StageName
    aim: Text
    content: dict[Text, tuple[ContentType, ...]] = Field(min_length=1)
    seconds: tuple[int, int] = Field(description="Shortest and longest.")
    engagement_goal: Goal
    conversion: Conversion
    networks: tuple[Channel, ...] = Field(min_length=1)
    per_day: float = Field(gt=0, le=50)
    per_day_basis: Basis
    carries: Literal["nothing", "link", "offer"] = Field(
        description="What its videos lead to; a link or an offer is advertising."
    )

    @model_validator(mode="after")
    def fits(self) -> Self:
        """Refuse lengths that no video has, and content without a type."""
        low, high = self.seconds
        if not SHORTEST <= low <= high <= LONGEST:
            raise ValueError(f"seconds {low} to {high}: write {SHORTEST:g} to {LONGEST:g}, rising")
        if empty := next((name for name, types in self.content.items() if not types), ""):
            raise ValueError(f"content '{empty}' names no content type")
        return self

    @property
    def content_types(self) -> tuple[ContentType, ...]:
        """What its videos are about, each once."""
        return tuple(dict.fromkeys(one for types in self.content.values() for one in types))

    @property
    def sells(self) -> bool:
        """Whether its videos are advertising: they lead to a link or an offer (compliance 3)."""
        return self.carries != "nothing"

    def topics_of(self, own: Sequence[ContentType]) -> tuple[ContentType, ...]:
        """Return what a performer may do for the stage: their own kinds, else all of it."""
        return tuple(one for one in self.content_types if one in own) or self.content_types

    def length(self, longest: Sequence[int], rng: Random) -> int:
        """Return the seconds of one video, by lot in steps of five.

        It fits every network of the stage, `longest`, unless the stage's shortest does not.
        """
        low, high = self.seconds
        fitting = min((high, *(most for most in longest if most >= low)))
        return rng.choice(range(low, fitting + 1, STEP))


class PlanMix(Strict):
    """Whether the plan gives its videos a stage, and the least share that each stage keeps."""

    on: bool
    least_share: float = Field(ge=0, le=0.15)


class Funnel(Strict):
    """config/phase2/funnel.json."""

    source: Text
    as_of: date
    attribution_days: int = Field(ge=1, le=365, description="How long before money a touch counts.")
    plan: PlanMix
    stages: tuple[Stage, ...]

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse anything but the six stages in their order."""
        named = tuple(one.stage for one in self.stages)
        if named != STAGES:
            raise ValueError(f"stages are {', '.join(STAGES)}, each once and in this order")
        return self

    def named(self, name: str) -> Stage:
        """Return the stage; one that is not there is a ConfigError."""
        found = next((one for one in self.stages if one.stage == name), None)
        if found is None:
            raise ConfigError(f"no stage '{name[:40]}'; choose {', '.join(STAGES)}")
        return found


Verdict = Literal["met", "below", "unclear", "too few", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a goal asks and what is so; `unknown`: nothing was counted.

    `hits` and `n` are `None` when nobody counts them, or when `hidden`: fewer than ten people.
    `rate`, `low` and `high` are as of `estimated`.
    """

    goal: float
    hits: int | None = None
    n: int | None = None
    rate: float | None = None
    low: float | None = None
    high: float | None = None
    verdict: Verdict
    hidden: bool = False

    @property
    def gap(self) -> float | None:
        """How many times the actual share the goal is; `None` where there is none to divide by."""
        if self.rate is None or self.n is None:
            return None
        return self.goal / max(self.rate, 0.5 / self.n)


def measured(goal: float, hits: int | None, n: int | None) -> Measured:
    """Return a goal beside what is so; `None` is a count that nobody gives.

    Below or met only beyond the 95 % interval; else it is unclear.
    """
    if hits is None or n is None or n == 0:
        return Measured(goal=goal, verdict="unknown")
    rate, low, high = estimated(hits, n)
    verdict: Verdict = "unclear"  # also more hits than there were to hit: counts of two sources
    if n < FEWEST:
        verdict = "too few"
    elif high is not None and high < goal:
        verdict = "below"
    elif low is not None and low >= goal:
        verdict = "met"
    return Measured(goal=goal, hits=hits, n=n, rate=rate, low=low, high=high, verdict=verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a stage gets of the videos: `per_day` times `factor`, as a share of all."""

    stage: StageName
    per_day: float
    factor: float
    share: float


def factor_of(found: Measured) -> float:
    """Return by how much a stage's gap raises or lowers it, half to twice; 1 for what is unsure."""
    if found.verdict not in ("below", "met") or found.gap is None:
        return 1.0
    return min(max(found.gap, 1 / FURTHEST), FURTHEST)


def mix(funnel: Funnel, gaps: Mapping[str, Measured]) -> tuple[Part, ...]:
    """Return how the videos are shared among the stages, by their gaps; the shares sum to one."""
    weights = {
        one.stage: one.per_day * (factor_of(gaps[one.stage]) if one.stage in gaps else 1.0)
        for one in funnel.stages
    }
    whole, floor = sum(weights.values()), funnel.plan.least_share
    shared = 1 - floor * len(weights)
    return tuple(
        Part(
            stage=one.stage,
            per_day=one.per_day,
            factor=weights[one.stage] / one.per_day,
            share=floor + shared * weights[one.stage] / whole,
        )
        for one in funnel.stages
    )


def drawn(
    funnel: Funnel, parts: Sequence[Part], networks: Sequence[str], rng: Random
) -> StageName | None:
    """Return the stage of one video for these networks, by lot; `None` when none goes there.

    What goes to the outbox is posted by hand anywhere.
    """
    fitting = [
        part
        for part in parts
        if "outbox" in networks or set(funnel.named(part.stage).networks) & set(networks)
    ]
    if not fitting:
        return None
    return rng.choices(fitting, weights=[part.share for part in fitting])[0].stage
