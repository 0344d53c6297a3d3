"""What each platform allows, and how old that knowledge is."""

from dataclasses import dataclass
from datetime import date

from elite8.core.domain.policy import PlatformPolicy
from elite8.core.studio import Studio

OLD = 180
"""Days after which a row is read again (compliance.md section 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformShown:
    """A platform's row; `reach` is what holds now, with an attestation counted in."""

    platform: str
    ai_persona: str
    automation: str
    outreach: str
    reach: str
    adult: str
    confidence: str
    source: str
    note: str
    as_of: date
    age_days: int
    old: bool
    attested_on: date | None


def platforms(studio: Studio) -> tuple[PlatformShown, ...]:
    """Return the rows of all platforms, as they stand in the operator's own day."""
    today = studio.clock().astimezone(studio.settings.zone).date()
    rows = studio.config.policies.platforms
    return tuple(shown(name, row, today) for name, row in rows.items())


def shown(name: str, row: PlatformPolicy, today: date) -> PlatformShown:
    """Return a row with its age; a newer attestation does not make what was read younger."""
    age = (today - row.as_of).days
    return PlatformShown(
        platform=name,
        ai_persona=row.ai_persona,
        automation=row.automation,
        outreach=row.outreach,
        reach=row.reach,
        adult=row.adult,
        confidence=row.confidence,
        source=row.source,
        note=row.note,
        as_of=row.as_of,
        age_days=age,
        old=age > OLD,
        attested_on=row.attested.day if row.attested else None,
    )
