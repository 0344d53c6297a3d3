"""`elite8 monitor followers`: who follows each account, and who is new in a month."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.comings import Followers
    from elite8.core.operations.followers import Came, Following

UNKNOWN = "unknown"


def followers(*, json: Json = False) -> None:
    """Show how many follow each account, and how many are new in a month; nobody is asked."""
    from elite8.core.operations import followers as operation
    from elite8.core.studio import open_studio

    studio = open_studio()
    found, zone = operation.listed(studio), studio.settings.time_zone
    if not found:
        output.say("nobody is signed in: elite8 accounts login")
    output.answer("monitor followers", found, as_json=json, table=lambda: drawn(found, zone))


def drawn(found: "Sequence[Following]", zone: str) -> object:
    """Return an account in a line."""
    rows = [
        (
            one.network,
            one.name,
            one.regions or "-",
            UNKNOWN if one.followers is None else f"{one.followers:,}",
            output.local_time(one.at, zone) if one.at else "-",
            new(one.new, one.give),
            f"{one.first} to {one.last}" if one.first else one.why,
        )
        for one in found
    ]
    columns = ("network", "account", "regions", "followers", "counted", "new", "")
    return output.table(columns, rows) if rows else ""


def new(count: int | None, give: int) -> str:
    """Return new followers with a sign, and how far it may be off."""
    return UNKNOWN if count is None else f"{count:+,}{f' ± {give}' if give else ''}"


def of_region(came: "Came") -> str:
    """Return a region's new followers of a month, or why they are unknown."""
    if came.new is None:
        return f"{UNKNOWN} ({came.why})"
    return f"{new(came.new, came.give)}, {came.first} to {came.last}"


def counted(found: "Followers | None", span: str = "in a week") -> str:
    """Return how many follow, and how many are new; what nobody counted is unknown."""
    if found is None:
        return UNKNOWN
    new = f", {found.new:+,} {span}" if found.known else ""
    several = f" of {found.accounts} accounts" if found.accounts > 1 else ""
    part = f" (of {found.known} accounts)" if 0 < found.known < found.accounts else ""
    return f"{found.count:,}{several}{new}{part}"
