"""Give the places of the plan to performers by their results, where the operator wants that."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from random import Random
from statistics import fmean

from elite8.core.domain.best_times import BETWEEN, Belief, Sample, learnt, pooled
from elite8.core.domain.plan import Place
from elite8.core.domain.portfolio import Arm, Choice, Terms, choose
from elite8.core.storage import results
from elite8.core.storage.calendar import Known
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

UNKNOWN = Belief(mean=-3.0, sd=BETWEEN)
"""Before the first reading: about five in a hundred; only differences matter."""


def cast(
    studio: Studio, session: Session, places: Sequence[Place], known: Known
) -> tuple[tuple[Place, ...], Mapping[str, str]]:
    """Return the places with their performers, and by key why a drawn one has it.

    A slot that is planned already keeps whom it has, so that planning twice plans once.
    """
    rules = studio.config.calendar
    if not rules.portfolio.on:
        return tuple(places), {}
    performers = [one.id for one in studio.config.roster.characters]
    believed = beliefs(session, performers, [slot.name for slot in rules.slots])
    terms = Terms(floor=rules.portfolio.floor, most=rules.per_character_a_week)
    found: list[Place] = []
    why: dict[str, str] = {}
    for _, week in groupby(places, key=lambda place: place.day.isocalendar()[:2]):
        had: Counter[str] = Counter()
        for (day, slot), group in groupby(week, key=lambda place: (place.day, place.slot)):
            here = list(group)
            there = [key.split("/")[2] for key in known if key.startswith(f"{day}/{slot}/")]
            rng = Random(f"cast:{day}:{slot}")  # noqa: S311  # the same place, the same draw
            if there:
                had.update(there)
                given = [(name, "") for name in there]
            else:
                slots = [slot] * len(here)
                drawn = choose(slots, believed, performers, rng, terms, had)
                given = [(one.performer, said(one)) for one in drawn]
            for place, (name, reason) in zip(here, given, strict=False):
                found.append(replace(place, character=name))
                why[found[-1].key] = reason
    return tuple(found), {key: reason for key, reason in why.items() if reason}


def said(choice: Choice) -> str:
    """Return in words why a performer got a place."""
    if choice.by_floor:
        return "it was their turn by the floor: each keeps a least share of the places"
    best = sorted(choice.drawn, key=lambda draw: -draw[1])[:3]
    return "drawn from what their posts did there: " + ", ".join(
        f"{name} {draw:.2f}" for name, draw in best
    )


def beliefs(
    session: Session, performers: Sequence[str], slots: Sequence[str]
) -> Mapping[Arm, Belief]:
    """Return what is believed of each performer in each slot, from posts a day old or older."""
    rates: dict[Arm, list[float]] = defaultdict(list)
    for one in results.ripe(session):
        rates[one.character, one.slot].append(rate(one.engaged, one.reached, one.published_at))
    every = [each for some in rates.values() for each in some]
    thought = Belief(mean=fmean(every), sd=BETWEEN) if every else UNKNOWN
    spread = pooled(rates.values())
    arms = [(name, slot) for name in performers for slot in slots]
    return {arm: learnt(thought, rates[arm], spread) if rates[arm] else thought for arm in arms}


def rate(engaged: int, reached: int, at: datetime) -> float:
    """Return a post's engagements per viewer reached, as a logarithm."""
    return Sample(region="", network="", at=at, engaged=engaged, reached=reached).rate
