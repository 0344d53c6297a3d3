"""`elite8 subscribers consent`: the ledger of who said yes, where and to what."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.consent_files import Imported
    from elite8.core.operations.consents import Standing

app = group("Consents: record, import, ask, confirm, withdraw, show, erase.")

Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO", help="A person's key, or CHANNEL:ADDRESS; - reads it from standard input."
    ),
]
ForChannel = Annotated[str, typer.Option("--channel", help="Only on line or email.")]
ForPurpose = Annotated[str, typer.Option("--purpose", help="Only marketing or service.")]


@app.command()
def record(
    address: Annotated[
        str, typer.Argument(metavar="CHANNEL:ADDRESS", help="- reads it from standard input.")
    ],
    *,
    evidence: Annotated[str, typer.Option(help="Where the proof is kept.")],
    purpose: Annotated[str, typer.Option(help="marketing or service.")] = "marketing",
    country: Annotated[str, typer.Option(help="Two letters, as DE.")] = "",
    zone: Annotated[str, typer.Option(help="As America/New_York; known for JP, DE and GB.")] = "",
    language: Annotated[str, typer.Option(help="Two letters, as de.")] = "",
    age: Annotated[str, typer.Option(help="adult, minor or unknown.")] = "unknown",
    wording: Annotated[str, typer.Option(help="Which version of the words they read.")] = "",
    json: Json = False,
) -> None:
    """Keep a consent that somebody gave; where double opt-in is asked for it then waits."""
    from elite8.core.operations import consents
    from elite8.core.operations.given import Given
    from elite8.core.studio import open_studio

    channel, _, there = read(address).partition(":")
    given = Given(
        channel=channel,
        address=there,
        purpose=purpose,
        country=country,
        zone=zone,
        language=language,
        age=age,
        evidence=evidence,
        wording=wording,
    )
    told("subscribers consent record", [consents.record(open_studio(), given)], as_json=json)


@app.command("import")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .csv with a header, or .jsonl.")],
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Keep the consents of a file; rows without evidence count as no consent."""
    from elite8.core.operations import consent_files
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = consent_files.load(studio.drafting if dry_run else studio, file)
    wrong = [output.Problem(code="row", message=f"line {w.line}: {w.why}") for w in found.wrong]
    output.answer(
        "subscribers consent import",
        found,
        as_json=json,
        table=lambda: counted(found, dry=dry_run),
        problems=wrong,
        status="partial" if wrong and found.statuses else None,
    )
    if wrong:
        raise typer.Exit(1)


def counted(found: "Imported", *, dry: bool) -> str:
    """Return a file's figures."""
    states = ", ".join(f"{count} {name}" for name, count in found.statuses) or "none taken"
    would = "would be " if dry else ""
    return f"{found.new} {would}new, {found.known} known as they are ({states})"


@app.command()
def confirm(
    who: Who,
    *,
    channel: Annotated[str, typer.Option(help="line or email.")] = "email",
    purpose: Annotated[str, typer.Option(help="marketing or service.")] = "marketing",
    evidence: Annotated[str, typer.Option(help="Where the proof of the second yes is.")] = "",
    json: Json = False,
) -> None:
    """Note the second yes of a double opt-in."""
    from elite8.core.operations import consents
    from elite8.core.studio import open_studio

    found = consents.confirm(open_studio(), read(who), channel, purpose, evidence)
    told("subscribers consent confirm", [found], as_json=json)


@app.command()
def ask(
    who: Who,
    *,
    purpose: Annotated[str, typer.Option(help="marketing or service.")] = "marketing",
    json: Json = False,
) -> None:
    """Send the one letter that asks for a second yes."""
    from elite8.core.operations import second_yes
    from elite8.core.studio import open_studio

    found = second_yes.ask(open_studio(), read(who), purpose)
    output.answer(
        "subscribers consent ask",
        found,
        as_json=json,
        table=lambda: f"{found.person} is asked; the consent counts once the button is pressed",
    )


@app.command()
def withdraw(
    who: Who, *, channel: ForChannel = "", purpose: ForPurpose = "", json: Json = False
) -> None:
    """End consents at once; with neither option all of them, and the addresses are suppressed."""
    from elite8.core.operations import consents
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = consents.withdraw(studio, read(who), channel=channel, purpose=purpose, via="operator")
    told("subscribers consent withdraw", found, as_json=json)


@app.command()
def erase(
    who: Who,
    *,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Forget who a person is; their addresses stay suppressed, as hashes."""
    from elite8.core.operations import erasing
    from elite8.core.studio import open_studio

    found = erasing.erase(open_studio(), read(who), dry_run=dry_run)
    words = "would be forgotten" if dry_run else "forgotten; the addresses stay suppressed"
    output.answer(
        "subscribers consent erase",
        found,
        as_json=json,
        table=lambda: f"{words} ({found.addresses}); linked subscribers are erased too",
    )


@app.command()
def show(
    who: Annotated[
        str, typer.Argument(metavar="[WHO]", help="A key, CHANNEL:ADDRESS, or - ; else counts.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Show what one person said, or how many stand how."""
    from elite8.core.operations import consents
    from elite8.core.studio import open_studio

    studio = open_studio()
    if not who:
        sums = consents.counts(studio)
        names = ("channel", "purpose", "status", "people")
        output.answer(
            "subscribers consent show",
            [dict(zip(names, one, strict=True)) for one in sums],
            as_json=json,
            table=lambda: summed(names, sums),
        )
        return
    found = consents.show(studio, read(who))
    zone = studio.settings.time_zone
    facts = [
        ("person", found.person),
        ("country", found.country or "unknown"),
        ("zone", found.zone or "unknown: always a quiet hour"),
        ("age", found.age),
        ("reached by", ", ".join(found.channels) or "nothing"),
        ("suppressed", ", ".join(found.suppressed) or "no"),
    ]
    output.answer(
        "subscribers consent show",
        found,
        as_json=json,
        table=lambda: (output.table(("", ""), facts), drawn(found.story, zone)),
    )


def summed(names: "Sequence[str]", sums: "Sequence[tuple[str, str, str, int]]") -> object:
    """Return how many stand how, or that nobody does."""
    if not sums:
        return "nobody said yes or no so far: elite8 subscribers consent record"
    return output.table(names, [(*one[:3], str(one[3])) for one in sums])


def told(command: str, found: "Sequence[Standing]", *, as_json: bool) -> None:
    """Show how consents stand now."""
    from elite8.core.settings import load as settings

    zone = settings().time_zone
    output.answer(command, found, as_json=as_json, table=lambda: drawn(found, zone))
    waiting = [one for one in found if one.status == "pending_doi"]
    if waiting and not as_json:
        output.say("it counts once it is confirmed: elite8 subscribers consent confirm WHO")
    if not found and not as_json:
        output.say("nothing was said there")


def drawn(found: "Sequence[Standing]", zone: str) -> object:
    """Return consents as a table."""
    rows = [
        (
            output.short(one.person),
            one.channel,
            one.purpose,
            one.status,
            output.local_time(one.at, zone) if one.at else "",
            one.via or one.evidence,
        )
        for one in found
    ]
    return output.table(("person", "channel", "purpose", "status", "when", "proof"), rows)


def read(who: str) -> str:
    """Return whom is meant; what is read from standard input stays out of the shell's history."""
    return sys.stdin.readline().strip() if who == "-" else who
