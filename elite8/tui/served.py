"""The console in a browser of this machine: textual-serve, on loopback only."""

import shlex
import sys
from collections.abc import Sequence

from elite8.core.errors import ConfigError

HOST = "127.0.0.1"
"""It asks nobody who they are: whoever reaches it acts as the operator."""


def serve(port: int, arguments: Sequence[str]) -> None:
    """Serve until Ctrl-C; each tab is a console of its own, started with these arguments."""
    try:
        from textual_serve.server import Server
    except ModuleNotFoundError:
        raise ConfigError("--web needs an extra: pip install 'elite8[web-console]'") from None
    command = shlex.join([sys.executable, "-m", "elite8", *arguments])
    Server(command, host=HOST, port=port, title="elite8").serve()
