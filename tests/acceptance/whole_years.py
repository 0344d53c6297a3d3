"""Print how often the commands find a planted winback, and how often one of nothing works.

`simulated_years.py` hands what was simulated to the models; here nothing is handed to anybody. A
year's exports are files that `import` takes in; a campaign is planned, started, and its drafts are
written to a file, from which those who get one are known; the window passes; files of who
subscribed again, and at what price, come in; and `winback report` is asked. Each is done by the
operation that the command calls, on a SQLite file of its own.

Run: `PYTHONPATH=. python tests/acceptance/whole_years.py --seeds 200`. Each planted number has to
be in its 95 % interval in 90 % of the years, and without any effect the verdict "works" may stand
in 5 % of them; else the exit code is 1. A year, both offers of it, takes a few seconds of CPU.
"""

import argparse
import csv
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from pydantic import SecretStr

from elite8.core import log
from elite8.core.config import Config
from elite8.core.operations import taking_in, winback, winback_drafts, winback_plan, winback_report
from elite8.core.operations.taking_in import Order
from elite8.core.settings import Settings
from elite8.core.storage.database import Database
from elite8.core.studio import Studio
from tests.conftest import ROOT
from tests.domain.simulated_year import DELIVERED, LIFT, ORGANIC, STAYS
from tests.operations.lapsed import DRAFT

PEOPLE = 600
PRICES = {"basic": 999, "premium": 1999, "vip": 4999}
FEE = 0.2
"""What Fanvue keeps."""
LAUNCH = datetime(2026, 11, 26, 3, tzinfo=UTC)
WINDOW = timedelta(days=90)
FIRST_MONTH_PAID = 0.5
"""The offer: half of the first month."""
WISH = replace(DRAFT, percent=50, months=1)
OURS = {"sender": "Nova Studio", "postal_address": "1 Example Street", "mail_from": "a@b.test"}
RECOVERED, FALSE_ALARMS = 0.90, 0.05
SOUGHT = ("effect", "value")


@dataclass
class Clock:
    """A clock that is moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Told:
    """What was told of an offer over many years."""

    inside: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def years(self) -> int:
        return self.verdicts.total()

    def add(self, found: winback_report.Reported, effect: float, value: float) -> None:
        """Count a report beside what was planted."""
        for name, truth, low, high in (
            ("effect", effect, found.low, found.high),
            ("value", value, found.value_low, found.value_high),
        ):
            if low is None or high is None:
                raise ValueError(f"nothing is told of the {name}: {found.reason}")
            self.inside[name] += low <= truth <= high
        self.verdicts[found.verdict] += 1

    def share(self, name: str) -> float:
        """Return in which share of the years the interval has what was planted."""
        return self.inside[name] / self.years


def year(home: Path, empty: Path, seed: int, lift: float, told: Told) -> None:
    """Play one winback from files to report."""
    rng = np.random.default_rng([seed, round(1000 * lift)])
    tiers = rng.choice([*PRICES], PEOPLE, p=[0.6, 0.3, 0.1])
    prices = np.array([PRICES[one] for one in tiers])
    clock = Clock(LAUNCH - timedelta(days=1))
    studio = opened(home, empty, clock)
    take(studio, "subscribers", STATES, left(tiers))
    take(studio, "events", EVENTS, paid(prices))
    clock.now = LAUNCH
    winback_plan.keep(studio, WISH)
    winback.start(studio, WISH.name)
    reached = drafted(studio) & (rng.random(PEOPLE) < DELIVERED)
    back = rng.random(PEOPLE) < ORGANIC + lift * reached
    months = np.minimum(rng.geometric(1 - STAYS, PEOPLE), 3)
    clock.now = LAUNCH + WINDOW + timedelta(days=2)
    take(studio, "events", EVENTS, again(rng, back, months, np.where(reached, 1, 0), prices))
    take(studio, "subscribers", STATES, now(tiers, back, clock.now - timedelta(hours=1)))
    (found,) = winback_report.report(studio, WISH.name)
    studio.database.close()
    told.add(found, DELIVERED * lift, worth(float(prices.mean()), lift))


def opened(home: Path, empty: Path, clock: Clock) -> Studio:
    """Return a studio with a database that holds nothing yet."""
    home.mkdir()
    shutil.copy(empty, home / "elite8.db")
    address = SecretStr(f"sqlite:///{home / 'elite8.db'}")
    settings = Settings(state_dir=home, config_dir=ROOT / "config", database_url=address)
    config = Config(settings.config_dir)
    vars(config)["messages"] = config.messages.model_copy(update=OURS)
    return Studio(settings=settings, config=config, clock=clock)


EVENTS = (
    *("platform", "platform_user_id", "type", "occurred_at", "amount", "fee", "currency"),
    "character_id",
)
STATES = (
    *("platform", "platform_user_id", "status", "tier", "price", "currency", "character_id"),
    *("exported_at", "started_on", "current_period_end", "birth_year_declared"),
)
Row = tuple[object, ...]


def take(studio: Studio, profile: str, header: Row, rows: Iterable[Row]) -> None:
    """Write an export and take it in, whole or not at all."""
    file = studio.settings.state_dir / f"{profile}.csv"
    with file.open("w", encoding="utf-8", newline="") as opened_:
        csv.writer(opened_).writerows([header, *rows])
    found = taking_in.take(studio, Order(file=file, profile=profile))
    if found.rejected:
        raise ValueError(found.lines[0].why)


def left(tiers: Iterable[str]) -> Iterator[Row]:
    """Yield what an export says of people whose last paid day is the first of September."""
    for who, tier in enumerate(tiers):
        price = f"{PRICES[tier] / 100:.2f}"
        yield (
            *("fanvue", f"fan-{who}", "expired", tier, price, "USD", "miyuki"),
            *("2026-11-20T00:00:00Z", "2026-05-01", "2026-09-01", "1990"),
        )


def money(who: int, act: str, at: datetime, price: float) -> Row:
    """Return a payment."""
    amount = round(price)
    sums = (f"{amount / 100:.2f}", f"{round(FEE * amount) / 100:.2f}")
    return ("fanvue", f"fan-{who}", act, at.isoformat(), *sums, "USD", "miyuki")


def paid(prices: Iterable[int]) -> Iterator[Row]:
    """Yield their payments from May to August."""
    for who, price in enumerate(prices):
        for month in range(5, 9):
            at = datetime(2026, month, 1, 12, tzinfo=UTC)
            yield money(who, "sub_start" if month == 5 else "sub_renew", at, price)


def drafted(studio: Studio) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Return for whom drafts were written, by the file that a person copies from."""
    file = studio.settings.state_dir / "drafts.csv"
    winback_drafts.hand_out(studio, WISH.name, file, limit=PEOPLE)
    found = np.zeros(PEOPLE, dtype=np.bool_)
    with file.open(encoding="utf-8", newline="") as written:
        for row in csv.DictReader(written):
            found[int(row["name"].removeprefix("fan-"))] = True
    return found


def again(
    rng: np.random.Generator,
    back: Iterable[bool],
    months: Iterable[int],
    reached: Iterable[int],
    prices: Iterable[int],
) -> Iterator[Row]:
    """Yield what those paid who came back, half of the first month where the offer got to them."""
    for who, (is_back, stays, offer, price) in enumerate(
        zip(back, months, reached, prices, strict=True)
    ):
        began = LAUNCH + timedelta(days=float(rng.uniform(1, 25)))
        for number in range(int(stays) if is_back else 0):
            at, act = began + timedelta(days=30 * number), "sub_renew" if number else "sub_start"
            share = FIRST_MONTH_PAID if offer and not number else 1.0
            yield money(who, act, at, price * share)


def now(tiers: Iterable[str], back: Iterable[bool], at: datetime) -> Iterator[Row]:
    """Yield the export of the day on which the window is over: who came back has left again."""
    for who, (tier, is_back) in enumerate(zip(tiers, back, strict=True)):
        if is_back:
            price = f"{PRICES[tier] / 100:.2f}"
            end = (at - timedelta(days=1)).date().isoformat()
            yield (
                *("fanvue", f"fan-{who}", "expired", tier, price, "USD", "miyuki"),
                *(at.isoformat(), "", end, ""),
            )


def worth(price: float, lift: float) -> float:
    """Return the planted net value per treated person, in minor units."""
    stay = 1 + STAYS + STAYS**2
    got = (ORGANIC + lift) * (stay - (1 - FIRST_MONTH_PAID))
    treated = DELIVERED * got + (1 - DELIVERED) * ORGANIC * stay
    return (1 - FEE) * price * (treated - ORGANIC * stay)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    log.configure("critical", "json")
    offer, nothing = Told(), Told()
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        empty = Path(folder) / "empty.db"
        made = Database(f"sqlite:///{empty}")
        _ = made.engine
        made.close()
        for seed in range(asked.first, asked.first + asked.seeds):
            for lift, told in ((LIFT, offer), (0.0, nothing)):
                home = Path(folder) / "year"
                year(home, empty, seed, lift, told)
                shutil.rmtree(home)
            if seed % 10 == 9:
                tell(offer, nothing)
    tell(offer, nothing)
    found = all(told.share(name) >= RECOVERED for told in (offer, nothing) for name in SOUGHT)
    return 0 if found and nothing.verdicts["works"] <= FALSE_ALARMS * nothing.years else 1


def tell(offer: Told, nothing: Told) -> None:
    """Print how it stands."""
    print(f"{offer.years} years of {PEOPLE} who left, from files to report")
    for words, told in ((f"brings back {LIFT:.0%} more", offer), ("does nothing", nothing)):
        held = ", ".join(f"{name} {told.share(name):.1%}" for name in SOUGHT)
        print(f"  an offer that {words}: in its interval {held}; {dict(told.verdicts)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
