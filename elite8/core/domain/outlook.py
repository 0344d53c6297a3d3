"""Who may leave, what moved the money, how scores lie: as it was worked out for the console.

Plain records, so that who shows them needs no NumPy. People are short pseudonyms.
"""

from dataclasses import dataclass
from datetime import date, datetime

from elite8.core.domain.moves import Moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """One who may leave; `risk` is `None` where too little is seen. `stakes`: minor units, by name.

    `what` is the tier of a subscription, else that they buy or are a friend; `until` is paid.
    """

    who: str
    platform: str
    character: str
    what: str
    band: str
    risk: float | None
    until: date | None
    reasons: tuple[str, ...]
    model: str
    stakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month(Moves):
    """MRR of the month from `first`, before fees; `so_far` while it runs."""

    first: date
    so_far: bool
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Scores on a platform: how many in each tenth from 0 to 1; fewer than ten are not told.

    `coverage` is how much of the score it shows; `enough`, whether a low one says anything.
    """

    platform: str
    coverage: float
    enough: bool
    people: int | None
    median: float | None
    tenths: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """All of it as of an instant; `people` of `shown_of`, who are worth `at_stake` together.

    The models are of `fitted_at`; `notes` say what is not told.
    """

    as_of: datetime
    fitted_at: datetime
    bands: tuple[tuple[str, int], ...]
    people: tuple[Likely, ...]
    shown_of: int
    at_stake: tuple[tuple[str, int], ...]
    months: tuple[Month, ...]
    spreads: tuple[Spread, ...]
    notes: tuple[str, ...]
