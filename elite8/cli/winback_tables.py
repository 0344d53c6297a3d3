"""How winbacks are drawn for people."""

from typing import TYPE_CHECKING

from elite8.cli import output
from elite8.core.domain import money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from elite8.core.operations.winback import Status, Tried
    from elite8.core.operations.winback_drafts import Handed
    from elite8.core.operations.winback_plan import Begun, CampaignShown, Planned
    from elite8.core.operations.winback_report import Reported


def begun(found: "Begun", zone: str) -> tuple[object, ...]:
    """Return what is kept of a campaign that was started."""
    name = found.campaign.name
    facts = [row for row in output.facts(found.campaign, zone) if row[1]]
    return (
        output.table(("", name), facts),
        f"\n{found.words}\n",
        f"it was started; how it goes: elite8 subscribers winback status {name}",
    )


def planned(found: "Planned") -> tuple[object, ...]:
    """Return all that is to be known before a start."""
    currency = found.campaign.currency
    least = "no rise is large enough"
    if found.detectable is not None:
        least = f"from {found.base:.1%} to {found.base + found.detectable:.1%}"
    needs = f"{found.needed} in each arm for {found.base:.1%} to {found.hoped:.1%}"
    rows = [
        ("of the audience", str(found.audience)),
        ("may be spoken to", str(found.eligible)),
        ("get the offer", str(found.treated)),
        ("held out", f"{found.held_out} ({found.share:.0%})"),
        ("come back without it", f"{found.base:.1%} ({found.base_from})"),
        ("least effect this list shows", least),
        ("people needed", needs),
        ("messages cost", amount(found.cost.messages, currency)),
        ("cost if as many come as hoped", amount(found.cost.expected, currency)),
        ("cost if all do", amount(found.cost.most, currency)),
    ]
    if found.budget_minor is not None:
        rows.append(("budget", money.told(found.budget_minor, currency)))
    parts: list[object] = [output.table(("", ""), rows)]
    if found.refused:
        refused = [(why, str(count)) for why, count in found.refused]
        parts.append(output.table(("refused: one may have several reasons", "people"), refused))
    grounds = [
        (one.country, told(one.people), one.rule, one.reason, f"{one.source} {one.as_of}")
        for one in found.legal
    ]
    if grounds:
        parts.append(output.table(("country", "people", "on what grounds", "", "source"), grounds))
    parts += [f"\n{found.words}\n"]
    notes = [(o.verdict, o.rule, o.reason) for o in found.verdicts if o.verdict != "pass"]
    parts.append(f"{len(found.verdicts) - len(notes)} rules of what it says pass")
    if notes:
        parts.append(output.table(("", "rule", ""), notes))
    parts += [f"note: {note}" for note in found.notes]
    parts.append("Passing these checks is not a legal clearance.")
    return tuple(parts)


def told(people: int | None) -> str:
    """Return a number of people, unless it is too small to be told."""
    return "<10" if people is None else str(people)


def amount(minor: float, currency: str) -> str:
    """Return an amount of money that may have parts of a minor unit."""
    return money.told(round(minor), currency)


def tried(found: "Tried") -> tuple[object, ...]:
    """Return what a start would do."""
    one = found.campaign
    arms = f"{one.treated} would get the offer, {one.held_out} would be held out"
    now = f"{found.reach} could be reached now, {found.later} when it is day there"
    parts: list[object] = [f"{arms}; {now}"]
    if found.held:
        rows = [(rule, str(count)) for rule, count in found.held]
        parts.append(output.table(("held back now by", "people"), rows))
    return tuple(parts)


def status(found: "Status", zone: str) -> object:
    """Return how far a campaign is."""
    one = found.campaign
    rows = [
        ("campaign", one.name),
        ("is", one.status + (", its window is over" if found.over else "")),
        ("get the offer", str(one.treated)),
        ("held out", str(one.held_out)),
        ("sent", str(found.sent)),
        ("uncertain", str(found.uncertain)),
        ("refused by the other side", str(found.refused)),
        ("wait until it is day", str(found.waiting)),
        ("handed out as drafts", str(found.handed_out)),
        ("not yet", str(found.not_yet)),
    ]
    if one.window_until:
        rows.append(("a verdict after", output.local_time(one.window_until, zone)))
    return output.table(("", ""), rows)


def handed(found: "Handed", *, dry: bool) -> tuple[object, ...]:
    """Return what was written."""
    would = "would be" if dry else "are"
    line = f"{found.count} drafts {would} in batch {found.batch}, {found.left} are left"
    parts: list[object] = [f"{line}: {found.file}" if found.file else line]
    if found.file:
        parts.append("It holds names: delete it once they are sent. Nobody is in another file.")
    if found.held:
        rows = [(why, str(count)) for why, count in found.held]
        parts.append(output.table(("held back by", "people"), rows))
    return tuple(parts)


def listed(found: "Sequence[Status]", zone: str) -> object:
    """Return campaigns as a table."""
    rows = [
        (
            one.campaign.name,
            offered(one.campaign),
            one.campaign.status,
            f"{one.campaign.treated} and {one.campaign.held_out} held out",
            str(one.sent + one.handed_out),
            output.local_day(one.campaign.window_until, zone) if one.campaign.window_until else "",
        )
        for one in found
    ]
    columns = ("campaign", "offer", "is", "people", "sent", "window ends")
    return output.table(columns, rows)


def offered(one: "CampaignShown") -> str:
    """Return what a campaign offers, how it goes out, and for whom."""
    return f"{one.kind.replace('_', ' ')} by {one.channel}, {one.character}"


def reported(found: "Reported") -> tuple[object, ...]:
    """Return what may be said of one campaign."""
    one = found.campaign
    head = f"{one.name}: {found.verdict}: {found.reason}"
    if found.treated is None or found.held_out is None:
        return (head,)
    rows = [
        ("came back with the offer", found.treated.told),
        ("came back without it", found.held_out.told),
        ("effect", span(found.effect, found.low, found.high)),
        ("p, and for all campaigns", f"{found.doubt:.3f}, {found.corrected:.3f}"),
        ("campaigns that are over", str(found.of_campaigns)),
        ("contacted", str(found.contacted)),
        ("came back because of it", incremental(found)),
        ("net value per treated person", value(found)),
        ("value per one who came back for it", worth(found)),
    ]
    rows += [
        (f"{each.name} (at most {each.limit:.1%})", broken(each.seen.told, is_so=each.broken))
        for each in found.guards
    ]
    rows += [
        (
            f"stayed {stay.days} days",
            "not known"
            if stay.share is None
            else f"{stay.share:.0%} of the {found.second_lives} who came back with the offer",
        )
        for stay in found.stays
    ]
    return (head, output.table(("", ""), rows), *(f"note: {note}" for note in found.notes))


def broken(told: str, *, is_so: bool) -> str:
    """Return a guard in words."""
    return f"{told}: too many" if is_so else told


def span(middle: float | None, low: float | None, high: float | None) -> str:
    """Return an effect with its interval in points."""
    if middle is None or low is None or high is None:
        return "not known"
    return f"{middle:+.1%}, 95 % between {low:+.1%} and {high:+.1%}"


def incremental(found: "Reported") -> str:
    """Return how many came back because of it."""
    if found.incremental is None:
        return "not known"
    middle, low, high = found.incremental
    return f"{middle:.0f}, between {low:.0f} and {high:.0f}"


def value(found: "Reported") -> str:
    """Return what it brought per treated person."""
    currency = found.campaign.currency
    if found.value is None or found.value_low is None or found.value_high is None:
        return "not estimable"
    low, high = amount(found.value_low, currency), amount(found.value_high, currency)
    return f"{amount(found.value, currency)}, 95 % between {low} and {high}"


def worth(found: "Reported") -> str:
    """Return what one who came back because of it brought, where that can be said."""
    if found.value_of_one is None:
        return "not estimable"
    return amount(found.value_of_one, found.campaign.currency)
