"""`elite8 schedule`: plan the calendar, look at it, ask why, change it, keep it as a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, besttimes, output, rehearsing, ticking, timetable, wording
from elite8.cli.deciding import POST_ID, PostId
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from elite8.core.operations.plan import Calendared
    from elite8.core.operations.plan_file import Difference, File
    from elite8.core.studio import Studio

app = group(SUBCOMMANDS["schedule"])

Days = Annotated[int, typer.Option(min=1, max=400, help="How many days from today.")]
At = Annotated[str, typer.Option("--at", help="Wall time: '2026-12-01 18:00' or '18:00'.")]
Zone = Annotated[str, typer.Option("--zone", help="The zone it is meant in; else yours.")]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="JSON, or CSV by its ending.")]


@app.command()
def plan(
    *,
    days: Days = 30,
    move: Annotated[
        bool, typer.Option("--move", help="Also move and take out what a new config changes.")
    ] = False,
    regions: Annotated[
        str, typer.Option(help="Plan for these: US,JP; else those of phase2_strategy.json.")
    ] = "",
    allow_later: Annotated[
        bool, typer.Option("--allow-later", help="Also regions that are for later.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put the videos and posts of the coming days into the calendar; twice plans once."""
    from elite8.core.operations import plan as operation
    from elite8.core.operations import region_plan, regional
    from elite8.core.studio import open_studio

    studio = open_studio()
    if regions:
        codes = regional.chosen(studio, regions, allow_later=allow_later)
        studio = region_plan.as_if(studio, codes)
    found = operation.plan(studio, days=days, dry_run=dry_run, move=move)
    for note in () if json else found.notes:
        output.say(f"note: {note}")
    output.answer(
        "schedule plan",
        found,
        as_json=json,
        table=lambda: planned(studio, found, dry_run=dry_run),
    )


def planned(studio: "Studio", found: "Calendared", *, dry_run: bool) -> "tuple[object, str]":
    """Return the changes as a table, a day in a line, and their sum in a sentence."""
    fresh = [change for change in found.changes if change.what == "new"]
    others = [change for change in found.changes if change.what != "new"]
    zone = studio.config.calendar.zone
    rows = timetable.by_day(fresh, zone)
    rows += [
        (
            output.local_time(change.before or change.at, zone),
            change.what if change.done else f"would {change.what.removesuffix('s')}",
            f"{change.character} {change.network}",
            "" if change.what == "goes" else output.local_time(change.at, zone),
        )
        for change in others
    ]
    verb = "would be planned" if dry_run else "are planned"
    said = f"{len(fresh)} posts of {found.videos} videos {verb}; {found.kept} were there already"
    if any(not change.done for change in others):
        said += "; what would move or go does so with --move"
    if not found.changes and not found.kept:
        said = "nothing can be planned"
    return output.table(("day", "slot", "performers", "goes to"), rows) if rows else "", said


@app.command()
def show(
    *,
    day: Annotated[bool, typer.Option("--day", help="Only today.")] = False,
    week: Annotated[bool, typer.Option("--week", help="Seven days, the default.")] = False,
    month: Annotated[bool, typer.Option("--month", help="Thirty days, a day in a line.")] = False,
    first: Annotated[str, typer.Option("--from", help="First day, 2026-12-01; else today.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="The second zone beside yours.")] = "",
    region: Annotated[str, typer.Option("--region", help="Only posts for it, e.g. DE.")] = "",
    character: Annotated[str, typer.Option("--character", "-c", help="Only theirs.")] = "",
    json: Json = False,
) -> None:
    """Show the calendar, your zone and another side by side."""
    from elite8.core.errors import ConfigError
    from elite8.core.operations import agenda, entries
    from elite8.core.studio import open_studio

    if day + week + month > 1:
        raise ConfigError("say --day, --week or --month, one of them")
    studio = open_studio()
    if character:
        studio.config.roster.named(character)
    if region and region.upper() not in (known := agenda.regions(studio)):
        raise ConfigError(f"no region '{region[:10]}'; choose {', '.join(known) or 'none yet'}")
    found = entries.between(
        studio,
        first_day(studio, first),
        1 if day else 30 if month else 7,
        region=region.upper(),
        character=character,
    )
    zones = entries.zones(studio, zone)
    output.answer(
        "schedule show",
        found,
        as_json=json,
        table=lambda: timetable.drawn(found, zones, by_month=month),
    )


def first_day(studio: "Studio", written: str) -> "date":
    """Return the first day that is meant, today in the operator's zone when none is."""
    from datetime import date

    from elite8.core.errors import ConfigError

    if not written:
        return studio.clock().astimezone(studio.settings.zone).date()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no day; write 2026-12-01") from None
    if not date(2000, 1, 1) <= day <= date(2100, 1, 1):
        raise ConfigError(f"{day} is outside 2000 to 2100; write 2026-12-01")
    return day


@app.command()
def explain(post: PostId, *, json: Json = False) -> None:
    """Say why a post is where it is: time, zone, performer, network, limits."""
    from elite8.core.operations import agenda
    from elite8.core.studio import open_studio

    found = agenda.explain(open_studio(), post)
    output.answer(
        "schedule explain",
        found,
        as_json=json,
        table=lambda: output.table(("why", found.post), found.reasons),
    )


@app.command()
def add(
    video: Annotated[
        str, typer.Argument(metavar="[VIDEO]", help="A finished one; else --character.")
    ] = "",
    *,
    at: At,
    character: Annotated[
        str, typer.Option("--character", "-c", help="Have a video of theirs made by then.")
    ] = "",
    zone: Zone = "",
    to: Annotated[str, typer.Option("--to", help="outbox, tiktok, youtube, x, …; commas between.")],
    json: Json = False,
) -> None:
    """Put a video, or one that is made by then, into the calendar at a time of yours."""
    from elite8.core.operations import agenda, entries
    from elite8.core.studio import open_studio

    studio = open_studio()
    places = [name.strip() for name in to.split(",") if name.strip()]
    found = agenda.add(studio, video=video, character=character, at=at, zone=zone, to=places)
    zones = entries.zones(studio, zone)
    output.answer("schedule add", found, as_json=json, table=lambda: timetable.week(found, zones))


@app.command()
def move(post: PostId, *, at: At, zone: Zone = "", json: Json = False) -> None:
    """Put a waiting post at another time; planning leaves it there."""
    from elite8.core.operations import agenda
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = agenda.move(studio, post, at, zone)
    when = output.local_time(found.at, studio.settings.time_zone)
    output.answer(
        "schedule move",
        found,
        as_json=json,
        table=lambda: f"{found.network} post {found.post[:POST_ID]} goes out at {when}",
    )


@app.command()
def drop(post: PostId, *, json: Json = False) -> None:
    """Take a waiting post out of the calendar; planning does not bring it back."""
    from elite8.core.operations import agenda
    from elite8.core.studio import open_studio

    found = agenda.drop(open_studio(), post)
    output.answer(
        "schedule drop",
        found,
        as_json=json,
        table=lambda: (
            f"{found.network} post {found.post[:POST_ID]} is dropped; "
            f"'elite8 publish retry {found.post[:POST_ID]}' brings it back"
        ),
    )


@app.command()
def export(
    *,
    days: Days = 30,
    first: Annotated[str, typer.Option("--from", help="First day, 2026-12-01; else today.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="A file, .csv or .json; else to the terminal.")
    ] = None,
    strings: Annotated[
        bool, typer.Option("--strings", help="The words instead, to be translated; JSON.")
    ] = False,
) -> None:
    """Write the calendar as a file to be reviewed, changed and applied."""
    from elite8.core.operations import plan_file
    from elite8.core.studio import open_studio

    studio = open_studio()
    if strings:
        wording.export(studio, first_day(studio, first), days, out)
        return
    file = plan_file.export(studio, first_day(studio, first), days)
    as_csv = out is not None and out.suffix == ".csv"
    text = plan_file.written(file, as_csv=as_csv)
    if out is None:
        output.write(text.rstrip("\n"))
        return
    plan_file.save(out, text)
    output.say(f"{len(file.posts)} posts of {days} days are in {out}")


@app.command()
def diff(file: FileArgument, *, json: Json = False) -> None:
    """Say what applying a calendar file, or one of strings, would change."""
    from elite8.core.operations import plan_file
    from elite8.core.studio import open_studio

    studio = open_studio()
    if wording.takes(studio, file, dry_run=True, as_json=json):
        return
    answer_changes(studio, "diff", plan_file.diff(studio, plan_file.read(file)), as_json=json)


@app.command()
def apply(file: FileArgument, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Make the calendar what the file says: only the differences, all of them or none."""
    from elite8.core.operations import plan_file
    from elite8.core.studio import open_studio

    studio = open_studio()
    if wording.takes(studio, file, dry_run=dry_run, as_json=json):
        return
    wanted: File = plan_file.read(file)
    act = plan_file.diff if dry_run else plan_file.apply
    answer_changes(studio, "diff" if dry_run else "apply", act(studio, wanted), as_json=json)


def answer_changes(
    studio: "Studio", command: str, found: "Sequence[Difference]", *, as_json: bool
) -> None:
    """Show the differences of a file."""
    zone = studio.settings.time_zone
    rows = [
        (
            f"left alone: {one.why}" if one.why else one.what,
            one.post[:POST_ID],
            one.character,
            one.network,
            output.local_time(one.before, zone) if one.before else "",
            output.local_time(one.after, zone) if one.after else "",
        )
        for one in found
    ]
    output.answer(
        f"schedule {command}",
        found,
        as_json=as_json,
        table=lambda: (
            output.table(("", "post", "performer", "network", "from", "to"), rows)
            if rows
            else "the calendar is as the file says"
        ),
    )


besttimes.add_to(app)
rehearsing.add_to(app)
ticking.add_to(app)
