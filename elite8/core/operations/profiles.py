"""How exports are read: the profiles that are there, the operator's own before the shipped."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from elite8.core import places
from elite8.core.domain.profile import Profile
from elite8.core.errors import ConfigError
from elite8.core.parsing import parse_toml
from elite8.core.studio import Studio

FOLDER = "subscribers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileShown:
    """A profile; `verified` says whether it was seen against a real export."""

    name: str
    kind: str
    platform: str
    verified: bool
    as_of: date
    source: str
    note: str
    file: Path


def listed(studio: Studio) -> tuple[ProfileShown, ...]:
    """Return the profiles by name; one that is wrong is a ConfigError."""
    return tuple(
        ProfileShown(
            name=name,
            kind=found.kind,
            platform=found.constants.get("platform", ""),
            verified=found.verified,
            as_of=found.as_of,
            source=found.source,
            note=found.note,
            file=file,
        )
        for name, file in sorted(files(studio).items())
        for found in (read(file),)
    )


def named(studio: Studio, name: str) -> Profile:
    """Return how an export reads."""
    there = files(studio)
    if name not in there:
        raise ConfigError(
            f"no import profile '{name[:40]}'; choose {', '.join(sorted(there))}, or write one as "
            f"{studio.config.folder / FOLDER / 'NAME.toml'}"
        )
    return read(there[name])


def files(studio: Studio) -> dict[str, Path]:
    """Return the files by name; an older config folder still has those that are shipped."""
    folders = (places.shipped_config(), studio.config.folder)
    return {one.stem: one for place in folders for one in (place / FOLDER).glob("*.toml")}


def complaints(studio: Studio) -> Iterator[str]:
    """Yield what is wrong with any of them."""
    for _, file in sorted(files(studio).items()):
        try:
            read(file)
        except ConfigError as wrong:
            yield str(wrong)


def read(file: Path) -> Profile:
    """Return a profile; anything wrong is one ConfigError."""
    return parse_toml(file, Profile)
