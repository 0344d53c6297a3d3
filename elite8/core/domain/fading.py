"""What each subscriber did, as sums that fade: kept so that scoring everybody is one pass.

A sum is q * 2^(-age/H) of each event, with the age counted to the end of the year (`epoch`) and not
to the day of scoring: what it is worth on a day is the sum times 2^((epoch - day)/H), one number
for everybody. Halves are brought to the epoch instead, so a part is w * S / (S + g); it is worked
out as w - w * g / (S + g), which reads S once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from elite8.core.domain import score
from elite8.core.domain.arrays import Counts, Flags, Floats
from elite8.core.domain.score import ACTIVITIES, Calibration
from elite8.core.domain.scoring import ScoreConfig
from elite8.core.domain.subscriber import Act

LAG: Final = 28
"""Days back to the score that today's is compared with (subscribers.md section 5)."""
LAGS: Final = (0, LAG)
STARTS: Final = "starts"
ANSWERED: Final = "answered"
SUMS: Final = (*ACTIVITIES, STARTS, ANSWERED)
"""Columns of `engagement`, in order; the last two are what two of the nine are worked out with."""
WINBACK: Final = "winback:"
"""How `about` of a message begins that belongs to a winback: it is not counted (section 4)."""
DAY_US: Final = 86_400_000_000
ACTIVITY: Final = {
    Act.MESSAGE_IN: "messages_sent",
    Act.MESSAGE_OUT: "messages_received",
    Act.VIEW: "views",
    Act.COMPLETION: "completions",
    Act.LIKE: "likes",
    Act.COMMENT: "comments",
    Act.SHARE: "shares",
    Act.SESSION: "minutes",
    Act.DM_OPEN: "conversations",
}
"""Which activity an act is; money is none."""
COLUMN: Final = {str(act): ACTIVITIES.index(name) for act, name in ACTIVITY.items()}
COUNTS_AS: Final = {STARTS: "views", ANSWERED: "messages_received"}
"""Of which activity's events the two are made."""
FADES_AS: Final = {STARTS: "completions", ANSWERED: "messages_received"}
"""Whose half-life the two have."""


def epoch(day: datetime) -> datetime:
    """Return to when ages are counted for a day: the next new year in UTC."""
    return datetime(day.astimezone(UTC).year + 1, 1, 1, tzinfo=UTC)


def before(now: datetime) -> datetime:
    """Return the instant that today is compared with: today's midnight in UTC, less 28 days."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    return midnight - timedelta(days=LAG)


def since(day: datetime, days_before: int) -> datetime:
    """Return as of when the sums of a lag are on a day."""
    return before(day) if days_before else day


def basis(config: ScoreConfig, day: datetime) -> str:
    """Return the rules sums of a day are worked out by; equal words, equal sums."""
    halves = "/".join(f"{config.half_life(name):g}" for name in ACTIVITIES)
    return f"2 {epoch(day):%Y} {halves}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Events that count, as arrays: whose, which activity, when, how much, when it was answered.

    Times are microseconds since 1970, UTC; `NEVER` where nobody answered.
    """

    person: Counts
    column: Counts
    at: Counts
    quantity: Floats
    answered_at: Counts


NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A winback's draft that was handed out to be sent by hand, from when until when."""

    at: datetime
    until: datetime


Drafts = Mapping[int, Sequence[Draft]]
"""Whose drafts, by the place of a person."""


def sent_by_hand(rows: Sequence[Sequence[Any]], drafts: Drafts) -> set[int]:
    """Return which rows are taken for drafts that were handed out: of each the first message.

    No export says which message it was. Where a message of that time bears the mark of a winback it
    is that one, and nothing else is left out; where none does, the first after the draft was handed
    out and before its time is over. One that was never sent costs somebody one message at most.
    """
    found: set[int] = set()
    ours: dict[int, list[tuple[datetime, int]]] = {}
    for place, row in enumerate(rows):
        if row[1] == Act.MESSAGE_OUT and row[0] in drafts:
            at = datetime.fromisoformat(row[2]).replace(tzinfo=UTC)
            ours.setdefault(row[0], []).append((at, place))
    for who, messages in ours.items():
        for draft in sorted(drafts[who], key=lambda one: one.at):
            within = [
                place
                for at, place in sorted(messages)
                if draft.at <= at <= draft.until and place not in found
            ]
            marked = [place for place in within if rows[place][7].startswith(WINBACK)]
            found.update((marked or within)[:1])
    return found


def read(rows: Sequence[Sequence[Any]], drafts: Drafts | None = None) -> Happened:
    """Return events as arrays; a winback's messages are left out, those sent by hand too.

    A row is whose (from 0), act, when, how many, seconds, share watched, key, about. A session
    counts 30 minutes at most, and none where nobody knows how long it was; a completion without
    its share is a whole one.
    """
    hand = sent_by_hand(rows, drafts) if drafts else ()
    rows = [
        row
        for place, row in enumerate(rows)
        if not (row[1] == Act.MESSAGE_OUT and (row[7].startswith(WINBACK) or place in hand))
    ]
    if not rows:
        none = np.array([], dtype=np.int64)
        return Happened(person=none, column=none, at=none, quantity=np.array([]), answered_at=none)
    person, act, at, many, seconds, watched, key, about = zip(*rows, strict=True)
    when = np.array(at, dtype="datetime64[us]").astype(np.int64)
    acts = np.array(act, dtype=object)
    return Happened(
        person=np.array(person, dtype=np.int64),
        column=np.array([COLUMN[one] for one in act], dtype=np.int64),
        at=when,
        quantity=quantities(acts, numbers(many), numbers(seconds), numbers(watched)),
        answered_at=answers(act, when, key, about),
    )


def numbers(given: Sequence[float | None]) -> Floats:
    """Return numbers as an array, NaN where there is none."""
    return np.array(given, dtype=np.float64)


def answers(act: Sequence[str], at: Counts, key: Sequence[str], about: Sequence[str]) -> Counts:
    """Return when each event was first answered by a message of the subscriber."""
    first: dict[str, int] = {}
    for what, when, target in zip(act, at.tolist(), about, strict=True):
        if what == Act.MESSAGE_IN and target:
            first[target] = min(when, first.get(target, NEVER))
    return np.array([first.get(one, NEVER) if one else NEVER for one in key], dtype=np.int64)


def quantities(act: NDArray[np.object_], many: Floats, seconds: Floats, watched: Floats) -> Floats:
    """Return what each event counts for: how many, minutes of a session, the share watched."""
    minutes = score.counted_minutes(np.maximum(np.nan_to_num(seconds), 0.0) / 60)
    share = np.clip(np.nan_to_num(watched, nan=1.0), 0.0, 1.0)
    each = np.where(act == Act.SESSION, minutes, np.where(act == Act.COMPLETION, share, 1.0))
    return np.asarray(np.maximum(many, 0.0) * each)


def micros(at: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def sums(found: Happened, config: ScoreConfig, until: datetime, people: int) -> Floats:
    """Return sums up to `until`, a row a person and a column of `SUMS`.

    They are the same to the last digit in whatever order events come, and however often they are
    worked out. A completion that nobody saw begin began all the same: starts are at least those.
    """
    made = np.zeros((people, len(SUMS)))
    past, age = found.at <= micros(until), (micros(epoch(until)) - found.at) / DAY_US
    for number, name in enumerate(SUMS):
        mine = past & (found.column == ACTIVITIES.index(COUNTS_AS.get(name, name)))
        if name == ANSWERED:
            mine &= found.answered_at <= micros(until)
        if mine.any():
            made[:, number] = score.faded(
                found.person[mine],
                found.quantity[mine],
                age[mine],
                people=people,
                half_life=config.half_life(FADES_AS.get(name, name)),
            )
    starts, whole = SUMS.index(STARTS), SUMS.index("completions")
    made[:, starts] = np.maximum(made[:, starts], made[:, whole])
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How one platform's sums become scores on a day; what is in the sums' own measure is `own`.

    `weights` are shares of one, 0 where the platform does not show the activity; `halves` are of
    the day, `own_halves` brought to the epoch.
    """

    platform: str
    shown: tuple[str, ...]
    answers: bool
    weights: Floats
    all_weights: Floats
    halves: Floats
    own_halves: Floats
    worth: Floats
    cap: float
    pull: float
    pulled: float
    coverage: float

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """The activities that are shown, with their places, in order."""
        return tuple((name, at) for at, name in enumerate(ACTIVITIES) if name in self.shown)

    @property
    def lacks(self) -> Floats:
        """What somebody who does nothing lacks of each, times its half."""
        return self.weights * self.own_halves

    @property
    def all_of_it(self) -> float:
        """What there is to reach, added as what is lacking is: who does nothing has just 0."""
        total = 0.0
        for _, at in self.places:
            total += (self.lacks[at] / self.own_halves[at]).item()
        return total

    @property
    def shrinks(self) -> bool:
        """Whether completions are shares of starts: where the platform shows both."""
        return {"views", "completions"} <= {*self.shown}


def scale(config: ScoreConfig, frozen: Calibration, platform: str, day: datetime) -> Scale:
    """Return how a platform's sums become scores as of a day."""
    shown = config.shown(platform)
    everything = score.checked(config.percents)
    seen = np.array([name in shown for name in ACTIVITIES])
    ahead = (epoch(day) - day) / timedelta(days=1)
    worth = np.array([2 ** (ahead / config.half_life(name)) for name in ACTIVITIES])
    halves = frozen.row(platform)
    pull = score.SHRINKAGE / float(worth[ACTIVITIES.index("completions")])
    return Scale(
        platform=platform,
        shown=shown,
        answers=config.answers(platform),
        weights=np.where(seen, everything, 0.0),
        all_weights=everything,
        halves=halves,
        own_halves=halves / worth,
        worth=worth,
        cap=score.RECEIVED_CAP / float(worth[ACTIVITIES.index("messages_received")]),
        pull=pull,
        pulled=pull * frozen.share(platform),
        coverage=covered(everything, seen),
    )


def covered(weights: Floats, seen: Flags) -> float:
    """Return the weight that is seen, added as the score is."""
    total = 0.0
    for weight, is_seen in zip(weights.tolist(), seen.tolist(), strict=True):
        total += weight if is_seen else 0.0
    return total


def lately(made: Floats, of: Scale) -> Floats:
    """Return what counts of each activity, in the sums' own measure: capped, answered, shrunk."""
    counts = np.array(made[:, : len(ACTIVITIES)])
    received, whole = ACTIVITIES.index("messages_received"), ACTIVITIES.index("completions")
    if of.answers:
        counts[:, received] = made[:, SUMS.index(ANSWERED)]
    else:
        counts[:, received] = np.minimum(made[:, received], of.cap)
    if of.shrinks:
        starts = made[:, SUMS.index(STARTS)]
        counts[:, whole] = starts * (made[:, whole] + of.pulled) / (starts + of.pull)
    return counts


def scored(made: Floats, of: Scale) -> Floats:
    """Return the score of each row of sums: what the statement in SQL says, to the last digit."""
    counts, left = lately(made, of), np.zeros(len(made))
    for _, at in of.places:
        left += of.lacks[at] / (counts[:, at] + of.own_halves[at])
    return of.all_of_it - left


def today(made: Floats, of: Scale) -> Floats:
    """Return faded activities of the day, as `score` takes them; NaN where nothing is shown."""
    seen = np.array([name in of.shown for name in ACTIVITIES])
    return np.where(seen, lately(made, of) * of.worth, np.nan)
