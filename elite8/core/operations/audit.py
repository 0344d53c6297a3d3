"""The audit log: kept with each decision, read back, and looked at for what was tampered with."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from elite8.core.config import FILES
from elite8.core.domain.audit import FIRST, AuditEntry, Decision, hash_of
from elite8.core.domain.rule import Verdict
from elite8.core.errors import ConfigError
from elite8.core.storage import audit, whole
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

HEAD_FILE = "audit.head"
HEAD = re.compile(r"(\d{1,12}):([0-9a-f]{64})")

_face: ContextVar[str] = ContextVar("face", default="")
_process = "command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row for people."""

    number: int
    at: datetime
    who: str
    act: str
    subject: str
    decision: str
    rules: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a look at the whole log found; `broken` is the number of the first wrong row.

    `head` is NUMBER:HASH of the last row that is right; `says` is a sentence.
    """

    rows: int
    good: bool
    broken: int | None
    head: str
    says: str


def acts_as(name: str) -> None:
    """Say by which face this process acts, unless a block says otherwise."""
    global _process  # noqa: PLW0603  # one name for the process
    _process = name


@contextmanager
def acting(name: str) -> Iterator[None]:
    """Have what is decided in the block be of this face."""
    token = _face.set(name)
    try:
        yield
    finally:
        _face.reset(token)


def keep(studio: Studio, session: Session, what: Decision) -> None:
    """Keep a decision in the transaction that carries it out."""
    audit.add(session, studio.clock(), _face.get() or _process, what)


def keep_block(studio: Studio, subject: str, verdicts: Iterable[Verdict]) -> None:
    """Keep that rules held something back, once as long as it is the same ones."""
    blocks = ", ".join(dict.fromkeys(one.rule for one in verdicts if one.verdict == "block"))
    if not blocks:
        return
    what = Decision(
        act="gate",
        subject=subject,
        decision="block",
        rules=studio.config.rules.version,
        detail=blocks,
    )
    with studio.database.transaction() as session:
        before = audit.last_of(session, "gate", subject)
        if before is None or (before.detail, before.rules) != (what.detail, what.rules):
            keep(studio, session, what)


def keep_config(studio: Studio) -> tuple[str, ...]:
    """Keep which files the operator decides in are not as they were last kept; return them."""
    changed = []
    with studio.database.transaction() as session:
        for name in FILES:
            file = studio.config.folder / name
            now = hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else "none"
            before = audit.last_of(session, "config", name)
            if before is None or before.detail != now:
                how = "first" if before is None else "changed"
                what = Decision(act="config", subject=name, decision=how, detail=now)
                keep(studio, session, what)
                changed.append(name)
    return tuple(changed)


def listed(
    studio: Studio, *, act: str = "", subject: str = "", limit: int = 50
) -> tuple[Entry, ...]:
    """Return decisions, the newest first."""
    with studio.database.transaction() as session:
        found = audit.listed(session, act=act, subject=subject, limit=limit)
        names = Entry.__slots__
        return tuple(Entry(**{name: getattr(one, name) for name in names}) for one in found)


def verify(studio: Studio, head: str = "") -> Verified:
    """Look at every row; name the first that is wrong, or missing at the end.

    The end is known from the last good look, kept beside the database, and from `head`, which the
    operator kept elsewhere. A look that finds all right keeps the end anew.
    """
    known = [*([parsed(head)] if head else []), *kept_head(studio)]
    with studio.looking.database.transaction() as session:
        found = walked(audit.every(session), dict(known))
    gone = [number for number, _ in known if number > found.rows]
    if found.good and gone:
        words = f"the log ends at row {found.rows}; it went on to row {max(gone)} before"
        return Verified(
            rows=found.rows, good=False, broken=found.rows + 1, head=found.head, says=words
        )
    if found.good and found.rows:
        whole.replace(head_file(studio), json.dumps({"head": found.head}).encode())
    return found


def walked(rows: Iterable[AuditEntry], known: dict[int, str]) -> Verified:
    """Return what is found going from row to row; `known` are hashes of some, by number."""
    last, before = 0, FIRST
    for row in rows:
        if wrong := trouble(row, last, before, known.get(last + 1, "")):
            head = f"{last}:{before}" if last else ""
            return Verified(rows=last, good=False, broken=last + 1, head=head, says=wrong)
        last, before = row.number, row.hash
    says = f"{last} rows, each follows from the one before" if last else "nothing is kept so far"
    return Verified(
        rows=last, good=True, broken=None, head=f"{last}:{before}" if last else "", says=says
    )


def trouble(row: AuditEntry, last: int, before: str, known: str) -> str:
    """Return what is wrong with the row after the last one; "" when nothing is."""
    if row.number != last + 1:
        return f"row {last + 1} is missing; row {row.number} comes next"
    if row.previous != before:
        return (
            f"row {row.number} does not follow from row {last}: one of them was put in or changed"
        )
    if hash_of(row.model_dump()) != row.hash:
        return f"row {row.number} was changed: what it says does not give its hash"
    if known and known != row.hash:
        return f"row {row.number} is another one than was kept: the log was written anew"
    return ""


def parsed(head: str) -> tuple[int, str]:
    """Return number and hash of a head as it is printed; anything else is a ConfigError."""
    found = HEAD.fullmatch(head.strip())
    if found is None:
        raise ConfigError("a head is NUMBER:HASH, as 'elite8 monitor audit verify' prints it")
    return int(found[1]), found[2]


def head_file(studio: Studio) -> Path:
    """Return where the end of the log is kept."""
    return studio.settings.state_dir / HEAD_FILE


def kept_head(studio: Studio) -> list[tuple[int, str]]:
    """Return the end that the last good look kept; one that cannot be read is a ConfigError."""
    file = head_file(studio)
    try:
        return [parsed(json.loads(file.read_text(encoding="utf-8"))["head"])]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(
            f"{file} cannot be read; compare with a head you kept (--head), then delete the file"
        ) from None
