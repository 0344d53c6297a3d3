"""The lines around a pane: the head, the places, the keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.content import Content
from textual.style import Style

from elite8.tui import said
from elite8.tui.pane import PLACES
from elite8.tui.spans import TONES, Span, Words, content, width

if TYPE_CHECKING:
    from elite8.tui.app import Console

SHORT = {
    "calendar": "Cal",
    "performers": "Cast",
    "networks": "Nets",
    "growth": "Funnel",
    "subscribers": "Subs",
}
"""Titles where there is no room for the whole."""
ROOMY = 100
"""Cells from which the head has room for words that say no more than a shorter one."""
OLD = timedelta(seconds=10)
"""Older than this is not now: a look is made each other second."""


def facts(console: "Console", now: datetime, *, short: bool = False) -> list[tuple[Words, bool]]:
    """Return what stands at the right of the head, the most important first, and what has to.

    `short` says the same in fewer words.
    """
    scene = console.scene
    if scene is None:
        return []
    board = scene.board
    when = said.seconds(board.at if console.snapshot else now, board.zone)
    if short and not console.snapshot:
        when = " ".join(when.split(" ")[-2:])
    found: list[tuple[Words, bool]] = [(((when, "strong"),), True)]
    if board.stopped:
        stopped = board.stopped[0] if len(board.stopped) == 1 else f"{len(board.stopped)} things"
        found.append((((f"■ {'' if short else f'{stopped} '}stopped", "warn"),), True))
    if not board.leader:
        found.append((((f"no daemon{'' if short else ' runs'}", "bad"),), True))
    if board.purse:
        end = board.purse.forecast.ends_at
        last = f", end {said.day(end, board.zone)}" if end else ""
        tone = "warn" if end else "dim"
        found.append((((f"{board.purse.free:,} credits{last}", tone),), False))
    if board.leader:
        found.append((((f"led by {board.leader.rsplit(' on ', 1)[-1]}", "dim"),), False))
    return found


def head(console: "Console", now: datetime, cells: int) -> Words:
    """Return the head line: the verdict, then as many facts as there is room for."""
    left: Words = ()
    right: list[Span] = []
    for name, short in ((" elite8 ", False), (" elite8 ", True), (" ", True)):
        left = ((name, "accent"), *made_up(console), *verdict(console, now))
        right, has_all = beside(facts(console, now, short=short), cells - width(left) - 3)
        if has_all:
            break
    gap = cells - width(left) - width(right) - 1
    return (*left, (" " * max(gap, 1), ""), *right)


def beside(found: Sequence[tuple[Words, bool]], room: int) -> tuple[list[Span], bool]:
    """Return the facts that there is room for, and whether all that have to be there are.

    Where they are not, the clock, which is the first, goes before the others.
    """
    if sum(width(words) + 3 for words, has_to in found if has_to) > room:
        found = [*found[1:], *found[:1]]
    right: list[Span] = []
    has_all = True
    for words, has_to in found:
        size = width(words) + 3
        if size <= room:
            right[:0] = [*words, *((" · ", "line"),) * bool(right)]
            room -= size
        elif has_to:
            has_all = False
    return right, has_all


def made_up(console: "Console") -> Words:
    """Return what says that nothing here is real, in a synthetic studio."""
    seed = console.source.studio.seed if console.source.studio else None
    if seed is None:
        return ()
    name = f"synthetic studio, seed {seed}  " if console.size.width >= ROOMY else "synthetic "
    return ((name, "warn"),)


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
    titles, gap = titles_in(cells, badges, console.here)
    parts: list[Content] = [Content(" ")]
    for name, (key, _) in PLACES.items():
        here, goes = name == console.here, f"app.go('{name}')"
        on = " on $accent 20%" if here else ""
        parts.append(pressed(key, ("$text-accent" if here else TONES["faint"]) + on, goes))
        if titles[name]:
            tone = f"bold $foreground{on}" if here else TONES["dim"]
            parts.append(pressed(f" {titles[name]}", tone, goes))
        if name in badges:
            text, tone = badges[name]
            parts.append(content((f" {text}" if titles[name] else f":{text}", tone)))
        parts.append(Content(" " * min(max(gap, 1), 3)))
    return Content.assemble(*parts)


def titles_in(cells: int, badges: Mapping[str, Span], here: str) -> tuple[dict[str, str], int]:
    """Return the places' titles there is room for, and the cells between two places.

    Where there is little, first those go that nothing is counted at, the last first.
    """
    counts = sum(len(text) + 1 for text, _ in badges.values())
    titles = {name: title for name, (_, title) in PLACES.items()}
    if gap_of(titles, counts, cells) < 1:
        titles |= SHORT
    last_first = [*reversed(PLACES)]
    for name in sorted(last_first, key=badges.__contains__):
        if gap_of(titles, counts, cells) < 1 and name != here:
            titles[name] = ""
    return titles, gap_of(titles, counts, cells)


def gap_of(titles: Mapping[str, str], counts: int, cells: int) -> int:
    """Return how many cells there are between two places."""
    taken = 1 + sum(len(title) + 1 + bool(title) for title in titles.values()) + counts
    return (cells - taken) // (len(titles) - 1)


def pressed(text: str, tone: str, action: str) -> Content:
    """Return a text that does something when it is clicked."""
    return Content.styled(text, tone).stylize(Style.from_meta({"does": action}))


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
    room = cells - 1
    general = [*console.general()]
    room -= sum(len(key) + len(label) + 3 for key, label, _ in general)
    if console.dry or console.read_only:
        mode = " DRY RUN " if console.dry else " READ ONLY "
        parts += [Content.styled(mode, "$background on $warning"), Content(" ")]
        room -= len(mode) + 1
    offered = [*console.offered()]
    offered.sort(key=lambda one: not one[3])
    for key, label, action, there in offered:
        size = len(key) + len(label) + 3
        if size > room:
            continue
        room -= size
        parts += key_words(key, label, action, there=there)
    parts.append(Content(" " * max(room, 0)))
    for key, label, action in general:
        parts += key_words(key, label, action, there=True)
    return Content.assemble(*parts)


def key_words(key: str, label: str, action: str, *, there: bool) -> list[Content]:
    """Return a key and what it does."""
    shown, words = ("$text-accent", TONES["dim"]) if there else (TONES["faint"], TONES["faint"])
    return [pressed(key, shown, action), pressed(f" {label}", words, action), Content("  ")]
