"""What half of full is: measured when asked, frozen under a version, never changed by itself."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from elite8.core.domain import fading
from elite8.core.domain import score as reference
from elite8.core.domain.arrays import Floats
from elite8.core.domain.engagement import Calibrated
from elite8.core.domain.fading import STARTS, SUMS
from elite8.core.domain.score import (
    ACTIVITIES,
    DEFAULT_CALIBRATION,
    FEWEST_ACTIVE,
    Calibration,
)
from elite8.core.errors import ConfigError, Refused
from elite8.core.storage import calibrations, engagement, held
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

DEFAULT = DEFAULT_CALIBRATION.version


def version(session: Session, name: str = "") -> Calibration:
    """Return the halves of a version; the newest when none is named, the default before any."""
    if not name:
        newest = calibrations.newest(session)
        name = newest.version if newest else DEFAULT
    found = DEFAULT_CALIBRATION if name == DEFAULT else calibrations.get(session, name)
    if found is None:
        known = ", ".join([*(one.version for one in calibrations.every(session)), DEFAULT])
        raise ConfigError(f"no calibration '{name[:40]}'; choose {known}")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """Half of full of an activity on a platform, and what it was; `measured` or the default."""

    platform: str
    activity: str
    was: float
    half: float
    measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A version and its halves; `new` is no when the newest says exactly the same."""

    version: str
    as_of: datetime
    new: bool
    halves: tuple[Half, ...]
    too_few: tuple[str, ...]


def measure(studio: Studio, day: datetime | None = None) -> Measured:
    """Measure half of full as of a day, and freeze it as the version that scores go by from now on.

    `None` is when today began in UTC, so that a second run says the same.

    The halves are medians of what people's faded activities were worth then, by platform; under 30
    active people the default stands. Nobody is active enough anywhere: Refused.
    """
    day = day or datetime.combine(studio.clock().astimezone(UTC).date(), time(), UTC)
    windows, shares = windows_of(studio, day)
    with studio.database.transaction() as session:
        held.alone(session, "calibration")
        before = version(session)
        found = reference.calibrate(next_name(session, day), windows)
        places = {place for place, _ in found.halves}
        if not places:
            raise Refused(
                f"nowhere are {FEWEST_ACTIVE} people active, so half of full cannot be measured; "
                "the one in use stays"
            )
        kept = {place: share for place, share in shares.items() if place in places}
        frozen = replace(found, shares=kept)
        new = (frozen.halves, frozen.shares) != (before.halves, before.shares)
        if new:
            row = Calibrated(version=frozen.version, as_of=day, made_at=studio.clock())
            calibrations.keep(session, row, frozen)
    return Measured(
        version=frozen.version if new else before.version,
        as_of=day,
        new=new,
        halves=compared(before, frozen, places),
        too_few=tuple(sorted({*windows} - places)),
    )


def windows_of(studio: Studio, day: datetime) -> tuple[dict[str, Floats], dict[str, float]]:
    """Return by platform what people's activities were worth as of a day, and starts completed."""
    from elite8.core.operations.scores import sums_at

    config = studio.config.scoring
    windows: dict[str, Floats] = {}
    shares: dict[str, float] = {}
    with studio.looking.database.transaction() as session:  # long, and nobody has to wait for it
        for platform in engagement.known_platforms(session):
            _, made = sums_at(studio, session, platform, day)
            if share := share_of(made):
                shares[platform] = share
            frozen = replace(DEFAULT_CALIBRATION, shares=dict(shares))
            windows[platform] = fading.today(made, fading.scale(config, frozen, platform, day))
    return windows, shares


def share_of(made: Floats) -> float:
    """Return how many starts are completed; 0 where there are none, or none is."""
    whole = made[:, SUMS.index("completions")]
    return reference.mean_share(whole, made[:, SUMS.index(STARTS)])


def next_name(session: Session, day: datetime) -> str:
    """Return a version that is free: the day, or the day and a number."""
    taken = {one.version for one in calibrations.every(session)}
    names = (f"{day:%Y-%m-%d}" + (f".{number}" if number > 1 else "") for number in range(1, 1000))
    return next(name for name in names if name not in taken)


def compared(before: Calibration, now: Calibration, places: set[str]) -> tuple[Half, ...]:
    """Return halves beside what they were."""
    return tuple(
        Half(
            platform=place,
            activity=name,
            was=float(before.row(place)[number]),
            half=float(now.row(place)[number]),
            measured=(place, name) in now.halves,
        )
        for place in sorted(places)
        for number, name in enumerate(ACTIVITIES)
    )
