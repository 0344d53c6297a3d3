"""The standing page of privacy: what waits, what gets old, which keys are there, never a value."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from elite8.core.domain.keeping import MONTH
from elite8.core.domain.rule import STALE_AFTER
from elite8.core.errors import Elite8Error
from elite8.core.operations import leftovers, requests, strongbox
from elite8.core.operations.leftovers import Copy
from elite8.core.operations.requests import Asked
from elite8.core.operations.signing import has_signing_key, signing_key
from elite8.core.storage import erasing, privacy, tombstones, vault
from elite8.core.studio import Studio

OLD_CONSENT_MONTHS = 24
"""compliance.md section 8: an older one is used with a written reason only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyThere:
    """A key and whether it is there; `says` is where it comes from, never what it is."""

    name: str
    there: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """How privacy stands; `stale_platforms` were read over 180 days ago."""

    requests: tuple[Asked, ...]
    old_consents: int
    stale_platforms: tuple[tuple[str, date], ...]
    keys: tuple[KeyThere, ...]
    backups: tuple[Copy, ...]
    erased_months: int
    purges: bool
    lapsed_months: int
    certificate_ends: datetime | None
    says: str = "passing checks is not a legal clearance"


def page(studio: Studio) -> Page:
    """Return how privacy stands."""
    open_ones = requests.listed(studio)
    now = studio.clock()
    with studio.database.transaction() as session:
        old = privacy.stale_consents(session, now - OLD_CONSENT_MONTHS * MONTH)
        months = len({one.month for one in erasing.sums(session)})
    rows = studio.config.policies.platforms
    stale = [
        (name, row.as_of) for name, row in rows.items() if now.date() - row.as_of > STALE_AFTER
    ]
    signs = has_signing_key(studio)
    return Page(
        requests=open_ones,
        old_consents=old,
        stale_platforms=tuple(sorted(stale)),
        keys=tuple(keys(studio)),
        backups=leftovers.copies(studio),
        erased_months=months,
        purges=studio.config.privacy.purge,
        lapsed_months=studio.config.privacy.lapsed_months,
        certificate_ends=signing_key(studio).expires if signs else None,
    )


def keys(studio: Studio) -> Iterator[KeyThere]:
    """Yield the keys that people's data hangs on."""
    try:
        found = strongbox.key_in_use(studio)
        yield KeyThere(name="key", there=found.there, says=f"{found.source}: {found.place}")
    except Elite8Error as trouble:
        yield KeyThere(name="key", there=False, says=str(trouble))
    folder = studio.settings.state_dir / "keys"
    for name, file in (("salt", vault.SALT_FILE), ("erased", tombstones.FILE)):
        yield KeyThere(name=name, there=(folder / file).exists(), says=str(folder / file))
