"""`elite8 schedule run` and `crontab`: the daemon's tasks for cron, or by hand."""

from pathlib import Path
from typing import Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

NO_SECRETS = (
    "# secrets and the database's address are left out; those in {0}/.env reach a command that "
    "begins with: cd {0} &&"
)


def run_task(
    task: Annotated[str, typer.Argument(metavar="TASK", help="Which; a wrong one names all.")],
    *,
    shard: Annotated[
        str, typer.Option("--shard", metavar="N/OF", help="Only this part of its rows, as 3/8.")
    ] = "",
    json: Json = False,
) -> None:
    """Run one of the daemon's tasks now, whoever leads."""
    from elite8.core.operations import tasks
    from elite8.core.studio import open_studio

    wanted = tasks.named(task)
    part = tasks.part_of(wanted, shard)
    did = tasks.marked(open_studio(), task, wanted.doing(part), part)
    output.answer(
        "schedule run",
        {"task": task, "did": did},
        as_json=json,
        table=lambda: did or "nothing to do",
    )


def crontab(*, json: Json = False) -> None:
    """Print the lines that have cron do what the daemon does."""
    import shlex

    from elite8.cli.unit import program
    from elite8.core.domain.cron import for_crontab
    from elite8.core.operations import configuration, tasks
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = tasks.timetable(studio)
    command = shlex.quote(program())
    lines = [NO_SECRETS.format(shlex.quote(str(Path.cwd()))), "CRON_TZ=UTC"]
    lines += configuration.exported(studio)
    lines += [f"{for_crontab(at)} {command} schedule run {name}" for name, at in found.items()]
    output.answer("schedule crontab", {"lines": lines}, as_json=json, table=lambda: tuple(lines))


def add_to(app: typer.Typer) -> None:
    """Give a group these commands."""
    app.command("run")(run_task)
    app.command()(crontab)
