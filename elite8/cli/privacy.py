"""`elite8 subscribers privacy`: what people may ask of you, and what you may keep."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import asking, output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.erasing import Erased
    from elite8.core.operations.leftovers import Copy
    from elite8.core.operations.privacy_page import Page
    from elite8.core.operations.purge import Purged
    from elite8.core.operations.readmitting import Readmitted

app = group("What people may ask: export, erase, requests; and what is too old: purge.")
app.add_typer(asking.app, name="requests")

Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO",
        help="Start of a pseudonym, PLATFORM:NAME, or a person's key; - reads standard input.",
    ),
]


@app.command()
def export(
    who: Who,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; a new file.")] = None,
    json: Json = False,
) -> None:
    """Write all that is held about somebody to a file that only you can read."""
    from elite8.core.operations import dossier
    from elite8.core.studio import open_studio

    found = dossier.export(open_studio(), read(who), out=out)
    rows = [(name, str(count)) for name, count in found.entries]
    output.answer(
        "subscribers privacy export",
        found,
        as_json=json,
        table=lambda: (output.table(("what", "entries"), rows), f"{found.file} (mode 600)"),
    )
    if not json:
        output.say("hand it over yourself, then delete it; a purge deletes it after 30 days")


@app.command()
def erase(who: Who, *, dry_run: DryRun = False, json: Json = False) -> None:
    """Erase somebody everywhere; sums of money stay, and no import brings them back."""
    from elite8.core.operations import erasing
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = erasing.erase(studio, read(who), dry_run=dry_run)
    zone = studio.settings.time_zone
    output.answer("subscribers privacy erase", found, as_json=json, table=lambda: gone(found, zone))


def gone(found: "Erased", zone: str) -> tuple[object, ...]:
    """Return what became of somebody."""
    if found.already:
        return ("erased already; nothing is held", *left(found.backups, zone, swept=found.swept))
    would = "would be erased" if found.dry_run else "erased"
    events = f"{found.funnel_events} funnel events cut loose"
    rows = [(name, str(count)) for name, count in found.rows]
    return (
        f"{would}: {found.names} names, {found.addresses} addresses; {events}",
        output.table(("table", "rows"), rows) if rows else "",
        *(() if found.dry_run else left(found.backups, zone, swept=found.swept)),
    )


def left(backups: "Sequence[Copy]", zone: str, *, swept: bool = True) -> list[object]:
    """Return what is still to be done by hand or by time."""
    parts: list[object] = []
    if not swept:
        parts.append(
            "deleted bytes may lie in the database's file still, since somebody reads it: run "
            "elite8 subscribers privacy purge later"
        )
    if backups:
        parts.append(
            output.table(("backup", "made", "delete by", "holds erased"), drawn(backups, zone))
        )
    return parts


def drawn(backups: "Sequence[Copy]", zone: str) -> list[tuple[str, ...]]:
    """Return copies of the database as rows."""
    return [
        (
            str(one.path),
            output.local_time(one.made_at, zone),
            output.local_time(one.delete_by, zone),
            "yes" if one.holds else "no",
        )
        for one in backups
    ]


@app.command()
def readmit(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="PLATFORM:NAME as the export has it, the id and the handle; - reads lines.",
        ),
    ],
    *,
    since: Annotated[str, typer.Option(metavar="DAY", help="When they subscribed again.")],
    evidence: Annotated[str, typer.Option(help="Where they said so; name nobody.")],
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Let in again who was erased and subscribed again; what was before it stays out."""
    from elite8.core.operations import readmitting
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = readmitting.readmit(studio, lines(names), asking.day(since), evidence, dry_run=dry_run)
    zone = studio.settings.time_zone
    output.answer(
        "subscribers privacy readmit", found, as_json=json, table=lambda: let_in(found, zone)
    )


def let_in(found: "Readmitted", zone: str) -> tuple[object, ...]:
    """Return who is let in again, from when on, and what may still keep them out."""
    does = "would come in" if found.dry_run else "come in"
    parts = [
        f"erased {output.local_time(found.erased_at, zone)}; what they did from "
        f"{output.local_time(found.since, zone)} on {does}, by {found.names} names"
        + ("" if found.new else " (as before; nothing changed)")
    ]
    if found.unknown:
        parts.append(f"{found.unknown} of these names were never erased; look for a slip")
    if found.others:
        parts.append(
            f"{found.others} hashes of that time stay out (other names, addresses, others who were "
            "erased then): if an import still leaves them out, give their other name too"
        )
    parts.append("nobody is written to before they agree anew; a suppressed address stays so")
    return tuple(parts)


@app.command()
def purge(*, dry_run: DryRun = False, json: Json = False) -> None:
    """Delete what was kept long enough (privacy_config.json), and finish what was interrupted."""
    from elite8.core.operations import purge as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.purge(studio, dry_run=dry_run)
    zone = studio.settings.time_zone
    output.answer(
        "subscribers privacy purge", found, as_json=json, table=lambda: purged(found, zone)
    )


def purged(found: "Purged", zone: str) -> tuple[object, ...]:
    """Return what was too old."""
    counts = [
        ("lapsed people", str(found.lapsed)),
        ("rejected rows and answers, files", str(found.files)),
        ("requests that were dealt with", str(found.requests)),
        ("places in old campaigns", str(found.assignments)),
        ("erasures finished", str(found.finished)),
        *((f"rows of {name}", str(count)) for name, count in found.rows),
    ]
    title = "would go" if found.dry_run else "went"
    swept = found.swept or found.dry_run
    return (output.table((title, ""), counts), *left(found.backups, zone, swept=swept))


@app.command()
def page(*, json: Json = False) -> None:
    """Show how privacy stands: requests, old consents, stale rules, keys, backups."""
    from elite8.core.operations import privacy_page
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = privacy_page.page(studio)
    zone = studio.settings.time_zone
    output.answer(
        "subscribers privacy page", found, as_json=json, table=lambda: standing(found, zone)
    )


def standing(found: "Page", zone: str) -> tuple[object, ...]:
    """Return the page."""
    stale = ", ".join(f"{name} ({day})" for name, day in found.stale_platforms) or "none"
    ends = found.certificate_ends
    facts = [
        ("consents over 24 months", str(found.old_consents)),
        ("platform rows over 180 days", stale),
        ("certificate ends", output.local_time(ends, zone) if ends else "no key so far"),
        ("sums of erased people", f"{found.erased_months} months"),
        ("purge", "each day, by the daemon" if found.purges else "by hand (purge is off)"),
        ("lapsed people go after", f"{found.lapsed_months} months"),
        *(
            (f"key: {one.name}", ("" if one.there else "not there: ") + one.says)
            for one in found.keys
        ),
    ]
    waiting = asking.drawn(found.requests, zone) if found.requests else "no request is open"
    return (waiting, output.table(("", ""), facts), *left(found.backups, zone), found.says)


@app.command()
def breach(
    *,
    known: Annotated[
        str, typer.Option(help="When you knew of it, as 2026-11-26T09:00+09:00; else now.")
    ] = "",
    json: Json = False,
) -> None:
    """Show what to do when data got out, with the clocks of the laws."""
    from elite8.core.domain import breach as duties
    from elite8.core.studio import open_studio

    studio = open_studio()
    zone = studio.settings.time_zone
    at = asking.instant(known, zone) if known else studio.clock()
    clocks = duties.clocks(at)
    rows = [
        (output.local_time(one.until, zone), one.duty.law, one.duty.whom, one.duty.says)
        for one in clocks
    ]
    steps = tuple(f"{number}. {step}" for number, step in enumerate(duties.STEPS, 1))
    output.answer(
        "subscribers privacy breach",
        {"known_at": at, "steps": duties.STEPS, "clocks": clocks},
        as_json=json,
        table=lambda: (*steps, output.table(("until", "law", "tell", "time"), rows)),
    )
    if not json:
        output.say(
            "no legal advice; docs/how-to/privacy.md says which times were not read at the source"
        )


def lines(names: "Sequence[str]") -> list[str]:
    """Return names; - stands for the lines of standard input."""
    if list(names) == ["-"]:
        return [line.strip() for line in sys.stdin if line.strip()]
    return list(names)


def read(who: str) -> str:
    """Return whom is meant; what is read from standard input stays out of the shell's history."""
    return sys.stdin.readline().strip() if who == "-" else who
