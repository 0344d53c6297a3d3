"""The line that says what is looked for in a place."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.widget import Widget

    from elite8.tui.app import Console

LONGEST = 1.0
"""Seconds that a key waits for those before it; a field takes one in a thousandth."""


async def catch_up(field: "Widget | None") -> None:
    """Wait until a field that is written in has taken all that was typed before."""
    taken = asyncio.Event()
    if field and field.call_after_refresh(taken.set):
        with suppress(TimeoutError):
            await asyncio.wait_for(taken.wait(), LONGEST)


class Search(Input):
    """Shows only what has these words; Enter goes on with what was found, before the next key."""

    def __init__(self) -> None:
        super().__init__(id="search", placeholder="search", compact=True, select_on_focus=False)

    async def catch_up(self) -> None:
        """Wait until all is taken that was typed before."""
        await catch_up(self)

    def begin(self) -> None:
        """Take the keys."""
        self.display = True
        self.select_all()  # not as it is told of its focus: what was typed by then would go
        self.screen.set_focus(self)  # at once: who types fast would act with these letters

    async def action_submit(self) -> None:
        """Go on with what was found."""
        console: Console = self.app  # type: ignore[assignment]  # there is no other
        self.seek()
        console.pane.enter()
        self.display = bool(self.value)

    def seek(self) -> None:
        """Show only what has these words in it."""
        from elite8.tui.rows import Rows

        console: Console = self.app  # type: ignore[assignment]  # there is no other
        for found in console.pane.query(Rows):
            found.seek(self.value)

    def on_input_changed(self) -> None:
        """Look for what it says now."""
        self.seek()
