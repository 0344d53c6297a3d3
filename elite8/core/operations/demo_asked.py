"""Enter made-up consents, and what made-up people asked about themselves."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from elite8.core.domain.consent import ONE_ZONE, Address, Consent, Person, Suppression
from elite8.core.domain.identity import encode
from elite8.core.domain.privacy import PrivacyRequest
from elite8.core.storage import bulk, people
from elite8.core.storage.database import Session
from elite8.core.storage.vault import Vault

if TYPE_CHECKING:
    from elite8.core.operations.demo_people import Entered

REACHED = {"email": 0.10, "line": 0.35}
"""Who agreed to be written to, of those who could (made up)."""
WITHDRAWN, UNCONFIRMED = 0.08, 0.15
ZONES = {"US": "America/New_York", "BR": "America/Sao_Paulo", **ONE_ZONE}
REQUESTS = (("access", 12, None), ("erase", 6, None), ("access", 40, 9), ("withdraw", 25, 1))
"""What somebody asked, how many days ago, and after how many days it was done."""
ANSWER, WARN = timedelta(days=15), timedelta(days=10)
"""Compliance.md section 4: one clock for all, the strictest."""
Row = dict[str, Any]


def id_at(at: datetime, lot: Random) -> str:
    """Return an id as `new_id` makes them, the same for the same lot."""
    return encode(int(at.timestamp() * 1000) << 80 | lot.getrandbits(80))


def enter(
    session: Session, safe: Vault, seed: int, crowd: Sequence["Entered"], now: datetime
) -> None:
    """Enter who may be written to and where, and four requests."""
    lot = Random(f"asked {seed}")  # noqa: S311  # nothing here is secret
    rows: dict[type, list[Row]] = {Person: [], Address: [], Consent: [], Suppression: []}
    links: dict[int, str] = {}
    for one in crowd:
        channel = "line" if one.fan.platform == "line" else "email"
        if one.fan.country and lot.random() < REACHED[channel]:
            links[one.fan.number] = person(rows, safe, one, channel, lot)
    for kind, some in rows.items():
        bulk.enter(session, kind, some)
    for number, key in links.items():
        people.belongs(session, number, key)
    bulk.enter(session, PrivacyRequest, [*requests(crowd, now, lot)])


def person(
    rows: dict[type, list[Row]], safe: Vault, one: "Entered", channel: str, lot: Random
) -> str:
    """Add somebody, where they are reached, and how their consent stands; return their key."""
    fan = one.fan
    at = datetime.fromordinal(fan.joined).replace(tzinfo=UTC) + timedelta(hours=lot.randint(1, 20))
    key = id_at(at, lot)
    token = hashlib.sha256(f"line {one.key}".encode()).hexdigest()[:32]
    address = f"U{token}" if channel == "line" else f"{fan.name}@example.org"
    digest = safe.digest(channel, address)
    rows[Person].append(
        {
            "key": key,
            "country": fan.country,
            "zone": ZONES.get(fan.country, ""),
            "language": fan.language,
            "age": "adult",
            "added_at": at,
        }
    )
    rows[Address].append(
        {
            "digest": digest,
            "person_key": key,
            "channel": channel,
            "added_at": at,
            "sealed": safe.seal(channel, address),
        }
    )
    said = consent(key, channel, at, lot, twice=fan.country == "DE")
    rows[Consent].append(said)
    if lot.random() < WITHDRAWN:
        gone = at + timedelta(days=lot.randint(3, 60))
        rows[Consent].append(
            said
            | {"id": id_at(gone, lot), "status": "withdrawn", "withdrawn_at": gone}
            | {"withdrawn_via": "operator"}
        )
        rows[Suppression].append({"digest": digest, "at": gone, "reason": "withdrawn"})
    return key


def consent(key: str, channel: str, at: datetime, lot: Random, *, twice: bool) -> Row:
    """Return how somebody agreed; in Germany it counts once they confirmed it."""
    waits = twice and lot.random() < UNCONFIRMED
    return {
        "id": id_at(at, lot),
        "person_key": key,
        "channel": channel,
        "purpose": "marketing",
        "status": "pending_doi" if waits else "granted",
        "granted_at": at,
        "wording_version": "synthetic-1",
        "language": "en",
        "source": "form",
        "evidence_ref": f"synthetic form {key[-6:]}",
        "doi_confirmed_at": at + timedelta(minutes=9) if twice and not waits else None,
        "withdrawn_at": None,
        "withdrawn_via": "",
    }


def requests(crowd: Sequence["Entered"], now: datetime, lot: Random) -> Iterator[Row]:
    """Yield what some asked."""
    for number, (kind, ago, took) in enumerate(REQUESTS[: len(crowd)]):
        who, at = crowd[number * 7 % len(crowd)], now - timedelta(days=ago)
        yield {
            "id": id_at(at, lot),
            "kind": kind,
            "who": who.key,
            "country": who.fan.country,
            "source": "operator",
            "key": f"synthetic {number}",
            "asked_at": at,
            "warn_at": at + WARN,
            "due_at": at + ANSWER,
            "acknowledged_at": at,
            "done_at": None if took is None else at + timedelta(days=took),
            "outcome": "" if took is None else "done",
        }
