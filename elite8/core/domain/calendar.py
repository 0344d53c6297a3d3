"""The slots of a day: wall-clock times in one zone, each with its networks."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from elite8.core.clock import zone_of
from elite8.core.domain.character import Identifier, Network, Strict
from elite8.core.domain.cron import known_cron
from elite8.core.domain.wall import on_day
from elite8.core.errors import ConfigError


def known_zone(name: str) -> str:
    """Return the name of a zone that is there."""
    return zone_of(name).key


TRIES = 3
"""Times a planned video is begun; then its posts go the way of missed ones."""
NEARER = 4
Missed = Literal["skip", "next_slot"]


class Slot(Strict):
    """One time of the day at which posts go out."""

    name: Identifier
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    networks: tuple[Network, ...] = Field(min_length=1)
    late_minutes: int = Field(ge=1, le=1440, description="How late a post may still go out.")
    missed: Missed = Field(description="What becomes of one that is later: skip, or next_slot.")

    def on(self, day: date, zone: ZoneInfo) -> datetime:
        """Return the instant of the slot on that day.

        A time that the clock skips is later by the gap; of two it is the first.
        """
        return on_day(day, time.fromisoformat(self.time), zone)


class Portfolio(Strict):
    """Whether results decide who appears where; off, performers take turns."""

    on: bool
    floor: float = Field(ge=0, le=0.125, description="Least share of the places of each.")


class Calendar(Strict):
    """config/scheduler_config.json."""

    zone: Annotated[str, AfterValidator(known_zone)] = Field(description="An IANA name.")
    slots: tuple[Slot, ...] = Field(min_length=1)
    characters_per_slot: int = Field(ge=1, le=8, description="Performers in each slot.")
    per_network_a_day: int = Field(ge=1, le=50, description="Posts a day on one network.")
    per_character_a_week: int = Field(ge=1, le=50, description="Videos a week of one performer.")
    make_ahead_hours: int = Field(
        ge=1, le=168, description="How long before its slot a video may be begun."
    )
    by_lot: float = Field(
        ge=0, le=1, description="Share of places that change slot by lot, for honest best times."
    )
    buffer_minutes: int = Field(
        ge=0, le=1440, description="A slot nearer than this is not planned any more."
    )
    portfolio: Portfolio = Field(description="Whether results decide who appears where.")
    plan_days: int = Field(ge=1, le=400, description="How many days ahead the daemon plans.")
    tasks: dict[Identifier, Annotated[str, AfterValidator(known_cron)]] = Field(
        default={}, description="When the daemon does what: cron expressions in UTC, or off."
    )

    @model_validator(mode="after")
    def once(self) -> Self:
        """Refuse a name or a time that stands twice."""
        for what in ("name", "time"):
            found = [getattr(slot, what) for slot in self.slots]
            if len(set(found)) < len(found):
                raise ValueError(f"two slots have the same {what}")
        return self

    def begins(self) -> tuple[timedelta, ...]:
        """Return how long before its slot a video is begun, by how often it was before.

        What failed is begun again when a fourth of the time is left: an outage may be over by then.
        """
        ahead = timedelta(hours=self.make_ahead_hours)
        return tuple(ahead / NEARER**tries for tries in range(TRIES))

    def named(self, name: str) -> Slot:
        """Return the slot; one that is not there is a ConfigError."""
        found = next((slot for slot in self.slots if slot.name == name), None)
        if found is None:
            known = ", ".join(slot.name for slot in self.slots)
            raise ConfigError(f"no slot '{name[:40]}'; choose {known}")
        return found

    def next(self, name: str, now: datetime) -> datetime:
        """Return when the slot comes next, after `now`."""
        slot, zone = self.named(name), ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        coming = (slot.on(today + timedelta(days=days), zone) for days in range(3))
        return next(instant for instant in coming if instant > now).astimezone(UTC)
