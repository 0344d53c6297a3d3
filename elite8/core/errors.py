"""The errors that reach a person, and the exit code each one becomes.

Elite8Error         1
├── ConfigError     2    a file, a setting or a flag is wrong
├── Refused         1    the other side, or a rule of ours, said no
├── SignInNeeded    3    a credential is missing, expired or revoked
└── Unavailable     4    no answer, or asked to wait; may be tried again
"""

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


class SignInNeeded(Elite8Error):
    """A credential is missing, expired or revoked."""

    exit_code = 3
    code = "sign-in-needed"


class Unavailable(Elite8Error):
    """No answer, or asked to wait; may be tried again."""

    exit_code = 4
    code = "unavailable"
