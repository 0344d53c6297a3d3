"""Which folders and which database this machine uses, by the standard library alone.

`Settings` takes its defaults from here: one home per fact.
"""

import json
import os
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHIPPED_CONFIG = Path(__file__).resolve().parent.parent / "_config"
TIME_ZONE = "Asia/Tokyo"
"""The zone that times are shown in unless ELITE8_TIME_ZONE names another."""
CHECKOUT_CONFIG = Path(__file__).resolve().parent.parent.parent / "config"
CHARACTERS = Path("avatars", "elite8_characters.json")
"""What a folder called config has when it is one of ours."""


def environment() -> Mapping[str, str]:
    """Return the environment, with the ELITE8_ lines of ./.env below it."""
    found: dict[str, str] = {}
    if Path(".env").is_file() and is_ours(Path(".env")):
        from dotenv import dotenv_values

        lines = dotenv_values(".env")
        found = {k.upper(): v for k, v in lines.items() if v and k.upper().startswith("ELITE8_")}
    return ChainMap(os.environ, found)


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
    if (here / CHARACTERS).is_file() and is_ours(here):
        return here, "./config"
    return shipped_config(), "shipped with elite8"


def of_another() -> Path | None:
    """Return what another user put into the working folder and would decide here, else `None`.

    It says which program is FFmpeg, where keys are sent, who is heard; in a folder such as /tmp it
    may be anybody's. A config that is named by ELITE8_CONFIG_DIR is the operator's own word.
    """
    named = environment().get("ELITE8_CONFIG_DIR")
    config = Path.cwd() / "config"
    there = [Path.cwd() / ".env"]
    if not named and (config / CHARACTERS).is_file():
        there.append(config)
    return next((one for one in there if not is_ours(one)), None)


def is_ours(place: Path) -> bool:
    """Return whether a place, and a link there, is this user's, root's, its folder's or missing.

    Whose folder it is may say what is in it: in a container a project's folder is often not root's.
    """
    try:
        owners = {place.lstat().st_uid, place.stat().st_uid}
        return owners <= {os.geteuid(), 0, place.parent.stat().st_uid}
    except OSError:
        return True


def shipped_config() -> Path:
    """Return the folder of the config that came with this version."""
    return SHIPPED_CONFIG if SHIPPED_CONFIG.is_dir() else CHECKOUT_CONFIG


MARK = "synthetic.json"


@dataclass(frozen=True, slots=True)
class Synthetic:
    """What says that a studio is made up: from which seed, and the last day of its year."""

    seed: int
    day: str


def synthetic(state: Path) -> Synthetic | None:
    """Return whether the studio in a state folder is made up, `None` of a real one.

    A mark that cannot be read is one all the same.
    """
    try:
        found = json.loads((state / MARK).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return Synthetic(-1, "")
    known = found if isinstance(found, dict) else {}
    seed, day = known.get("seed"), known.get("day")
    return Synthetic(seed if isinstance(seed, int) else -1, day if isinstance(day, str) else "")


def mark(state: Path, seed: int, day: str) -> None:
    """Write down that the studio in a state folder is made up."""
    said = "nobody and nothing in this folder is real: elite8 config init --demo"
    (state / MARK).write_text(json.dumps({"seed": seed, "day": day, "about": said}) + "\n")


def is_synthetic() -> Synthetic | None:
    """Return whether the studio of this machine is made up."""
    return synthetic(state_dir())
