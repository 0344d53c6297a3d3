"""`elite8 publish`: send a finished video to its destinations."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.domain.rendition import Rendition
    from elite8.core.operations.publish import Outcome

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help="Send a finished video to its destinations; a second time changes nothing.")
def publish(
    video: Annotated[
        str,
        typer.Argument(metavar="VIDEO", help="Its id, the first characters of it, or 'latest'."),
    ],
    *,
    to: Annotated[str, typer.Option("--to", help="outbox, instagram, tiktok, youtube; commas.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Publish one video; one destination's trouble does not touch another's."""
    from elite8.core.errors import Elite8Error
    from elite8.core.operations import publish as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    places = [name.strip() for name in to.split(",") if name.strip()]
    if dry_run:
        show_words([(place, operation.preview(studio, video, place)) for place in places], json)
        return
    done: list[Outcome] = []
    problems: list[Elite8Error] = []
    for place in places:
        try:
            done.append(operation.publish(studio, video, place))
        except Elite8Error as trouble:
            if len(places) == 1:
                raise
            problems.append(type(trouble)(f"{place}: {trouble}"))
    output.answer(
        "publish",
        done[0] if len(places) == 1 else done,
        as_json=json,
        table=lambda: "\n".join(map(sentence, done)),
        problems=[output.Problem(code=p.code, message=str(p)) for p in problems],
        status="partial" if problems and done else None,
    )
    if problems:
        raise typer.Exit(1 if done else problems[0].exit_code)


def show_words(previews: "Sequence[tuple[str, Rendition]]", as_json: bool) -> None:  # noqa: FBT001
    """Show the words that would go out, per destination."""
    alone = len(previews) == 1
    texts = [
        ready.wording.caption if alone else f"{place}:\n{ready.wording.caption}"
        for place, ready in previews
    ]
    found = [ready for _, ready in previews]
    output.answer(
        "publish",
        found[0] if alone else found,
        as_json=as_json,
        table=lambda: "\n\n".join(texts),
    )


def sentence(outcome: "Outcome") -> str:
    """Return where the post is, in one line."""
    said = "is out already" if outcome.before else "is out"
    return f"{output.short(outcome.video)} {said}: {outcome.url}"
