"""The one object that holds what a verb needs."""

from dataclasses import dataclass
from functools import cached_property

from pydantic import SecretStr

from elite8.core import log
from elite8.core.clock import Clock, utc_now
from elite8.core.config import Config
from elite8.core.settings import Settings, load
from elite8.core.storage.database import Database


@dataclass(frozen=True)
class Studio:
    """Settings, config, clock and database; whatever is not used is not opened."""

    settings: Settings
    config: Config
    clock: Clock = utc_now

    @cached_property
    def database(self) -> Database:
        """The database, its schema brought up to date on first use."""
        return Database(self.settings.database_url.get_secret_value())


def open_studio() -> Studio:
    """Return the studio of this machine and working folder, its log set up."""
    settings = load()
    log.configure(settings.log_level, settings.log_format, secrets_of(settings))
    return Studio(settings=settings, config=Config(settings.config_dir))


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """Return every secret value, so that the log can blank it wherever it turns up."""
    values = (getattr(settings, name) for name in Settings.model_fields)
    found = tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))
    return tuple(value for value in found if not value.startswith("sqlite:"))
