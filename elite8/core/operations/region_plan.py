"""The plan by regions: whose turn it is where, at which local time, on which network.

What is wanted is worked out from the date alone, so that planning twice plans once; what the caps
and budgets leave of it is decided when it becomes rows, beside what is there already.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from elite8.core.config import Config
from elite8.core.domain import plan as turns
from elite8.core.domain.calendar import Slot
from elite8.core.domain.plan import Place
from elite8.core.domain.post import Post, PostStatus
from elite8.core.domain.video import Video
from elite8.core.operations import region_budget, regional
from elite8.core.operations.room import post_at
from elite8.core.operations.standing import command
from elite8.core.operations.wanted import Wanted
from elite8.core.storage import calendar
from elite8.core.storage.calendar import Known
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

MONEY = 1e-9
"""Dollars by which a sum of floats may be over."""


def is_on(studio: Studio) -> bool:
    """Return whether the plan is by regions and not by slots."""
    return bool(studio.config.strategy.posting.regions)


def as_if(studio: Studio, regions: Sequence[str], engine: str = "") -> Studio:
    """Return the studio as if its plan were by these regions, videos at what the engine takes."""
    strategy = studio.config.strategy
    wanted: dict[str, object] = {"regions": tuple(regions)}
    if engine == "a2e" and strategy.posting.usd_a_video is None:
        wanted["usd_a_video"] = regional.of_tariff(studio)
    posting = strategy.posting.model_copy(update=wanted)
    config = Config(studio.config.folder)
    vars(config).update(vars(studio.config))
    vars(config)["strategy"] = strategy.model_copy(update={"posting": posting})
    return replace(studio, config=config)


def places(studio: Studio, first: date, days: int) -> tuple[Place, ...]:
    """Return the places of `days` days; whole weeks are worked out, so that overlaps agree."""
    last = first + timedelta(days=days)
    monday = first - timedelta(days=first.weekday())
    weeks = (monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1))
    found = (place for start in weeks for place in week(studio, start))
    return tuple(place for place in found if first <= place.day < last)


def week(studio: Studio, monday: date) -> Iterator[Place]:
    """Yield the places of one week; who had enough videos that week is passed."""
    posting, most = studio.config.strategy.posting, studio.config.calendar.per_character_a_week
    appeared: Counter[str] = Counter()
    rounds = [(code, number) for number in range(posting.videos_a_day) for code in posting.regions]
    for day in (monday + timedelta(days=n) for n in range(7)):
        there: set[str] = set()
        for at, (code, number) in enumerate(rounds):
            turn = day.toordinal() * len(rounds) + at
            name = whose(
                studio, code, turn, {n for n, had in appeared.items() if had >= most}, there
            )
            if name is None:
                continue
            appeared[name] += 1
            there.add(name)
            yield place_of(studio, day, code, number, name, turn)


def whose(
    studio: Studio, code: str, turn: int, had_enough: set[str], there: set[str]
) -> str | None:
    """Return whose turn it is among those who speak a region's language, `None` for nobody's.

    Who has no video that day yet goes first.
    """
    language = regional.named(studio, code).language
    roster = studio.config.roster.characters
    able = [one.id for one in roster if language in one.languages and one.id not in had_enough]
    names = [one.id for one in roster]
    ordered = [turns.whose(names, turn + n) for n in range(2 * len(names))]
    fresh = [name for name in ordered if name in able and name not in there]
    return next(iter(fresh or [name for name in ordered if name in able]), None)


def place_of(  # noqa: PLR0913, PLR0917  # what a place is known by
    studio: Studio, day: date, code: str, number: int, name: str, turn: int
) -> Place:
    """Return a performer's place in a region's day; its networks are drawn by their weights."""
    region, count = regional.named(studio, code), studio.config.strategy.posting.networks_a_video
    rng = Random(f"networks:{day}:{code}:{number}")  # noqa: S311  # the same day, the same draw
    return Place(
        day=day,
        slot=f"{code.lower()}_{number + 1}",
        character=name,
        networks=regional.drawn(region, rng, count),
        turn=turn,
        bound=(),
        by_lot=False,
        region=code,
    )


def slot_of(studio: Studio, place: Place) -> tuple[Slot, regional.Opening] | None:
    """Return a place's time as a slot of its own; `None` on a day without a window there."""
    rng = Random(f"window:{place.day}:{place.slot}")  # noqa: S311  # the same place, the same time
    opening = regional.on(regional.named(studio, place.region), place.day, rng)
    if opening is None or not place.networks:
        return None
    late = studio.config.strategy.posting.late_minutes
    slot = Slot(
        name=place.slot,
        time=opening.time,
        networks=place.networks,
        late_minutes=late,
        missed="skip",
    )
    return slot, opening


def posts_of(
    studio: Studio, session: Session, places: Sequence[Place], known: Known
) -> tuple[list[Wanted], list[str]]:
    """Return the posts of these places that can still be made, and what keeps others away."""
    soonest = studio.clock() + timedelta(minutes=studio.config.calendar.buffer_minutes)
    missing: Counter[str] = Counter()
    wanted = [
        one
        for place in places
        for one in of_place(studio, session, place, missing)
        if one.at >= soonest
    ]
    if not wanted:
        return [], [f"{count} posts {why}" for why, count in sorted(missing.items())]
    limits = Limits(studio, min(one.at for one in wanted), max(one.at for one in wanted))
    limits.look(session)
    found = [one for one in wanted if post_at(known, one) is not None or limits.take(one, known)]
    missing.update(limits.missing)
    return found, [f"{count} posts {why}" for why, count in sorted(missing.items())]


def of_place(
    studio: Studio, session: Session, place: Place, missing: Counter[str]
) -> Iterator[Wanted]:
    """Yield a place's posts, its networks one after the other; what cannot go out is counted."""
    region, code = regional.named(studio, place.region), place.region
    if (found := slot_of(studio, place)) is None:
        return
    slot, opening = found
    gap = timedelta(minutes=studio.config.publishing.stagger_minutes)
    able = regional.able(session, region, code, place.character)
    for number, name in enumerate(slot.networks):
        if name not in able:
            missing[f"for {code} on {name} have no account: {command(name, '')}"] += 1
            continue
        yield Wanted(
            place=place,
            network=name,
            at=opening.at + number * gap,
            wall=opening.wall,
            zone=region.default_zone,
            slot=slot,
        )


@dataclass
class Limits:
    """What caps and budgets leave beside the posts that are there.

    `missing` says what they took, `one` is what a video costs in dollars, by our table when `None`.
    A cap counts the days of the calendar's zone, a budget those of the region's.
    """

    studio: Studio
    first: datetime
    last: datetime
    one: float | None = None
    posted: Counter[tuple[date, str]] = field(default_factory=Counter)
    films: dict[tuple[date, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    missing: Counter[str] = field(default_factory=Counter)
    over: frozenset[str] = frozenset()

    def look(self, session: Session) -> None:
        """Count what is there."""
        around = timedelta(days=2)
        self.over = region_budget.over(self.studio, session)
        for post, video in calendar.due(session, self.first - around, self.last + around):
            if post.status != PostStatus.REFUSED:
                self.count(post, video)

    def count(self, post: Post, video: Video) -> None:
        """Count a post that is there."""
        at = post.meant_at or post.due_at
        self.posted[self.day(at), post.platform] += 1
        if post.region in self.studio.config.regions.regions:
            region = regional.named(self.studio, post.region)
            self.films[regional.day_there(region, at), post.region].add(video.place or video.id)

    @property
    def cost(self) -> float:
        """What one new video costs."""
        if self.one is None:
            self.one = regional.cost_of_one(self.studio)
        return self.one

    def day(self, at: datetime) -> date:
        """Return the day a cap counts an instant to."""
        return at.astimezone(ZoneInfo(self.studio.config.calendar.zone)).date()

    def why_not(self, code: str, network: str, at: datetime, film: str) -> str:
        """Return which limit a new post would break, "" for none."""
        most = self.studio.config.calendar.per_network_a_day
        if network != "outbox" and self.posted[self.day(at), network] >= most:
            return f"for {code} on {network} are over {most} a day"
        day = regional.day_there(regional.named(self.studio, code), at)
        if code in self.over and day.replace(day=1) == region_budget.this_month(self.studio):
            return f"for {code} are over its budget of the month: elite8 region budget"
        films = self.films[day, code] | {film}
        may = regional.a_day(self.studio, code, day)
        if len(films) * self.cost > may + MONEY:
            return f"for {code} are over its budget of ${may:.2f} a day"
        return ""

    def take(self, one: Wanted, known: Known) -> bool:
        """Return whether a new post has room, which it then takes."""
        code, film = one.place.region, one.place.key
        if (why := self.why_not(code, one.network, one.at, film)) != "":
            self.missing[why] += 1
            return False
        self.book(code, one.network, one.at, known[film][0].place if film in known else film)
        return True

    def book(self, code: str, network: str, at: datetime, film: str) -> None:
        """Take the room of a post."""
        self.posted[self.day(at), network] += 1
        day = regional.day_there(regional.named(self.studio, code), at)
        self.films[day, code].add(film)


def broken(studio: Studio, rows: Sequence[tuple[Post, Video]]) -> tuple[str, ...]:
    """Return every cap, budget and window that these posts break, in sentences; none is right."""
    live = [(post, video) for post, video in rows if post.status != PostStatus.REFUSED]
    return (
        *broken_caps(studio, live),
        *broken_budgets(studio, live),
        *broken_windows(studio, live),
    )


def broken_caps(studio: Studio, live: Sequence[tuple[Post, Video]]) -> Iterator[str]:
    """Yield networks with too many posts in a day, performers with too many videos in a week."""
    rules, zone = studio.config.calendar, ZoneInfo(studio.config.calendar.zone)
    posted = Counter((at(post).astimezone(zone).date(), post.platform) for post, _ in live)
    for (day, network), count in posted.items():
        if network != "outbox" and count > rules.per_network_a_day:
            yield f"{count} posts on {network} on {day}, at most {rules.per_network_a_day}"
    films: Mapping[str, tuple[str, date]] = {
        video.id: (video.character_id, date.fromisoformat(video.place.split("/")[0]))
        for _, video in live
        if video.place
    }
    weeks = Counter((name, day.isocalendar()[:2]) for name, day in films.values())
    for (name, (year, number)), count in weeks.items():
        if count > rules.per_character_a_week:
            yield f"{count} videos of {name} in week {number} of {year}"


def broken_budgets(studio: Studio, live: Sequence[tuple[Post, Video]]) -> Iterator[str]:
    """Yield regions whose videos of a day cost more than they may, by our table."""
    films: dict[tuple[date, str], set[str]] = defaultdict(set)
    for post, video in live:
        if post.region:
            day = regional.day_there(regional.named(studio, post.region), at(post))
            films[day, post.region].add(video.id)
    one = regional.cost_of_one(studio)
    for (day, code), there in films.items():
        may = regional.a_day(studio, code, day)
        if len(there) * one > may + MONEY:
            yield f"{code} costs ${len(there) * one:.2f} on {day}, at most ${may:.2f}"


def broken_windows(studio: Studio, live: Sequence[tuple[Post, Video]]) -> Iterator[str]:
    """Yield posts of the plan whose wall time is in no window of their region."""
    for post, _ in live:
        if not (post.region and post.slot and post.wall):
            continue
        region = regional.named(studio, post.region)
        if regional.window_of(region, post.wall) is None:
            yield f"post {post.id} for {post.region} at {post.wall} is in no window"


def at(post: Post) -> datetime:
    """Return the instant a post was meant for."""
    return post.meant_at or post.due_at
