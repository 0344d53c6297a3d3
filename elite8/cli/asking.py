"""`elite8 subscribers privacy requests`: what people asked for, and by when it is due."""

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.requests import Asked

app = group("What people asked for: list, add, acknowledge, done.")

Reference = Annotated[str, typer.Argument(metavar="ID", help="The start of a request's id.")]


@app.command("list")
def list_requests(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those that are done too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10000, help="How many at most.")] = 100,
    json: Json = False,
) -> None:
    """List requests, what is due first on top."""
    from elite8.core.operations import requests
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = requests.listed(studio, everything=everything, limit=limit)
    told("list", found, studio.settings.time_zone, as_json=json)
    if not found and not json:
        output.say("no request is open")


@app.command()
def add(
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO",
            help="Start of a pseudonym, PLATFORM:NAME, or a person's key; - reads standard input.",
        ),
    ],
    *,
    kind: Annotated[str, typer.Option(help="access, erase, rectify or withdraw.")],
    at: Annotated[str, typer.Option(help="When they asked, as 2026-11-26T09:00; else now.")] = "",
    json: Json = False,
) -> None:
    """Write down a request; its clock runs from when it was made."""
    from elite8.core.operations import requests
    from elite8.core.studio import open_studio

    studio = open_studio()
    zone = studio.settings.time_zone
    who = sys.stdin.readline().strip() if who == "-" else who
    found = requests.add(studio, who, kind, at=instant(at, zone) if at else None)
    told("add", [found], zone, as_json=json)
    if found.letter and not json:
        output.say(f"answer at once: {found.letter}")
        output.say(f"then: elite8 subscribers privacy requests acknowledge {found.id}")


@app.command()
def acknowledge(reference: Reference, *, json: Json = False) -> None:
    """Note that the person was told that their request came."""
    from elite8.core.operations import requests
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = requests.acknowledge(studio, reference)
    told("acknowledge", [found], studio.settings.time_zone, as_json=json)


@app.command()
def done(
    reference: Reference,
    *,
    did: Annotated[str, typer.Option(help="What was done, in a sentence that names nobody.")],
    json: Json = False,
) -> None:
    """Close a request with what was done; an erasure is closed by 'privacy erase'."""
    from elite8.core.operations import requests
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = requests.done(studio, reference, did)
    told("done", [found], studio.settings.time_zone, as_json=json)


def told(act: str, found: "Sequence[Asked]", zone: str, *, as_json: bool) -> None:
    """Show requests."""
    output.answer(
        f"subscribers privacy requests {act}",
        found,
        as_json=as_json,
        table=lambda: drawn(found, zone) if found else "",
    )


def drawn(found: "Sequence[Asked]", zone: str) -> object:
    """Return requests as a table."""
    columns = ("request", "what", "who", "asked", "due", "state", "outcome")
    return output.table(columns, [cells(one, zone) for one in found])


def cells(one: "Asked", zone: str) -> tuple[str, ...]:
    """Return a request as a row."""
    unanswered = "" if one.acknowledged_at or one.done_at else ", not acknowledged"
    return (
        output.short(one.id),
        one.kind,
        one.who[:8] or "erased",
        output.local_day(one.asked_at, zone),
        output.local_day(one.due_at, zone),
        one.state + unanswered,
        one.outcome,
    )


def day(text: str) -> date:
    """Return a day."""
    from elite8.core.errors import ConfigError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"'{text[:20]}' is no day; write 2026-11-26") from None


def instant(text: str, zone: str) -> datetime:
    """Return a time; without a zone it is in the operator's."""
    from elite8.core.errors import ConfigError

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"'{text[:40]}' is no time; write 2026-11-26T09:00") from None
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))
