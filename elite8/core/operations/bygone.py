"""What a purge took out stays out: its money is in a sum, and an old export tells it again.

A purge keeps no hash of anybody, so it is not known whom it took. Whoever was known before the
first one and is there still was not taken; of anybody else nothing older than the latest border of
a purge comes in, by whichever file or name.
"""

from dataclasses import dataclass
from datetime import datetime

from elite8.core.domain.audit import AuditEntry
from elite8.core.domain.keeping import MONTH
from elite8.core.storage import audit
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

ACT, DECISION = "privacy", "purged"


@dataclass(frozen=True, slots=True)
class Bygone:
    """When the first purge took somebody out, and before when all that purges took lies."""

    first: datetime
    border: datetime


def look(studio: Studio, session: Session) -> Bygone | None:
    """Return what the audit log knows of purges, `None` when none took anybody out."""
    purges = audit.decided(session, ACT, DECISION)
    if not purges:
        return None
    return Bygone(min(one.at for one in purges), max(border_of(studio, one) for one in purges))


def told(people: int, border: datetime) -> str:
    """Return what the log is to keep of a purge; it ends with its border."""
    return f"{people} lapsed people, nothing paid since {border.isoformat()}"


def border_of(studio: Studio, purge: AuditEntry) -> datetime:
    """Return the border of a purge; one that was kept without it had the period of today."""
    try:
        return datetime.fromisoformat(purge.detail.rpartition(" ")[2])
    except ValueError:
        return purge.at - studio.config.privacy.lapsed_months * MONTH
