"""Who holds a row: one attempt of one process of one machine, as it is running now."""

import os
import secrets

from elite8.core.processes import is_gone, machine


def new_holder() -> str:
    """Return a name for this attempt: machine, process, chance; at most 64 characters."""
    return f"{machine()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Return whether the holder was a process of this machine that is gone."""
    where, _, rest = name.partition(":")
    pid = rest.partition(":")[0]
    return where == machine() and pid.isdecimal() and is_gone(int(pid))
