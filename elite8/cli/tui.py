"""`elite8 tui`: the live console."""

from pathlib import Path
from typing import Annotated

import typer

from elite8.cli import SUBCOMMANDS
from elite8.cli.group import group
from elite8.core.errors import ConfigError

app = group(SUBCOMMANDS["tui"], alone=True)


@app.callback()
def tui(
    *,
    at: Annotated[
        str, typer.Option("--at", help="As it was: 'Fri 03:00', '-2h', 2026-11-26.")
    ] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="Nothing can be done.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Acts are only tried; D turns that on and off.")
    ] = False,
    record: Annotated[
        Path | None, typer.Option("--record", help="Write what is seen to a new file.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option("--replay", help="Show what was recorded in a file.")
    ] = None,
    web: Annotated[
        bool, typer.Option("--web", help="Serve the console to a browser of this machine.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of --web.")] = 8089,
    theme: Annotated[
        str, typer.Option(help="elite8, elite8-light, or a performer's id.")
    ] = "elite8",
) -> None:
    """Show everything live; keys act on what is marked, and ? lists them."""
    import sys

    if replay and (record or web):
        raise ConfigError("--replay goes with --at and --theme only")
    if web:
        from elite8.tui import served

        served.serve(port, [word for word in sys.argv[1:] if word != "--web"])
        return
    check_terminal()
    end_with_terminal()
    from elite8.tui import start

    start.show(
        at=at, read_only=read_only, dry_run=dry_run, record=record, replay=replay, theme=theme
    )


def check_terminal() -> None:
    """Refuse to draw where nobody sees it; `--web` gives each tab a driver of its own."""
    import os
    import sys

    if not (sys.stdout.isatty() or "TEXTUAL_DRIVER" in os.environ):
        raise ConfigError("the console needs a terminal; 'elite8 monitor status' tells the same")


def end_with_terminal() -> None:
    """Have the process end at once when its terminal goes, as when a line over SSH drops.

    There is nothing left to tidy, and what draws to a terminal that is gone may wait for ever. What
    it was doing is settled as after any kill. Under nohup it goes on.
    """
    import signal

    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
