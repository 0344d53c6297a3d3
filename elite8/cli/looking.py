"""What becomes of posts: take a turn at what is due, list them, show one with its whole story."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.deciding import POST_ID, PostId
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.due import Turn
    from elite8.core.operations.queue import PostShown
    from elite8.core.studio import Studio

Network = Annotated[str, typer.Option("--network", help="Only posts on this network.")]


def due(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many posts.")] = 100,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Send what is due, settle what is uncertain, look at what is out, name what is late."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        show_list(studio, "publish due", desk.due(studio, limit=limit), as_json=json)
        return
    take_turn(studio, limit=limit, as_json=json)


def take_turn(studio: "Studio", *, limit: int, as_json: bool) -> None:
    """Take one turn and say what it did; what went wrong decides how it leaves."""
    from elite8.core.operations import due as operation

    turn = operation.turn(studio, limit=limit)
    rows = turn_rows(turn)
    broken = [one for one in (*turn.done, *turn.looked) if one.error]
    problems = [
        *(output.Problem(code=one.error, message=one.message) for one in broken),
        *(output.Problem(code=one.code, message=one.message) for one in turn.faults),
        *(output.Problem(code="late", message=one.message) for one in turn.alarms),
    ]
    output.answer(
        "publish due",
        turn,
        as_json=as_json,
        table=lambda: (
            output.table(("post", "network", "state", ""), rows) if rows else "nothing is due"
        ),
        problems=problems,
        status="partial" if problems and rows else None,
    )
    if problems:
        codes = [*(one.exit_code for one in broken), *(one.exit_code for one in turn.faults)]
        raise typer.Exit(max(codes, default=1) or 1)


def turn_rows(turn: "Turn") -> list[tuple[str, str, str, str]]:
    """Return what one turn did, a line for each post; what was seen in public, in its own words."""
    return [
        *((one.post[:POST_ID], one.network, "missed", one.why) for one in turn.missed),
        *((o.post[:POST_ID], o.network, o.status, o.url or o.message) for o in turn.done),
        *(
            (o.post[:POST_ID], o.network, o.seen or o.status, f"{o.message} {o.url}".strip())
            for o in turn.looked
        ),
    ]


def list_posts(
    *,
    status: Annotated[str, typer.Option(help="Only in this state, e.g. uncertain.")] = "",
    network: Network = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List posts, the last due first, and what is stopped."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = desk.listed(studio, status=status, network=network, limit=limit)
    show_list(studio, "publish list", found, as_json=json)


def show_list(
    studio: "Studio", command: str, found: "Sequence[PostShown]", *, as_json: bool
) -> None:
    """Show posts, and below where each that is out can be seen, whole so that it can be copied."""
    from elite8.core.operations import stops

    zone = studio.settings.time_zone
    rows = [
        (
            one.id[:POST_ID],
            one.network,
            one.character,
            state_of(one),
            output.local_time(one.published_at or one.due_at, zone),
            (one.failure if one.seen or not one.url else "") or one.title,
        )
        for one in found
    ]
    columns = ("post", "network", "character", "state", "when", "")
    places = (f"{one.id[:POST_ID]}  {one.url}" for one in found if one.url)
    for stopped in () if as_json else stops.listed(studio):
        why = f" ({stopped.reason})" if stopped.reason else ""
        since = output.local_time(stopped.since, zone)
        output.say(f"note: {stopped.words} is stopped since {since}{why}")
    output.answer(
        command,
        found,
        as_json=as_json,
        table=lambda: (output.table(columns, rows), *places) if rows else "no posts",
    )


def state_of(one: "PostShown") -> str:
    """Return a post's state in a word or two: also how it is out, when that is not plain."""
    if one.needs_approval:
        return "needs approval"
    plain = one.status != "published" or one.seen in ("", "visible", "told")
    return one.status if plain else f"{one.status}, {one.seen}"


def show(
    post: PostId,
    *,
    look: Annotated[bool, typer.Option("--look", help="Look at the public post first.")] = False,
    json: Json = False,
) -> None:
    """Show one post, its readings and its whole story: every try, request ids, decisions."""
    from elite8.cli import numbers
    from elite8.core.operations import desk, due
    from elite8.core.studio import open_studio

    studio = open_studio()
    if look:
        due.seen(studio, desk.named(studio, post)[0])
    found = desk.show(studio, post)
    zone = studio.settings.time_zone
    story = [
        (
            output.local_time(one.at, zone),
            one.kind,
            one.outcome,
            f"{one.seconds:.1f} s",
            "\n".join((one.message, *map(call, one.calls))).strip(),
        )
        for one in found.story
    ]
    output.answer(
        "publish show",
        found,
        as_json=json,
        table=lambda: (
            output.table(("", found.id), facts_of(studio, found)),
            numbers.table(found.readings, zone),
            output.table(("when", "what", "outcome", "took", "calls"), story),
        ),
    )


def facts_of(studio: "Studio", one: "PostShown") -> list[tuple[str, str]]:
    """Return what is known of a post; what an approval is of, only while it waits for one."""
    from dataclasses import replace

    from elite8.core.operations import desk

    seen = one.shown if one.needs_approval else ""
    named = replace(one, account=desk.speaker(studio, one), shown=seen, story=(), readings=())
    found = output.facts(named, studio.settings.time_zone)
    return [row for row in found if row[1] not in ("", "False")]


def call(asked: "dict[str, object]") -> str:
    """Return one call of a try in a line."""
    answered = asked["status"] or "no answer"
    name = f" {asked['id']}" if asked["id"] else ""
    return f"{asked['method']} {asked['place']} {answered}{name}"


def add_to(app: typer.Typer) -> None:
    """Put these commands under `publish`."""
    app.command()(due)
    app.command("list")(list_posts)
    app.command()(show)
