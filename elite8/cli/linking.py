"""`elite8 funnel link`: short links whose clicks are counted and whose visitors are not kept."""

from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.group import group
from elite8.cli.options import DryRun, Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.links import LinkShown
    from elite8.core.studio import Studio

app = group("Short links whose clicks are counted: create, list, show, retire.")

NONE_YET = "no links yet; make one with 'elite8 funnel link create URL'"
ALL_OVER = "no link leads anywhere now; --all shows those that are over"
Code = Annotated[str, typer.Argument(metavar="CODE", help="Its eight letters, or its address.")]


@app.command()
def create(
    target: Annotated[str, typer.Argument(metavar="URL", help="Where it leads; https only.")],
    *,
    post: Annotated[str, typer.Option(help="The post it stands in; says all of the below.")] = "",
    video: Annotated[str, typer.Option(help="The video it is for; says stage and who.")] = "",
    stage: Annotated[str, typer.Option(help="Of the funnel, where nothing else says it.")] = "",
    region: Annotated[str, typer.Option(help="Whom it is for: two letters, as US.")] = "",
    network: Annotated[str, typer.Option(help="Where it stands: instagram, email, bio, …")] = "",
    character: Annotated[str, typer.Option(help="Whose it is.")] = "",
    campaign: Annotated[str, typer.Option(help="utm_campaign; else the stage.")] = "",
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make a link, or show the one that is just the same."""
    from elite8.core.operations import links
    from elite8.core.studio import open_studio

    studio = open_studio()
    wish = links.Wish(
        target=target,
        post=post,
        video=video,
        stage=stage,
        region=region,
        network=network,
        character=character,
        campaign=campaign,
    )
    found = links.create(studio, wish, dry_run=dry_run)
    if not json:
        advise(studio, found)
    output.answer("funnel link create", found, as_json=json, table=lambda: drawn(studio, found))


def advise(studio: "Studio", found: "LinkShown") -> None:
    """Say on stderr what to look at before the link goes out."""
    from elite8.core.operations.links import NOWHERE_YET

    for warning in found.warnings:
        output.say(f"warning: {warning}")
    if not found.url:
        output.say(f"note: {NOWHERE_YET.format(found.code)}")
    elif not studio.config.web.trust_proxy:
        output.say(
            'note: without "trust_proxy" in web_config.json all visitors look alike: each click '
            "counts, also somebody's second"
        )


@app.command("list")
def list_links(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List the links, newest first, with their clicks."""
    from elite8.core.operations import links
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = links.listed(studio, retired=everything, limit=limit)
    if not found and not json:
        over = not everything and links.listed(studio, retired=True, limit=1)
        output.say(ALL_OVER if over else NONE_YET)
        return
    output.answer("funnel link list", found, as_json=json, table=lambda: listed(found))


@app.command()
def show(code: Code, *, json: Json = False) -> None:
    """Show one link: where it stands, where it leads, its clicks."""
    from elite8.core.operations import links
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = links.of_code(studio, code)
    output.answer("funnel link show", found, as_json=json, table=lambda: drawn(studio, found))


@app.command()
def retire(code: Code, *, json: Json = False) -> None:
    """End a link: whoever follows it is told that it is over; its clicks stay."""
    from elite8.core.operations import links
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = links.retire(studio, code)
    output.answer("funnel link retire", found, as_json=json, table=lambda: drawn(studio, found))


def drawn(studio: "Studio", found: "LinkShown") -> object:
    """Return one link as a table, its address below so that it can be copied."""
    rows = [row for row in output.facts(found, studio.settings.time_zone) if row[1]]
    return (output.table(("", found.code), rows), found.url)


def listed(found: "Sequence[LinkShown]") -> object:
    """Return links as a table."""
    rows = [
        (
            one.code,
            "over" if one.retired_at else "",
            f"{one.clicks:,}",
            one.stage or "-",
            one.region or "-",
            one.network or "-",
            one.target.partition("?")[0].removeprefix("https://"),
        )
        for one in found
    ]
    columns = ("code", "", "clicks", "stage", "region", "network", "target")
    return output.table(columns, rows)
