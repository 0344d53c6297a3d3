"""Questions about frozen halves of the engagement score."""

from sqlmodel import Session, col, select

from elite8.core.domain.engagement import SHARE, Calibrated, CalibrationValue
from elite8.core.domain.score import Calibration


def newest(session: Session) -> Calibrated | None:
    """Return the newest version, `None` before there is one."""
    return session.exec(select(Calibrated).order_by(*NEWEST).limit(1)).first()


NEWEST = (col(Calibrated.made_at).desc(), col(Calibrated.version).desc())


def every(session: Session) -> list[Calibrated]:
    """Return all versions, the newest first."""
    return [*session.exec(select(Calibrated).order_by(*NEWEST))]


def get(session: Session, version: str) -> Calibration | None:
    """Return the halves of a version."""
    if session.get(Calibrated, version) is None:
        return None
    asked = select(CalibrationValue).where(col(CalibrationValue.version) == version)
    rows = session.exec(asked).all()
    return Calibration(
        version=version,
        halves={(one.platform, one.activity): one.value for one in rows if one.activity != SHARE},
        shares={one.platform: one.value for one in rows if one.activity == SHARE},
    )


def keep(session: Session, row: Calibrated, frozen: Calibration) -> None:
    """Keep a new version."""
    session.add(row)
    session.flush()
    values = {**frozen.halves, **{(place, SHARE): share for place, share in frozen.shares.items()}}
    session.add_all(
        CalibrationValue(version=row.version, platform=place, activity=name, value=value)
        for (place, name), value in values.items()
    )
    session.flush()
