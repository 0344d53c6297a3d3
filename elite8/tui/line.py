"""Texts that are told what to say: drawn again only when that changes, laid out only if need be."""

from textual import events
from textual.content import Content
from textual.widgets import Static

from elite8.tui.spans import Span, content


class Line(Static):
    """A text; words of it that were given something to do do it when they are clicked."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, *, id: str, classes: str = "") -> None:
        super().__init__("", id=id, classes=classes)
        self._said = Content("")

    def say(self, drawn: Content) -> None:
        """Show this, if it is other than before."""
        before = self._said
        if drawn.is_same(before) and drawn.plain == before.plain:
            return
        self._said = drawn
        grows = before.plain.count("\n") != drawn.plain.count("\n") or "\n" in drawn.plain
        self.update(drawn, layout=grows and len(before.plain) != len(drawn.plain))

    def tell(self, *spans: Span) -> None:
        """Show these words."""
        self.say(content(*spans))

    async def on_click(self, event: events.Click) -> None:
        """Do what the word under the pointer does."""
        does = event.style.meta.get("does")
        if does:
            await self.app.run_action(does)
