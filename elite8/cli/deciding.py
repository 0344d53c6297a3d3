"""What an operator decides about posts: approve, take back, try again, stop, go on."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.domain.post import Post

POST_ID = 14
"""Characters of a post's id that people need."""

PostId = Annotated[
    str, typer.Argument(metavar="POST", help="Its id, or the first characters of it.")
]
Character = Annotated[
    str | None, typer.Option("--character", "-c", help="Only this performer's posts.")
]
Network = Annotated[str | None, typer.Option("--network", help="Only posts on this network.")]
Region = Annotated[str | None, typer.Option("--region", help="Only posts for this region.")]


def answer(command: str, post: "Post", said: str, *, as_json: bool) -> None:
    """Say what was decided about a post."""
    output.answer(
        f"publish {command}",
        {"post": post.id, "network": post.platform, "status": post.status, "due_at": post.due_at},
        as_json=as_json,
        table=lambda: f"{post.platform} post {post.id[:POST_ID]} {said}",
    )


def approve(
    post: PostId,
    *,
    shown: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="Only what was shown, as 'publish show' says."),
    ] = None,
    json: Json = False,
) -> None:
    """Let exactly these bytes and words go out; a change needs another approval."""
    from elite8.core.domain.card import SHOWN
    from elite8.core.errors import ConfigError
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    if shown is not None and len(shown) != SHOWN:
        raise ConfigError(f"--shown wants the {SHOWN} letters beside 'shown' in 'publish show'")
    found = desk.approve(open_studio(), post, shown or "")
    answer("approve", found, "is approved and goes out when it is due", as_json=json)


def reject(
    post: PostId,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the post's story.")] = "",
    json: Json = False,
) -> None:
    """Keep a post from going out."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    answer("reject", desk.reject(open_studio(), post, reason), "is rejected", as_json=json)


def cancel(post: PostId, *, json: Json = False) -> None:
    """Take a waiting post back; works until it begins to go out."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    found = desk.cancel(open_studio(), post)
    answer("cancel", found, "does not go out; 'publish retry' brings it back", as_json=json)


def retry(post: PostId, *, json: Json = False) -> None:
    """Have a refused post tried again; where it may be out, the network is asked first."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    found = desk.retry(open_studio(), post)
    answer("retry", found, "is due again: elite8 publish due", as_json=json)


def resolve(
    post: PostId,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="published, or retry.")],
    *,
    url: Annotated[str, typer.Option(help="Where you saw it.")] = "",
    json: Json = False,
) -> None:
    """Say what you saw at the network of an uncertain post: it is published, or retry it."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    found = desk.resolve(open_studio(), post, verdict, url)
    said = "is published" if verdict == "published" else "is due again: elite8 publish due"
    answer("resolve", found, said, as_json=json)


def pause(
    *,
    character: Character = None,
    network: Network = None,
    region: Region = None,
    reason: Annotated[str, typer.Option(help="Why; it is shown to whoever wonders.")] = "",
    json: Json = False,
) -> None:
    """Stop everything, or one performer, network or region, until 'publish resume'."""
    from elite8.core.operations import stops
    from elite8.core.studio import open_studio

    stopped, new = stops.stop(open_studio(), *scope_of(character, network, region), reason)
    why = f" ({stopped.reason})" if stopped.reason else ""
    so = "stopped" if new else f"stopped already{why}"
    output.answer(
        "publish pause",
        {"scope": stopped.scope, "value": stopped.value, "since": stopped.since, "new": new},
        as_json=json,
        table=lambda: f"{stopped.words} is {so}; go on with: elite8 publish resume{stopped.flag}",
    )


def resume(
    *,
    character: Character = None,
    network: Network = None,
    region: Region = None,
    policy: Annotated[
        str, typer.Option(help="spread or skip what was missed; else as config says.")
    ] = "",
    json: Json = False,
) -> None:
    """Go on after a pause, without a burst."""
    from elite8.core.operations import stops
    from elite8.core.studio import open_studio

    studio = open_studio()
    scope = scope_of(character, network, region)
    spread, skipped = stops.resume(studio, *scope, policy or studio.config.publishing.resume)
    output.answer(
        "publish resume",
        {"spread": spread, "skipped": skipped},
        as_json=json,
        table=lambda: (
            f"going on; missed posts: {spread} follow one after the other, {skipped} skipped"
        ),
    )


def scope_of(character: str | None, network: str | None, region: str | None) -> tuple[str, str]:
    """Return what is meant: one thing, or all."""
    from elite8.core.errors import ConfigError

    named = {"character": character, "network": network, "region": region}
    if "" in named.values():
        raise ConfigError("--character, --network and --region want a name; leave them out for all")
    found = [(scope, value) for scope, value in named.items() if value is not None]
    if len(found) > 1:
        raise ConfigError("say one of --character, --network and --region, or none for everything")
    scope, value = found[0] if found else ("all", "")
    return scope, value.upper() if scope == "region" else value


def add_to(app: typer.Typer) -> None:
    """Put these commands under `publish`."""
    for command in (approve, reject, cancel, retry, resolve, pause, resume):
        app.command()(command)
