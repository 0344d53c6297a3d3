"""What a plan wants: posts in places, before any of it is a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from elite8.core.domain.calendar import Slot
from elite8.core.domain.plan import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One post as the plan wants it; `wall` is the slot's own time in the calendar's zone."""

    place: Place
    network: str
    at: datetime
    wall: str
    zone: str
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What the plan wants of some days; `why` says by place why a drawn performer has it."""

    first: date
    last: date
    places: tuple[Place, ...]
    wanted: tuple[Wanted, ...]
    why: Mapping[str, str]
    notes: tuple[str, ...]
    soonest: datetime
