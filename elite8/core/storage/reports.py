"""Reports as they were written down."""

from datetime import date

from sqlmodel import Session

from elite8.core.domain.report import Report
from elite8.core.storage import held


def get(session: Session, kind: str, day: date) -> Report | None:
    """Return the report of a period, `None` when none was written."""
    return session.get(Report, (kind, day))


def keep(session: Session, report: Report) -> bool:
    """Keep a report, and return whether it is new; what was written first stays."""
    held.alone(session, "reports")
    if get(session, report.kind, report.day) is not None:
        return False
    session.add(report)
    return True
