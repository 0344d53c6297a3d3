"""A winback from start to stop: the lot is drawn and kept, and only then anything goes out.

What goes out is asked again, person by person, by the same rules as any other message and by the
gate; a second start draws nobody anew and sends to whom it did not get to before.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from elite8.core.domain import trial
from elite8.core.domain.audit import Decision
from elite8.core.domain.campaign import By, Campaign, CampaignStatus
from elite8.core.domain.identity import new_id
from elite8.core.domain.mailing import DeliveryStatus
from elite8.core.domain.money import told
from elite8.core.domain.offer import cost
from elite8.core.domain.share import FEWEST
from elite8.core.errors import Elite8Error, Refused
from elite8.core.operations import audience, audit, email_mail, line_mail, mail, mailings
from elite8.core.operations import winback_plan as plan
from elite8.core.operations.audience import Member
from elite8.core.operations.winback_plan import CampaignShown, kept, shown
from elite8.core.storage import attempts, campaigns, held, people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How far a campaign is; nothing in it says who came back: that waits for the window's end."""

    campaign: CampaignShown
    sent: int
    uncertain: int
    refused: int
    waiting: int
    handed_out: int
    not_yet: int
    over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a start would do now: arms, and how many of the treated could be reached at once."""

    campaign: CampaignShown
    reach: int
    later: int
    held: tuple[tuple[str, int], ...]


def start(studio: Studio, name: str, limit: int = MOST) -> tuple[Status, Elite8Error | None]:
    """Draw the lot once and send to whom it may reach now; return how far it is, and trouble.

    Again it sends to whom it did not get to. Drafts are handed out apart.
    """
    with studio.database.transaction() as session:
        one = kept(session, name)
        if one.status == CampaignStatus.STOPPED:
            raise Refused(f"'{name}' was stopped; plan a new one")
        if one.status == CampaignStatus.PLANNED:
            fix(studio, session, one)
        going = one.channel != By.DRAFT and audience.is_going(studio, one)
        message = one.mailing_id
    trouble = mail.send(studio, message, limit)[1] if going and message else None
    return status(studio, name), trouble


def attempt(studio: Studio, name: str) -> Tried:
    """Return what a start would do, and keep nothing."""
    with studio.drafting.database.transaction() as session:
        one = kept(session, name)
        if one.status == CampaignStatus.PLANNED:
            fix(studio, session, one)
        message = people.mailing(session, one.mailing_id) if one.mailing_id else None
        if message is None:
            return Tried(campaign=shown(session, one), reach=0, later=0, held=())
        found = mail.BY[message.channel].reach(studio, session, message)
        return Tried(
            campaign=shown(session, one),
            reach=len(found.people),
            later=len(found.asleep),
            held=found.held,
        )


def fix(studio: Studio, session: Session, one: Campaign) -> None:
    """Draw the arms and keep all that was planned as it is, before anybody is written to."""
    held.alone(session, "winback")
    session.refresh(one)
    if one.status != CampaignStatus.PLANNED:
        return
    plan.check(studio, session, one)
    check_way(studio, session, one)
    now = studio.clock()
    free = [each for each in audience.found(studio, session, one) if not each.why_not]
    share = one.hold_out or trial.held_share(len(free))
    arms = trial.assigned(one.id, {each.key: each.stratum for each in free}, share)
    treated = sum(arm == "treated" for arm in arms.values())
    check_size(studio, one, treated, len(free) - treated)
    campaigns.draw(session, rows_of(one, free, arms))
    one.hold_out, one.lot = share, lot(arms)
    one.message_cost = plan.price_of_one(studio, one, treated)[0]
    one.status, one.launched_at = CampaignStatus.STARTED, now
    one.window_until = now + timedelta(days=one.window_days)
    if one.channel != By.DRAFT:
        message = audience.mailing(one, new_id(now))
        message.created_at = now
        session.add(message)
        session.flush()
        one.mailing_id = message.id
    session.flush()
    note(
        studio,
        session,
        one,
        "started",
        f"{treated} and {len(free) - treated} held out, lot {one.lot}",
    )


def rows_of(
    one: Campaign, free: Sequence[Member], arms: Mapping[str, trial.Arm]
) -> list[dict[str, object]]:
    """Return the rows of who drew what."""
    return [
        {
            "campaign_id": one.id,
            "who": each.key,
            "subscriber_id": each.id,
            "person_key": each.person,
            "stratum": each.stratum,
            "held_out": arms[each.key] == "held_out",
        }
        for each in free
    ]


def lot(arms: Mapping[str, trial.Arm]) -> str:
    """Return the hash of who drew what, whatever the order."""
    said = "\n".join(f"{who} {arm}" for who, arm in sorted(arms.items()))
    return hashlib.sha256(said.encode()).hexdigest()


def check_way(studio: Studio, session: Session, one: Campaign) -> None:
    """Refuse to draw a lot for what could not be sent."""
    for each in attempts.stops(session):
        if any(each.covers(one.character, by, ()) for by in (one.channel, *one.on)):
            raise Refused(f"{each.words} is stopped; go on with: elite8 publish resume{each.flag}")
    if one.channel == By.LINE:
        with line_mail.account(studio):
            mailings.check_sender(studio, one.channel)
    elif one.channel == By.EMAIL:
        mailings.check_sender(studio, one.channel)
        email_mail.check_server(studio)


def check_size(studio: Studio, one: Campaign, treated: int, out: int) -> None:
    """Refuse arms that can tell nothing, and what costs more than its budget."""
    if min(treated, out) < FEWEST:
        raise Refused(
            f"{treated + out} may be spoken to: {treated} and {out} held out; of fewer than "
            f"{FEWEST} nothing is told ('elite8 subscribers winback plan {one.name}' says why not)"
        )
    each, _ = plan.price_of_one(studio, one, treated)
    needs = cost(one, treated, each).expected
    if one.budget_minor is not None and needs > one.budget_minor:
        raise Refused(
            f"it would cost {told(round(needs), one.currency)} if as many come back as hoped, over "
            f"the budget of {told(one.budget_minor, one.currency)}"
        )


def note(studio: Studio, session: Session, one: Campaign, decision: str, detail: str) -> None:
    """Keep a decision about a campaign."""
    what = Decision(
        act="winback",
        subject=one.id,
        decision=decision,
        rules=studio.config.rules.version,
        detail=f"{one.name}: {detail}",
    )
    audit.keep(studio, session, what)


def status(studio: Studio, name: str) -> Status:
    """Return how far a campaign is, in counts of messages alone."""
    with studio.database.transaction() as session:
        one = kept(session, name)
        states = people.states(session, one.mailing_id or "")
        began = states.total()
        waits = people.waits_for(session, one.mailing_id or "", studio.clock())
        handed = len(campaigns.handed_out(session, one.id))
        whole = shown(session, one)
        return Status(
            campaign=whole,
            sent=states[DeliveryStatus.SENT],
            uncertain=states[DeliveryStatus.UNCERTAIN] + states[DeliveryStatus.SENDING],
            refused=states[DeliveryStatus.REFUSED],
            waiting=len(waits),
            handed_out=handed,
            not_yet=max(whole.treated - began - handed, 0),
            over=one.window_until is not None and one.window_until <= studio.clock(),
        )


def stop(studio: Studio, name: str) -> Status:
    """Have a campaign send nothing more; its window goes on. Twice harms nothing."""
    with studio.database.transaction() as session:
        one = kept(session, name)
        if one.status == CampaignStatus.PLANNED:
            raise Refused(f"'{name}' was not started")
        if one.status == CampaignStatus.STARTED:
            one.status, one.stopped_at = CampaignStatus.STOPPED, studio.clock()
            if one.mailing_id:
                people.hold(session, one.mailing_id, (), studio.clock())
            note(studio, session, one, "stopped", "what was not sent stays unsent")
    return status(studio, name)


def listed(studio: Studio) -> tuple[Status, ...]:
    """Return all campaigns, the newest first."""
    with studio.database.transaction() as session:
        names = [one.name for one in campaigns.every(session)]
    return tuple(status(studio, name) for name in names)
