"""How many videos the credits of the coming days pay for."""

from dataclasses import dataclass
from datetime import timedelta

from elite8.core.domain.job import Family
from elite8.core.operations import stages
from elite8.core.operations.brief import choose_engine
from elite8.core.operations.credits import renewal
from elite8.core.operations.purse import ACCOUNT
from elite8.core.storage import ledger
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Affordable:
    """What is left, with what comes in by then, and for how many videos that is enough."""

    credits: int
    videos: int


def affordable(studio: Studio, days: int) -> Affordable | None:
    """Return what the credits pay for in so many days; `None` where nothing is paid or known."""
    if choose_engine(studio, "auto") != "a2e":
        return None
    tariff, budget = studio.config.tariff, studio.config.tariff.budget
    with studio.database.transaction() as session:
        if ledger.opened_at(session, ACCOUNT) is None:
            return None  # A2E was not asked yet what is there
        free = ledger.sums(session, ACCOUNT).free
    last = (studio.clock() + timedelta(days=days)).date()
    monthly = tariff.current.monthly_credits if renewal(studio) < last else 0
    usable = max(free - budget.reserve, 0) + days * tariff.current.daily_bonus + monthly
    one = tariff.costs[Family.AVATAR_VIDEO].of(stages.usual_seconds(studio))
    a_day = budget.per_day // max(one, 1)
    return Affordable(credits=usable, videos=min(usable // max(one, 1), days * a_day))
