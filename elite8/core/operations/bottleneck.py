"""Where the funnel loses most, what to make next, and how the plan shares out its videos."""

from collections.abc import Mapping
from dataclasses import dataclass

from elite8.core.domain.counted import between, of, percent
from elite8.core.domain.funnel import Measured, Part, Stage, mix
from elite8.core.domain.tally import hidden_in, tally, told
from elite8.core.operations import funnel
from elite8.core.operations.funnel import Known, Period
from elite8.core.studio import Studio

Gaps = Mapping[str, tuple[Measured, Measured]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A stage with its conversion, and how many times more its goal would bring.

    `times` is `None` where that is unsure, or would tell a small number; `why` is the arithmetic.
    """

    stage: str
    conversion: Measured
    times: float | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What to make next; `stage` is "" where nothing is below its goal beyond doubt."""

    period: Period
    stage: str
    why: str
    levers: tuple[Lever, ...]
    content: tuple[tuple[str, tuple[str, ...]], ...]
    seconds: tuple[int, int] | None
    networks: tuple[str, ...]
    not_yet: tuple[str, ...]
    performers: tuple[str, ...]
    commands: tuple[str, ...]
    mix: tuple[Part, ...]
    planned: bool


def parts(studio: Studio) -> tuple[Part, ...]:
    """Return how the plan shares its videos among the stages now; none while it does not."""
    if not studio.config.funnel.plan.on:
        return ()
    found = funnel.known(studio, funnel.period(studio))
    return mix(studio.config.funnel, of_conversion(funnel.gaps(studio, found)))


def of_conversion(gaps: Gaps) -> dict[str, Measured]:
    """Return the gaps of conversions alone: by them the videos are shared."""
    return {stage: conversion for stage, (_, conversion) in gaps.items()}


def following(studio: Studio, meant: Period) -> Next:
    """Return the bottleneck and what to make about it."""
    return following_of(studio, funnel.known(studio, meant))


def following_of(studio: Studio, found: Known) -> Next:
    """Return the bottleneck of what is known.

    Along the way shares multiply, so the stage whose goal is the most times what it has would bring
    the most. Only one that is below its goal beyond doubt counts.
    """
    gaps = of_conversion(funnel.gaps(studio, found))
    hides = hidden_in(tally(found.seen, found.came, lambda origin: origin.stage))
    levers = tuple(lever(stage, gaps[stage.stage], hides) for stage in studio.config.funnel.stages)
    below = [one for one in levers if one.conversion.verdict == "below"]
    worst = max(below, key=lambda one: gaps[one.stage].gap or 0, default=None)
    shared = mix(studio.config.funnel, gaps)
    if worst is None:
        first = max(shared, key=lambda part: part.per_day)
        unsure = [one.stage for one in levers if one.conversion.verdict in ("unknown", "too few")]
        why = "no stage is below its goal beyond doubt"
        if unsure:
            why += f"; too little is known of {', '.join(unsure)}"
        stage = studio.config.funnel.named(first.stage)
        return wanted(studio, found, stage, why, levers, shared, name="")
    return wanted(
        *(studio, found, studio.config.funnel.named(worst.stage), worst.why, levers, shared),
        name=worst.stage,
    )


def lever(stage: Stage, found: Measured, hides: Mapping[str, frozenset[str]]) -> Lever:
    """Return what a stage's conversion says."""
    asked = stage.conversion
    covered = any(stage.stage in hides.get(kind, ()) for kind in (asked.of, asked.into))
    shown = told(found, hides=covered)
    times = found.gap if found.verdict == "below" and not covered else None
    counted = of(shown.hits, shown.n, (asked.into, asked.of), hidden=covered)
    if shown.rate is not None:
        counted += f" = {percent(shown.rate)} ({between(shown.low, shown.high)})"
    lifted = ""
    if times:
        many = f"{times:.1f} times as many" if shown.hits else f"{found.goal * (found.n or 0):,.0f}"
        lifted = f"; at its goal there were {many}"
    return Lever(
        stage=stage.stage,
        conversion=shown,
        times=None if times is None else round(times, 3),
        why=f"{counted}, goal {percent(found.goal)}{lifted}",
    )


def wanted(  # noqa: PLR0913, PLR0917  # what was worked out
    studio: Studio,
    found: Known,
    stage: Stage,
    why: str,
    levers: tuple[Lever, ...],
    shared: tuple[Part, ...],
    *,
    name: str,
) -> Next:
    """Return what to make for a stage, with the commands."""
    performers = [
        one.id
        for one in studio.config.roster.characters
        if set(one.content_types) & set(stage.content_types)
    ]
    here = [one for one in stage.networks if one in studio.config.social.networks]
    return Next(
        period=found.period,
        stage=name,
        why=why,
        levers=levers,
        content=tuple(stage.content.items()),
        seconds=stage.seconds,
        networks=tuple(here),
        not_yet=tuple(one for one in stage.networks if one not in here),
        performers=tuple(performers),
        commands=tuple(
            f"elite8 generate --character {who} --stage {stage.stage}" for who in performers[:3]
        ),
        mix=shared,
        planned=studio.config.funnel.plan.on,
    )
