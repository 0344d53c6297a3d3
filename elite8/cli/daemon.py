"""`elite8 daemon`: everything by itself, for years."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, output
from elite8.cli.group import group
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from elite8.core.operations.dispatch import Seen
    from elite8.core.operations.task import Ran
    from elite8.core.studio import Studio

USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")

app = group(SUBCOMMANDS["daemon"], alone=True)


@app.callback()
def daemon(
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="Run every task once, for cron.")] = False,
    every: Annotated[
        float | None,
        typer.Option(min=0.1, max=3600, metavar="SECONDS", help="Tick so, to try things out."),
    ] = None,
    worker: Annotated[
        bool, typer.Option("--worker", help="Do what the daemon that leads hands out.")
    ] = False,
    queues: Annotated[
        str, typer.Option("--queues", metavar="A,B", help="As a worker: only these tasks.")
    ] = "",
    at_once: Annotated[
        int | None, typer.Option(min=1, max=32, help="As a worker: so many parts at once; 4.")
    ] = None,
    json: Json = False,
) -> None:
    """Run in the foreground until SIGTERM or Ctrl-C; the log goes to stderr."""
    if ctx.invoked_subcommand is not None:
        return
    check_options(worker=worker, leads=once or every is not None, works=bool(queues or at_once))
    from elite8.core.studio import open_studio

    studio = open_studio()
    studio.only_real("runs by itself")
    if once:
        from elite8.core.operations import tasks

        show(tasks.run_all(studio), as_json=json)
        return
    if worker:
        work(studio, queues, at_once or 4)
        return
    from elite8 import daemon as face
    from elite8.web.site import Site

    face.run(studio, every, faces=[Site])


def work(studio: "Studio", queues: str, at_once: int) -> None:
    """Do what is handed out, until a signal says stop."""
    from elite8 import worker

    worker.run(studio, queues, at_once)


def check_options(*, worker: bool, leads: bool, works: bool) -> None:
    """Refuse options that do not go together."""
    if worker and leads:
        raise ConfigError("--worker ticks by no clock: leave out --once and --every")
    if works and not worker:
        raise ConfigError("--queues and --at-once are for a worker: add --worker")


def show(found: "tuple[Ran, ...]", *, as_json: bool) -> None:
    """Show what each task did; exit 1 when one failed."""
    failed = [one for one in found if one.failure]
    rows = [(one.task, f"failed: {one.failure}" if one.failure else one.did) for one in found]
    output.answer(
        "daemon",
        found,
        as_json=as_json,
        table=lambda: output.table(("task", ""), rows),
        problems=[output.Problem(code="failed", message=one.failure) for one in failed],
        status="partial" if 0 < len(failed) < len(found) else None,
    )
    if failed:
        raise typer.Exit(1)


@app.command("unit")
def show_unit(
    *,
    user: Annotated[
        str, typer.Option(metavar="NAME", help="Run as this user, not as one made up by systemd.")
    ] = "",
    json: Json = False,
) -> None:
    """Print a systemd unit that lets the daemon do what it needs and nothing else."""
    from elite8.cli.unit import program, unit

    if user and not USER.fullmatch(user):
        raise ConfigError(f"'{user[:40]}' is no user name")
    if program().startswith(("/home/", "/root/")):
        output.say(f"note: {program()} is in a home, which the service does not see; move it")
    from elite8.core.settings import load

    text = unit(user, load().web_listen)
    output.answer("daemon unit", {"unit": text}, as_json=json, table=text.rstrip)


@app.command()
def status(*, json: Json = False) -> None:
    """Say which daemon leads, since when, and who works; exit 1 when none leads."""
    from elite8.core.operations import dispatch, leading
    from elite8.core.studio import open_studio

    studio = open_studio()
    found, workers = leading.leader(studio), dispatch.known(studio)
    if found is None:
        silent = "no daemon runs: elite8 daemon, or systemctl start elite8"
        problem = output.Problem(code="refused", message=silent)
        output.answer("daemon status", None, as_json=json, table=lambda: "", problems=[problem])
        raise typer.Exit(1)
    zone = studio.settings.time_zone
    since, until = (output.local_time(at, zone) for at in (found.since, found.until))
    sentence = f"{found.who} leads since {since}; it says so again before {until}"
    data = {"who": found.who, "since": found.since, "until": found.until, "workers": workers}
    lines = (sentence, *(works(one, zone) for one in workers))
    output.answer("daemon status", data, as_json=json, table=lambda: lines)


def works(one: "Seen", zone: str) -> str:
    """Return a worker as a sentence."""
    since, until = (output.local_time(at, zone) for at in (one.since, one.until))
    what = ", ".join(one.tasks) or "everything"
    if not one.there:
        return f"{one.who} worked until {until} and is not heard of: what it held is taken back"
    return f"{one.who} works since {since}: {what}, {one.at_once} at once"
