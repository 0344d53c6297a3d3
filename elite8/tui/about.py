"""All there is about one thing, as lines: beside a list, or on a sheet."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from elite8.core.operations import words
from elite8.tui import said
from elite8.tui.spans import Words, fit

if TYPE_CHECKING:
    from elite8.core.operations.alerts import Ringing
    from elite8.core.operations.queue import PostShown
    from elite8.core.operations.scene import Film, Scene
    from elite8.tui.things import Thing

LABEL = 10
GRAVE = ("critical", "warning", "info")


def fact(label: str, *value: tuple[str, str]) -> Words:
    """Return a line: what it is, and its value."""
    return (*fit(((label, "dim"),), LABEL), *value)


def name_of(scene: "Scene", character: str) -> str:
    """Return a performer's name."""
    return next((one.name for one in scene.board.performers if one.id == character), character)


def gravest(alerts: "Iterable[Ringing]") -> "list[Ringing]":
    """Return what rings: what nobody looks after first, the gravest of it first."""
    order = {name: number for number, name in enumerate(GRAVE)}
    return sorted(
        alerts, key=lambda one: (one.acknowledged_by != "", order.get(one.severity, 9), one.since)
    )


def of_thing(thing: "Thing | None", scene: "Scene", now: datetime) -> list[Words]:
    """Return what the scene tells about a thing; nothing of none."""
    if thing is None:
        return []
    zone = scene.board.zone
    status = said.late(thing.status, thing.at, now) if thing.at else thing.status
    lines: list[Words] = [((thing.title or thing.name, "strong"),), ()]
    if status:
        lines.append(fact("state", *said.state(status)))
    if thing.network:
        lines.append(fact("network", (said.network(thing.network), "")))
    if thing.character:
        lines.append(fact("performer", (name_of(scene, thing.character), "")))
    if thing.at:
        when = f"{said.day(thing.at, zone)} {said.hour(thing.at, zone)}"
        lines += [fact("when", (when, "")), fact("", (said.nearly(thing.at, now), "dim"))]
    lines.append(fact("id", (thing.short, "dim")))
    if thing.failure:
        lines += [(), ((thing.failure, "bad"),)]
    post = next((one for one in scene.queue if thing.kind == "post" and one.id == thing.id), None)
    if post:
        lines += of_post(post)
    film = next((one for one in scene.films if thing.video and one.id == thing.video), None)
    if film:
        lines += of_film(film)
    return lines


def of_post(post: "PostShown") -> Iterator[Words]:
    """Yield what only a post has."""
    if post.account:
        yield fact("account", (post.account, ""))
    if post.attempts:
        yield fact("tries", (f"{post.attempts}", ""))
    if post.promotes:
        yield fact("promotes", (post.promotes, "warn"))
    if post.url:
        yield fact("url", (post.url, "info"))
    if post.caption:
        yield ()
        yield ((post.caption, "dim"),)


def of_film(film: "Film") -> Iterator[Words]:
    """Yield what only a film has."""
    yield ()
    made = f"{film.engine}, {film.language}, {film.content_type}".replace("_", " ")
    length = f"{film.seconds:.1f} s, " if film.seconds else ""
    yield fact("video", *said.state(film.status))
    yield fact("", (f"{length}{made}", "dim"))
    if film.failure:
        yield ((film.failure, "bad"),)


def story(post: "PostShown", zone: str) -> list[Words]:
    """Return a post's whole story, and its readings."""
    lines: list[Words] = []
    for one in post.story:
        when = f"{said.day(one.at, zone)} {said.hour(one.at, zone)}"
        tone = (
            "bad"
            if one.outcome in ("refused", "failed")
            else "warn"
            if one.outcome == "uncertain"
            else ""
        )
        lines.append(((f"{when:<17}", "dim"), (f"{one.kind:<10}", ""), (one.outcome, tone)))
        lines += [((" " * 17, ""), (one.message, "dim"))] if one.message else []
        for call in one.calls:
            asked = f"{call['method']} {call['place']} {call['status'] or 'no answer'} {call['id']}"
            lines.append(((" " * 17, ""), (asked.strip(), "faint")))
    if post.readings:
        lines += [(), (("Readings", "accent"),)]
        for seen in post.readings:
            when = f"{said.day(seen.at, zone)} {said.hour(seen.at, zone)}"
            views = "–" if seen.views is None else words.number(seen.views)
            likes = "–" if seen.likes is None else words.number(seen.likes)
            lines.append(((f"{when:<17}", "dim"), (f"{views:>8} views  {likes:>7} likes", "")))
    return lines
