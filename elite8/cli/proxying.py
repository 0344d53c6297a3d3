"""`elite8 monitor proxy`: what goes through it, where it comes out, what is planned for it."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import Json

if TYPE_CHECKING:
    from elite8.core.operations.proxy import Region, Status
    from elite8.core.operations.proxy_plan import Plan
    from elite8.core.operations.usage import Drift, Span

WIDTH = 24

app = group("The proxy: its budget, where it comes out, what is planned for it.")


@app.command()
def status(
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask the provider.")] = False,
    json: Json = False,
) -> None:
    """Show what is used of the budget, how each region goes out, and the provider's own count."""
    from elite8.core.operations import proxy
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = proxy.status(studio, ask=not offline)
    zone = studio.settings.time_zone
    output.answer("monitor proxy status", found, as_json=json, table=lambda: drawn(found, zone))
    for note in found.notes:
        output.say(f"note: {note}")


def drawn(found: "Status", zone: str) -> tuple[object, ...]:
    """Return the picture: whether it is on, the budget, regions, what went directly."""
    head = "the proxy is on" if found.on else "the proxy is off: everything goes directly"
    if found.on and found.missing:
        head += f"; {found.missing}"
    rows = [budget_row(one) for one in found.spans]
    parts: list[object] = [head, output.table(("budget", "used", "usable", "of", ""), rows)]
    if found.estimated:
        parts.append(f"{found.estimated} lines of this month are estimates: no kernel counted them")
    columns = ("region", "", "out in", "accounts", "sent", "received", "held", "how it goes")
    parts.append(output.table(columns, [region_row(one) for one in found.regions]))
    parts += [
        f"{one.region} came out in {one.seen} at its test, {output.local_time(one.seen_at, zone)}"
        for one in found.regions
        if one.seen_at
    ]
    parts += [
        f"in a day {count} lines of {region} went directly: {reason}"
        for region, reason, count in found.direct
    ]
    if found.provider:
        parts.append(provider_line(found.provider, zone))
    return tuple(parts)


def budget_row(one: "Span") -> tuple[str, ...]:
    """Return the budget of a day or month, without its reserve, with a bar."""
    share = one.used / one.limit
    bar = "█" * min(round(share * WIDTH), WIDTH)
    return (one.span, mb(one.used), mb(one.usable), mb(one.limit), f"{share:.1%}  {bar}")


def region_row(one: "Region") -> tuple[str, ...]:
    """Return how a region goes."""
    how = one.last if one.on else ""
    amounts = (mb(one.up), mb(one.down), mb(one.held))
    return (one.region, "on" if one.on else "off", one.country, f"{one.accounts}", *amounts, how)


def provider_line(one: "Drift", zone: str) -> str:
    """Return what the provider counts beside us."""
    at, since = (output.local_time(instant, zone) for instant in (one.at, one.since))
    if one.since == one.at:
        return f"the provider has {one.left_gb:g} GB left ({at}); nothing to compare with yet"
    drift = "too little to compare" if one.ratio is None else f"{one.ratio:.1%} apart"
    return (
        f"the provider has {one.left_gb:g} GB left ({at}); since {since} it counts "
        f"{mb(one.theirs)}, we {mb(one.ours)}: {drift}"
    )


def mb(count: int) -> str:
    """Return bytes as megabytes of 10^6, with enough digits to see little ones."""
    return f"{count / 1e6:,.1f} MB" if count >= 10**5 else f"{count:,} B"


@app.command("test")
def ask(
    region: Annotated[
        str, typer.Argument(metavar="[REGION]", help="For example JP; else each that is on.")
    ] = "",
    *,
    json: Json = False,
) -> None:
    """Ask through the proxy, live, in which country accounts come out; exit 1 when in another."""
    from elite8.core.operations import proxy
    from elite8.core.studio import open_studio

    found = proxy.test(open_studio(), region.upper())
    rows = [
        (
            one.region,
            one.wanted,
            one.country or "-",
            f"{mb(one.up + one.down)}{'' if one.exact else ' (estimate)'}",
            one.says,
        )
        for one in found
    ]
    bad = [f"{one.region}: {one.says}" for one in found if not one.good]
    output.answer(
        "monitor proxy test",
        found,
        as_json=json,
        table=lambda: (
            output.table(("region", "wanted", "seen", "took", ""), rows)
            if rows
            else "no region is on: iproyal_config.json, regions"
        ),
        problems=[output.Problem(code="wrong-exit", message=one) for one in bad],
    )
    if bad:
        raise typer.Exit(1)


@app.command()
def plan(
    *,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead.")] = 14,
    json: Json = False,
) -> None:
    """Show what the planned posts of the coming days would take of the budget."""
    from elite8.core.operations import proxy_plan
    from elite8.core.studio import open_studio

    found = proxy_plan.plan(open_studio(), days)
    output.answer("monitor proxy plan", found, as_json=json, table=lambda: laid_out(found, days))


def laid_out(found: "Plan", days: int) -> tuple[object, ...]:
    """Return the days, and what the budget says to them."""
    last = f"{found.direct} other posts go directly"
    if not found.days:
        return (f"no post of the next {days} days goes through the proxy", last)
    rows = [
        (
            f"{one.day:%a %m-%d}",
            f"{one.posts}",
            mb(one.uploads),
            mb(one.bytes),
            mb(one.room),
            "fits" if one.fits else "what does not fit goes directly",
        )
        for one in found.days
    ]
    columns = ("day, UTC", "posts", "uploads", "in all", "room", "")
    whole = f"{mb(found.bytes)} in {days} days; this month has {mb(found.left)} left"
    return (output.table(columns, rows), whole, last)
