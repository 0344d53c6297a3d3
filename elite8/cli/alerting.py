"""`elite8 monitor alerts`: what rings, who looks after it, what is silent."""

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.alerts import Ringing

app = group("What rings: list, acknowledge, silence, test, history.")

RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its name, as the list shows.")]
About = Annotated[str, typer.Option("--about", help="Only this one of several, as the list says.")]


@app.command("list")
def list_alerts(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also what is pending.")] = False,
    json: Json = False,
) -> None:
    """List what rings."""
    from elite8.core.operations import alerts
    from elite8.core.studio import open_studio

    studio = open_studio()
    alerts.check_words(studio)
    found = alerts.ringing(studio, everything=everything)
    output.answer(
        "monitor alerts list",
        found,
        as_json=json,
        table=lambda: drawn(found, studio.settings.time_zone) if found else "nothing rings",
    )


def drawn(found: "Sequence[Ringing]", zone: str) -> str:
    """Return three lines for each alert: what and since when, in words, and what to do."""
    return "\n".join(line for one in found for line in lines(one, zone))


def lines(one: "Ringing", zone: str) -> tuple[str, ...]:
    """Return the lines of one alert."""
    by = f" by {one.acknowledged_by}" if one.acknowledged_by else ""
    silent = ", silent" if one.silent else ""
    about = f" ({one.subject})" if one.subject else ""
    since = output.local_time(one.since, zone)
    return (
        f"{one.severity}: {one.rule}{about}, {one.state}{by}{silent}, since {since}",
        f"  {one.message}",
        f"  {one.do}",
    )


@app.command()
def ack(rule: RuleName, *, about: About = "", json: Json = False) -> None:
    """Say that you look after it; it stays until it is over."""
    from elite8.core.operations import alerts
    from elite8.core.studio import open_studio

    found = alerts.acknowledge(open_studio(), rule, about, getpass.getuser())
    output.answer(
        "monitor alerts ack",
        found,
        as_json=json,
        table=lambda: f"{len(found)} alerts of {rule} are acknowledged",
    )


@app.command()
def silence(
    rule: RuleName,
    *,
    lasts: Annotated[str, typer.Option("--for", help="How long: 90m, 8h, 2d.")] = "8h",
    about: About = "",
    why: Annotated[str, typer.Option("--why", help="A word for whoever asks later.")] = "",
    json: Json = False,
) -> None:
    """Tell nobody of a rule for a while; it is still listed."""
    from elite8.core.domain.wall import length
    from elite8.core.operations import alerts
    from elite8.core.studio import open_studio

    studio = open_studio()
    try:
        span = length(lasts)
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None
    until = alerts.hush(studio, rule, about, span, why)
    when = output.local_time(until, studio.settings.time_zone)
    output.answer(
        "monitor alerts silence",
        {"rule": rule, "about": about, "until": until},
        as_json=json,
        table=lambda: f"nobody is told of {rule} until {when}",
    )


@app.command("test")
def try_route(
    route: Annotated[str, typer.Argument(metavar="ROUTE", help="telegram, email or webhook.")],
    *,
    json: Json = False,
) -> None:
    """Send a word by a route, to see that it arrives."""
    from elite8.core.operations import notices
    from elite8.core.studio import open_studio

    found = notices.test(open_studio(), route)
    output.answer(
        "monitor alerts test", found, as_json=json, table=lambda: f"{route} has taken it; look"
    )


@app.command()
def history(
    rule: Annotated[str, typer.Argument(metavar="[RULE]", help="Only of this rule.")] = "",
    *,
    days: Annotated[int, typer.Option(min=1, max=3650, help="How far back.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=10000, help="How many.")] = 50,
    json: Json = False,
) -> None:
    """Show what rang, was acknowledged, and was over, the newest first."""
    from elite8.core.operations import alerts
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = alerts.history(studio, days=days, rule=rule, limit=limit)
    zone = studio.settings.time_zone
    rows = [
        (output.local_time(one.at, zone), one.what, one.severity, one.rule, one.who, one.message)
        for one in found
    ]
    output.answer(
        "monitor alerts history",
        found,
        as_json=json,
        table=lambda: (
            output.table(("", "what", "severity", "alert", "by", ""), rows)
            if rows
            else f"nothing rang in {days} days"
        ),
    )
