"""`elite8 publish`: order posts, send what is due, look at them, decide about them."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from elite8.cli import SUBCOMMANDS, deciding, looking, output
from elite8.cli.deciding import POST_ID
from elite8.cli.group import Listed, group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from elite8.core.domain.post import Post, Promotes
    from elite8.core.domain.rule import Verdict
    from elite8.core.operations.desk import Wish
    from elite8.core.operations.publish import Outcome
    from elite8.core.studio import Studio

VIDEO = "VIDEO"
To = Annotated[str, typer.Option("--to", help="outbox, tiktok, youtube, x, …; commas between.")]
Words = Annotated[
    str | None,
    typer.Option("--caption", help="Your words before the AI sentence and tags; '': ours again."),
]
Promoted = Annotated[
    str | None,
    typer.Option("--promotes", help="It advertises 'own' offers, a paying 'partner', or 'none'."),
]


class PublishGroup(Listed):
    """`elite8 publish latest --to …` beside `elite8 publish due`: what is no verb is a video."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # Typer's
        """Put the command in front of a video."""
        asks = args[:1] in (["-h"], ["--help"])
        if args and args[0] not in self.commands and not asks:
            args = [VIDEO, *args]
        return list(super().parse_args(ctx, args))


app = group(SUBCOMMANDS["publish"], cls=PublishGroup)


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
    from elite8.core.operations import asides, desk
    from elite8.core.operations import publish as operation

    found = operation.finished(studio, video)
    done: list[Outcome] = []
    problems: list[Elite8Error] = []
    zone = studio.settings.time_zone
    ordered = desk.order(studio, found.id, places, wish)
    notes = [note for post in ordered for note in asides.of_post(studio, found, post)]
    for note in notes:
        output.say(f"note: {note}")
    for post in ordered:
        try:
            done.append(operation.out(studio, post, found))
        except Elite8Error as trouble:
            said = f"{trouble}{next_step(studio, post)}"
            if len(places) == 1:
                raise type(trouble)(said) from None
            problems.append(type(trouble)(f"{post.platform}: {said}"))
        except (KeyboardInterrupt, SystemExit):
            interrupted(studio, ordered, as_json=as_json)
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


def next_step(studio: "Studio", post: "Post") -> str:
    """Return what becomes of a post that met trouble, to be said after it; "" when it ended."""
    from elite8.core.operations import desk

    (now,) = desk.where(studio, [post])
    when = output.local_time(now.due_at, studio.settings.time_zone)
    if now.status == "uncertain":
        return (
            f"; it may be out on {now.to}, so do not post it by hand: 'elite8 publish due' asks "
            f"there from {when} on, before anything else is sent"
        )
    if now.status != "waiting":
        return ""
    if now.due_at > studio.clock():
        return f"; it is tried again from {when} on by 'elite8 publish due'"
    return f"; the post waits: elite8 publish cancel {now.post[:POST_ID]} takes it back"


def interrupted(studio: "Studio", ordered: "Sequence[Post]", *, as_json: bool) -> None:
    """Say of every post what is out, what waits and what may be out when a command is ended."""
    from elite8.core.operations import desk

    where = desk.where(studio, ordered)
    if as_json:
        problem = output.Problem(code="interrupted", message="ended before all was sent")
        output.write_json("publish", where, [problem], "partial")
        return
    for one in where:
        output.say(sentence(one, studio.settings.time_zone))


def show_words(
    studio: "Studio", video: str, places: "Sequence[str]", wish: "Wish", *, as_json: bool
) -> None:
    """Show the words that would go out, per destination."""
    from elite8.core.operations import asides
    from elite8.core.operations import publish as operation

    own: dict[str, Any] = {"caption": wish.caption, "promotes": wish.promotes}
    for note in asides.of_drafts(studio, video, places, own, signed_in=bool(wish.account)):
        output.say(f"note: {note}")
    own["account"] = wish.account
    previews = [(place, operation.preview(studio, video, place, **own)) for place in places]
    alone = len(previews) == 1
    texts = [
        "\n".join(
            (
                *(() if alone else (f"{place}:",)),
                *((f"title: {ready.wording.title}",) if place == "youtube" else ()),
                ready.wording.caption,
            )
        )
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
    video, post = output.short(outcome.video), outcome.post[:POST_ID]
    when = output.local_time(outcome.due_at, zone)
    if outcome.status == "waiting":
        return (
            f"{video} goes out to {outcome.to} at {when} by 'elite8 publish due'; "
            f"until then: elite8 publish cancel {post}"
        )
    if outcome.status in ("uncertain", "publishing"):
        return (
            f"{video} may be out on {outcome.to}: 'elite8 publish due' asks from {when} on, before "
            f"anything else is sent; elite8 publish show {post}"
        )
    if outcome.status == "refused":
        return f"{video} does not go out to {outcome.to}: elite8 publish show {post}"
    if outcome.seen == "draft":
        return (
            f"{video} waits in the {outcome.to} inbox of {outcome.url}: open the notice in the "
            "app, paste its words, switch 'AI-generated content' on, and post; "
            f"its words: elite8 publish show {post}"
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
    from elite8.core.operations import asides
    from elite8.core.operations import publish as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    places = places_of(studio, to)
    own: dict[str, Any] = {"caption": caption, "promotes": promoted(promotes)}
    for note in asides.of_drafts(studio, video, places, own, signed_in=True):
        output.say(f"note: {note}")
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


looking.add_to(app)
deciding.add_to(app)
