"""Who holds a row: one attempt of one process of one machine, as it is running now."""

import hashlib
import os
import platform
import secrets
from functools import cache
from pathlib import Path

RUN_OF_THE_MACHINE = Path("/proc/sys/kernel/random/boot_id")
PROCESSES_SEEN = Path("/proc/self/ns/pid")


def new_holder() -> str:
    """Return a name for this attempt: machine, process, chance; at most 64 characters."""
    return f"{machine()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Return whether the holder was a process of this machine that is gone."""
    where, _, rest = name.partition(":")
    pid = rest.partition(":")[0]
    if where != machine() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@cache
def machine() -> str:
    """Return what tells this machine, since it was started, from all that share a database.

    Its name, its start and, in a container, whose processes it sees: only there does a process id
    that is gone mean that its process is.
    """
    started = RUN_OF_THE_MACHINE.read_text() if RUN_OF_THE_MACHINE.exists() else ""
    seen = str(PROCESSES_SEEN.readlink()) if PROCESSES_SEEN.is_symlink() else ""
    return hashlib.sha256(f"{platform.node()}\n{started}\n{seen}".encode()).hexdigest()[:16]
