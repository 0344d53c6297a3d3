"""Reports as they were written down."""

from datetime import date

from sqlmodel import Session

from elite8.core.domain.report import Report


def get(session: Session, kind: str, day: date) -> Report | None:
    """Return the report of a period, `None` when none was written."""
    return session.get(Report, (kind, day))


def keep(session: Session, report: Report) -> None:
    """Keep a report; what was written first stays."""
    if get(session, report.kind, report.day) is None:
        session.add(report)
