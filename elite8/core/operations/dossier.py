"""Everything held about somebody, as one file that they can read (GDPR, article 15)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from elite8.core.domain.audit import Decision
from elite8.core.domain.meanings import BESIDES, MEANINGS
from elite8.core.domain.privacy import PrivacyRequest, RequestKind
from elite8.core.errors import ConfigError
from elite8.core.operations import audit, consents, erasing, leftovers, requests, whom
from elite8.core.operations.whom import Whom
from elite8.core.storage import erasing as tables
from elite8.core.storage import people, privacy, whole
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

OURS = ("id", "subscriber_id", "subscription_id", "batch_id", "digest", "sealed", "person_key")
"""Columns that say nothing of a person: how rows find each other, and names as they are sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Where the file is, which request it answers, and how many entries of which kind it has."""

    file: Path
    request: str
    entries: tuple[tuple[str, int], ...]


def export(studio: Studio, who: str, *, out: Path | None = None) -> Dossier:
    """Write what is held about somebody to a file that only its owner reads."""
    now = studio.clock()
    with studio.database.transaction() as session:
        found = whom.find(studio, session, who)
        request = answered(studio, session, found, now)
        held = gathered(studio, session, found)
        file = out or studio.settings.state_dir / leftovers.ANSWERS / f"{request.id}.json"
        written(file, held, now)
        what = Decision(act="privacy", subject=request.id, decision="exported")
        audit.keep(studio, session, what)
        return Dossier(
            file=file,
            request=request.id,
            entries=tuple((name, len(rows)) for name, rows in held.items()),
        )


def written(file: Path, held: Mapping[str, Sequence[Any]], now: datetime) -> None:
    """Write the file, for its owner alone; one that is there is not written over."""
    if file.exists() and file.parent.name != leftovers.ANSWERS:
        raise ConfigError(f"{file} exists already; name a new file")
    whole_text = {
        "made_at": plain(now),
        "meanings": {
            name: {field: MEANINGS.get(name, {}).get(field, BESIDES) for field in fields(rows)}
            for name, rows in held.items()
        },
        "held": held,
    }
    try:
        whole.replace(file, json.dumps(whole_text, ensure_ascii=False, indent=2).encode())
    except OSError as trouble:
        raise ConfigError(f"{file} cannot be written: {trouble.strerror}") from None


def fields(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the names of what the rows say."""
    return list(dict.fromkeys(name for row in rows for name in row))


def answered(studio: Studio, session: Session, found: Whom, now: datetime) -> PrivacyRequest:
    """Return the request for access that is open, else one that is written down and done."""
    for one in privacy.of(session, found.words):
        if one.kind == RequestKind.ACCESS and one.done_at is None:
            return one
    row = erasing.asked(studio, found, now)
    row.kind, row.done_at, row.outcome = RequestKind.ACCESS, now, "exported"
    requests.keep(studio, session, row)
    return row


def gathered(studio: Studio, session: Session, found: Whom) -> dict[str, list[dict[str, Any]]]:
    """Return what is held, by kind; names and addresses are opened."""
    safe = consents.opened(studio, session)
    names = privacy.aliases(session, found.ids)
    held: dict[str, list[dict[str, Any]]] = {
        "names": [
            {"kind": one.kind, "name": safe.opened_name(one.digest, one.sealed)} | facts(one)
            for one in names
        ],
        "accounts": [facts(one) for one in found.subscribers],
        "subscriptions": [],
        "exports_said": [],
        "events": [],
    }
    for number in found.ids:
        for one in privacy.subscriptions(session, number):
            held["subscriptions"].append(facts(one))
            said = privacy.states(session, one.id or 0)
            held["exports_said"] += [{"character_id": one.character_id} | facts(s) for s in said]
        held["events"] += map(facts, privacy.events(session, number))
    words = erasing.words_of({one.digest for one in names}, found)
    held["way_to_member"] = [facts(one) for one in privacy.funnel(session, words)]
    held |= consented(studio, session, found)
    held["requests"] = [facts(one) for one in privacy.of(session, found.words)]
    held |= dict(besides(session, found))
    return {name: rows for name, rows in held.items() if rows}


def consented(studio: Studio, session: Session, found: Whom) -> dict[str, list[dict[str, Any]]]:
    """Return what is held for messages to a person."""
    safe = consents.opened(studio, session)
    held: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("person", "addresses", "suppressed", "consents", "messages")
    }
    for person in found.persons:
        held["person"].append(facts(person))
        reached = people.addresses(session, person.key)
        held["addresses"] += [
            {"channel": one.channel, "address": safe.opened(one.sealed)} | facts(one)
            for one in reached
        ]
        closed = privacy.suppressions(session, [one.digest for one in reached])
        held["suppressed"] += map(facts, closed)
        held["consents"] += map(facts, people.story(session, person.key))
        held["messages"] += map(facts, privacy.deliveries(session, person.key))
    return held


KNOWN = ("alias", "subscription", "subscriber_event")
"""Tables that point at a subscriber and are told above."""


def besides(session: Session, found: Whom) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield what any other table holds that points at a subscriber."""
    for table, column, theirs in tables.pointers(session).get("subscriber", ()):
        if table not in KNOWN:
            wanted = [getattr(one, theirs) for one in found.subscribers]
            rows = tables.rows(session, table, column, wanted)
            yield table, [{k: plain(v) for k, v in row.items() if k not in OURS} for row in rows]


def facts(row: Any) -> dict[str, Any]:  # noqa: ANN401  # a row of any table
    """Return what a row says of a person; what is unknown is left out."""
    told = row.model_dump()
    return {k: plain(v) for k, v in told.items() if k not in OURS and v not in (None, "")}


def plain(value: object) -> object:
    """Return a value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool | None) else str(value)
