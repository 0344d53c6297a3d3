"""The errors that reach a person, and the exit code each one becomes.

Elite8Error         1
├── ConfigError     2    a file, a setting or a flag is wrong
├── Refused         1    the other side, or a rule of ours, said no
│   └── OutOfCredits    1    there is not enough to pay for it
├── SignInNeeded    3    a credential is missing, expired or revoked
└── Unavailable     4    no answer, or asked to wait; may be tried again
    ├── RateLimited     4    asked to wait; nothing was done
    └── Unanswered      4    sent, and it is not known whether it was done
"""

import errno
from typing import ClassVar


class Elite8Error(Exception):
    """Trouble that a person can act on; its text is one sentence that says how."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "failed"


class ConfigError(Elite8Error):
    """A file, a setting or a flag is wrong."""

    exit_code = 2
    code = "config"


class Refused(Elite8Error):
    """The other side, or a rule of ours, said no."""

    code = "refused"


class Withheld(Refused):
    """Our own side keeps it back for now: a rule, a missing approval, a stop. It waits."""


class SignInNeeded(Elite8Error):
    """A credential is missing, expired or revoked."""

    exit_code = 3
    code = "sign-in-needed"


class Unavailable(Elite8Error):
    """No answer, or asked to wait; may be tried again."""

    exit_code = 4
    code = "unavailable"


class OutOfCredits(Refused):
    """There is not enough to pay for it; the local engine costs nothing."""

    code = "out-of-credits"


class RateLimited(Unavailable):
    """Asked to wait; nothing was done. `retry_after` in seconds, `None` when not said.

    Longer than a day is not believed: it is asked again then.
    """

    code = "rate-limited"
    LONGEST: ClassVar[float] = 86_400.0

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = None if retry_after is None else min(retry_after, self.LONGEST)


class Unanswered(Unavailable):
    """Sent, and it is not known whether it was done; only asking tells, never sending again."""

    code = "unanswered"


STORE: dict[str, tuple[type[Elite8Error], str]] = {
    "locked": (Unavailable, "the database is busy: another process holds it; try again"),
    "is full": (ConfigError, "no room is left on the database's disk; free some and try again"),
    "readonly": (
        ConfigError,
        "the database's file or its disk is read-only; make it writable, or set ELITE8_STATE_DIR",
    ),
    "malformed": (
        ConfigError,
        "the database's file is damaged; stop the daemon and restore a copy: elite8 db restore",
    ),
    "not a database": (
        ConfigError,
        "the database's file is damaged; stop the daemon and restore a copy: elite8 db restore",
    ),
    "I/O error": (ConfigError, "the database's disk fails; see to it, then try again"),
}
"""What a database says of itself, and what there is to do."""
SQLITE_ERROR = 1
"""What SQLite answers to a statement that is wrong, which is ours (sqlite.org/rescode.html)."""


def of_store(fault: BaseException) -> Elite8Error | None:
    """Return what a fault of the database means to a person; `None` of any other fault.

    Inside it stays a fault, which nothing takes for a network's answer; faces and logs say this.
    SQLAlchemy's classes are told by their names: cheap commands load none of it.
    """
    kind = type(fault)
    if not kind.__module__.startswith("sqlalchemy.") or kind.__name__ not in {
        "OperationalError",
        "DatabaseError",
    }:
        return None
    orig = getattr(fault, "orig", None)
    if getattr(orig, "sqlite_errorcode", None) == SQLITE_ERROR:
        return None
    said = str(orig or "")
    for words, (meant, advice) in STORE.items():
        if words in said:
            return meant(advice)
    if kind.__name__ == "DatabaseError":
        return None
    return Unavailable("the database does not answer; is it running? try again")


def of_file(fault: BaseException) -> Elite8Error | None:
    """Return what another user's file or a full disk means to a person; `None` of other faults."""
    if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
        return ConfigError("no room is left on the disk that was written to; free some, try again")
    if not isinstance(fault, PermissionError) or fault.filename is None:
        return None
    return ConfigError(
        f"{fault.filename} cannot be opened by this user; run as whoever it belongs to, or choose "
        "a folder of your own (for the studio: ELITE8_STATE_DIR)"
    )


def in_words(fault: Exception) -> str:
    """Return what went wrong as a person is told it."""
    return str(of_store(fault) or fault) or type(fault).__name__
