"""Who appears when and where: the same answer for the same week, whoever asks and how often.

Performers take turns through the slots. Each turn of all of them begins one performer later, so
that nobody keeps a slot, and over a month everybody appears evenly (mission.md 1.5).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from elite8.core.domain.calendar import Calendar, Slot

Taken = Mapping[tuple[date, str], int]
"""Posts that the operator ordered by hand, by day and network: they take places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One performer in one slot of one day, and where the video goes.

    `turn` counts places since the calendar began; `bound` are the limits that took something away.
    """

    day: date
    slot: str
    character: str
    networks: tuple[str, ...]
    turn: int
    bound: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the place is called: the same for every planning."""
        return f"{self.day}/{self.slot}/{self.character}"


def days(
    calendar: Calendar, characters: Sequence[str], first: date, count: int, taken: Taken
) -> tuple[Place, ...]:
    """Return the places of `count` days; whole weeks are worked out, so that overlaps agree."""
    last = first + timedelta(days=count)
    monday = first - timedelta(days=first.weekday())
    weeks = (monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1))
    found = (place for start in weeks for place in week(calendar, characters, start, taken))
    return tuple(place for place in found if first <= place.day < last)


def week(
    calendar: Calendar, characters: Sequence[str], monday: date, taken: Taken
) -> Iterator[Place]:
    """Yield the places of one week, slot by slot."""
    appeared: Counter[str] = Counter()
    slots = sorted(calendar.slots, key=lambda slot: slot.time)
    for day in (monday + timedelta(days=n) for n in range(7)):
        used = Counter({name: count for (on, name), count in taken.items() if on == day})
        for number, slot in enumerate(slots):
            turn = (day.toordinal() * len(slots) + number) * calendar.characters_per_slot
            chosen = choose(calendar, characters, turn, appeared)
            appeared.update(name for _, name in chosen)
            yield from placed(calendar, slot, day, chosen, used)


def choose(
    calendar: Calendar, characters: Sequence[str], turn: int, appeared: Counter[str]
) -> list[tuple[int, str]]:
    """Return whose turn it is, with the number of the turn; who had enough this week is passed."""
    found: list[tuple[int, str]] = []
    for each in range(turn, turn + 2 * len(characters)):
        name = whose(characters, each)
        had_enough = appeared[name] >= calendar.per_character_a_week
        if not had_enough and name not in (known for _, known in found):
            found.append((each, name))
        if len(found) == calendar.characters_per_slot:
            break
    return found


def whose(characters: Sequence[str], turn: int) -> str:
    """Return the performer of a turn: all of them once, then again beginning with the next."""
    return characters[(turn + turn // len(characters)) % len(characters)]


def placed(
    calendar: Calendar, slot: Slot, day: date, chosen: Sequence[tuple[int, str]], used: Counter[str]
) -> Iterator[Place]:
    """Yield the places of one slot; what is left on a network goes to another one each time."""
    mine: dict[str, list[str]] = {name: [] for _, name in chosen}
    bound: dict[str, list[str]] = {name: [] for _, name in chosen}
    for number, network in enumerate(slot.networks):
        room = calendar.per_network_a_day - used[network]
        left = len(chosen) if network == "outbox" else max(room, 0)
        order = [chosen[(number + n) % len(chosen)][1] for n in range(len(chosen))]
        for place, name in enumerate(order):
            if place < left:
                mine[name].append(network)
            else:
                bound[name].append(f"{network} has {calendar.per_network_a_day} posts that day")
        used[network] += min(left, len(order))
    for turn, name in chosen:
        yield Place(
            day=day,
            slot=slot.name,
            character=name,
            networks=tuple(mine[name]),
            turn=turn,
            bound=tuple(bound[name]),
        )
