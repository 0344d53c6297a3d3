"""`elite8 accounts`: sign in to networks, see how long that lasts, sign out."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import SUBCOMMANDS, output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.accounts import Freshened, Listed, Standing

app = group(SUBCOMMANDS["accounts"])

Network = Annotated[str, typer.Argument(metavar="NETWORK", help="A network: tiktok, youtube, x, …")]
Which = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="Its id, the first characters of it, or its name.")
]
AGAIN = "sign in again"
BY_PAGE = ("business", "facebook")
"""Ways in whose page ends at an address that is not on this machine."""
NONE_YET = "no account yet; sign in with 'elite8 accounts login youtube'"


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
    via: Annotated[
        str, typer.Option("--via", help="Instagram: 'business' or 'facebook', by their own page.")
    ] = "",
    page: Annotated[
        str, typer.Option("--page", help="With --via facebook: which Page, when there are several.")
    ] = "",
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
        paste=asked(network, via) if paste or via in BY_PAGE else None,
        via=via,
        page=page,
    )
    output.answer(
        "accounts login",
        found,
        as_json=json,
        table=lambda: f"signed in to {found.network} as {found.name} ({found.handle})",
    )


def say_page(address: str) -> None:
    """Say which page to open."""
    if address.startswith("http"):
        output.say(f"open this page in any browser and sign in:\n\n  {address}\n")
    else:  # what is to be pasted is shown at a place that has no address
        output.say(f"you find it in {address}")


def open_page(address: str) -> None:
    """Open the page, and say it for those who see no browser."""
    import webbrowser

    say_page(address)
    webbrowser.open(address)


def asked(network: str, via: str) -> Callable[[], str]:
    """Return what asks for the end of a sign-in: an address, or a token that nobody may see.

    From a pipe it takes the first line without asking.
    """
    from elite8.core.operations.networks import pasted

    token = bool(pasted(network, via))
    words = (
        "what you copied there (it does not show as you paste it)"
        if token
        else "agree; the browser then ends at another page, which may not load; its whole address"
    )

    def ask() -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline().strip()
        return str(typer.prompt(words, err=True, hide_input=token))

    return ask


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
        table=lambda: accounts_table(found, zone) if found else NONE_YET,
    )


def accounts_table(found: "tuple[Listed, ...]", zone: str) -> object:
    """Return the accounts as a table."""
    rows = [
        (
            output.short(one.id),
            one.network,
            one.name,
            one.characters or "all",
            one.regions or "all",
            output.local_time(one.refresh_ends_at, zone) if one.refresh_ends_at else "no end known",
            one.state,
        )
        for one in found
    ]
    columns = ("account", "network", "name", "performers", "regions", "signed in until", "")
    return output.table(columns, rows)


@app.command()
def status(*, json: Json = False) -> None:
    """Show how every sign-in stands, and what ends soon; asks nobody. Exit 3 when one is over."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = operation.status(studio)
    zone = studio.settings.time_zone
    over = [one for one in found if one.state == AGAIN]
    output.answer(
        "accounts status",
        found,
        as_json=json,
        table=lambda: tuple(standing_table(one, zone) for one in found) or NONE_YET,
        problems=[output.Problem(code="sign-in-needed", message=one.warnings[0]) for one in over],
        status="partial" if over and len(over) < len(found) else None,
    )
    for one in found:
        for warning in one.warnings[1 if one in over else 0 :]:
            output.say(f"warning: {warning}")
    if over:
        raise typer.Exit(3)


def standing_table(one: "Standing", zone: str) -> object:
    """Return one account as a table of facts; what is not known says so."""
    until, left = one.signed_in_until, one.days_left
    end = f"{output.local_time(until, zone)}, {left} days left" if until else "no end known"
    token = output.local_time(one.access_ends_at, zone) if one.access_ends_at else "no end known"
    lacking = "not told by the network" if one.missing is None else ", ".join(one.missing) or "none"
    rows = [
        ("account", output.short(one.id)),
        ("state", one.state),
        ("signed in until", end),
        ("access token until", token),
        ("scopes missing", lacking),
        ("last failure", one.failure or "none"),
        ("performers", one.characters or "all"),
        ("regions", one.regions or "all"),
    ]
    via = f" via {one.via}" if one.via else ""
    return output.table((f"{one.network}{via}", one.name or one.handle), rows)


@app.command()
def refresh(*, json: Json = False) -> None:
    """Renew every token that ends soon, as the daemon does; exit 3 when a sign-in is over."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    found = operation.keep_fresh(open_studio())
    bad = [one for one in found if one.why]
    output.answer(
        "accounts refresh",
        found,
        as_json=json,
        table=lambda: fresh_table(found) if found else NONE_YET,
        problems=[output.Problem(code=one.code, message=one.why) for one in bad],
        status="partial" if bad and len(bad) < len(found) else None,
    )
    if bad:
        raise typer.Exit(refresh_code(bad))


def refresh_code(bad: "list[Freshened]") -> int:
    """Return the exit code: a sign-in that is over outranks whatever else there is."""
    codes = {"sign-in-needed": 3, "config": 2, "unavailable": 4, "rate-limited": 4, "unanswered": 4}
    every = [codes.get(one.code, 1) for one in bad]
    return 3 if 3 in every else every[0]  # noqa: PLR2004  # the contract's own number


def fresh_table(found: "tuple[Freshened, ...]") -> object:
    """Return what became of every account as a table."""
    rows = [(one.account.network, one.account.name, one.outcome) for one in found]
    return output.table(("network", "name", ""), rows)


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
def key(
    *,
    new: Annotated[bool, typer.Option("--new", help="Print a fresh key instead.")] = False,
    reseal: Annotated[
        bool,
        typer.Option(
            "--reseal", help="Read the OLD key from standard input; seal all with the one in force."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Say which key sign-ins and people's names are encrypted with, never the key itself."""
    from elite8.core.operations import accounts as operation
    from elite8.core.studio import open_studio

    if new:
        made = operation.new_key()
        output.answer("accounts key", {"key": made}, as_json=json, table=lambda: made)
        return
    if reseal:
        resealed(json)
        return
    found = operation.key_in_use(open_studio())
    later = "" if found.there else " (made at the first sign-in)"
    output.answer(
        "accounts key", found, as_json=json, table=lambda: f"{found.source}: {found.place}{later}"
    )


def resealed(as_json: bool) -> None:  # noqa: FBT001  # --json
    """Seal with the key in force what the one on standard input sealed."""
    import sys

    from elite8.core.operations import reseal
    from elite8.core.studio import open_studio

    if sys.stdin.isatty():
        output.say("paste the OLD key, the one before the key in force")
    done = reseal.reseal(open_studio(), sys.stdin.readline())
    output.answer(
        "accounts key",
        done,
        as_json=as_json,
        table=lambda: (
            f"sealed anew: {done.sign_ins} sign-ins, {done.addresses} addresses, {done.names} "
            f"names of subscribers; {done.already} had this key already"
        ),
    )
