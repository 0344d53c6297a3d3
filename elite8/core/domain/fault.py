"""What may go wrong in a rehearsal: kinds of trouble, when they begin and how long they last."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from elite8.core.domain.calendar import known_zone
from elite8.core.domain.character import Strict
from elite8.core.domain.destination import Online

Kind = Literal[
    "token-dies",
    "network-down",
    "busy",
    "renders-fail",
    "credits-out",
    "disk-full",
    "daemon-killed",
]
Scenario = Literal["none", "typical", "storm"]
SCENARIOS: tuple[Scenario, ...] = ("none", "typical", "storm")
USUAL: tuple[Online, ...] = ("tiktok", "instagram", "youtube")
"""Where the shipped calendar posts: what a named scenario has trouble with."""
FRIDAY = 4
FIRST_YEAR, LAST_YEAR = 2000, 2100


def known_time(wall: str) -> str:
    """Return a wall time that is one; anything else, or before 2000 or after 2100: ValueError."""
    if not FIRST_YEAR <= datetime.fromisoformat(wall).year <= LAST_YEAR:
        raise ValueError(f"{wall} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return wall


class Fault(Strict):
    """One trouble. `at` is wall time in `zone`; `network` is "" for all of them.

    token-dies: until the operator signs in again, `hours` later. busy: a `share` of the calls is
    asked to wait. renders-fail: a `share` of the videos. daemon-killed: in the middle of a call.
    """

    kind: Kind
    at: Annotated[
        str, Field(pattern=r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$"), AfterValidator(known_time)
    ]
    zone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    hours: float = Field(gt=0, le=24 * 400)
    network: Literal[""] | Online = ""
    share: float = Field(default=1.0, gt=0, le=1)

    @property
    def begins(self) -> datetime:
        """When it begins."""
        wall = datetime.fromisoformat(self.at).replace(tzinfo=ZoneInfo(self.zone))
        return wall.astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """When it is over."""
        return self.begins + timedelta(hours=self.hours)

    def holds(self, now: datetime, network: str = "") -> bool:
        """Return whether it is in force now, there."""
        there = not self.network or not network or network == self.network
        return there and self.begins <= now < self.ends


class Faults(Strict):
    """A file of faults."""

    faults: tuple[Fault, ...]


def scenario(name: Scenario, first: datetime, days: int, seed: int) -> tuple[Fault, ...]:
    """Return the faults of a named scenario; the same seed gives the same ones."""
    rng = Random(f"faults:{name}:{seed}")  # noqa: S311  # a rehearsal, no secrecy
    if name == "none":
        return ()
    weeks = range(-(-days // 7))
    found = [lasting("renders-fail", first, days, 0.05 if name == "typical" else 0.15)]
    for week in weeks:
        start = first + timedelta(weeks=week)
        if name == "storm":
            found += stormy(rng, start)
        elif week % 4 == 0:
            found += typical(rng, start)
    return tuple(one for one in found if one.begins < first + timedelta(days=days))


def lasting(kind: Kind, first: datetime, days: int, share: float) -> Fault:
    """Return a trouble that is there all the time."""
    return Fault(kind=kind, at=f"{first:%Y-%m-%d %H:%M}", hours=24.0 * days, share=share)


def typical(rng: Random, first: datetime) -> list[Fault]:
    """Return one of each trouble that a month has: a dead token on a Friday night, an outage."""
    friday = first + timedelta(days=(FRIDAY - first.weekday()) % 7)
    at = datetime.combine(friday, time(22, 30), UTC)
    return [
        fault("token-dies", at, 10, network=rng.choice(USUAL)),
        fault("network-down", later(rng, first, 3), 6),
        fault("busy", later(rng, first, 5), 2, network=rng.choice(USUAL), share=0.6),
        fault("daemon-killed", later(rng, first, 6), 1),
    ]


def stormy(rng: Random, monday: datetime) -> list[Fault]:
    """Return a week of everything."""
    names: tuple[Kind, ...] = ("token-dies", "network-down", "busy", "daemon-killed", "disk-full")
    found = [
        fault(
            kind,
            later(rng, monday, day),
            rng.choice((1, 3, 6)),
            network=rng.choice(USUAL) if kind != "disk-full" else "",
            share=0.7,
        )
        for day, kind in enumerate(names)
    ]
    return [*found, fault("credits-out", later(rng, monday, 5), 24)]


def later(rng: Random, first: datetime, days: int) -> datetime:
    """Return a chance hour of a day."""
    return first + timedelta(days=days, hours=rng.randrange(24))


def fault(
    kind: Kind, at: datetime, hours: float, *, network: str = "", share: float = 1.0
) -> Fault:
    """Return a fault at an instant."""
    wall = f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return Fault(kind=kind, at=wall, hours=hours, network=network, share=share)
