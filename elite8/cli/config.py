"""`elite8 config`: which settings are in force, are they right, a copy to edit, the schemas."""

import json as json_module
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from elite8.cli import SUBCOMMANDS, output, synthetic
from elite8.cli.group import group
from elite8.cli.options import Json
from elite8.core.errors import ConfigError

app = group(SUBCOMMANDS["config"])


@app.command()
def show(*, json: Json = False) -> None:
    """Show which config won, and every setting; secrets only as set or missing."""
    from elite8.core.operations import configuration
    from elite8.core.studio import open_studio

    shown = configuration.show(open_studio())

    def drawn() -> object:
        output.say(f"config: {shown.folder} ({shown.because})")
        return output.table(
            ("setting", "value", "meaning"),
            [(one.variable, one.value, one.meaning) for one in shown.settings],
        )

    output.answer("config show", shown, as_json=json, table=drawn)


@app.command()
def check(*, json: Json = False) -> None:
    """Check every config file; exit 2 when one is wrong."""
    from elite8.core.operations import configuration
    from elite8.core.studio import open_studio

    studio = open_studio()
    wrong = configuration.check(studio)
    data = {"folder": studio.config.folder, "complaints": wrong}
    problems = [output.Problem(code="config", message=line) for line in wrong]
    output.answer(
        "config check",
        data,
        as_json=json,
        table=lambda: "" if wrong else f"{studio.config.folder}: every file is right",
        problems=problems,
    )
    if wrong:
        raise typer.Exit(2)


@app.command()
def init(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A new or empty folder.")
    ] = None,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="A synthetic studio to explore; DIR is its state folder.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="With --demo: which one; 8.")] = None,
    day: Annotated[
        str, typer.Option(metavar="DAY", help="With --demo: the last day of its year; today.")
    ] = "",
    json: Json = False,
) -> None:
    """Write a working copy of the config to edit, or with --demo a studio to explore."""
    from elite8.core.operations import configuration

    if demo:
        synthetic.make(folder, seed, day, as_json=json)
        return
    if seed is not None or day:
        raise ConfigError("--seed and --day are of --demo: a copy of the config has none")
    if folder is None:
        raise ConfigError("name a new folder for the copy: elite8 config init DIR")
    written = configuration.init(folder)
    hint = after_init(folder)
    output.answer(
        "config init",
        {"folder": folder, "files": written},
        as_json=json,
        table=lambda: f"{len(written)} files written to {folder}; {hint}",
    )


def after_init(folder: Path) -> str:
    """Return how the copy is used, and what to do next."""
    inside = folder.name == "config" and folder.absolute().parent == Path.cwd()
    used = "it is used from here" if inside else f"use it with ELITE8_CONFIG_DIR={folder}"
    return (
        f"{used}\nnext: elite8 config check\n"
        "      elite8 generate --character miyuki\n"
        "      elite8 publish latest --to outbox"
    )


@app.command()
def schema(
    file: Annotated[str, typer.Argument(metavar="FILE", help="For example finishing.json.")],
    *,
    json: Json = False,
) -> None:
    """Print the JSON Schema of one config file."""
    from elite8.core.operations import configuration

    found = configuration.schema(file)
    output.answer(
        "config schema",
        found,
        as_json=json,
        table=lambda: json_module.dumps(found, indent=2, ensure_ascii=False),
    )


@app.command()
def simulate(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    credits_left: Annotated[
        int, typer.Option("--credits", min=0, help="What the simulated account has.")
    ] = 1800,
    seconds: Annotated[float, typer.Option(min=0, help="How long a task takes.")] = 3.0,
    pace: Annotated[
        float, typer.Option(min=1, max=1000, help="Times as fast, for the daemon there.")
    ] = 1.0,
    begins: Annotated[
        str, typer.Option("--from", metavar="DAY", help="With --pace: the day it begins.")
    ] = "",
) -> None:
    """Serve simulated networks, Fanvue, LINE and mail until Ctrl-C; prints what to export."""
    import time

    from elite8.cli.rehearsing import first_instant
    from elite8.core.operations import simulate as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    if begins and pace == 1:
        raise ConfigError("--from needs --pace: a clock as fast as time shows the time")
    if pace > 1:
        at = first_instant(studio, begins) if begins else None
        studio = operation.faster(studio, pace, at)
    with operation.serve(studio, port, credits_left, seconds, output.say) as environment:
        for name, value in environment.items():
            output.write(f"export {name}={shlex.quote(value)}")
        output.say("the simulators serve until Ctrl-C; export these lines in another terminal")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
