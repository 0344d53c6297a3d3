"""Who appears when and where: the same answer for the same week, whoever asks and how often.

Performers take turns through the slots. Each turn of all of them begins one performer later, so
that nobody keeps a slot, and over a month everybody appears evenly (mission.md 1.5). A share of the
places is changed by lot within the day, so that who appeared tells nothing of when.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from elite8.core.domain.calendar import Calendar, Slot

Seat = tuple[int, str]
"""A turn and whose it is."""

Taken = Mapping[tuple[date, str], int]
"""Posts that the operator ordered by hand, by day and network: they take places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One performer in one slot of one day, and where the video goes.

    `turn` counts places since the calendar began; `bound` are the limits that took something away;
    `by_lot`: the performer's turn was in another slot of the day; `region` is "" for none.
    """

    day: date
    slot: str
    character: str
    networks: tuple[str, ...]
    turn: int
    bound: tuple[str, ...]
    by_lot: bool
    region: str = ""

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
        meant: list[list[Seat]] = []
        for number in range(len(slots)):
            turn = (day.toordinal() * len(slots) + number) * calendar.characters_per_slot
            meant.append(choose(calendar, characters, turn, appeared))
            appeared.update(name for _, name in meant[-1])
        rng = Random(f"lot:{day}")  # noqa: S311  # the same day, the same lots
        for slot, own, seats in zip(
            slots, meant, changed(meant, calendar.by_lot, rng), strict=True
        ):
            yield from placed(calendar, slot, day, seats, used, own)


def changed(meant: Sequence[Sequence[Seat]], share: float, rng: Random) -> list[list[Seat]]:
    """Return the seats of a day's slots with about this share of them in another slot."""
    found = [[*seats] for seats in meant]
    spots = [(slot, seat) for slot, seats in enumerate(found) for seat in range(len(seats))]
    for here, seat in spots:
        others = [spot for spot in spots if spot[0] != here]
        if rng.random() >= share / 2 or not others:  # each lot moves two
            continue
        there, other = rng.choice(others)
        mine, theirs = found[here][seat], found[there][other]
        met = {name for _, name in found[here]} & {name for _, name in found[there]}
        if not met & {mine[1], theirs[1]}:
            found[here][seat], found[there][other] = theirs, mine
    return found


def choose(
    calendar: Calendar, characters: Sequence[str], turn: int, appeared: Counter[str]
) -> list[Seat]:
    """Return whose turn it is, with the number of the turn; who had enough this week is passed."""
    found: list[Seat] = []
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


def placed(  # noqa: PLR0913, PLR0917  # whose turn it was, and who has the places
    calendar: Calendar,
    slot: Slot,
    day: date,
    chosen: Sequence[Seat],
    used: Counter[str],
    own: Sequence[Seat],
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
            by_lot=(turn, name) not in own,
        )
