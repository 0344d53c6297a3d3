"""`elite8 subscribers winback`: an offer to who left, measured against who got none."""

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from elite8.cli import output, winback_tables
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.winback_plan import Wish
    from elite8.core.studio import Studio

app = group("Winback: plan, start, watch, report, stop; drafts for sending by hand.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the campaign, as autumn-2026.")]
Words = Annotated[str, typer.Option(metavar="A,B", help="With commas between.")]
Money = Annotated[str, typer.Option(metavar="AMOUNT", help="In --currency, as 9.99.")]


@app.command()
def plan(
    name: Name,
    *,
    kind: Annotated[str, typer.Option(help="discount, free_access or limited_offer.")] = "",
    by: Annotated[str, typer.Option(help="line, email, or draft: copied by hand.")] = "draft",
    character: Annotated[
        str, typer.Option("--character", "-c", help="Whose subscribers, and in whose name.")
    ] = "",
    platform: Annotated[str, typer.Option(help="Where they were; several with commas.")] = "",
    tier: Annotated[str, typer.Option(help="Only these tiers; several with commas.")] = "",
    text: Annotated[str, typer.Option(help="Your words; the whole offer is put under them.")] = "",
    language: Annotated[str, typer.Option(help="en, ja, pt, de or es.")] = "en",
    subject: Annotated[str, typer.Option(help="Of an email.")] = "",
    percent: Annotated[int | None, typer.Option(help="Discount, 1 to 99.")] = None,
    months: Annotated[int | None, typer.Option(help="For so many months, 1 to 12.")] = None,
    days: Annotated[int | None, typer.Option(help="Of free access, 1 to 90.")] = None,
    bonus: Annotated[str, typer.Option(help="What is given with it.")] = "",
    code: Annotated[str, typer.Option(help="What people enter.")] = "",
    deadline: Annotated[str, typer.Option(help="As 2026-12-10T18:00, or a day's end.")] = "",
    code_ends: Annotated[str, typer.Option(help="When the code really stops working.")] = "",
    price_after: Annotated[str, typer.Option(help="A month, after the offer: 9.99.")] = "",
    currency: Annotated[str, typer.Option(help="Three letters.")] = "USD",
    ends: Annotated[bool, typer.Option("--ends", help="It does not renew by itself.")] = False,
    agree: Annotated[str, typer.Option(help="Where people consent to what is paid later.")] = "",
    cancel_how: Annotated[str, typer.Option(help="How people end it.")] = "",
    lapsed_least: Annotated[int, typer.Option(help="Gone for so many days at least.")] = 0,
    lapsed_most: Annotated[int, typer.Option(help="And at most.")] = 730,
    hold_out: Annotated[
        float | None, typer.Option(help="Share that gets nothing, 0.2 to 0.5.")
    ] = None,
    window: Annotated[int, typer.Option(help="Days in which coming back counts.")] = 90,
    cool_down: Annotated[int, typer.Option(help="Days since their last winback, 60 or more.")] = 60,
    most_a_year: Annotated[int, typer.Option(help="Winbacks of one person: 1 or 2.")] = 2,
    budget: Annotated[str, typer.Option(help="What it may cost, in --currency.")] = "",
    message_cost: Annotated[
        float | None, typer.Option(help="Of one message, in minor units: 0.7.")
    ] = None,
    bonus_cost: Annotated[
        float, typer.Option(help="Of the gift to one who came back, in minor units.")
    ] = 0.0,
    base: Annotated[
        float | None, typer.Option(help="Share that comes back by itself; else from history.")
    ] = None,
    hoped: Annotated[float | None, typer.Option(help="Share that comes back with it.")] = None,
    worthwhile: Annotated[float, typer.Option(help="Effect from which it is worth it.")] = 0.01,
    json: Json = False,
) -> None:
    """Keep a campaign and say all of it: who, how many, what it shows, costs and says.

    With NAME alone it shows the one that is kept. Nothing is sent.
    """
    from elite8.core.operations import winback_plan
    from elite8.core.studio import open_studio

    studio = open_studio()
    given = locals()
    found = (
        winback_plan.keep(studio, wished(studio, given))
        if kind
        else winback_plan.look(studio, name)
    )
    output.answer(
        "subscribers winback plan",
        found,
        as_json=json,
        table=lambda: winback_tables.planned(found),
    )


def wished(studio: "Studio", given: dict[str, object]) -> "Wish":
    """Return what is wanted from what was written."""
    from elite8.core.operations.winback_plan import Wish

    def said(name: str) -> str:
        return str(given[name])

    zone, currency = studio.settings.time_zone, said("currency")
    same = (
        *("name", "kind", "character", "text", "language", "subject", "percent", "months", "days"),
        *("bonus", "code", "agree", "lapsed_least", "lapsed_most", "hold_out", "most_a_year"),
        *("message_cost", "bonus_cost", "base", "hoped", "worthwhile", "currency"),
    )
    facts: dict[str, object] = {
        "channel": said("by"),
        "platforms": listed(said("platform")),
        "tiers": listed(said("tier")),
        "deadline": instant(said("deadline"), zone),
        "code_ends": instant(said("code_ends"), zone),
        "price_after_minor": amount(said("price_after") or "0", currency),
        "renews": not given["ends"],
        "cancel": said("cancel_how"),
        "window_days": given["window"],
        "cool_down_days": given["cool_down"],
        "budget_minor": amount(said("budget"), currency) if given["budget"] else None,
    }
    return Wish(**{name: given[name] for name in same} | facts)  # type: ignore[arg-type]  # checked as it is kept


def listed(words: str) -> tuple[str, ...]:
    """Return words with commas between."""
    return tuple(filter(None, (word.strip() for word in words.split(","))))


def amount(written: str, currency: str) -> int:
    """Return an amount in minor units."""
    from elite8.core.domain import money

    try:
        return money.minor(written, money.known_currency(currency))
    except ValueError as wrong:
        raise ConfigError(str(wrong)) from None


def instant(written: str, zone: str) -> datetime | None:
    """Return an instant in the operator's zone, of a day its last minute; `None` for none."""
    if not written:
        return None
    try:
        if len(written) == len("2026-12-10"):
            found = datetime.combine(date.fromisoformat(written), time(23, 59))
        else:
            found = datetime.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"'{written[:30]}' is no time; write 2026-12-10T18:00") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))


@app.command()
def start(
    name: Name,
    *,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Send so many at most.")] = 100_000,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Draw who is held out, keep it for good, and send; again it goes on where it was.

    Whom the hour keeps back gets it from the daemon when it is day there. Drafts: winback drafts.
    """
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        tried = winback.attempt(studio, name)
        output.answer(
            "subscribers winback start",
            tried,
            as_json=json,
            table=lambda: winback_tables.tried(tried),
        )
        return
    found, trouble = winback.start(studio, name, limit)
    problems = [output.Problem(code=trouble.code, message=str(trouble))] if trouble else []
    output.answer(
        "subscribers winback start",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
        problems=problems,
        status="partial" if problems else None,
    )
    if found.campaign.channel == "draft" and not json:
        output.say(f"next: elite8 subscribers winback drafts {name} --out FILE")
    if trouble:
        raise typer.Exit(trouble.exit_code)


@app.command()
def status(name: Name, *, json: Json = False) -> None:
    """Say how far it is, in counts of messages; who came back waits for the window's end."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.status(studio, name)
    output.answer(
        "subscribers winback status",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
    )


@app.command()
def report(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="One; else all, also null ones.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Say whether it worked: works, does not, or inconclusive; never before its window ends."""
    from elite8.core.operations import winback_report
    from elite8.core.studio import open_studio

    found = winback_report.report(open_studio(), name)
    output.answer(
        "subscribers winback report",
        found,
        as_json=json,
        table=lambda: tuple(part for one in found for part in winback_tables.reported(one)),
    )
    if not found and not json:
        output.say("no winback was started")


@app.command()
def stop(name: Name, *, json: Json = False) -> None:
    """Have it send nothing more; what is unsent stays unsent, and its window goes on."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.stop(studio, name)
    output.answer(
        "subscribers winback stop",
        found,
        as_json=json,
        table=lambda: winback_tables.status(found, studio.settings.time_zone),
    )


@app.command()
def drafts(
    name: Name,
    *,
    out: Annotated[Path, typer.Option(help="A new .csv file; it holds names, and is yours alone.")],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many at most.")] = 50,
    again: Annotated[
        int | None, typer.Option(min=1, help="Write this batch again, if its file is lost.")
    ] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Write drafts to copy by hand into a file, each person's once."""
    from elite8.core.operations import winback_drafts
    from elite8.core.studio import open_studio

    studio = open_studio()
    studio = studio.drafting if dry_run else studio
    found = winback_drafts.hand_out(studio, name, out, limit=limit, again=again)
    output.answer(
        "subscribers winback drafts",
        found,
        as_json=json,
        table=lambda: winback_tables.handed(found, dry=dry_run),
    )


@app.command("list")
def list_campaigns(*, json: Json = False) -> None:
    """List campaigns, the newest first."""
    from elite8.core.operations import winback
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = winback.listed(studio)
    output.answer(
        "subscribers winback list",
        found,
        as_json=json,
        table=lambda: winback_tables.listed(found, studio.settings.time_zone) if found else "",
    )
    if not found and not json:
        output.say("no winback was planned")
