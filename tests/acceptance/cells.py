"""A machine of its own: a network namespace whose only lines are those that this file lays.

`unshare -n python cells.py PORT=SOCKET ...` brings up the namespace's loopback and passes what is
sent to each port on to a Unix socket, which reaches out of any namespace. With the loopback down
the machine is cut off: what is sent is lost, what is open hangs. Outside of one, `doors` lets Unix
sockets in to ports.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

LOOPBACK = "127.0.0.1"
PIECE = 1 << 16
ALONE, SHARED = "alone", "shared"
LOOPBACK_UP = ("ip", "link", "set", "lo", "up")


async def poured(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass on what comes until it ends."""
    try:
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    except OSError:
        return
    finally:
        target.close()


async def passed(
    place: str | int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Join a connection to a Unix socket or a port of this machine."""
    try:
        if isinstance(place, int):
            there, back = await asyncio.open_connection(LOOPBACK, place)
        else:
            there, back = await asyncio.open_unix_connection(place)
    except OSError:
        writer.close()
        return
    await asyncio.gather(poured(reader, back), poured(there, writer))


async def lay(lines: Mapping[int, str]) -> None:
    """Pass what comes to each port on to its socket, for good."""
    for port, place in lines.items():
        await asyncio.start_server(partial(passed, place), LOOPBACK, port)
    print("laid", flush=True)
    await asyncio.Event().wait()


def doors(folder: Path, ports: Sequence[int]) -> dict[int, str]:
    """Let a Unix socket in `folder` in to each port, in a thread; return the sockets."""
    sockets = {port: str(folder / str(port)) for port in ports}
    open_now = threading.Event()

    async def stand() -> None:
        for port, place in sockets.items():
            await asyncio.start_unix_server(partial(passed, port), place)
        open_now.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(stand()), daemon=True).start()
    open_now.wait()
    return sockets


@dataclass
class Cell:
    """A namespace, or none: what runs in it, and whether it is cut off."""

    lines: Mapping[int, str]
    apart: bool = True
    cut_off: bool = False
    _laid: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        given = [f"{port}={place}" for port, place in self.lines.items()]
        alone = ["unshare", "-n"] if self.apart else []
        command = [*alone, sys.executable, __file__, ALONE if self.apart else SHARED, *given]
        self._laid = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._laid.stdout
        assert self._laid.stdout.readline() == "laid\n"

    def within(self, *command: str) -> list[str]:
        """Return the command as it is run on this machine."""
        return ["nsenter", "-t", str(self._laid.pid), "-n", *command] if self.apart else [*command]

    def line(self, *, up: bool) -> None:
        """Cut the machine off, or join it again."""
        if self.apart:
            subprocess.run(
                self.within("ip", "link", "set", "lo", "up" if up else "down"), check=True
            )
            self.cut_off = not up

    def lose_power(self) -> None:
        """Kill every process of this machine but its lines."""
        ours = Path(f"/proc/{self._laid.pid}/ns/net").readlink()
        for one in Path("/proc").glob("[0-9]*"):
            try:
                if (one / "ns/net").readlink() == ours and int(one.name) != self._laid.pid:
                    os.kill(int(one.name), signal.SIGKILL)
            except OSError:
                continue

    def end(self) -> None:
        """Take the lines away."""
        self._laid.kill()
        self._laid.wait()


def main() -> None:
    if sys.argv[1] == ALONE:
        subprocess.run(LOOPBACK_UP, check=True)
    pairs = (given.partition("=") for given in sys.argv[2:])
    asyncio.run(lay({int(port): place for port, _, place in pairs}))


if __name__ == "__main__":
    main()
