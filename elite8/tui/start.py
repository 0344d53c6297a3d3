"""Start the console; the studio opens when its first picture is there."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from elite8.memory import keep_little
from elite8.tui.app import Console
from elite8.tui.source import Live, Replay

if TYPE_CHECKING:
    from elite8.core.studio import Studio


def show(  # noqa: PLR0913  # as it was asked for
    *,
    at: str = "",
    read_only: bool = False,
    dry_run: bool = False,
    record: Path | None = None,
    replay: Path | None = None,
    theme: str = "elite8",
) -> None:
    """Show the console until it is left, or told to end: then the process ends with that code.

    A recording that cannot be read is a ConfigError.
    """
    source: Live | Replay = Live(opener, record=record)
    if replay:
        source = Replay(replay)
        source.opened()
    keep_little()
    console = Console(source, read_only=read_only, dry=dry_run, at=at, wears=theme)
    console.run()
    source.close()
    if console.return_code:
        sys.exit(console.return_code)


def opener() -> "Studio":
    """Open the studio of this machine."""
    from elite8.core.studio import open_studio

    return open_studio()
