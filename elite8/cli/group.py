"""A group of subcommands as the house has them: plain help, each line of the list whole."""

from typing import Any

import typer
import typer.core


class Listed(typer.core.TyperGroup):
    """A group whose list tells each command's whole first line, on as many rows as it takes."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # Typer's
        """Write the list; Typer's own ends each line with '...' where the row does."""
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, first(one)) for name, one in found if one and not one.hidden]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def first(command: Any) -> str:  # noqa: ANN401  # Typer's
    """Return the first paragraph of a command's help as one line."""
    return " ".join((command.help or "").partition("\n\n")[0].split())


def group(says: str, *, alone: bool = False, cls: type[Listed] = Listed) -> typer.Typer:
    """Return a group with its line of help; `alone`: it is a command without a subcommand too."""
    return typer.Typer(
        cls=cls,
        help=says,
        no_args_is_help=not alone,
        invoke_without_command=alone,
        add_completion=False,
        rich_markup_mode=None,
    )
