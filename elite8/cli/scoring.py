"""`elite8 subscribers score`: how engaged people are, why one is, and what half of full is."""

import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.members import IMPORT, NOBODY
from elite8.cli.options import DryRun, Json
from elite8.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.calibrations import Measured
    from elite8.core.operations.engagement import Explained, Summary, Top
    from elite8.core.studio import Studio

BARS = "▁▂▃▄▅▆▇█"
FEW = "under 10"
COMMAND = "subscribers score"

Who = Annotated[
    str,
    typer.Argument(metavar="[WHO]", help="PLATFORM:NAME, or how a pseudonym begins; - reads it."),
]


def score(
    who: Who = "",
    *,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DAY", help="At the end of a day gone by; else now.")
    ] = "",
    platform: Annotated[str, typer.Option(help="Only this one, as fanvue.")] = "",
    top: Annotated[int, typer.Option(min=0, max=1000, help="List so many, the best first.")] = 0,
    calibration: Annotated[
        str, typer.Option(metavar="VERSION", help="Halves to go by; else the newest.")
    ] = "",
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Measure half of full and freeze it.")
    ] = False,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Show how engaged subscribers are, by platform and tier; or one, each part in words."""
    from elite8.core.operations import calibrations, engagement
    from elite8.core.studio import open_studio

    studio = open_studio()
    day, zone = end_of(studio, as_of), studio.settings.time_zone
    if calibrate:
        made = calibrations.measure(studio.drafting if dry_run else studio, day)
        output.answer(COMMAND, made, as_json=json, table=lambda: measured(made, zone, dry=dry_run))
    elif who:
        each = people(studio, who, day, calibration)
        output.answer(COMMAND, each, as_json=json, table=lambda: told(each, zone))
    elif top:
        best = engagement.top(studio, top, day, calibration, platform)
        output.answer(COMMAND, best, as_json=json, table=lambda: ranked(best, zone))
    else:
        found = engagement.summary(studio, day, calibration, platform)
        noted(() if json else found.notes)
        output.answer(COMMAND, found, as_json=json, table=lambda: summed(found, zone))


def noted(notes: "Sequence[str]") -> None:
    """Say what whoever reads the figures has to know."""
    for note in notes:
        output.say(f"note: {note}")


def people(studio: "Studio", who: str, day: datetime | None, calibration: str) -> "list[Explained]":
    """Return the score of whoever is meant, once for each place where they subscribe."""
    from elite8.core.operations import engagement

    ids = engagement.named(studio, sys.stdin.readline() if who == "-" else who)
    return [engagement.explain(studio, number, day, calibration) for number in ids]


def end_of(studio: "Studio", written: str) -> datetime | None:
    """Return when a day ends where the operator is, or now for today; `None` for no day."""
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise ConfigError(f"'{written[:20]}' is no day; write it as 2026-11-26") from None
    now, zone = studio.clock(), studio.settings.zone
    if day == now.astimezone(zone).date():
        return now
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def summed(found: "Summary", zone: str) -> object:
    """Return everybody by platform and tier."""
    if not found.people:
        return NOBODY
    columns = ("platform", "tier", "people", "median", "of what is seen", "seen", "0 … 1")
    rows = [
        (
            group.platform,
            group.tier,
            FEW if group.people is None else str(group.people),
            number(group.median),
            number(group.observed) if group.enough else "insufficient data",
            f"{group.coverage:.2f}",
            bars(group.tenths),
        )
        for group in found.groups
    ]
    return output.table(columns, rows), head(found.as_of, found.calibration, zone)


def head(as_of: datetime, calibration: str, zone: str) -> str:
    """Return as of when, and by which halves."""
    return f"As of {output.local_time(as_of, zone)}, half of full as in calibration {calibration}."


def number(value: float | None) -> str:
    """Return a score; a dash for none."""
    return "-" if value is None else f"{value:.3f}"


def bars(tenths: "tuple[int, ...] | None") -> str:
    """Return how many have which score as a row of bars, one a tenth; a blank where nobody has."""
    if not tenths:
        return ""
    most = max(tenths)
    last = len(BARS) - 1
    return "".join(BARS[round(last * one / most)] if one else " " for one in tenths)


def ranked(found: "Top", zone: str) -> object:
    """Return the most engaged."""
    if not found.people:
        return f"nobody is known there so far: {IMPORT}"
    columns = ("subscriber", "platform", "tier", "score", "of what is seen", "rank in its group")
    rows = [
        (
            output.short(one.subscriber),
            one.platform,
            one.tier,
            number(one.score),
            number(one.observed),
            f"{one.rank:.2f}",
        )
        for one in found.people
    ]
    return output.table(columns, rows), head(found.as_of, found.calibration, zone)


def told(each: "Sequence[Explained]", zone: str) -> tuple[str, ...]:
    """Return what each one's score is made of."""
    return tuple(explained(one, zone) for one in each)


def explained(found: "Explained", zone: str) -> str:
    """Return one person's score, part by part."""
    much = "" if found.enough else ": insufficient data for a label of risk"
    lines = [
        f"{output.short(found.subscriber)} on {found.platform}: {found.score:.3f} of 1",
        f"28 days before that day: {found.before:.3f}",
        f"{found.coverage:.0%} of the score is shown by this platform{much}",
    ]
    if found.observed is not None:
        lines.append(f"of what is shown: {found.observed:.3f}")
    lines += [f"  {part.words}" for part in found.parts]
    return "\n".join([*lines, head(found.as_of, found.calibration, zone)])


def measured(found: "Measured", zone: str, *, dry: bool) -> object:
    """Return what half of full is now, beside what it was."""
    rows = [
        (
            one.platform,
            one.activity.replace("_", " "),
            f"{one.was:.2f}",
            f"{one.half:.2f}",
            "measured" if one.measured else "default",
        )
        for one in found.halves
    ]
    when = f"as of {output.local_time(found.as_of, zone)}"
    would = "would be frozen" if dry else "is frozen; scores go by it from now on"
    same = "says exactly the same already: nothing was added"
    end = f"Calibration {found.version}, {when}, {would if found.new else same}."
    few = f"Fewer than 30 are active on {', '.join(found.too_few)}: the default stands there."
    shown = output.table(("platform", "activity", "half was", "half is", ""), rows)
    return (shown, end, few) if found.too_few else (shown, end)
