"""Alerts, what happened to them, and what is silent."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from elite8.core.domain.alert import Alert, AlertEvent, AlertState, Silence


def every(session: Session) -> Sequence[Alert]:
    """Return all alerts, also those that are resolved."""
    return session.exec(select(Alert).order_by(col(Alert.rule), col(Alert.subject))).all()


def live(session: Session) -> Sequence[Alert]:
    """Return the alerts that are not resolved, the oldest first."""
    asked = select(Alert).where(col(Alert.state) != AlertState.RESOLVED)
    return session.exec(asked.order_by(col(Alert.since), col(Alert.rule))).all()


def keep(session: Session, alert: Alert) -> None:
    """Write an alert down."""
    session.add(alert)


def drop(session: Session, alert: Alert) -> None:
    """Forget an alert that never fired."""
    session.exec(
        delete(Alert).where(col(Alert.rule) == alert.rule, col(Alert.subject) == alert.subject)
    )


def tell(session: Session, event: AlertEvent) -> None:
    """Add a line to the history."""
    session.add(event)


def history(session: Session, *, since: datetime, rule: str = "", limit: int) -> list[AlertEvent]:
    """Return what happened from then on, the newest first."""
    asked = select(AlertEvent).where(col(AlertEvent.at) >= since)
    if rule:
        asked = asked.where(col(AlertEvent.rule) == rule)
    order = (col(AlertEvent.at).desc(), col(AlertEvent.id).desc())
    return list(session.exec(asked.order_by(*order).limit(limit)))


def fired(session: Session, since: datetime, until: datetime) -> int:
    """Return how often an alert fired in a time."""
    asked = select(func.count()).select_from(AlertEvent)
    during = (col(AlertEvent.at) >= since, col(AlertEvent.at) < until)
    return session.exec(asked.where(*during, col(AlertEvent.what) == AlertState.FIRING)).one()


def silences(session: Session, now: datetime) -> Sequence[Silence]:
    """Return the silences in force."""
    return session.exec(select(Silence).where(col(Silence.until) > now)).all()


def silences_over(session: Session, now: datetime) -> Sequence[Silence]:
    """Return the silences that have ended."""
    return session.exec(select(Silence).where(col(Silence.until) <= now)).all()


def silence(session: Session, one: Silence) -> None:
    """Begin a silence; an earlier one of the same ends."""
    session.exec(
        delete(Silence).where(col(Silence.rule) == one.rule, col(Silence.subject) == one.subject)
    )
    session.add(one)


def forget(session: Session, before: datetime) -> None:
    """Delete history and resolved alerts that are older."""
    session.exec(delete(AlertEvent).where(col(AlertEvent.at) < before))
    session.exec(delete(Silence).where(col(Silence.until) < before))
    over = (col(Alert.state) == AlertState.RESOLVED, col(Alert.changed_at) < before)
    session.exec(delete(Alert).where(*over))
