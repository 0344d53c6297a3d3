"""The lines around a pane: the head, the places, the keys."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from elite8.tui import said
from elite8.tui.pane import PLACES
from elite8.tui.spans import Span, Words, content, fit, width

if TYPE_CHECKING:
    from elite8.tui.app import Console

OLD = timedelta(seconds=10)
"""Older than this is not now: a look is made each other second."""


class Bar(Static):
    """A line that is told what to say; it is drawn again only when that changes."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id)
        self._said: object = None

    def say(self, *spans: Span) -> None:
        """Show these words."""
        if spans != self._said:
            self._said = spans
            self.update(content(*spans))


def facts(console: "Console", now: datetime) -> list[Words]:
    """Return what stands at the right of the head, what matters least first."""
    scene = console.scene
    if scene is None:
        return []
    board = scene.board
    led = board.leader.rsplit(" on ", 1)[-1]
    found: list[Words] = [((f"led by {led}", "dim"),) if led else (("no daemon runs", "bad"),)]
    if board.purse:
        end = board.purse.forecast.ends_at
        last = f", end {said.day(end, board.zone)}" if end else ""
        tone = "warn" if end else "dim"
        found.append(((f"{board.purse.free:,} credits{last}", tone),))
    if board.stopped:
        stopped = board.stopped[0] if len(board.stopped) == 1 else f"{len(board.stopped)} things"
        found.append(((f"■ {stopped} stopped", "warn"),))
    when = said.seconds(board.at if console.snapshot else now, board.zone)
    found.append(((when, "strong"),))
    return found


def head(console: "Console", now: datetime, cells: int) -> Words:
    """Return the head line: the verdict, then as many facts as there is room for."""
    left: Words = ((" elite8 ", "accent"), *verdict(console, now))
    found = facts(console, now)
    order = sorted(range(len(found)), key=lambda n: -n)  # the clock first, then leftwards
    kept: set[int] = set()
    room = cells - width(left) - 3
    for number in order:
        size = width(found[number]) + 3
        if size <= room:
            kept.add(number)
            room -= size
    right: list[Span] = []
    for number in sorted(kept):
        right += [*((" · ", "line"),) * bool(right), *found[number]]
    gap = cells - width(left) - width(right) - 1
    return (*left, (" " * max(gap, 1), ""), *right)


def verdict(console: "Console", now: datetime) -> Words:
    """Return how it goes; how old that is, and why, when it is not now."""
    if console.scene is None:
        return ((console.trouble or "opening…", "bad" if console.trouble else "dim"),)
    if console.snapshot:
        return (("◀ as it was", "info"),)
    found = said.headline(console.scene.board)
    age = now - console.seen_at
    if age > OLD or console.trouble:
        seconds = max(round(age.total_seconds()), 0)
        seen = said.seconds(console.seen_at, console.scene.board.zone).split(" ")[-2]
        why = f": {console.trouble}" if console.trouble else ""
        return ((f"▲ as of {seen}, {seconds} s ago{why}", "warn"),)
    return found


def places(console: "Console", cells: int) -> Content:
    """Return the places to go, a key before each; a click goes there as well."""
    badges = badges_of(console)
    labels = [(name, key, title, badges.get(name)) for name, (key, title) in PLACES.items()]
    full = sum(len(title) + 3 + (len(b[0]) + 1 if b else 0) for _, _, title, b in labels)
    gap = " " * min(max((cells - full) // max(len(labels), 1), 1), 3)
    parts: list[Content] = [Content(" ")]
    for name, key, title, badge in labels:
        here = name == console.here
        goes = f"app.go('{name}')"
        shown = title if full + len(labels) <= cells or here else title[:4]
        parts += [
            Content.styled(key, "$text-accent" if here else "$text-disabled"),
            Content(" "),
            pressed(shown, "bold $foreground underline" if here else "$text-muted", goes),
        ]
        if badge:
            parts.append(content((" " + badge[0], badge[1])))
        parts.append(Content(gap))
    return Content.assemble(*parts)


def pressed(text: str, tone: str, action: str) -> Content:
    """Return a text that does something when it is clicked."""
    return Content.styled(text, tone).stylize(Style.from_meta({"@click": action}))


def badges_of(console: "Console") -> dict[str, Span]:
    """Return what is counted beside a place."""
    if console.scene is None:
        return {}
    board = console.scene.board
    wrong = sum(one.status in ("uncertain", "refused") for one in console.scene.queue)
    asks = sum(one.needs_approval for one in console.scene.queue)
    found: dict[str, Span] = {}
    if board.alerts:
        worst = any(one.severity == "critical" for one in board.alerts)
        found["alerts"] = (f"{len(board.alerts)}", "bad" if worst else "warn")
    if wrong or asks:
        found["queue"] = (f"{wrong + asks}", "warn" if wrong else "accent")
    return found


def keys(console: "Console", cells: int) -> Content:
    """Return the keys that work here; one that does not is faint, and says why when pressed."""
    parts: list[Content] = [Content(" ")]
    room = cells - 2
    if console.dry:
        parts.append(Content.styled(" DRY RUN ", "$background on $warning"))
        parts.append(Content(" "))
        room -= 10
    for key, label, action, there in console.offered():
        size = len(key) + len(label) + 3
        if size > room:
            continue
        room -= size
        shown = "$text-accent" if there else "$text-disabled"
        words = "$text-muted" if there else "$text-disabled"
        parts += [pressed(key, shown, action), pressed(f" {label}", words, action), Content("  ")]
    return Content.assemble(*parts)


def line(words: Words, cells: int) -> Words:
    """Return words that fill a line."""
    return fit(words, cells)
