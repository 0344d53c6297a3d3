"""Show, check and copy what the operator decides."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from elite8.core import config, places
from elite8.core.config import FILES, Config
from elite8.core.domain.character import Character
from elite8.core.errors import ConfigError
from elite8.core.operations.holder import is_dead
from elite8.core.settings import Settings
from elite8.core.studio import Studio

BY_FOLDER = ("state_dir", "config_dir", "outbox_dir")
"""Settings that go by the working folder, or by whose home it is, unless they are set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingShown:
    """One setting; a secret shows only `set` or `missing`."""

    variable: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigShown:
    """Which folder won and why, its files, and the settings of this machine."""

    folder: Path
    because: str
    files: tuple[str, ...]
    settings: tuple[SettingShown, ...]


def show(studio: Studio) -> ConfigShown:
    """Return what is in force."""
    folder, because = places.config_dir()
    return ConfigShown(
        folder=folder,
        because=because,
        files=tuple(FILES),
        settings=tuple(_shown(name, studio.settings) for name in Settings.model_fields),
    )


def _shown(name: str, settings: Settings) -> SettingShown:
    value = getattr(settings, name)
    if name == "database_url":
        shown = without_password(value.get_secret_value())
    elif is_secret(name) or (value is None and name.endswith(("key", "certificate"))):
        shown = "set" if value else "missing"
    else:
        shown = "" if value is None else str(value)
    field = Settings.model_fields[name]
    return SettingShown(
        variable=f"ELITE8_{name.upper()}", value=shown, meaning=field.description or ""
    )


def is_secret(name: str) -> bool:
    """Return whether a setting is a secret, also one that is not set."""
    return SecretStr.__name__ in str(Settings.model_fields[name].annotation)


def exported(studio: Studio) -> Iterator[str]:
    """Yield the settings of this shell that are no secrets, as NAME=value, for another folder.

    Paths are absolute. What goes by the working folder when it is not set is there all the same.
    """
    found = places.environment()
    for name in Settings.model_fields:
        variable = f"ELITE8_{name.upper()}"
        if is_secret(name) or not (found.get(variable) or name in BY_FOLDER):
            continue
        value = getattr(studio.settings, name)
        yield f"{variable}={value.absolute() if isinstance(value, Path) else found[variable]}"


def without_password(url: str) -> str:
    """Return the database URL with any password blanked."""
    scheme, slashes, rest = url.partition("://")
    sign_in, at, host = rest.rpartition("@")
    user = sign_in.partition(":")[0]
    return f"{scheme}{slashes}{user}{':***' if ':' in sign_in else ''}{at}{host}"


def check(studio: Studio) -> tuple[str, ...]:
    """Return one sentence per thing that is wrong with the config; empty when all is right."""
    if not studio.config.folder.is_dir():
        return (f"there is no folder {studio.config.folder}; ELITE8_CONFIG_DIR names it",)
    complaints = studio.config.check()
    if any(config.CHARACTERS in line for line in complaints):
        return complaints
    pictures = (
        line for c in studio.config.roster.characters for line in _picture_complaints(c, studio)
    )
    from elite8.core.operations import profiles

    return (*complaints, *pictures, *rule_complaints(studio), *profiles.complaints(studio))


def rule_complaints(studio: Studio) -> tuple[str, ...]:
    """Return what is wrong with the words and metrics of the alert rules."""
    from elite8.core.operations import alerts

    try:
        alerts.check_words(studio)
    except ConfigError as wrong:
        return (str(wrong),)
    return ()


def reread(studio: Studio) -> Studio:
    """Return the studio with the config as its files are now; a wrong one is a ConfigError.

    What the files become later makes no difference to it. The database stays open, and what runs
    already goes on with what it began with.
    """
    decided = Config(studio.config.folder)
    wrong = decided.check() or rule_complaints(replace(studio, config=decided))
    if wrong:
        raise ConfigError("; ".join(wrong))
    fresh = replace(studio, config=decided.whole())
    vars(fresh).update({k: v for k, v in vars(studio).items() if k in {"database", "verified"}})
    return fresh


def keep_copy(studio: Studio, holder: str) -> Path:
    """Return a copy of the config, for processes that begin later; a wrong one is a ConfigError.

    It is in the state folder, where nothing cleans up; those of daemons that are gone go.
    """
    copies = studio.settings.state_dir / "in-force"
    target = copies / f"{holder.replace(':', '_')}_{time.monotonic_ns()}"
    try:
        for one in copies.iterdir() if copies.is_dir() else ():
            if is_dead(one.name.replace("_", ":")):
                shutil.rmtree(one, ignore_errors=True)
        shutil.copytree(studio.config.folder, target)
    except (OSError, shutil.Error) as broken:
        shutil.rmtree(target, ignore_errors=True)
        raise ConfigError(f"{studio.config.folder} cannot be copied: {broken}") from None
    if complaints := Config(target).check():  # it was edited in this very moment
        shutil.rmtree(target, ignore_errors=True)
        raise ConfigError("; ".join(complaints))
    return target


def _picture_complaints(character: Character, studio: Studio) -> tuple[str, ...]:
    """Return what is wrong with the operator's own picture or layers of one character."""
    try:
        own_picture(character, studio.config)
    except ConfigError as wrong:
        return (str(wrong),)
    return ()


def own_picture(character: Character, decided: Config) -> Path | None:
    """Return the operator's own picture or layer folder, opened once to see that it is one.

    Relative paths start at the config folder.
    """
    asked = character.layers or character.image
    if not asked:
        return None
    path = decided.folder / Path(asked).expanduser()
    if not Path(asked).expanduser().is_absolute() and ".." in Path(asked).parts:
        raise ConfigError(
            f"{decided.folder / config.CHARACTERS}: {character.id}: '{asked}' leaves the config "
            "folder, of which the daemon keeps a copy; put it inside, or write its whole path"
        )
    there = path.is_dir() if character.layers else path.is_file()
    if not there:
        kind = "folder" if character.layers else "file"
        raise ConfigError(
            f"{decided.folder / config.CHARACTERS}: {character.id}: there is no {kind} {path}"
        )
    from elite8.core.production.local import planes, puppet

    if character.layers:
        puppet.load_folder(path)
    else:
        planes.load_picture(path)
    return path


def init(target: Path) -> tuple[Path, ...]:
    """Write a full working copy of the config in force to `target`; an existing one is refused.

    All files appear at once or none does.
    """
    source, _ = places.config_dir()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError(f"{target} exists already and is not an empty folder; name a new one")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".elite8-") as scratch:
            copy = Path(scratch) / "config"
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
            copy.replace(target)
    except OSError as trouble:
        raise ConfigError(f"{target} cannot be written: {trouble.strerror}") from None
    return tuple(sorted(path for path in target.rglob("*") if path.is_file()))


def schema(name: str) -> dict[str, object]:
    """Return the JSON Schema of one config file; an unknown name is a ConfigError listing them."""
    found = [file for file in FILES if name in (file, Path(file).name)]
    if len(found) != 1:
        raise ConfigError(f"no config file is called '{name}'; choose one of {', '.join(FILES)}")
    return config.shape(found[0]).model_json_schema()
