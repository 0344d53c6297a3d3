"""Which machine this is, as long as it runs, which of its processes are gone, how ours begin."""

import hashlib
import os
import platform
import sys
from functools import cache
from pathlib import Path

RUN_OF_THE_MACHINE = Path("/proc/sys/kernel/random/boot_id")
PROCESSES_SEEN = Path("/proc/self/ns/pid")
ELITE8 = (sys.executable, "-P", "-m", "elite8")
"""How our own program is begun in another process: a module of the working folder is not ours."""


def is_gone(pid: int) -> bool:
    """Return whether no process of this machine has that number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
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
