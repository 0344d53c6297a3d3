"""The one object that holds what a verb needs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from elite8.core import log, places
from elite8.core.clock import Clock, FastClock, utc_now
from elite8.core.config import Config
from elite8.core.errors import Refused, SignInNeeded
from elite8.core.settings import Settings, load
from elite8.core.storage import maintenance
from elite8.core.storage.database import Database

if TYPE_CHECKING:
    import httpx

    from elite8.core.production.a2e import A2E

NO_A2E_KEY = (
    "A2E needs a key: sign in at a2e.ai, create a token on its API page and put it in "
    "ELITE8_A2E_API_KEY; or leave --engine out to film on this machine"
)


@dataclass(frozen=True)
class Studio:
    """Settings, config, clock and database; whatever is not used is not opened."""

    settings: Settings
    config: Config
    clock: Clock = utc_now
    transport: "httpx.BaseTransport | None" = None
    pause: Callable[[float], None] = time.sleep
    looks: bool = False
    drafts: bool = False

    @cached_property
    def database(self) -> Database:
        """The database, its schema brought up to date on first use."""
        address = self.settings.database_url.get_secret_value()
        return Database(address, looks=self.looks, drafts=self.drafts)

    @cached_property
    def looking(self) -> "Studio":
        """This studio for looks alone: they wait for no writer and write nothing."""
        return self if self.looks else replace(self, looks=True)

    @cached_property
    def drafting(self) -> "Studio":
        """This studio with nothing kept: an operation tried on it says what it would do."""
        return replace(self, drafts=True)

    @cached_property
    def remembered(self) -> dict[str, Any]:
        """What took long to work out, by its name; whoever put it there knows when it is old."""
        return {}

    @cached_property
    def verified(self) -> dict[tuple[str, date], Any]:
        """What bytes of this SHA-256 carry, as verified that day: looking costs half a second."""
        return {}

    @cached_property
    def seed(self) -> int | None:
        """The seed of a synthetic studio, by its folder or its database; `None` of a real one."""
        marked = places.synthetic(self.settings.state_dir)
        return marked.seed if marked else maintenance.seed_of(self.database.file)

    def only_real(self, what: str) -> None:
        """Refuse what reaches others, or costs, in a synthetic studio."""
        if self.seed is not None:
            raise Refused(
                f"this is a synthetic studio, seed {self.seed}: nobody in it exists, and it never "
                f"{what}; unset ELITE8_STATE_DIR, or set it to a folder of your own"
            )

    def shared_now(self) -> datetime:
        """Return now by the clock that all machines on one database share; claims go by it."""
        return self.clock() + self.database.ahead()

    @property
    def pace(self) -> float:
        """How many seconds of the clock pass in one of time."""
        return self.clock.pace if isinstance(self.clock, FastClock) else 1.0

    @cached_property
    def a2e(self) -> "A2E":
        """The paid engine; without a key it is `SignInNeeded`."""
        from elite8.core.production.a2e import A2E

        self.only_real("orders anything")
        if self.settings.a2e_api_key is None:
            raise SignInNeeded(NO_A2E_KEY)
        tariff = self.config.tariff
        simulated = self.settings.a2e_url.startswith("http://127.0.0.1")
        return A2E(
            self.settings.a2e_url,
            self.settings.a2e_api_key,
            hosts=tariff.result_hosts,
            interval=0.0 if simulated else 1 / tariff.limits.requests_per_second,
            transport=self.transport,
        )


def open_studio() -> Studio:
    """Return the studio of this machine and working folder, its log set up."""
    settings = load()
    log.configure(settings.log_level, settings.log_format, secrets_of(settings))
    studio = Studio(settings=settings, config=Config(settings.config_dir), clock=settings.now)
    if places.synthetic(settings.state_dir):
        from elite8.core.http import Nowhere

        return replace(studio, transport=Nowhere())
    return studio


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return every secret value, so that the log can blank it wherever it turns up."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    found = tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))
    return tuple(value for value in found if not value.startswith("sqlite:"))
