"""The scene with what chance and the machine put into it made the same each time, for pictures."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from elite8.core.operations.scene import Scene
from elite8.tui.source import Live

LEADER = "process 4242 on studio"


class Tidied(Live):
    """A source whose scenes are alike whenever the same happened."""

    def look(self) -> Scene | None:
        """Return the scene, its ids numbered in the order of what they are of."""
        found = super().look()
        return tidied(found) if found else None


def tidied(scene: Scene) -> Scene:
    """Return a scene with ids by number, and whoever leads at a machine called studio."""
    slots = sorted(scene.board.slots, key=lambda one: (one.at, one.network, one.character))
    queue = sorted(scene.queue, key=lambda one: (one.due_at, one.network, one.character))
    films = sorted(scene.films, key=lambda one: (one.at, one.character), reverse=True)
    seen = [one.post for one in slots] + [one.id for one in queue]
    seen += [one.id for one in films] + [one.video for one in slots]
    seen += [one.video for one in queue]
    names = {key: f"01K2ZB7Q{n:06}00000000000A" for n, key in enumerate(dict.fromkeys(seen))}
    events = sorted(scene.events, key=lambda one: (one.at, one.says), reverse=True)
    board = replace(
        scene.board,
        slots=tuple(slots),
        leader=LEADER if scene.board.leader else "",
        next=min(
            (one for one in slots if one.status == "waiting"), key=lambda o: o.at, default=None
        ),
    )
    whole = replace(
        scene, board=board, queue=tuple(queue), films=tuple(films), events=tuple(events)
    )
    renamed: Scene = changed(whole, names)
    return renamed


def changed(value: Any, names: dict[str, str]) -> Any:
    """Return a record with every id in it replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, tuple):
        return tuple(changed(one, names) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: changed(getattr(value, one.name), names) for one in fields(value)}
        return replace(value, **found)
    return value
