"""`elite8 generate --regions`: one idea as a video and a post for each region."""

from typing import TYPE_CHECKING

import typer

from elite8.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.errors import Elite8Error
    from elite8.core.operations.brief import Brief, Planned
    from elite8.core.operations.idea import Localised, Wish
    from elite8.core.studio import Studio

WHEN = "there, and here"
COLUMNS = ("region", "network", WHEN, "video", "title")


def make_for(
    studio: "Studio",
    brief: "Brief",
    asked: tuple[str, bool, str],
    *,
    dry_run: bool,
    wait: bool,
    as_json: bool,
) -> None:
    """Plan each region's video and post, and film them; one that fails does not stop the others."""
    from elite8.core.operations import idea

    wish = wish_of(asked)
    if dry_run:
        spots: Sequence[Localised] = idea.plan(studio, brief, wish)
        answer(studio, spots, (), as_json=as_json)
        return
    kept = idea.keep(studio, brief, wish)
    problems = made(studio, kept, wait=wait)
    answer(studio, [spot for _, spot in kept], problems, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def wish_of(asked: tuple[str, bool, str]) -> "Wish":
    """Return what the options mean."""
    from elite8.core.errors import ConfigError
    from elite8.core.operations.idea import Wish

    regions, allow_later, promotes = asked
    if promotes not in ("", "own", "partner"):
        raise ConfigError(f"--promotes '{promotes[:20]}': say own or partner")
    return Wish(regions=regions, allow_later=allow_later, promotes=promotes)  # type: ignore[arg-type]  # one of them


def made(
    studio: "Studio", kept: "Sequence[tuple[Planned, Localised]]", *, wait: bool
) -> "list[Elite8Error]":
    """Film or order each video that need not be translated; return what went wrong."""
    from elite8.core.errors import Elite8Error
    from elite8.core.operations import idea

    problems: list[Elite8Error] = []
    for position, (planned, spot) in enumerate(kept, 1):
        if spot.waits_for_translation:
            continue
        try:
            if planned.engine == "a2e":
                idea.order(studio, spot)
            elif wait:
                with output.progress(f"{spot.region} {position}/{len(kept)}") as show:
                    idea.film(studio, planned, spot, show)
        except Elite8Error as trouble:
            problems.append(trouble)
    return problems


def answer(
    studio: "Studio",
    spots: "Sequence[Localised]",
    problems: "Sequence[Elite8Error]",
    *,
    as_json: bool,
) -> None:
    """Show where each region's video goes out and when, there and in the operator's zone."""
    if not as_json:
        say_notes(spots)
    output.answer(
        "generate",
        spots,
        as_json=as_json,
        table=lambda: output.table(COLUMNS, [row(studio, one) for one in spots]),
        problems=[output.Problem(code=p.code, message=str(p)) for p in problems],
        status="partial" if problems and len(problems) < len(spots) else None,
    )


def row(studio: "Studio", one: "Localised") -> tuple[str, ...]:
    """Return one region's line."""
    there, here = (
        output.local_time(one.opening.at, zone) for zone in (one.zone, studio.settings.time_zone)
    )
    return (
        f"{one.region} {one.locale}",
        one.network,
        there if there == here else f"{there}\n{here}",
        output.short(one.video),
        one.title,
    )


def twice(spots: "Sequence[Localised]") -> "list[list[Localised]]":
    """Return the posts that say the same idea in one language by one account."""
    found: dict[tuple[str, str, str], list[Localised]] = {}
    for one in spots:
        if one.account:
            found.setdefault((one.account, one.language, one.character), []).append(one)
    return [group for group in found.values() if len({one.region for one in group}) > 1]


def say_notes(spots: "Sequence[Localised]") -> None:
    """Say which posts go to the outbox for want of an account, and which wait for a translator."""
    if boxed := [one for one in spots if one.network == "outbox"]:
        stage = f" that stage {boxed[0].stage} goes to" if boxed[0].stage else ""
        output.say(
            f"note: {', '.join(dict.fromkeys(one.region for one in boxed))}: signed in to none of "
            f"their networks{stage}, so the outbox; 'elite8 accounts login NETWORK' changes that "
            "for the next"
        )
    for alike in twice(spots):
        output.say(
            f"note: {', '.join(one.region for one in alike)}: the same {alike[0].network} account "
            f"tells its viewers the same in '{alike[0].language}'; sign in to one for each region: "
            f"elite8 accounts login {alike[0].network} --region {alike[-1].region}"
        )
    waiting = [one.region for one in spots if one.waits_for_translation]
    if waiting:
        output.say(
            f"note: {', '.join(dict.fromkeys(waiting))}: your words wait for a translation: "
            "elite8 schedule export --strings --out words.json, fill in 'text', then "
            "elite8 schedule apply words.json"
        )
