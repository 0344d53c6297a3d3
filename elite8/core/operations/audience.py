"""Whom a winback may be for: everybody of its audience, and why not, asked anew each time.

Who is refused is in neither arm; who was drawn is asked about again as a message goes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from elite8.core.domain.campaign import By, Campaign, CampaignStatus
from elite8.core.domain.churn import Standing, standing
from elite8.core.domain.consent import Consent
from elite8.core.domain.mailing import Mailing
from elite8.core.domain.policy import PlatformPolicy
from elite8.core.domain.rule import judge
from elite8.core.domain.subscriber import Act
from elite8.core.domain.winback import GRACE, PERIOD, Candidate, is_adult, paid_until, refusals
from elite8.core.operations import eligible, mailings
from elite8.core.storage import campaigns, people
from elite8.core.storage.campaigns import Known, Terms
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

LATER = ("hour_is_not_quiet", "contacts_within")
"""Checks that pass by themselves: they keep a message back, and nobody out of a campaign."""
BUSY = "in another winback whose window is open"
TWICE = "somebody who is in it already by another account"
STOPS = (Act.CHARGEBACK, Act.COMPLAINT, Act.OPTIN, Act.OPTOUT)
ADULT_SITE = "allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the audience, and why not, in words; empty if they may be spoken to."""

    id: int
    key: str
    person: str
    platform: str
    tier: str
    country: str
    why_not: tuple[str, ...]

    @property
    def stratum(self) -> str:
        """Return in which lot they draw."""
        return f"{self.platform} {self.tier}"


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of all at once."""

    now: datetime
    today: date
    who: Mapping[int, Known]
    paid: Mapping[int, Sequence[Terms]]
    acts: Mapping[tuple[int, str], datetime]
    begun: Mapping[int, datetime]
    winbacks: Mapping[int, tuple[date, ...]]
    busy: tuple[set[int], set[str]]
    ages: Mapping[str, str]
    willing: set[str]
    said_no: set[str]
    rows: Mapping[str, PlatformPolicy]
    seen: set[str] = field(default_factory=set)


def found(
    studio: Studio, session: Session, one: Campaign, only: Sequence[str] | None = None
) -> tuple[Member, ...]:
    """Return everybody whose subscription to the character fits, in the order of pseudonyms.

    Of several accounts of one person the first counts. `only`: no others are looked at.
    """
    known = facts(studio, session, one)
    asked = set(only) if only is not None else None
    order = sorted(known.who.values(), key=lambda each: each.key)
    members = (member(one, known, each) for each in order if asked is None or each.key in asked)
    return tuple(each for each in members if each is not None)


def facts(
    studio: Studio, session: Session, one: Campaign, of: int | None = None, willing: str = ""
) -> Facts:
    """Gather what is known in a handful of questions, of everybody or of one.

    Of one it is the rules of messages, which judge them by themselves, that ask who is `willing`.
    """
    now = studio.clock()
    paid: dict[int, list[Terms]] = defaultdict(list)
    for terms in campaigns.subscriptions(session, one.on, of):
        paid[terms.subscriber_id].append(terms)
    begun: dict[int, datetime] = {}
    for (who, _), at in campaigns.last_acts(session, one.on, campaigns.BEGAN, of).items():
        begun[who] = max(at, begun.get(who, at))
    winbacks: dict[int, list[date]] = defaultdict(list)
    for who, at in campaigns.contacts(session, one.id, of):
        winbacks[who].append(at.date())
    agree, said_no = ({willing}, set[str]()) if of is not None else consenting(studio, session, one)
    persons = campaigns.people_linked(session, willing)
    return Facts(
        now=now,
        today=now.date(),
        who=campaigns.subscribers(session, one.on, of),
        paid=paid,
        acts=campaigns.last_acts(session, one.on, STOPS, of),
        begun=begun,
        winbacks={who: tuple(days) for who, days in winbacks.items()},
        busy=campaigns.busy(session, one.id, now),
        ages={key: who.age for key, who in persons.items()},
        willing=agree,
        said_no=said_no,
        rows=studio.config.policies.platforms,
    )


def member(one: Campaign, known: Facts, who: Known) -> Member | None:
    """Return somebody with why they may not be spoken to; None if they are not of the audience."""
    ours = [
        terms
        for terms in known.paid.get(who.id, ())
        if terms.character == one.character and (not one.of or terms.tier in one.of)
    ]
    if not ours:
        return None
    stands, until = lapse(known, who)
    gone = (known.today - until).days if until else 0
    if stands == "churned" and not one.lapsed_least <= gone <= one.lapsed_most:
        return None
    why = list(
        refusals(
            candidate(one, known, who, stands),
            known.today,
            cool_down=timedelta(days=one.cool_down_days),
            most=one.most_a_year,
        )
    )
    person = who.person_key or ""
    if who.id in known.busy[0] or person in known.busy[1]:
        why.append(BUSY)
    if person and person in known.seen:
        why.append(TWICE)
    elif person and not why:
        known.seen.add(person)
    return Member(
        id=who.id,
        key=who.key,
        person=person,
        platform=who.platform,
        tier=ours[0].tier,
        country=who.country,
        why_not=tuple(why),
    )


def lapse(known: Facts, who: Known) -> tuple[Standing, date | None]:
    """Return where a subscriber stands with all performers, and the last day that was paid for."""
    ends = [
        paid_until(terms.status, terms.period_end, terms.source_at.date(), terms.months)
        for terms in known.paid.get(who.id, ())
    ]
    if "running" in ends:
        return "active", None
    if "pending" in ends:
        return "pending", None
    days = [each for each in ends if isinstance(each, date)]
    if begun := known.begun.get(who.id):
        newest = max(terms.source_at for terms in known.paid[who.id])
        if begun > newest:  # later than what any export says
            days.append(begun.date() + PERIOD)
    grace = GRACE.get(who.platform, timedelta())
    return standing(max(days), known.today, grace=grace), max(days)


def candidate(one: Campaign, known: Facts, who: Known, stands: Standing) -> Candidate:
    """Return what the gate has to know of somebody."""
    person = who.person_key or ""
    out, back = (known.acts.get((who.id, act)) for act in (Act.OPTOUT, Act.OPTIN))
    left = out is not None and (back is None or back <= out)
    by_hand = one.channel == By.DRAFT
    return Candidate(
        standing=stands,
        consents=not left if by_hand else person in known.willing,
        opted_out=left or person in known.said_no,
        erased=who.erased_at is not None,
        charged_back=(who.id, Act.CHARGEBACK) in known.acts,
        complained=(who.id, Act.COMPLAINT) in known.acts,
        adult=is_adult(known.ages.get(person, "unknown"), who.birth_year, known.today),
        contact_allowed=contact_allowed(one.channel, known.rows, who.platform),
        winbacks=known.winbacks.get(who.id, ()),
    )


def contact_allowed(channel: str, rows: Mapping[str, PlatformPolicy], platform: str) -> bool:
    """Return whether the rows of the platform and of the channel allow it.

    Where a platform bars programs, or says nothing, an attestation is needed even for a draft, and
    for offers that lead back there by email. What is offered on an adult site does not go to LINE.
    """
    there = rows.get(platform)
    if there is None or there.reach not in {"allowed", "drafts_only"}:
        return False
    if channel == By.DRAFT:
        return True
    here = rows.get(channel)
    if here is None or here.reach != "allowed":
        return False
    return channel != By.LINE or there.adult != ADULT_SITE


def consenting(studio: Studio, session: Session, one: Campaign) -> tuple[set[str], set[str]]:
    """Return the people who may be written to but for the hour and the cap, and who said no.

    For drafts whoever said no on every channel of ours is not asked by hand either.
    """
    channels = ("line", "email") if one.channel == By.DRAFT else (one.channel,)
    said_no: set[str] = set()
    yes: set[str] = set()
    for channel in channels:
        consents = people.standing(session, channel, "marketing")
        closed = people.closed(session, channel)
        refused = {key for key, said in consents.items() if said.status == "withdrawn"}
        refused |= {
            who.key for who, there in people.reachable(session, channel) if there.digest in closed
        }
        said_no |= refused
        yes |= {key for key, said in consents.items() if granted(said)} - refused
    if one.channel == By.DRAFT:
        return set(), said_no - yes
    return willing(studio, session, one), said_no


def granted(said: Consent) -> bool:
    """Return whether a consent holds."""
    return said.status == "granted"


def willing(studio: Studio, session: Session, one: Campaign) -> set[str]:
    """Return whom no rule but the hour and the cap keeps a message of this campaign from."""
    said = mailings.letter(studio, mailing(one, ""), link="https://example.org/u/1")
    rules = [rule for rule in eligible.message_rules(studio) if rule.check not in LATER]
    message, known = eligible.to_nobody(studio, said), eligible.past(studio, session, said)
    linked = campaigns.people_linked(session)
    return {
        who.key
        for who, there in people.reachable(session, one.channel)
        if who.key in linked
        and not any(
            verdict.verdict == "block"
            for verdict in judge(
                rules, eligible.facts(message, who, there, known), message.now.date()
            )
        )
    }


def mailing(one: Campaign, name: str) -> Mailing:
    """Return the message of a campaign, as `mailing` keeps it."""
    return Mailing(
        id=name,
        channel=one.channel,
        purpose="marketing",
        character=one.character,
        language=one.language,
        subject=one.subject,
        text=one.words,
        created_at=one.created_at,
    )


def addressees(studio: Studio, session: Session, message: Mailing) -> set[str] | None:
    """Return whom a campaign's message may go to now, by key; None for any other message.

    Only who drew it, while it runs and its offer lasts, and who would still pass the gate; never
    somebody who was held out, by whichever account.
    """
    one = campaigns.of_mailing(session, message.id)
    if one is None:
        return None
    if not is_going(studio, one):
        return set()
    arms = campaigns.assignments(session, one.id)
    held = {row.person_key for row in arms if row.held_out}
    drawn = [row for row in arms if not row.held_out and row.subscriber_id is not None]
    passing = found(studio, session, one, [row.who for row in drawn])
    persons = {row.who: row.person_key for row in drawn}
    may = {each.person for each in passing if not each.why_not and each.person == persons[each.key]}
    return may - held - {""}


def narrowed(
    studio: Studio, session: Session, message: Mailing, only: Collection[str] | None
) -> Collection[str] | None:
    """Return whom a message is for at most: of `only` these, those its campaign may write to."""
    may = addressees(studio, session, message)
    if may is None or only is None:
        return only if may is None else may
    return may.intersection(only)


def is_addressee(studio: Studio, session: Session, message: Mailing, person: str) -> bool:
    """Return whether one person may get a message now, as far as a campaign has a say in it."""
    one = campaigns.of_mailing(session, message.id)
    if one is None:
        return True
    arms = campaigns.drawn(session, one.id, person)
    if not is_going(studio, one) or any(row.held_out for row in arms):
        return False
    for row in arms:
        if row.subscriber_id is not None:
            known = facts(studio, session, one, row.subscriber_id, person)
            who = known.who.get(row.subscriber_id)
            stands = member(one, known, who) if who and who.person_key == person else None
            if stands is not None and not stands.why_not:
                return True
    return False


def is_going(studio: Studio, one: Campaign) -> bool:
    """Return whether a campaign goes out still: it runs, and neither offer nor window is over."""
    ends = [at for at in (one.deadline, one.window_until) if at is not None]
    return one.status == CampaignStatus.STARTED and studio.clock() < min(ends)
