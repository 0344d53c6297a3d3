"""Print how long the money of subscribers takes: 100,000 of them and a million events.

Each command's time is beside that of a bare sum in SQL over the same events: the ratio says more
than seconds do on a busy machine. Run: `PYTHONPATH=. python tests/bench/bench_money.py`;
`--people N --events N` for another size.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import insert, text

from elite8.core.config import Config
from elite8.core.domain.subscriber import Subscriber, SubscriberEvent, Subscription
from elite8.core.domain.subscriber import SubscriptionState as State
from elite8.core.settings import Settings
from elite8.core.studio import Studio
from tests.conftest import ROOT
from tests.subscribed import digits

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
PLATFORMS = (("fanvue", "USD"), ("onlyfans", "USD"), ("fantia", "JPY"))
WHO = ("miyuki", "airi", "hana", "rio")
PRICES = {
    "USD": (("basic", 999), ("premium", 1999), ("vip", 4999)),
    "JPY": (("basic", 500), ("premium", 1500), ("vip", 3000)),
}
AT_ONCE = 20_000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=100_000)
    asked.add_argument("--events", type=int, default=1_000_000)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        studio = a_studio(Path(folder))
        print(f"{fill(studio, told.people, told.events):,} events of {told.people:,} people")
        measure(studio)
        studio.database.close()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"at most {most:.0f} MB")


def a_studio(home: Path) -> Studio:
    """Return a studio with an empty database."""
    settings = Settings(
        state_dir=home,
        config_dir=ROOT / "config",
        database_url=SecretStr(f"sqlite:///{home / 'elite8.db'}"),
    )
    return Studio(settings=settings, config=Config(settings.config_dir), clock=lambda: NOW)


def fill(studio: Studio, people: int, events: int, seed: int = 9) -> int:
    """Enter people with two years of payments, tips and messages; return how many events."""
    lot = random.Random(seed)  # noqa: S311  # the same people each run
    persons: list[dict[str, Any]] = []
    terms: list[dict[str, Any]] = []
    done: list[dict[str, Any]] = []
    for number in range(1, people + 1):
        platform, currency = lot.choice(PLATFORMS)
        tier, price = lot.choices(PRICES[currency], (6, 3, 1))[0]
        began = NOW - timedelta(days=lot.uniform(0, 730))
        persons.append(
            {
                "id": number, "key": digits(platform, number), "platform": platform,
                "country": lot.choice(("US", "JP", "DE", "BR", "GB", "")), "language": "",
                "added_at": began,
            }
        )  # fmt: skip
        who = lot.choice(WHO)
        paid = list(payments(lot, began, price))
        active = paid[-1][1] > NOW - timedelta(days=30)
        base = {"subscriber_id": number, "character_id": who, "currency": currency}
        terms.append(
            {
                **base, "id": number, "tier": tier, "price_minor": price, "months": 1,
                "status": "active" if active else "expired", "auto_renew": active,
                "started_on": began.date(), "period_end": (paid[-1][1] + timedelta(days=30)).date(),
                "left_reason": "", "source_at": NOW - timedelta(days=1),
            }
        )  # fmt: skip
        done += [event(base, number, turn, *one) for turn, one in enumerate(paid)]
    loose = max(events - len(done), 0)
    for turn in range(loose):
        owner = terms[lot.randrange(people)]
        base = {name: owner[name] for name in ("subscriber_id", "character_id", "currency")}
        kind = lot.choices(("tip", "ppv", "message_in", "view"), (1, 1, 4, 4))[0]
        at = NOW - timedelta(days=lot.expovariate(1 / 120))
        amount = lot.choice((300, 500, 1000, 2500)) if kind in {"tip", "ppv"} else None
        base |= {} if amount else {"currency": ""}
        done.append(event(base, owner["subscriber_id"], 1000 + turn, kind, at, amount))
    states = [{name: v for name, v in one.items() if name not in NOT_SAID} for one in terms]
    for number, one in enumerate(states, 1):
        one["subscription_id"] = number
    for table, rows in (
        (Subscriber, persons), (Subscription, terms), (State, states), (SubscriberEvent, done),
    ):  # fmt: skip
        enter(studio, table, rows)
    return len(done)


NOT_SAID = ("id", "subscriber_id", "character_id")


def payments(
    lot: random.Random, began: datetime, price: int
) -> Iterator[tuple[str, datetime, int]]:
    """Yield a start and its renewals, each one less likely than to leave in one of ten."""
    at, kind = began, "sub_start"
    while at <= NOW:
        yield kind, at, price
        if lot.random() < 0.12:
            return
        at, kind = at + timedelta(days=30.4), "sub_renew"


def event(  # noqa: PLR0913, PLR0917  # a row
    base: dict[str, Any], who: int, turn: int, kind: str, at: datetime, amount: int | None
) -> dict[str, Any]:
    """Return one row."""
    return base | {
        "key": f"{who:x}-{turn:x}", "act": kind, "at": at, "amount_minor": amount,
        "fee_minor": None if amount is None else amount // 5, "quantity": 1.0, "content": "",
        "about": "",
    }  # fmt: skip


def enter(studio: Studio, table: Any, rows: list[dict[str, Any]]) -> None:
    """Enter rows, many at once."""
    for first in range(0, len(rows), AT_ONCE):
        with studio.database.transaction() as session:
            session.connection().execute(insert(table), rows[first : first + AT_ONCE])


def measure(studio: Studio) -> None:
    """Print how long each takes, and how long a bare sum does."""
    from elite8.core.operations import at_risk, lifetime, paid_book, recurring_money, staying

    month = recurring_money.month(studio, "2026-10")
    floor = took(lambda: bare(studio))
    print(f"a bare SUM over the events: {floor:.2f} s")
    every: tuple[tuple[str, Callable[[], object]], ...] = (
        ("reading the book", lambda: paid_book.book(studio)),
        ("money", lambda: recurring_money.show(studio, month)),
        ("money --by country", lambda: recurring_money.show(studio, month, "country")),
        ("money --by post", lambda: recurring_money.show(studio, month, "post")),
        ("cohorts", lambda: staying.retention(studio, staying.Only())),
        ("survival", lambda: staying.curve(studio, staying.Only())),
        ("ltv", lambda: lifetime.lifetime(studio, lifetime.terms(studio))),
        ("at-risk, its models fitted", lambda: at_risk.at_risk(studio, at_risk.Wanted(anew=True))),
        ("at-risk by models that are kept", lambda: at_risk.at_risk(studio, at_risk.Wanted())),
    )
    for name, call in every:
        spent = took(call)
        print(f"{name}: {spent:.2f} s, {spent / floor:.1f} x the bare sum")


def bare(studio: Studio) -> None:
    """Sum up all amounts of people."""
    with studio.database.transaction() as session:
        session.connection().execute(
            text(
                "SELECT subscriber_id, sum(amount_minor), max(at) FROM subscriber_event "
                "GROUP BY subscriber_id"
            )
        ).all()


def took(call: Callable[[], object]) -> float:
    """Return the seconds this process computed for it."""
    begun = time.process_time()
    call()
    return time.process_time() - begun


if __name__ == "__main__":
    main()
