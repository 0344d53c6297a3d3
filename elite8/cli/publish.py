"""`elite8 publish`: order posts, send what is due, look at them, decide about them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from elite8.cli import deciding, output
from elite8.cli.deciding import POST_ID, PostId
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from elite8.core.domain.post import Promotes
    from elite8.core.domain.rule import Verdict
    from elite8.core.operations.desk import PostShown, Wish
    from elite8.core.operations.publish import Outcome
    from elite8.core.studio import Studio

VIDEO = "VIDEO"
To = Annotated[str, typer.Option("--to", help="outbox, instagram, tiktok, youtube; commas.")]
Words = Annotated[
    str | None,
    typer.Option("--caption", help="Your words before the AI sentence and tags; '': ours again."),
]
Promoted = Annotated[
    str | None,
    typer.Option("--promotes", help="It advertises 'own' offers, a paying 'partner', or 'none'."),
]


class PublishGroup(typer.core.TyperGroup):
    """`elite8 publish latest --to …` beside `elite8 publish due`: what is no verb is a video."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # Typer's
        """Put the command in front of a video."""
        asks = args[:1] in (["-h"], ["--help"])
        if args and args[0] not in self.commands and not asks:
            args = [VIDEO, *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(
    cls=PublishGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None
)
Network = Annotated[str, typer.Option("--network", help="Only posts on this network.")]


@app.command(VIDEO)
def publish(
    video: Annotated[
        str,
        typer.Argument(metavar="VIDEO", help="Its id, the first characters of it, or 'latest'."),
    ],
    *,
    to: To = "",
    at: Annotated[str, typer.Option(help="Not before: '2026-12-01 18:00' or '18:00'.")] = "",
    after: Annotated[str, typer.Option("--in", help="Not before 90m, 2h or 1d have passed.")] = "",
    slot: Annotated[str, typer.Option(help="At this slot of the calendar, e.g. evening.")] = "",
    account: Annotated[str, typer.Option(help="By this account instead of the bound one.")] = "",
    caption: Words = None,
    promotes: Promoted = None,
    together: Annotated[
        bool, typer.Option("--together", help="All networks at once, not minutes apart.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Send a finished video to its destinations; a second time changes nothing."""
    from elite8.core.operations import desk
    from elite8.core.studio import open_studio

    studio = open_studio()
    places = places_of(studio, to, slot)
    wish = desk.Wish(
        at=time_of(studio, at, after, slot),
        account=account,
        caption=caption,
        promotes=promoted(promotes),
        together=together,
    )
    if wish.account:
        desk.check_account(studio, wish.account, places)
    if dry_run:
        show_words(studio, video, places, wish, as_json=json)
        return
    send(studio, video, places, wish, as_json=json)


def promoted(written: str | None) -> "Promotes | None":
    """Return what is advertised, `None` for as it is; what is unknown is a ConfigError."""
    from elite8.core.errors import ConfigError

    if written not in (None, "none", "own", "partner"):
        raise ConfigError(f"--promotes '{written[:20]}' is unknown; say own, partner or none")
    return "" if written == "none" else written  # type: ignore[return-value]  # one of them


def places_of(studio: "Studio", to: str, slot: str = "") -> list[str]:
    """Return the destinations that were named, else those of the slot."""
    from elite8.core.errors import ConfigError

    places = [name.strip() for name in to.split(",") if name.strip()]
    if not (places or slot):
        raise ConfigError("say where to: --to outbox,tiktok,…, or --slot for those of a slot")
    return list(dict.fromkeys(places)) or list(studio.config.calendar.named(slot).networks)


def time_of(studio: "Studio", at: str, after: str, slot: str) -> "datetime | None":
    """Return when the operator wants it, `None` for now."""
    from elite8.core.domain import wall
    from elite8.core.errors import ConfigError

    if bool(at) + bool(after) + bool(slot) > 1:
        raise ConfigError("say --at, --in or --slot, only one of them")
    if slot:
        return studio.config.calendar.next(slot, studio.clock())
    try:
        if after:
            return studio.clock() + wall.length(after)
        return wall.instant(at, studio.settings.zone, studio.clock()) if at else None
    except ValueError as wrong:
        raise ConfigError(
            f"{wrong}; write --at '2026-12-01 18:00' ({studio.settings.time_zone}) or --in 2h"
        ) from None


def send(
    studio: "Studio", video: str, places: "Sequence[str]", wish: "Wish", *, as_json: bool
) -> None:
    """Order the posts and send those whose time has come; one's trouble touches no other."""
    from elite8.core.errors import Elite8Error
    from elite8.core.operations import desk
    from elite8.core.operations import publish as operation

    found = operation.finished(studio, video)
    done: list[Outcome] = []
    problems: list[Elite8Error] = []
    zone = studio.settings.time_zone
    for post in desk.order(studio, found.id, places, wish):
        try:
            done.append(operation.out(studio, post, found))
        except Elite8Error as trouble:
            if len(places) == 1:
                raise
            problems.append(type(trouble)(f"{post.platform}: {trouble}"))
        except KeyboardInterrupt:
            tell_the_rest(done, zone, post.platform)
            raise
    output.answer(
        "publish",
        done[0] if len(places) == 1 else done,
        as_json=as_json,
        table=lambda: "\n".join(sentence(one, zone) for one in done),
        problems=[output.Problem(code=p.code, message=str(p)) for p in problems],
        status="partial" if problems and done else None,
    )
    if problems:
        raise typer.Exit(1 if done else problems[0].exit_code)


def tell_the_rest(done: "Sequence[Outcome]", zone: str, platform: str) -> None:
    """Say what is out already when Ctrl-C ends a command, and how the rest goes on."""
    for one in done:
        output.say(sentence(one, zone))
    output.say(f"{platform} was interrupted; it and what follows go on with: elite8 publish due")


def show_words(
    studio: "Studio", video: str, places: "Sequence[str]", wish: "Wish", *, as_json: bool
) -> None:
    """Show the words that would go out, per destination."""
    from elite8.core.operations import publish as operation

    own: dict[str, Any] = {"caption": wish.caption, "promotes": wish.promotes}
    previews = [(place, operation.preview(studio, video, place, **own)) for place in places]
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


def sentence(outcome: "Outcome", zone: str) -> str:
    """Return where the post is, in one line."""
    video = output.short(outcome.video)
    if outcome.status == "waiting":
        when = output.local_time(outcome.due_at, zone)
        post = outcome.post[:POST_ID]
        return (
            f"{video} goes out to {outcome.to} at {when} by 'elite8 publish due'; "
            f"until then: elite8 publish cancel {post}"
        )
    said = "is out already" if outcome.before else "is out"
    return f"{video} {said}: {outcome.url}"


@app.command()
def check(
    video: Annotated[
        str,
        typer.Argument(metavar="VIDEO", help="Its id, the first characters of it, or 'latest'."),
    ],
    *,
    to: To,
    caption: Words = None,
    promotes: Promoted = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what passes as well.")] = False,
    json: Json = False,
) -> None:
    """Say rule by rule whether a video may go out there; exit 1 when one blocks it."""
    from elite8.core.operations import publish as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    places = places_of(studio, to)
    own: dict[str, Any] = {"caption": caption, "promotes": promoted(promotes)}
    found = [
        (place, one) for place in places for one in operation.check(studio, video, place, **own)
    ]
    blocks = [f"{place}: {one.reason}" for place, one in found if one.verdict == "block"]
    output.answer(
        "publish check",
        [{"network": place, "verdict": one} for place, one in found],
        as_json=json,
        table=lambda: judged(found, everything=everything),
        problems=[output.Problem(code="refused", message=line) for line in blocks],
    )
    if blocks:
        raise typer.Exit(1)


def judged(found: "Sequence[tuple[str, Verdict]]", *, everything: bool) -> "tuple[object, str]":
    """Return what the rules say as a table, and how many pass."""
    rows = [
        (place, one.rule, one.verdict, one.reason, f"{one.source}, {one.as_of}")
        for place, one in found
        if everything or one.verdict != "pass"
    ]
    passed = sum(one.verdict == "pass" for _, one in found)
    return (
        output.table(("network", "rule", "verdict", "reason", "source"), rows) if rows else "",
        f"{passed} of {len(found)} rules pass; passing is not a legal clearance",
    )


@app.command()
def due(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many posts.")] = 100,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Send what is due, settle what is uncertain, look at what is out, name what is late."""
    from elite8.core.operations import desk, missed, stuck
    from elite8.core.operations import due as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        show_list(studio, "publish due", desk.due(studio, limit=limit), as_json=json)
        return
    gone = missed.sweep(studio)
    done = operation.run(studio, limit=limit)
    looked = operation.look_back(studio, limit=limit)
    late = stuck.alarms(studio)
    rows = [
        *((one.post[:POST_ID], one.network, "missed", one.why) for one in gone),
        *((o.post[:POST_ID], o.network, o.status, o.url or o.message) for o in (*done, *looked)),
    ]
    problems = [
        *(output.Problem(code=one.error, message=one.message) for one in done if one.error),
        *(output.Problem(code="late", message=one.message) for one in late),
    ]
    output.answer(
        "publish due",
        {"missed": gone, "done": done, "looked": looked, "alarms": late},
        as_json=json,
        table=lambda: (
            output.table(("post", "network", "state", ""), rows) if rows else "nothing is due"
        ),
        problems=problems,
        status="partial" if problems and rows else None,
    )
    if problems:
        raise typer.Exit(max((one.exit_code for one in done), default=1) or 1)


@app.command("list")
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
    """Show posts, one a line."""
    from elite8.core.operations import stops

    zone = studio.settings.time_zone
    rows = [
        (
            one.id[:POST_ID],
            one.network,
            one.character,
            "needs approval" if one.needs_approval else one.status,
            output.local_time(one.published_at or one.due_at, zone),
            one.url or one.failure or one.title,
        )
        for one in found
    ]
    columns = ("post", "network", "character", "state", "when", "")
    for stopped in () if as_json else stops.listed(studio):
        output.say(
            f"note: {stopped.words} is stopped since {output.local_time(stopped.since, zone)}"
        )
    output.answer(
        command,
        found,
        as_json=as_json,
        table=lambda: output.table(columns, rows) if rows else "no posts",
    )


@app.command()
def show(
    post: PostId,
    *,
    look: Annotated[bool, typer.Option("--look", help="Look at the public post first.")] = False,
    json: Json = False,
) -> None:
    """Show one post, its readings and its whole story: every try, request ids, decisions."""
    from dataclasses import replace

    from elite8.cli import numbers
    from elite8.core.operations import desk, due
    from elite8.core.studio import open_studio

    studio = open_studio()
    if look:
        due.seen(studio, desk.named(studio, post)[0])
    found = desk.show(studio, post)
    zone = studio.settings.time_zone
    facts = [row for row in output.facts(replace(found, story=(), readings=()), zone) if row[1]]
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
            output.table(("", found.id), facts),
            numbers.table(found.readings, zone),
            output.table(("when", "what", "outcome", "took", "calls"), story),
        ),
    )


def call(asked: "dict[str, object]") -> str:
    """Return one call of a try in a line."""
    answered = asked["status"] or "no answer"
    name = f" {asked['id']}" if asked["id"] else ""
    return f"{asked['method']} {asked['place']} {answered}{name}"


deciding.add_to(app)
