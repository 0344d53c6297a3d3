"""What systemd is told of this process, and how often it wants to hear of it."""

import os
import socket

from elite8.core import log


def watchdog_seconds() -> float:
    """Return within how many seconds systemd wants to hear of this process; 0 for never."""
    asked, whose = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not asked.isdecimal() or (whose and whose != str(os.getpid())):
        return 0.0
    return int(asked) / 1_000_000


def notify(*lines: str) -> None:
    """Tell systemd, when it asked to be told; that it does not listen harms nothing."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.connect(address)
            line.sendall("\n".join(lines).encode())
    except OSError as trouble:
        log.get().debug("systemd.deaf", message=str(trouble))
