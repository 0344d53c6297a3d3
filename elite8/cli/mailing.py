"""`elite8 subscribers mail`: messages on LINE and by email to people who agreed to get them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from elite8.core.operations.mailings import Looked, MailingShown

app = group("Messages to people who agreed: write, check, send, cancel, list.")

CANCEL = "elite8 subscribers mail cancel"
Which = Annotated[str, typer.Argument(metavar="ID", help="Of the message, or how it begins.")]


@app.command()
def write(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="line or email.")],
    *,
    character: Annotated[str, typer.Option("--character", "-c", help="In whose name.")],
    text: Annotated[str, typer.Option(help="What it says; what it owes is put under it.")],
    language: Annotated[str, typer.Option(help="en, ja, pt, de or es.")] = "en",
    purpose: Annotated[str, typer.Option(help="marketing or service.")] = "marketing",
    subject: Annotated[str, typer.Option(help="Of an email.")] = "",
    video_url: Annotated[str, typer.Option(help="https address of a video.")] = "",
    preview_url: Annotated[str, typer.Option(help="Of its picture; LINE needs it.")] = "",
    json: Json = False,
) -> None:
    """Write a message and have the rules judge its words; nothing is sent."""
    from elite8.core.operations import mailings
    from elite8.core.studio import open_studio

    wish = mailings.Wish(
        channel=channel,
        character=character,
        text=text,
        language=language,
        purpose=purpose,
        subject=subject,
        video_url=video_url,
        preview_url=preview_url,
    )
    found = mailings.write(open_studio(), wish)
    output.answer(
        "subscribers mail write", found, as_json=json, table=lambda: f"{found.id}\n\n{found.words}"
    )


@app.command()
def check(which: Which, *, json: Json = False) -> None:
    """Say whom a message would reach now, and who is held back by which rule."""
    from elite8.core.operations import mail
    from elite8.core.studio import open_studio

    found = mail.look(open_studio(), which)
    output.answer("subscribers mail check", found, as_json=json, table=lambda: drawn(found))


@app.command()
def send(
    which: Which,
    *,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="To so many at most.")] = 100_000,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Send a message to whom it may reach now; nobody gets it twice. LINE counts each one.

    Whom only the hour keeps back gets it from the daemon when that is over, within a day.
    """
    from elite8.core.operations import mail
    from elite8.core.studio import open_studio

    studio = open_studio()
    if dry_run:
        looked = mail.look(studio, which)
        output.answer("subscribers mail send", looked, as_json=json, table=lambda: drawn(looked))
        return
    sent, trouble = mail.send(studio, which, limit)
    problems = [output.Problem(code=trouble.code, message=str(trouble))] if trouble else []
    output.answer(
        "subscribers mail send",
        sent,
        as_json=json,
        table=lambda: figures(sent),
        problems=problems,
        status="partial" if problems and sent.sent else None,
    )
    if sent.held and not json:
        output.say(f"the daemon goes on when it is day there; or: {CANCEL} {output.short(sent.id)}")
    if trouble:
        raise typer.Exit(trouble.exit_code)


@app.command()
def cancel(which: Which, *, json: Json = False) -> None:
    """Have a message wait for nobody any more: whom the hour kept back does not get it."""
    from elite8.core.operations import mail
    from elite8.core.studio import open_studio

    found = mail.cancel(open_studio(), which)
    output.answer(
        "subscribers mail cancel",
        found,
        as_json=json,
        table=lambda: f"it waits for nobody any more; {figures(found)}",
    )


@app.command("list")
def list_messages(
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List messages, the newest first, and how many got them."""
    from elite8.core.operations import mailings
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = mailings.listed(studio, limit)
    rows = [
        (
            output.short(one.id),
            output.local_time(one.created_at, studio.settings.time_zone),
            one.channel,
            one.character,
            one.subject or one.words.partition("\n")[0][:40],
            figures(one),
        )
        for one in found
    ]
    columns = ("message", "written", "by", "performer", "", "")
    output.answer(
        "subscribers mail list",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows) if rows else "",
    )
    if not found and not json:
        output.say("no message was written")


@app.command()
def bounces(
    folder: Annotated[
        Path, typer.Argument(metavar="PATH", help="A letter, an mbox, a Maildir; - is one letter.")
    ],
    *,
    json: Json = False,
) -> None:
    """Take in letters that came back: an address that does not exist is written to no more."""
    from elite8.core.operations import bounces as operation
    from elite8.core.operations.letterbox import letters
    from elite8.core.studio import open_studio

    found = operation.take(open_studio(), letters(folder, sys.stdin.buffer))
    kinds = [one.kind if one.delivery else "not ours" for one in found]
    rows = [(kind, str(kinds.count(kind))) for kind in dict.fromkeys(kinds)]
    output.answer(
        "subscribers mail bounces",
        found,
        as_json=json,
        table=lambda: output.table(("what came back", "letters"), rows) if rows else "",
    )
    if not found and not json:
        output.say("no letter was there")


def figures(one: "MailingShown") -> str:
    """Return how many got it."""
    waits = f", {one.held} wait until it is day there" if one.held else ""
    doubt = f", {one.uncertain} uncertain" if one.uncertain else ""
    no = f", {one.refused} refused" if one.refused else ""
    return f"{one.sent} sent{doubt}{no}{waits}"


def drawn(found: "Looked") -> tuple[object, ...]:
    """Return what would go out, to how many, and what holds the others back."""
    left = "" if found.left is None else f"; LINE takes {found.left} more this month"
    parts: list[object] = [
        found.mailing.words,
        f"\nit would reach {found.reach} people now{left}; {figures(found.mailing)}",
    ]
    if found.later:
        parts.append(f"{found.later} more are kept back by nothing but the hour where they are")
    if found.held:
        rows = [(rule, str(count)) for rule, count in found.held]
        parts.append(output.table(("held back by", "people"), rows))
    if found.notes:
        notes = [(one.verdict, one.rule, one.reason) for one in found.notes]
        parts.append(output.table(("", "rule", ""), notes))
    return tuple(parts)
