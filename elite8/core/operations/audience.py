"""Whom a winback may be for: everybody of its audience, and why not, asked anew each time.

Who is refused is in neither arm; who was drawn is asked about again as a message goes.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from sys import intern
from typing import NamedTuple

from elite8.core.domain.campaign import Assignment, By, Campaign, CampaignStatus
from elite8.core.domain.churn import Standing
from elite8.core.domain.mailing import Mailing
from elite8.core.domain.policy import PlatformPolicy
from elite8.core.domain.rule import judge
from elite8.core.domain.spell import Standing as Stands
from elite8.core.domain.subscriber import Act, Subscriber
from elite8.core.domain.winback import Candidate, is_adult, refusals
from elite8.core.operations import eligible, histories, mailings
from elite8.core.operations.eligible import Letter, Reach
from elite8.core.operations.histories import Contract
from elite8.core.storage import campaigns, people
from elite8.core.storage.campaigns import Known, Linked
from elite8.core.storage.database import Session
from elite8.core.storage.leaving import Only
from elite8.core.storage.people import Said
from elite8.core.studio import Studio

LATER = ("hour_is_not_quiet", "contacts_within")
"""Checks that pass by themselves: they keep a message back, and nobody out of a campaign."""
BUSY = "in another winback whose window is open"
TWICE = "somebody who is in it already by another account"
MANY = 500
"""People from whom on it is quicker to ask about everybody at once."""
STOPS = (Act.CHARGEBACK, Act.COMPLAINT, Act.OPTIN, Act.OPTOUT)


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


class Lived(NamedTuple):
    """One subscription of somebody: to whom, in which tier, and how it stands."""

    character: str
    tier: str
    standing: Stands
    until: int | None

    @classmethod
    def of(cls, one: Contract) -> "Lived":
        """Return of a contract what is needed here: fifty thousand whole ones are large."""
        return cls(intern(one.character), one.tier, one.life.standing, one.life.until)


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of all at once; `seen` grows as people are taken."""

    today: date
    who: Mapping[int, Known]
    lives: Mapping[int, Sequence[Lived]]
    acts: Mapping[tuple[int, str], datetime]
    winbacks: Mapping[int, tuple[date, ...]]
    busy: tuple[set[int], set[str]]
    persons: Mapping[str, Linked]
    willing: set[str]
    said_no: set[str]
    rows: Mapping[str, PlatformPolicy]
    seen: set[str] = field(default_factory=set)


def found(
    studio: Studio, session: Session, one: Campaign, only: Collection[str] | None = None
) -> tuple[Member, ...]:
    """Return everybody whose subscription to the character fits, in the order of pseudonyms.

    Of several accounts of one person the first counts. `only`: no others are looked at. Of those
    who were erased nothing is known but that.
    """
    known = facts(studio, session, one)
    order = sorted(known.who.values(), key=lambda each: each.key)
    members = (member(one, known, each) for each in order if only is None or each.key in only)
    return tuple(each for each in members if each is not None)


def facts(studio: Studio, session: Session, one: Campaign) -> Facts:
    """Gather what is known, in a handful of questions."""
    now = studio.clock()
    terms = studio.config.platform_terms.platforms
    lives: dict[int, list[Lived]] = defaultdict(list)
    for platform in one.on:
        for life in histories.each(session, now, Only(platform=platform), terms):
            lives[life.subscriber].append(Lived.of(life))
    winbacks: dict[int, list[date]] = defaultdict(list)
    for who, at in campaigns.contacts(session, one.id):
        winbacks[who].append(at.date())
    persons = campaigns.people_linked(session)
    willing, said_no = consenting(studio, session, one, persons)
    return Facts(
        today=now.date(),
        who=campaigns.subscribers(session, one.on),
        lives=lives,
        acts=campaigns.last_acts(session, one.on, STOPS),
        winbacks={who: tuple(days) for who, days in winbacks.items()},
        busy=campaigns.busy(session, one.id, now),
        persons=persons,
        willing=willing,
        said_no=said_no,
        rows=studio.config.policies.platforms,
    )


def member(one: Campaign, known: Facts, who: Known) -> Member | None:
    """Return somebody with why they may not be spoken to; None if they are not of the audience."""
    lives = known.lives.get(who.id, ())
    ours = [each for each in lives if each.character == one.character]
    ours = [each for each in ours if not one.of or each.tier in one.of]
    if who.erased_at is None and not ours:
        return None
    stands, until = standing(lives)
    gone = known.today.toordinal() - until
    if stands == "churned" and lives and not one.lapsed_least <= gone <= one.lapsed_most:
        return None
    linked = known.persons.get(who.person_key or "")
    return Member(
        id=who.id,
        key=who.key,
        person=who.person_key or "",
        platform=who.platform,
        tier=ours[0].tier if ours else "",
        country=(linked.country if linked else "") or who.country,
        why_not=why_not(one, known, who, stands),
    )


def why_not(one: Campaign, known: Facts, who: Known, stands: Standing) -> tuple[str, ...]:
    """Return why somebody may not be spoken to; who may is taken, by one account of theirs."""
    if who.erased_at is not None:
        return ("erased",)
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
    if person and not why:
        known.seen.add(person)
    return tuple(why)


def standing(lives: Sequence[Lived]) -> tuple[Standing, int]:
    """Return where somebody stands with all performers, and the last paid day, as an ordinal.

    Whose end nobody saw has not lapsed: a row that is missing from an export says nothing.
    """
    stands = {each.standing for each in lives}
    until = max((each.until or 0 for each in lives), default=0)
    if stands <= {"lapsed"}:
        return "churned", until
    return ("pending" if stands <= {"lapsed", "pending"} else "active"), until


def candidate(one: Campaign, known: Facts, who: Known, stands: Standing) -> Candidate:
    """Return what the gate has to know of somebody."""
    person = who.person_key or ""
    left = has_left({act: known.acts[who.id, act] for act in STOPS if (who.id, act) in known.acts})
    by_hand, linked = one.channel == By.DRAFT, known.persons.get(person)
    return Candidate(
        standing=stands,
        consents=not left if by_hand else person in known.willing,
        opted_out=left or person in known.said_no,
        erased=False,
        charged_back=(who.id, Act.CHARGEBACK) in known.acts,
        complained=(who.id, Act.COMPLAINT) in known.acts,
        adult=is_adult(linked.age if linked else "unknown", who.birth_year, known.today),
        contact_allowed=contact_allowed(one.channel, known.rows, who.platform),
        winbacks=known.winbacks.get(who.id, ()),
    )


def has_left(acts: Mapping[str, datetime]) -> bool:
    """Return whether somebody opted out on the platform, and not in again since."""
    out, back = acts.get(Act.OPTOUT), acts.get(Act.OPTIN)
    return out is not None and (back is None or back <= out)


def contact_allowed(channel: str, rows: Mapping[str, PlatformPolicy], platform: str) -> bool:
    """Return whether the rows of the platform and of the channel allow it.

    Where a platform bars programs, or says nothing, an attestation is needed even for a draft, and
    for offers that lead back there by LINE or email.
    """
    there, here = rows.get(platform), rows.get(channel)
    if there is None or there.reach not in {"allowed", "drafts_only"}:
        return False
    return channel == By.DRAFT or (here is not None and here.reach == "allowed")


def consenting(
    studio: Studio, session: Session, one: Campaign, linked: Collection[str]
) -> tuple[set[str], set[str]]:
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
    return willing(studio, session, one, linked), said_no


def granted(said: Said) -> bool:
    """Return whether a consent holds."""
    return said.status == "granted"


def willing(studio: Studio, session: Session, one: Campaign, linked: Collection[str]) -> set[str]:
    """Return whom, of these, no rule but the hour and the cap keeps a campaign's message from."""
    said = mailings.letter(studio, mailing(one, ""), link="https://example.org/u/1")
    rules = [rule for rule in eligible.message_rules(studio) if rule.check not in LATER]
    message, known = eligible.to_nobody(studio, said), eligible.past(studio, session, said)
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
    passing = found(studio, session, one, {row.who for row in drawn})
    persons = {row.who: row.person_key for row in drawn}
    may = {each.person for each in passing if not each.why_not and each.person == persons[each.key]}
    return may - held - {""}


def reach(
    studio: Studio, session: Session, said: Letter, message: Mailing, only: Collection[str] | None
) -> Reach:
    """Return whom a message may reach now, by the rules and by its campaign, if it is of one.

    Of `only` these, who passed the gate before, it is asked what happened since: a round comes each
    few minutes, and the whole audience takes long.
    """
    got = people.got(session, message.id)
    if only is None:
        return eligible.reach(studio, session, said, got, addressees(studio, session, message))
    found = eligible.reach(studio, session, said, got, only)
    many = addressees(studio, session, message) if len(found.people) > MANY else None
    may = tuple(
        (who, there)
        for who, there in found.people
        if (is_addressee(studio, session, message, who.key) if many is None else who.key in many)
    )
    return replace(found, people=may)


def is_addressee(studio: Studio, session: Session, message: Mailing, person: str) -> bool:
    """Return whether one person may get a message now, as far as a campaign has a say in it."""
    one = campaigns.of_mailing(session, message.id)
    if one is None:
        return True
    arms = campaigns.drawn(session, one.id, person)
    if not is_going(studio, one) or any(row.held_out for row in arms):
        return False
    return any(is_fit(session, one, row) for row in arms)


def is_fit(session: Session, one: Campaign, row: Assignment) -> bool:
    """Return whether nothing happened since that keeps an offer from one who drew it."""
    who = session.get(Subscriber, row.subscriber_id) if row.subscriber_id is not None else None
    if who is None or who.erased_at is not None or who.person_key != row.person_key:
        return False
    since = one.launched_at or one.created_at
    acts = campaigns.acts_of(session, who.id or 0, (*STOPS, *campaigns.BEGAN))
    again = any(acts[act] > since for act in campaigns.BEGAN if act in acts)
    spoilt = Act.CHARGEBACK in acts or Act.COMPLAINT in acts or has_left(acts)
    return not (again or spoilt or campaigns.subscribes_since(session, who.id or 0, since))


def is_going(studio: Studio, one: Campaign) -> bool:
    """Return whether a campaign goes out still: it runs, and neither offer nor window is over."""
    ends = [at for at in (one.deadline, one.window_until) if at is not None]
    return one.status == CampaignStatus.STARTED and studio.clock() < min(ends)
