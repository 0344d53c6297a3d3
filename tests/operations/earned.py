"""Subscribers who pay, tip, leave, come back and are paid back, by lot; and the same told again."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from elite8.core.domain.subscriber import Act
from elite8.core.studio import Studio
from tests.domain.naive_paid import Billing, Export, History, Payment, paid_before, standing
from tests.subscribed import digits, event, subscriber, subscription

PLATFORMS = {"fanvue": "USD", "onlyfans": "USD", "fantia": "JPY"}
PRICES = {"USD": {"basic": 999, "premium": 1999, "vip": 4999}, "JPY": {"basic": 500, "vip": 3000}}
WHO = ("miyuki", "airi")
TOKYO = {"fantia"}


def live(studio: Studio, people: int = 60, seed: int = 4) -> None:
    """Enter people with a year of payments, and an export of how they stand."""
    lot, now = random.Random(seed), studio.clock()  # noqa: S311  # no secret
    with studio.database.transaction() as session:
        for number in range(people):
            platform = lot.choice([*PLATFORMS])
            country = lot.choice(["US", "JP", ""])
            who = subscriber(session, f"fan{number}", platform, country=country)
            one(session, lot, now, who, lot.choice(WHO))


def one(session: Any, lot: random.Random, now: datetime, who: Any, character: str) -> None:
    """Enter one person's payments, some of them back, and what the newest export says."""
    currency = PLATFORMS[who.platform]
    tier = lot.choice([*PRICES[currency]])
    months = 12 if lot.random() < 0.1 else 1
    at = start = (now - timedelta(days=lot.uniform(0, 400))).replace(microsecond=0)
    act, turn, last = Act.SUB_START, 0, start
    while at < now:
        turn += 1
        price = PRICES[currency][tier] * (10 if months > 1 else 1)
        amount = 0 if act == Act.SUB_START and lot.random() < 0.1 else price
        fee = amount // 5 if lot.random() < 0.7 else None
        key = digits(who.key, character, turn)
        facts = {"amount_minor": amount, "fee_minor": fee, "currency": currency, "key": key}
        event(session, who, act, at, character_id=character, **facts)
        if amount and lot.random() < 0.05:
            later = at + timedelta(days=lot.uniform(0, 20))
            back = {"amount_minor": -amount, "currency": currency, "about": key}
            event(session, who, Act.REFUND, min(later, now), character_id=character, **back)
        if lot.random() < 0.3:
            tip = {"amount_minor": lot.choice([300, 700]), "fee_minor": 60, "currency": currency}
            event(session, who, Act.TIP, at, character_id=character, **tip)
        last = at
        if lot.random() < 0.15:
            break
        away = lot.choice([0] * 8 + [1, 60])
        at += timedelta(days=30 * months + away, hours=lot.uniform(-5, 5))
        act = Act.SUB_RENEW if away < 30 else Act.SUB_START
    active = last + timedelta(days=30 * months) > now
    subscription(
        session, who, character,
        tier=tier, price_minor=PRICES[currency][tier] * (10 if months > 1 else 1),
        currency=currency, months=months, status="active" if active else "expired",
        started_on=start.date(), period_end=(last + timedelta(days=30 * months)).date(),
        source_at=now - timedelta(hours=lot.choice([1, 2])),
    )  # fmt: skip


def midnight(day: str | None, platform: str, after: int = 0) -> datetime | None:
    """Return when a day begins where the platform is."""
    if day is None:
        return None
    zone = ZoneInfo("Asia/Tokyo") if platform in TOKYO else UTC
    return datetime.combine(date.fromisoformat(day) + timedelta(days=after), time(), zone)


class Again:
    """The tables read by sqlite3, and the figures made of them in plain loops."""

    def __init__(self, file: str) -> None:
        import sqlite3

        self.rows = sqlite3.connect(file)
        self.rows.row_factory = sqlite3.Row
        self.histories: dict[tuple[int, str], History] = defaultdict(History)
        self.facts: dict[tuple[int, str], sqlite3.Row] = {}
        self.currency: dict[tuple[int, str], str] = {}
        self.heard: dict[tuple[str, str], datetime] = {}
        self.exports()
        self.payments()
        self.rows.close()

    def hear(self, platform: str, character: str, at: datetime) -> None:
        known = self.heard.get((platform, character), at)
        self.heard[platform, character] = max(known, at)

    def exports(self) -> None:
        asked = (
            "SELECT s.*, b.subscriber_id, b.character_id, u.platform, u.country FROM "
            "subscription_state s JOIN subscription b ON b.id = s.subscription_id JOIN subscriber "
            "u ON u.id = b.subscriber_id ORDER BY s.source_at, s.id"
        )
        for row in self.rows.execute(asked):
            pair, where = (row["subscriber_id"], row["character_id"]), row["platform"]
            self.facts[pair], self.currency[pair] = row, row["currency"]
            seen = instant(row["source_at"])
            self.hear(where, row["character_id"], seen)
            self.histories[pair].exports.append(
                Export(
                    seen, row["status"], midnight(row["started_on"], where),
                    midnight(row["period_end"], where, 1), row["months"], row["price_minor"],
                )
            )  # fmt: skip

    def payments(self) -> None:
        asked = (
            "SELECT e.*, u.platform FROM subscriber_event e JOIN subscriber u ON "
            "u.id = e.subscriber_id ORDER BY e.at, e.id"
        )
        every = [*self.rows.execute(asked)]
        backs = {row["about"]: row for row in every if row["act"] in ("refund", "chargeback")}
        self.money = [row for row in every if row["amount_minor"] is not None]
        for row in every:
            if row["act"] not in ("sub_start", "sub_renew"):
                continue
            back = backs.get(row["key"])
            self.hear(row["platform"], row["character_id"], instant(row["at"]))
            self.histories[row["subscriber_id"], row["character_id"]].payments.append(
                Payment(
                    instant(row["at"]), row["amount_minor"], row["fee_minor"],
                    back["amount_minor"] if back else 0, instant(back["at"]) if back else None,
                )
            )  # fmt: skip

    def billing(self, pair: tuple[int, str]) -> Billing:
        """Return how one subscription is billed."""
        row = self.facts[pair]
        fantia = row["platform"] == "fantia"
        grace = timedelta(days=7 if fantia else 0)
        return Billing(grace, fantia, self.heard[row["platform"], pair[1]])

    def stands(self, pair: tuple[int, str], at: datetime) -> tuple[bool, bool, int]:
        """Return how one subscription stands."""
        return standing(self.histories[pair], self.billing(pair), at)

    def paid_before(self, pair: tuple[int, str], at: datetime) -> bool:
        """Return whether anything was paid before an instant."""
        return paid_before(self.histories[pair], self.billing(pair), at)

    def moved(self, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
        """Return by currency what moved MRR."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for pair in self.histories:
            before, after = self.stands(pair, since)[2], self.stands(pair, until)[2]
            mine = found[self.currency[pair]]
            mine["start"] += before
            mine["end"] += after
            mine["at_start"] += before > 0
            mine["at_end"] += after > 0
            if before and not after:
                mine["churned"] += before
                mine["left"] += 1
            elif after and not before:
                kind = "reactivation" if self.paid_before(pair, since) else "new"
                mine[kind] += after
            else:
                mine["expansion"] += max(after - before, 0)
                mine["contraction"] += max(before - after, 0)
        return found

    def came(self, since: datetime, until: datetime) -> dict[str, int]:
        """Return by currency what came in."""
        found: dict[str, int] = defaultdict(int)
        for row in self.money:
            if since <= instant(row["at"]) < until:
                found[row["currency"]] += row["amount_minor"]
        return found


def instant(text: str) -> datetime:
    """Return a stored instant, to the second."""
    return datetime.fromisoformat(text).replace(microsecond=0, tzinfo=UTC)
