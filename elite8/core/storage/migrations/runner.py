"""Bring a database's schema to the newest version, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

LOCK = 0x0E117E8
"""Any number that all elite8 processes agree on, for PostgreSQL's advisory lock."""


def configuration() -> Config:
    """Return Alembic's configuration; the steps are found wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def head() -> str:
    """Return the newest step's name, as Alembic reads the files."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    return newest or ""


def upgrade(engine: Engine) -> None:
    """Apply the steps that are missing, all or none.

    SQLite's write lock (taken at the start) or PostgreSQL's advisory lock makes a second process
    wait and then find nothing to do.
    """
    config = configuration()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
