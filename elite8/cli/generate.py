"""`elite8 generate`: make videos; list, show and verify what was made."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, ordered, output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from elite8.core.errors import Elite8Error
    from elite8.core.operations.brief import Brief, Planned
    from elite8.core.operations.generate import VideoMade
    from elite8.core.studio import Studio

app = group(SUBCOMMANDS["generate"], alone=True)


Who = Annotated[list[str] | None, typer.Option("--character", "-c", help="Who; may be repeated.")]
Everyone = Annotated[bool, typer.Option("--all", help="Every character.")]
Topic = Annotated[str, typer.Option(help="What a composed script is about.")]
Words = Annotated[str | None, typer.Option(help="Your own words, instead.")]
WordsFile = Annotated[Path | None, typer.Option(help="A UTF-8 text file with your own words.")]
Spoken = Annotated[
    str, typer.Option("--language", "-l", help="en, ja, pt, de or es; else the character's first.")
]
Seconds = Annotated[
    float | None, typer.Option(help="3 to 180; else as config says, or as your words last.")
]
Engine = Annotated[str, typer.Option(help="auto, local or a2e.")]
Count = Annotated[int, typer.Option(help="How many of each, 1 to 50.")]
Seed = Annotated[int | None, typer.Option(help="The same number makes the same video again.")]
Regions = Annotated[
    str, typer.Option(help="One video and post for each: US,JP,BR,DE,GB, in its words and hours.")
]
Later = Annotated[bool, typer.Option("--allow-later", help="Also regions that are for later.")]
Promotes = Annotated[str, typer.Option(help="What the regions' posts advertise: own or partner.")]
Stage = Annotated[
    str, typer.Option(help="Of the funnel: awareness to loyalty; it says what about and how long.")
]
Wait = Annotated[bool, typer.Option(help="Wait for A2E, or leave it to 'generate collect'.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder for the files; else the state's.")
]


@app.callback()
def generate(
    ctx: typer.Context,
    *,
    character: Who = None,
    everyone: Everyone = False,
    topic: Topic = "",
    script: Words = None,
    script_file: WordsFile = None,
    language: Spoken = "",
    duration: Seconds = None,
    engine: Engine = "auto",
    count: Count = 1,
    seed: Seed = None,
    stage: Stage = "",
    out: Out = None,
    regions: Regions = "",
    allow_later: Later = False,
    promotes: Promotes = "",
    wait: Wait = True,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make videos: one, several, or one per character."""
    if ctx.invoked_subcommand is not None:
        return
    with voice(called=not dry_run):
        who, words, numbers = (character, everyone), (script, script_file), (duration, count, seed)
        brief = brief_of(who, words, (topic, language, engine, stage), numbers, out)
        asked = (regions, allow_later, promotes)
        begin(brief, asked, dry_run=dry_run, wait=wait, as_json=json)


def brief_of(
    who: tuple[list[str] | None, bool],
    words: tuple[str | None, Path | None],
    how: tuple[str, str, str, str],
    numbers: tuple[float | None, int, int | None],
    out: Path | None,
) -> "Brief":
    """Return what was asked, the operator's words read from where they are."""
    from elite8.core.operations import brief as operation

    (topic, language, engine, stage), (seconds, count, seed) = how, numbers
    return operation.Brief(
        characters=tuple(who[0] or ()),
        everyone=who[1],
        topic=topic,
        script=operation.read_script(*words),
        language=language,
        seconds=seconds,
        engine=engine,
        count=count,
        seed=seed,
        stage=stage,
        out=out,
    )


def begin(
    brief: "Brief", asked: tuple[str, bool, str], *, dry_run: bool, wait: bool, as_json: bool
) -> None:
    """Make what was asked, for regions where some are said."""
    from elite8.core.studio import open_studio

    studio = open_studio()
    if any(asked):
        from elite8.cli import localising

        localising.make_for(studio, brief, asked, dry_run=dry_run, wait=wait, as_json=as_json)
        return
    make_all(studio, brief, dry_run=dry_run, wait=wait, as_json=as_json)


def voice(*, called: bool) -> AbstractContextManager[object]:
    """Have the voice load in a process of its own while the block runs, where it will speak."""
    if not called:
        return nullcontext()
    from elite8.core.operations.ahead import voice_called

    return voice_called()


def make_all(studio: "Studio", brief: "Brief", *, dry_run: bool, wait: bool, as_json: bool) -> None:
    """Make each, or only say what would be made; one that fails does not stop the others."""
    from elite8.core.operations.brief import plan

    planned = plan(studio, brief)
    if dry_run:
        output.answer(
            "generate", planned, as_json=as_json, table=lambda: planned_table(studio, planned)
        )
        return
    made: list[VideoMade] = []
    problems: list[Elite8Error] = []
    here = [one for one in planned if one.engine == "local"]
    here += ordered.film_there(studio, planned, made, problems, wait=wait)
    film_here(studio, here, made, problems)
    if len(planned) == 1 and problems:
        raise problems[0]
    output.answer(
        "generate",
        made,
        as_json=as_json,
        table=lambda: made_table(made),
        problems=[output.Problem(code=p.code, message=str(p)) for p in problems],
        status="partial" if problems and made else None,
    )
    if problems:
        raise typer.Exit(1)


def film_here(
    studio: "Studio",
    planned: Sequence["Planned"],
    made: list["VideoMade"],
    problems: list["Elite8Error"],
) -> None:
    """Make each on this machine, adding to what was made and what went wrong."""
    if not planned:
        return
    from elite8.core.errors import Elite8Error
    from elite8.core.operations import generate as operation

    for position, one in enumerate(planned, 1):
        try:
            with output.progress(f"{one.character} {position}/{len(planned)}") as show:
                made.append(operation.make(studio, one, show))
        except Elite8Error as trouble:
            problems.append(trouble)


def planned_table(studio: "Studio", planned: Sequence["Planned"]) -> object:
    """Return what would be made, as a table; what A2E would cost goes to stderr."""
    paid = [one for one in planned if one.engine == "a2e"]
    if paid:
        from elite8.core.operations import credits as purse

        talking = next(f for f in purse.estimate(studio, paid) if f.operation == "avatar_video")
        output.say(f"note: about {talking.credits} credits, ${talking.usd:.2f}, by our table")
    return output.table(
        ("character", "language", "seconds", "engine", "topic", "first words"),
        [
            (p.character, p.language, p.length, p.engine, p.topic, p.script.lines[0].text)
            for p in planned
        ],
    )


def made_table(made: Sequence["VideoMade"]) -> object:
    """Return what was made, a table and then the files; the operator's notes go to stderr."""
    for note in dict.fromkeys(note for video in made for note in video.notes):
        output.say(f"note: {note}")
    if not made:
        return ""
    rows = [
        (
            output.short(video.id),
            video.character,
            video.language,
            f"{video.seconds:.1f} s",
            video.voice,
            f"{video.took:.1f} s",
            video.title,
        )
        for video in made
    ]
    columns = ("video", "character", "language", "length", "voice", "took", "title")
    return (output.table(columns, rows), *(str(video.path) for video in made))


@app.command("list")
def list_videos(
    *,
    character: Annotated[str, typer.Option("--character", "-c", help="Only this one's.")] = "",
    status: Annotated[str, typer.Option(help="Only in this state, e.g. finished.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 20,
    json: Json = False,
) -> None:
    """List the videos made, newest first."""
    from elite8.core.operations import listing

    zone = listing.zone()
    videos = listing.videos(character=character, status=status, limit=limit)
    if not videos and not json:
        none = "no videos yet; make one with 'elite8 generate --character miyuki'"
        output.say("no video is like that" if character or status else none)
        return
    rows = [
        (
            output.short(v.id),
            v.character,
            v.language,
            v.status,
            output.local_time(v.created_at, zone),
            v.title,
        )
        for v in videos
    ]
    columns = ("video", "character", "language", "state", "made", "title")
    output.answer("generate list", videos, as_json=json, table=lambda: output.table(columns, rows))


ordered.add_to(app)

Reference = Annotated[
    str, typer.Argument(metavar="VIDEO", help="Its id, the first characters of it, or 'latest'.")
]


@app.command("due")
def make_due(
    *,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many videos.")] = 4,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make the planned videos whose time comes near; what fails is tried again, three times."""
    from elite8.core.operations import produce
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = produce.waiting(studio, limit) if dry_run else produce.make_due(studio, most=limit)
    rows = [(output.short(one.video), one.character, one.state, one.message) for one in found]
    failed = [one for one in found if one.state == "failed"]
    output.answer(
        "generate due",
        found,
        as_json=json,
        table=lambda: (
            output.table(("video", "character", "state", ""), rows)
            if rows
            else "no planned video is to be made now"
        ),
        problems=[output.Problem(code="failed", message=one.message) for one in failed],
        status="partial" if failed and len(failed) < len(found) else None,
    )
    if failed:
        raise typer.Exit(1)


@app.command()
def share(*, json: Json = False) -> None:
    """Put every finished film of this machine into the store of ELITE8_MEDIA_URL."""
    from elite8.core.operations import media
    from elite8.core.studio import open_studio

    found = media.share_all(open_studio())
    count = {state: sum(one.state == state for one in found) for state in ("put", "there")}
    missing = len(found) - sum(count.values())
    words = f"{count['put']} films put there, {count['there']} were there"
    words += f", {missing} are of another machine" if missing else ""
    output.answer("generate share", found, as_json=json, table=lambda: words)


@app.command()
def show(video: Reference, *, json: Json = False) -> None:
    """Show one video: files, words, seed, marks."""
    from elite8.core.operations import library as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.show(studio, video)
    zone = studio.settings.time_zone
    output.answer(
        "generate show",
        found,
        as_json=json,
        table=lambda: output.table(("", found.id), output.facts(found, zone)),
    )


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A video file.")],
    *,
    json: Json = False,
) -> None:
    """Read back the on-screen label, XMP, C2PA and format of a file; exit 1 when one is missing."""
    from elite8.core.operations import finish
    from elite8.core.studio import open_studio

    found = finish.verify(open_studio(), file)
    problems = [output.Problem(code="refused", message=line) for line in found.missing]
    output.answer(
        "generate verify",
        found,
        as_json=json,
        table=lambda: output.table(("check", "", "found"), [tuple(r) for r in found.rows()]),
        problems=problems,
    )
    if problems:
        raise typer.Exit(1)
