"""Subscribers for the console: three people, a request, and what a task worked out of them."""

from datetime import date, timedelta

from elite8.core.domain.outlook import Likely, Month, Outlook, Spread
from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.domain.reckoned import OUTLOOK, Reckoned
from elite8.core.domain.subscriber import Act
from elite8.core.operations import outlook
from elite8.core.storage import reckoned
from elite8.core.studio import Studio
from tests.subscribed import digits, event, subscriber, subscription


def settle(studio: Studio) -> None:
    """Enter three subscribers, one of whom turned renewal off, and a request."""
    now = studio.clock()
    with studio.database.transaction() as session:
        for name, price, renews in (("ann", 999, True), ("ben", 4999, False), ("cleo", 1999, None)):
            who = subscriber(session, name)
            tier = {999: "basic", 4999: "vip", 1999: "premium"}[price]
            subscription(
                session, who, price_minor=price, tier=tier, auto_renew=renews,
                status="expired" if renews is None else "active", period_end=date(2026, 11, 30),
            )  # fmt: skip
            event(session, who, Act.SUB_START, now - timedelta(days=3), amount_minor=price)
        session.add(
            PrivacyRequest(
                id="1", kind="access", who=digits("fanvue", "ann"), key="1", asked_at=now,
                warn_at=now - timedelta(1), due_at=now + timedelta(days=2),
            )
        )  # fmt: skip


def foresee(studio: Studio) -> None:
    """Keep what the task would have worked out an hour and a half ago."""
    at = studio.clock() - timedelta(minutes=90)
    ben = Likely(
        who=digits("fanvue", "ben")[:8], platform="fanvue", character="miyuki", what="vip",
        band="critical", risk=0.9, until=date(2026, 11, 30), model="rules",
        reasons=("will not renew: auto-renewal is off",), stakes=(("USD", 12345),),
    )  # fmt: skip
    month = Month(
        first=date(2026, 11, 1), so_far=True, currency="USD", start=800000, new=51200,
        reactivation=3300, expansion=0, contraction=1000, churned=30000, end=823500,
    )  # fmt: skip
    spread = Spread(
        platform="fanvue", coverage=1.0, enough=True, people=60, median=0.42,
        tenths=(5, 5, 10, 10, 10, 10, 5, 3, 2, 0),
    )  # fmt: skip
    found = Outlook(
        as_of=at, fitted_at=at, bands=(("critical", 1), ("high", 0), ("medium", 0)), people=(ben,),
        shown_of=1, at_stake=(("USD", 12345),), months=(month,), spreads=(spread,), notes=(),
    )  # fmt: skip
    body = outlook.adapter().dump_json(found).decode()
    with studio.database.transaction() as session:
        row = Reckoned(name=OUTLOOK, made_at=at, basis=outlook.SHAPE, seen="", body=body)
        reckoned.keep(session, row)
