"""Run two made-up winbacks of the past: one whose offer is planted to work, one that does nothing.

They go through the same lot and the same drafts as a real one; who came back because of the first
is entered as an export would have told it.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from elite8.core.domain.campaign import Assignment, Campaign
from elite8.core.domain.subscriber import Act, SubscriberEvent
from elite8.core.errors import Refused
from elite8.core.operations import demo_asked, winback, winback_drafts, winback_plan
from elite8.core.operations.winback_plan import Wish
from elite8.core.storage import batches, bulk, campaigns
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

TABLES: tuple[bulk.Table, ...] = (Campaign, Assignment)
AGO = timedelta(days=100)
PRICE, MONTH = 999, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Planted:
    """An offer, and the share of those who get it that comes back for it (made up)."""

    name: str
    character: str
    lift: float
    percent: int


PLANTED = (Planted("half-price", "miyuki", 0.4, 50), Planted("a-tenth-off", "airi", 0.0, 10))


def enter(studio: Studio, seed: int) -> None:
    """Run both as of a hundred days ago; where too few had left there is none."""
    for one in PLANTED:
        lot = Random(f"{one.name} {seed}")  # noqa: S311  # nothing here is secret
        try:
            run(before(studio), one, lot)
        except Refused:
            continue
        with studio.database.transaction() as session:
            if (row := campaigns.named(session, one.name)) is not None:
                bulk.enter(session, SubscriberEvent, [*returns(session, row, one, lot)])


def before(studio: Studio) -> Studio:
    """Return the studio as of a hundred days ago."""
    then = studio.clock() - AGO
    past = replace(studio, clock=lambda: then)
    vars(past)["database"] = studio.database
    return past


def run(past: Studio, one: Planted, lot: Random) -> None:
    """Plan, draw the lot and hand the drafts out; the file of names is not kept."""
    winback_plan.keep(past, wish(one))
    with past.database.transaction() as session:
        if (row := campaigns.named(session, one.name)) is not None:
            row.id = demo_asked.id_at(past.clock(), lot)  # the lot is drawn with it
    winback.start(past, one.name)
    with tempfile.TemporaryDirectory() as scratch:
        winback_drafts.hand_out(past, one.name, Path(scratch) / "drafts.csv", limit=1000)


def wish(one: Planted) -> Wish:
    """Return what a campaign is to be."""
    return Wish(
        name=one.name,
        kind="discount",
        channel="draft",
        character=one.character,
        platforms=("fanvue",),
        text="We miss you.",
        percent=one.percent,
        months=2,
        price_after_minor=PRICE,
        currency="USD",
        cancel="Fanvue, Settings, Subscriptions",
        window_days=60,
    )


def returns(
    session: Session, row: Campaign, one: Planted, lot: Random
) -> Iterator[dict[str, object]]:
    """Yield the two months that those paid for who came back for the offer."""
    for who in campaigns.assignments(session, row.id):
        if who.held_out or who.subscriber_id is None or lot.random() >= one.lift:
            continue
        began = row.launched_at or row.created_at
        at = began + timedelta(days=lot.uniform(1, 25))
        for number, act in enumerate((Act.SUB_START, Act.SUB_RENEW, Act.SUB_EXPIRE)):
            paid = act != Act.SUB_EXPIRE
            yield event(session, who, act, at + number * MONTH) | {
                "key": f"{one.name}-{who.subscriber_id}-{number}"[:32],
                "character_id": one.character,
                "amount_minor": PRICE * (100 - one.percent) // 100 if paid else None,
                "currency": "USD" if paid else "",
            }


def event(session: Session, who: Assignment, act: Act, at: datetime) -> dict[str, object]:
    """Return what is the same in each; it came with the first export after it."""
    return {
        "subscriber_id": who.subscriber_id,
        "act": str(act),
        "at": at,
        "quantity": 1.0,
        "content": "",
        "about": "",
        "batch_id": batches.first_after(session, at),
    }
