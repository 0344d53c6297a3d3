"""Which folders and which database this machine uses, by the standard library alone.

`Settings` takes its defaults from here: one home per fact.
"""

import os
from pathlib import Path

SHIPPED_CONFIG = Path(__file__).resolve().parent.parent / "_config"
CHECKOUT_CONFIG = Path(__file__).resolve().parent.parent.parent / "config"


def environment() -> dict[str, str]:
    """Return the environment, with the ELITE8_ lines of ./.env below it."""
    found: dict[str, str] = {}
    if Path(".env").is_file():
        from dotenv import dotenv_values

        lines = dotenv_values(".env")
        found = {k.upper(): v for k, v in lines.items() if v and k.upper().startswith("ELITE8_")}
    return found | dict(os.environ)


def state_dir() -> Path:
    """Return ELITE8_STATE_DIR, else systemd's STATE_DIRECTORY, else the user's state folder."""
    asked = environment().get("ELITE8_STATE_DIR") or environment().get("STATE_DIRECTORY")
    if asked:
        # systemd separates several directories with a colon; the first is the service's own.
        return Path(asked.split(":")[0]).expanduser().absolute()
    from platformdirs import user_state_path

    return user_state_path("elite8")


def cache_dir() -> Path:
    """Return ELITE8_CACHE_DIR, else the user's cache folder: safe to delete at any time."""
    asked = environment().get("ELITE8_CACHE_DIR")
    if asked:
        return Path(asked).expanduser().absolute()
    from platformdirs import user_cache_path

    return user_cache_path("elite8")


def database_url() -> str:
    """Return ELITE8_DATABASE_URL, else an SQLite file in the state folder."""
    return environment().get("ELITE8_DATABASE_URL") or f"sqlite:///{state_dir() / 'elite8.db'}"


def config_dir() -> tuple[Path, str]:
    """Return the folder config is read from, and why that one won."""
    asked = environment().get("ELITE8_CONFIG_DIR")
    if asked:
        return Path(asked).expanduser().absolute(), "ELITE8_CONFIG_DIR"
    here = Path.cwd() / "config"
    if (here / "avatars" / "elite8_characters.json").is_file():
        return here, "./config"
    return shipped_config(), "shipped with elite8"


def shipped_config() -> Path:
    """Return the folder of the config that came with this version."""
    return SHIPPED_CONFIG if SHIPPED_CONFIG.is_dir() else CHECKOUT_CONFIG
