"""`elite8 accounts`: sign in to networks, see how long that lasts, sign out."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.accounts import Listed

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help=__doc__)

Network = Annotated[str, typer.Argument(metavar="NETWORK", help="instagram, tiktok or youtube.")]
Which = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="Its id, the first characters of it, or its name.")
]


@app.command()
def login(
    network: Network,
    *,
    character: Annotated[
        list[str] | None, typer.Option("--character", "-c", help="Only their posts; repeatable.")
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="Only this region's; repeatable.")
    ] = None,
    paste: Annotated[
        bool, typer.Option("--paste", help="For servers: open the page anywhere, paste the end.")
    ] = False,
    json: Json = False,
) -> None:
    """Sign in in the browser; over SSH with --paste."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    found = operation.login(
        open_studio(),
        network,
        characters=tuple(character or ()),
        regions=tuple(region or ()),
        show=say_page if paste else open_page,
        paste=asked if paste else None,
    )
    output.answer(
        "accounts login",
        found,
        as_json=json,
        table=lambda: f"signed in to {found.network} as {found.name} ({found.handle})",
    )


def say_page(address: str) -> None:
    """Say which page to open."""
    output.say(f"open this page in any browser and sign in:\n\n  {address}\n")


def open_page(address: str) -> None:
    """Open the page, and say it for those who see no browser."""
    import webbrowser

    say_page(address)
    webbrowser.open(address)


def asked() -> str:
    """Return the address the browser ended at, as the operator pastes it."""
    return str(typer.prompt("the browser ends at a page that does not load; its address", err=True))


@app.command("list")
def list_accounts(*, json: Json = False) -> None:
    """List the accounts and how long they last; asks nobody."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.listed(studio)
    zone = studio.settings.time_zone
    output.answer(
        "accounts list",
        found,
        as_json=json,
        table=lambda: (
            accounts_table(found, zone)
            if found
            else "no account yet; sign in with 'elite8 accounts login youtube'"
        ),
    )


def accounts_table(found: "tuple[Listed, ...]", zone: str) -> object:
    """Return the accounts as a table."""
    rows = [
        (
            output.short(one.id),
            one.network,
            one.name,
            one.characters or "all",
            output.local_time(one.refresh_ends_at, zone) if one.refresh_ends_at else "no end known",
            one.state,
        )
        for one in found
    ]
    return output.table(("account", "network", "name", "performers", "signed in until", ""), rows)


@app.command("test")
def ask_networks(*, json: Json = False) -> None:
    """Ask every network who we are; exit 3 when a sign-in is over."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    found = operation.tested(open_studio())
    problems = [
        output.Problem(code="sign-in-needed", message=f"{one.network} {one.name}: {wrong}")
        for one, wrong in found
        if wrong
    ]
    rows = [(one.network, one.name, "" if wrong else "ok") for one, wrong in found]
    output.answer(
        "accounts test",
        [{"account": one, "wrong": wrong} for one, wrong in found],
        as_json=json,
        table=lambda: output.table(("network", "name", ""), rows) if rows else "no account yet",
        problems=problems,
    )
    if problems:
        raise typer.Exit(3)


@app.command()
def logout(account: Which, *, json: Json = False) -> None:
    """Forget an account's sign-in on this machine; its history stays."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    found = operation.logout(open_studio(), account)
    output.answer(
        "accounts logout",
        found,
        as_json=json,
        table=lambda: f"signed out of {found.network} {found.name} here",
    )


@app.command()
def key(*, json: Json = False) -> None:
    """Print a fresh key for ELITE8_TOKEN_KEY."""
    from elite8.core.operations import accounts as operation

    made = operation.new_key()
    output.answer("accounts key", {"key": made}, as_json=json, table=lambda: made)
