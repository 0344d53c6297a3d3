"""Who appears where when results may decide: Thompson sampling with a floor for everybody.

For each place a rate is drawn from what is believed of every performer there, and the highest draws
get it: what is known to do well is chosen often, what is not known yet is tried (Thompson 1933,
Biometrika 25:285). A performer who falls under the floor goes first, whatever was drawn.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from elite8.core.domain.best_times import Belief

Arm = tuple[str, str]
"""A performer and a slot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who got a place, and why: by the floor, or by the highest draw among `drawn`."""

    slot: str
    performer: str
    by_floor: bool
    drawn: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What binds a choice: the least share of each performer, and the most places of one."""

    floor: float
    most: int = 10**6


def choose(  # noqa: PLR0913, PLR0917  # the places, what is believed, and what binds
    slots: Sequence[str],
    beliefs: Mapping[Arm, Belief],
    performers: Sequence[str],
    rng: Random,
    terms: Terms,
    had: Counter[str] | None = None,
) -> tuple[Choice, ...]:
    """Return a performer for each place in `slots`, in order; nobody is twice in a row of a slot.

    `had` are the places that were given before, and is added to. A floor above an equal share is a
    ValueError. Logarithms are drawn: only their order matters. A place nobody may have stays empty.
    """
    if not 0 <= terms.floor * len(performers) <= 1:
        raise ValueError(
            f"{len(performers)} performers cannot have {terms.floor:.0%} of the places each"
        )
    had = Counter() if had is None else had
    found: list[Choice] = []
    for slot in slots:
        last = found[-1].performer if found and found[-1].slot == slot else ""
        free = [name for name in performers if name != last and had[name] < terms.most]
        if free:
            found.append(
                one_choice(slot, free, beliefs, rng, int(terms.floor * (had.total() + 1)), had)
            )
            had[found[-1].performer] += 1
    return tuple(found)


def one_choice(  # noqa: PLR0913, PLR0917  # as above
    slot: str,
    free: Sequence[str],
    beliefs: Mapping[Arm, Belief],
    rng: Random,
    least: int,
    had: Counter[str],
) -> Choice:
    """Return who gets a place: who is owed one, else the highest draw."""
    if owed := [name for name in free if had[name] < least]:
        name = min(owed, key=lambda each: (had[each], free.index(each)))
        return Choice(slot=slot, performer=name, by_floor=True, drawn=())
    draws = [(each, drawn(beliefs[each, slot], rng)) for each in free]
    name = max(draws, key=lambda draw: draw[1])[0]
    return Choice(slot=slot, performer=name, by_floor=False, drawn=tuple(draws))


def drawn(belief: Belief, rng: Random) -> float:
    """Return one draw of a belief."""
    return rng.gauss(belief.mean, belief.sd)
