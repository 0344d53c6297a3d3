"""Signing out of the page: kept, so that it holds after a restart and for every process."""

from datetime import datetime

from elite8.core.storage import sessions
from elite8.core.studio import Studio


def end(studio: Studio, nonce: str, until: datetime) -> None:
    """Take a sign-in back before its time, for good."""
    with studio.database.transaction() as session:
        sessions.forget(session, studio.clock())
        sessions.end(session, nonce, until)


def ended(studio: Studio) -> frozenset[str]:
    """Return the sign-ins that were taken back and would be good still."""
    studio = studio.looking
    with studio.database.transaction() as session:
        return sessions.ended(session, studio.clock())
