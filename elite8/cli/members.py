"""`elite8 subscribers list|show|link|tiers|platforms`: who there is, and what platforms allow."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from elite8.cli import output
from elite8.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.platform_rows import PlatformShown
    from elite8.core.operations.subscribers import Shown, Terms, Touch

Who = Annotated[
    str,
    typer.Argument(
        metavar="WHO",
        help="PLATFORM:NAME, or how a pseudonym begins; - reads it from standard input.",
    ),
]


def list_subscribers(
    *,
    platform: Annotated[str, typer.Option(help="Only of this platform.")] = "",
    character: Annotated[str, typer.Option("--character", "-c", help="Only of this one.")] = "",
    status: Annotated[str, typer.Option(help="Only active, expired, cancelled, ….")] = "",
    tier: Annotated[str, typer.Option(help="Only basic, premium, vip, free or other.")] = "",
    country: Annotated[str, typer.Option(help="Only of this country: two letters.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List subscribers by pseudonym, the newest first: to whom, which tier, at which price."""
    from elite8.core.operations import subscribers
    from elite8.core.studio import open_studio

    meant = (platform, character, status, tier, country)
    found = subscribers.listed(
        open_studio(),
        limit,
        platform=platform.lower(),
        character=character.lower(),
        status=status.lower(),
        tier=tier.lower(),
        country=country.upper(),
    )
    rows = [
        (one.key[:8], one.platform, one.country or "-", *(row(one.terms) if one.terms else NONE))
        for one in found.rows
    ]
    columns = ("who", "on", "in", *COLUMNS)
    output.answer(
        "subscribers list",
        found,
        as_json=json,
        table=lambda: output.table(columns, rows) if rows else "",
    )
    if not json:
        nobody = "there is nobody like that" if any(meant) else NOBODY
        output.say(f"{len(rows)} of {found.total}" if rows else nobody)


IMPORT = "elite8 subscribers import apply FILE --profile NAME"
NOBODY = f"nobody is known so far: {IMPORT}"
COLUMNS = ("of", "tier", "pays", "status", "until")
NONE = ("-",) * len(COLUMNS)


def row(terms: "Terms") -> tuple[str, ...]:
    """Return a subscription for a table."""
    from elite8.core.domain.money import told

    months = f" for {terms.months} months" if terms.months > 1 else ""
    paid = "-" if terms.price_minor is None else told(terms.price_minor, terms.currency) + months
    until = str(terms.period_end or "-")
    return (terms.character, terms.tier, paid, terms.status, until)


def show(who: Who, *, json: Json = False) -> None:
    """Show all that is known of one subscriber, by name: tiers, movements, events, whence."""
    from elite8.core.operations import subscribers
    from elite8.core.studio import open_studio

    studio = open_studio()
    found = subscribers.show(studio, sys.stdin.readline().strip() if who == "-" else who)
    output.answer(
        "subscribers show",
        found,
        as_json=json,
        table=lambda: drawn(found, studio.settings.time_zone),
    )


def drawn(found: "Shown", zone: str) -> tuple[object, ...]:
    """Return a subscriber for people."""
    names = ", ".join(f"{name} ({kind})" for kind, name in found.names) or "no name is kept"
    facts = [
        ("subscriber", f"{found.key} on {found.platform}"),
        ("names", names),
        ("country, language", f"{found.country or '-'}, {found.language or '-'}"),
        ("person", found.person or "none; link one: elite8 subscribers link WHO PERSON"),
        ("known since", output.local_time(found.added_at, zone)),
        ("came from", whence(found.first, zone)),
        ("last seen by", whence(found.last, zone)),
    ]
    if found.erased_at:
        facts.append(("erased", output.local_time(found.erased_at, zone)))
    parts: list[object] = [output.table(("", ""), facts)]
    if found.history:
        rows = [(output.local_time(one.source_at, zone), *row(one)) for one in found.history]
        parts.append(output.table(("as of", *COLUMNS), rows))
    return (*parts, *happened(found, zone))


def happened(found: "Shown", zone: str) -> "Sequence[object]":
    """Return what a subscriber did, and paid."""
    from elite8.core.domain.money import told

    parts: list[object] = []
    if found.movements:
        moves = [
            (
                output.local_time(one.at, zone),
                one.act,
                one.character or "-",
                "-" if one.amount_minor is None else told(one.amount_minor, one.currency),
            )
            for one in found.movements
        ]
        parts.append(output.table(("moved", "", "of", "amount"), moves))
    if found.events:
        counts = [
            (one.act, str(one.count), f"{one.first:%Y-%m-%d}", f"{one.last:%Y-%m-%d}")
            for one in found.events
        ]
        parts.append(output.table(("event", "times", "first", "last (UTC)"), counts))
    if found.paid:
        sums = [
            (
                told(p.gross_minor, p.currency),
                told(p.fee_minor, p.currency),
                told(p.tax_minor, p.currency),
            )
            for p in found.paid
        ]
        parts.append(output.table(("paid", "fee", "tax"), sums))
    return parts


def whence(touch: "Touch | None", zone: str) -> str:
    """Return where somebody was seen on the way here."""
    if touch is None:
        return "not known: no name of theirs is in the funnel"
    place = touch.origin
    said = (place.network, place.region, place.character, place.stage)
    post = f", post {output.short(place.post)}" if place.post else ""
    return f"{touch.kind} {output.local_time(touch.at, zone)}: {' '.join(filter(None, said))}{post}"


def link(
    who: Who,
    person: Annotated[
        str,
        typer.Argument(metavar="PERSON", help="A person's key, CHANNEL:ADDRESS, or none."),
    ],
    *,
    json: Json = False,
) -> None:
    """Say which person of the consents a subscriber is; likeness of names never does."""
    from elite8.core.operations import subscribers
    from elite8.core.studio import open_studio

    name = sys.stdin.readline().strip() if who == "-" else who
    found = subscribers.link(open_studio(), name, person)
    is_now = f"is {found.person}" if found.person else "is nobody of the consents"
    output.answer(
        "subscribers link",
        found,
        as_json=json,
        table=lambda: f"{found.key[:13]} {is_now}{'' if found.new else ', as before'}",
    )


def tiers(*, json: Json = False) -> None:
    """Show the tiers: list price, what each gives, which areas it opens."""
    from elite8.core.domain.money import told
    from elite8.core.studio import open_studio

    found = open_studio().config.tiers
    rows = [
        (
            name,
            f"{told(one.price_minor, one.currency)} a month",
            "; ".join(one.benefits),
            ", ".join(one.access),
        )
        for name, one in found.tiers.items()
    ]
    output.answer(
        "subscribers tiers",
        found,
        as_json=json,
        table=lambda: output.table(("tier", "list price", "gives", "opens"), rows),
    )


def platforms(*, json: Json = False) -> None:
    """Show what each platform allows and how old that is; over 180 days it is to be read again."""
    from elite8.core.operations import platform_rows
    from elite8.core.studio import open_studio

    found = platform_rows.platforms(open_studio())
    output.answer(
        "subscribers platforms",
        found,
        as_json=json,
        table=lambda: output.table(
            ("platform", "AI performer", "programs", "outreach now", "read on", ""),
            [platform_row(one) for one in found],
        ),
    )


def platform_row(one: "PlatformShown") -> tuple[str, ...]:
    """Return a platform for the table."""
    age = f"{one.as_of} ({one.age_days} days ago, {one.confidence})"
    notes = ["re-check"] * one.old + ([f"attested {one.attested_on}"] if one.attested_on else [])
    reach = one.reach if one.reach in ("allowed", "drafts_only") else f"off ({one.reach})"
    allows = (one.ai_persona, one.automation, reach)
    told = (each.replace("_", " ") for each in allows)
    return (one.platform, *told, age, ", ".join(notes))
