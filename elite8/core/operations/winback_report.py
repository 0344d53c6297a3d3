"""Did a winback work? Said once its window is over and the data reach that far, never before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from elite8.core.domain import survival, trial
from elite8.core.domain.campaign import Campaign, CampaignStatus
from elite8.core.domain.share import FEWEST, Share
from elite8.core.domain.trial import Guard, Outcome
from elite8.core.operations import winback_outcome as outcome
from elite8.core.operations.winback_plan import CampaignShown, kept, shown
from elite8.core.storage import campaigns, returns
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

LEVEL = 0.05
STAYS = (30, 60, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The share of those who came back that stayed so many days; None where nobody knows yet."""

    days: int
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What may be said of a campaign; money is in minor units of its currency.

    `doubt` is the p-value, `corrected` the same for all campaigns that are over. `value` is net per
    treated person; `value_of_one` by who came back because of it, None: not estimable. While the
    window is open, and until data reach its end, there is nothing but `reason`.
    """

    campaign: CampaignShown
    verdict: str
    reason: str
    treated: Share | None = None
    held_out: Share | None = None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    doubt: float | None = None
    corrected: float | None = None
    of_campaigns: int = 0
    incremental: tuple[float, float, float] | None = None
    value: float | None = None
    value_low: float | None = None
    value_high: float | None = None
    value_of_one: float | None = None
    cost_each: float | None = None
    contacted: int = 0
    guards: tuple[Guard, ...] = ()
    stays: tuple[Stay, ...] = ()
    second_lives: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a campaign, before it is corrected for the others."""

    one: Campaign
    came: tuple[outcome.Came, ...]
    treated: Share
    held: Share
    whom: frozenset[str]


def report(studio: Studio, name: str = "") -> tuple[Reported, ...]:
    """Return what may be said of one campaign, or of all that were started, the newest first.

    All that are over are looked at either way: each is corrected for their number.
    """
    with studio.looking.database.transaction() as session:
        wanted = kept(session, name) if name else None
        every = [one for one in campaigns.every(session) if one.status != CampaignStatus.PLANNED]
        why = {one.id: not_yet(studio, session, one) for one in every}
        over = [found(session, one) for one in every if not why[one.id]]
        doubts = [trial.doubt(each.treated, each.held) for each in over]
        corrected = trial.holm(doubts)
        told = {
            each.one.id: whole(studio, session, each, doubts[at], corrected[at], len(over))
            for at, each in enumerate(over)
        }
        asked = [wanted] if wanted is not None else every
        return tuple(
            told.get(one.id) or open_still(session, one, why.get(one.id, "")) for one in asked
        )


def not_yet(studio: Studio, session: Session, one: Campaign) -> str:
    """Return why nothing may be said yet; "" when it may."""
    until = outcome.window(one)[1]
    if studio.clock() < until:
        return "the window is still open; no verdict before it ends"
    known = returns.known_until(session, one.on, one.character)
    short = [name for name in one.on if name not in known or known[name] < until]
    if short:
        last = f"{known[short[0]]:%Y-%m-%d}" if short[0] in known else "no day"
        return (
            f"what is known of {short[0]} for {one.character} ends on {last}, before the window "
            f"did on {until:%Y-%m-%d}: import a newer export"
        )
    return ""


def open_still(session: Session, one: Campaign, why: str) -> Reported:
    """Return a report that says nothing but why."""
    reason = why or "it was not started"
    return Reported(campaign=shown(session, one), verdict="inconclusive", reason=reason)


def found(session: Session, one: Campaign) -> Found:
    """Return what came of both arms."""
    came = outcome.of_all(session, one)
    return Found(
        one=one,
        came=came,
        treated=share_of([each for each in came if not each.row.held_out]),
        held=share_of([each for each in came if each.row.held_out]),
        whom=frozenset(outcome.contacted(session, one, [each.row for each in came])),
    )


def share_of(came: Sequence[outcome.Came]) -> Share:
    """Return the share that came back."""
    return Share(sum(each.back_on is not None for each in came), len(came))


def whole(  # noqa: PLR0913, PLR0917  # a report and what it is corrected by
    studio: Studio,
    session: Session,
    what: Found,
    doubt: float,
    corrected: float,
    number: int,
) -> Reported:
    """Return the report of a campaign that is over."""
    one = what.one
    cost_each = cost_of(what)
    said = corrected_for(judged(studio, session, what, cost_each), corrected, number)
    stays, lives = stayed(studio, session, what)
    effect, value = said.effect, said.value
    return Reported(
        campaign=shown(session, one),
        verdict=said.verdict,
        reason=said.reason,
        treated=what.treated,
        held_out=what.held,
        effect=effect.difference if effect else None,
        low=effect.low if effect else None,
        high=effect.high if effect else None,
        doubt=doubt,
        corrected=corrected,
        of_campaigns=number,
        incremental=said.incremental,
        value=value.mean if value else None,
        value_low=value.low if value else None,
        value_high=value.high if value else None,
        value_of_one=said.value_of_one if said.verdict == "works" else None,
        cost_each=cost_each,
        contacted=len(what.whom),
        guards=said.guards,
        stays=stays,
        second_lives=lives,
        notes=notes(what),
    )


def judged(studio: Studio, session: Session, what: Found, cost_each: float) -> Outcome:
    """Return what may be said of one campaign by itself."""
    one = what.one
    rows = [each.row for each in what.came]
    harm = outcome.harm(session, one, rows, set(what.whom))
    limits = studio.config.winback.guards
    value = trial.net_value(
        [float(each.net_minor) for each in what.came if not each.row.held_out],
        [float(each.net_minor) for each in what.came if each.row.held_out],
        cost=cost_each,
    )
    return trial.judged(
        trial.effect(what.treated, what.held),
        value,
        over=True,
        worthwhile=one.worthwhile,
        guards=(
            Guard(name="opted out", seen=harm.opted_out, limit=limits.opted_out),
            Guard(name="complained", seen=harm.complained, limit=limits.complained),
        ),
    )


def corrected_for(said: Outcome, corrected: float, number: int) -> Outcome:
    """Return what may be said when so many campaigns were looked at."""
    if said.verdict != "works" or corrected <= LEVEL:
        return said
    return Outcome(
        verdict="inconclusive",
        reason=f"{said.reason}; but of {number} campaigns one may look so by chance "
        f"(p {corrected:.3f} after Holm)",
        effect=said.effect,
        value=said.value,
        guards=said.guards,
    )


def cost_of(what: Found) -> float:
    """Return what messages and gifts cost per treated person, in minor units."""
    if not what.treated.of:
        return 0.0
    messages = len(what.whom) * (what.one.message_cost or 0.0)
    return (messages + what.treated.count * what.one.bonus_cost) / what.treated.of


def stayed(studio: Studio, session: Session, what: Found) -> tuple[tuple[Stay, ...], int]:
    """Return how long those of the treated stayed who came back; nothing of fewer than ten."""
    treated = [each for each in what.came if not each.row.held_out]
    tenure, ended = outcome.second_lives(studio, session, what.one, treated)
    if len(tenure) < FEWEST:
        return tuple(Stay(days=days, share=None) for days in STAYS), len(tenure)
    curve = survival.curve(tenure, np.array(ended, dtype=np.bool_))
    return tuple(Stay(days=days, share=curve.at(days)) for days in STAYS), len(tenure)


def notes(what: Found) -> tuple[str, ...]:
    """Return what is not in the figures."""
    elsewhere = sum(each.elsewhere for each in what.came)
    gone = sum(each.row.subscriber_id is None for each in what.came)
    said = []
    if elsewhere:
        said.append(
            f"{elsewhere} people paid in another currency than {what.one.currency}: left out"
        )
    if gone:
        said.append(f"{gone} people are no longer known, and count as they were settled")
    return tuple(said)
