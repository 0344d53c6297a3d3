"""A post's sheet: what the scene tells, and its whole story, read now."""

from typing import TYPE_CHECKING

from elite8.core.errors import Elite8Error
from elite8.tui import about
from elite8.tui.spans import Words

if TYPE_CHECKING:
    from elite8.tui.app import Console
    from elite8.tui.things import Thing


def open_post(console: "Console", thing: "Thing | None") -> None:
    """Show all there is about a post; its story is read in a thread."""
    if thing is None or console.scene is None:
        return
    scene, now, zone = console.scene, console.now(), console.scene.board.zone
    lines = about.of_thing(thing, scene, now)
    studio = console.source.studio

    def told() -> list[Words]:
        if studio is None or console.snapshot:
            return [
                (
                    (
                        (
                            "its story is told only now, not as it was"
                            if studio
                            else "a recording has no stories"
                        ),
                        "dim",
                    ),
                )
            ]
        from elite8.core.operations import desk

        try:
            return about.story(desk.show(studio.looking, thing.id), zone)
        except Elite8Error as why:
            return [((str(why), "warn"),)]

    def show() -> None:
        found = told()
        whole = [
            *lines,
            (),
            (("Story", "accent"),),
            *(found or [(("nothing happened to it yet", "dim"),)]),
        ]
        console.call_from_thread(console.tell, thing.name, whole)

    console.run_worker(show, thread=True, group="story", exclusive=True, exit_on_error=False)
