"""How exports are read: the profiles that are there."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from elite8.core.studio import Studio


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
        for name, file in sorted(studio.config.profile_files().items())
        for found in (studio.config.profile(name),)
    )
