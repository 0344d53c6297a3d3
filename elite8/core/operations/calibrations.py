"""What half of full is: measured once, frozen under a version, never changed by itself."""

from elite8.core.domain.score import DEFAULT_CALIBRATION, Calibration
from elite8.core.errors import ConfigError
from elite8.core.storage import calibrations
from elite8.core.storage.database import Session

DEFAULT = DEFAULT_CALIBRATION.version


def version(session: Session, name: str = "") -> Calibration:
    """Return the halves of a version; the newest when none is named, the default before any."""
    if not name:
        newest = calibrations.newest(session)
        name = newest.version if newest else DEFAULT
    found = DEFAULT_CALIBRATION if name == DEFAULT else calibrations.get(session, name)
    if found is None:
        known = ", ".join([*(one.version for one in calibrations.every(session)), DEFAULT])
        raise ConfigError(f"no calibration '{name[:40]}'; choose {known}")
    return found
