"""The root command: subcommands load when asked for; only here an error becomes an exit code."""

import gc
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NoReturn

import typer
import typer.core
from typer.exceptions import Abort, Exit, TyperException

from elite8 import __version__
from elite8.cli import output
from elite8.core import lean
from elite8.core.errors import ConfigError, Elite8Error, of_file, of_store

SUBCOMMANDS = {
    "generate": "Make videos: one, several, or one per character.",
    "publish": "Send videos to their destinations; what is due, waiting, stopped.",
    "schedule": "The calendar: plan it, look at it, change it, keep it as a file.",
    "subscribers": "Subscribers: exports, scores, churn, money, winback; consents, mail, privacy.",
    "accounts": "Sign in to networks, see how long that lasts, sign out.",
    "tui": "The console: everything live, and what can be done about it.",
    "monitor": "How it goes: health, alerts, reports, metrics.",
    "funnel": "From views to members: goals, links, imports, what brought money.",
    "credits": "Credits: balance, history, forecast, reconcile, estimate, plan.",
    "region": "The countries: hours, holidays, rules, money, launch.",
    "config": "Show, check and copy the configuration.",
    "daemon": "Run everything by itself, for years; who leads; the systemd unit.",
    "db": "Look after the database: migrate, backup, restore, check.",
}
"""Name to one line of help; the module elite8.cli.NAME holds `app`."""


INTERRUPTED = 130
CUT_SHORT = "interrupted; what was begun is settled by the next run"


class LazyGroup(typer.core.TyperGroup):
    """A group that imports a subcommand's module only when that one is run."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002, ANN401  # Typer's signature
        """Return the names in the order of the day."""
        return list(SUBCOMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002, ANN401  # same
        """Return the command, its module imported now."""
        if cmd_name not in SUBCOMMANDS:
            return None
        return typer.main.get_command(import_module(f"elite8.cli.{cmd_name}").app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002  # same
        """Write the list from the table above, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUBCOMMANDS.items()))


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(asked: bool) -> None:  # noqa: FBT001  # Typer calls it with the flag
    """Answer `--version`."""
    if asked:
        sys.stdout.write(f"elite8 {__version__}\n")
        raise typer.Exit


@app.callback()
def root(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True),
    ] = False,  # a flag
) -> None:
    """Make, publish and look after the videos of eight fictional virtual performers."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    lean.look_seldom()
    end_on_signals()
    output.take_any_letter()
    code = run(sys.argv[1:])
    gc.freeze()  # all goes now: looking for cycles to free first takes a sixth of a second
    sys.exit(code)


def end_on_signals() -> None:
    """Have SIGTERM and SIGHUP clean up as Ctrl-C does; the exit code is 128 and the signal.

    One that is ignored already, as under nohup, stays ignored.
    """

    def leave(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, leave)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; the only place an error becomes one."""
    as_json = "--json" in arguments
    try:
        check_text(arguments)
        code = typer.main.get_command(app).main(
            list(arguments), prog_name="elite8", standalone_mode=False
        )
        output.flush()
    except Exit as left:
        return left.exit_code
    except (KeyboardInterrupt, Abort):
        output.say(CUT_SHORT)
        return INTERRUPTED
    except TyperException as usage:
        return fail(arguments, "usage", usage.format_message(), usage.exit_code, as_json=as_json)
    except BrokenPipeError:
        output.hush()  # the reader went away (`| head`)
        return 0
    except Exception as fault:
        said = fault if isinstance(fault, Elite8Error) else of_store(fault) or of_file(fault)
        if said is None:
            raise
        as_json &= not isinstance(said, output.Unheard)  # JSON goes where nothing can be written
        return fail(arguments, said.code, str(said), said.exit_code, as_json=as_json)
    if code == INTERRUPTED:  # Typer's own word for Ctrl-C
        output.say(CUT_SHORT)
    return code if isinstance(code, int) else 0


def check_text(arguments: Sequence[str]) -> None:
    """Refuse bytes that are no text: no database and no network takes them."""
    for word in arguments:
        if any("\ud800" <= sign <= "\udfff" for sign in word):
            raise ConfigError(f"{ascii(word)[:60]} is not UTF-8 text")


def command_of(arguments: Sequence[str]) -> str:
    """Return the command that was meant, without what it was given."""
    name = next((word for word in arguments if word in SUBCOMMANDS), "")
    if not name:
        return ""
    inner: Any = typer.main.get_command(import_module(f"elite8.cli.{name}").app)
    words = [name]
    for word in arguments[list(arguments).index(name) + 1 :]:
        inner = getattr(inner, "commands", {}).get(word)
        if inner is None:
            break
        words.append(word)
    return " ".join(words)


def fail(
    arguments: Sequence[str], code: str, message: str, exit_code: int, *, as_json: bool
) -> int:
    """Say what went wrong on stderr, or as the JSON object; return the exit code."""
    if as_json:
        problem = output.Problem(code=code, message=message)
        output.write_json(command_of(arguments), None, [problem])
    elif message.startswith("Usage:"):  # a group without a command: its help says it all
        output.say(message)
    else:
        output.say(f"error: {message}")
        if code == "usage":
            output.say(f"try '{' '.join(('elite8', *command_of(arguments).split()))} --help'")
    return exit_code
