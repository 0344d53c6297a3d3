"""Statements that take somebody out of the tables, whoever's tables they are.

Which rows point at a subscriber is asked of the database itself: a table that is new is found too.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, inspect, text
from sqlmodel import Session, col, func, select, update

from elite8.core.domain.event import FunnelEvent
from elite8.core.domain.mailing import Delivery, DeliveryStatus
from elite8.core.domain.privacy import ErasedSum
from elite8.core.storage import reckoned
from elite8.core.storage.pieces import pieces
from elite8.core.storage.received import MONEY

Pointers = Mapping[str, Sequence[tuple[str, str, str]]]
"""By table: who points at it, as table, column, and the column that is pointed at."""
OPEN = (DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)
"""Deliveries whose handle is still needed to learn how they ended."""


def pointers(session: Session) -> Pointers:
    """Return which tables point at which."""
    look = inspect(session.connection())
    found: dict[str, list[tuple[str, str, str]]] = {}
    for table in look.get_table_names():
        for key in look.get_foreign_keys(table):
            told = zip(key["constrained_columns"], key["referred_columns"], strict=True)
            for column, theirs in told:
                found.setdefault(key["referred_table"], []).append((table, column, theirs))
    return found


def overwrite_from_now_on(session: Session) -> None:
    """Have SQLite put zeros over what this connection deletes (pragma secure_delete)."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().execute(text("PRAGMA secure_delete=ON"))


def remove(session: Session, known: Pointers, ids: Sequence[int]) -> Counter[str]:
    """Delete subscribers and all that points at them; return how many rows of which tables."""
    gone: Counter[str] = Counter()
    reckoned.forget_people(session)
    for some in pieces(ids):
        gone += emptied(session, known, "subscriber", "id IN :some", some)
    return gone


def emptied(
    session: Session, known: Pointers, table: str, where: str, some: Sequence[int]
) -> Counter[str]:
    """Delete rows of a table, before them what points at them."""
    gone: Counter[str] = Counter()
    for other, column, theirs in known.get(table, ()):
        inner = f"{column} IN (SELECT {theirs} FROM {table} WHERE {where})"  # noqa: S608  # names of the schema
        gone += emptied(session, known, other, inner, some)
    asked = text(f"DELETE FROM {table} WHERE {where}")  # noqa: S608  # names of the schema
    done = session.connection().execute(
        asked.bindparams(bindparam("some", expanding=True)), {"some": list(some)}
    )
    gone[table] += done.rowcount
    return gone


SUM_UP = text(
    """
    INSERT INTO erased_sum
      (platform, country, month, currency, amount_minor, fee_minor, tax_minor)
    SELECT s.platform, s.country, substr(CAST(e.at AS VARCHAR), 1, 7), e.currency,
      sum(e.amount_minor), sum(coalesce(e.fee_minor, 0)), sum(coalesce(e.tax_minor, 0))
    FROM subscriber_event AS e JOIN subscriber AS s ON s.id = e.subscriber_id
    WHERE s.id IN :some AND e.act IN :acts AND e.amount_minor IS NOT NULL
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (platform, country, month, currency) DO UPDATE SET
      amount_minor = erased_sum.amount_minor + excluded.amount_minor,
      fee_minor = erased_sum.fee_minor + excluded.fee_minor,
      tax_minor = erased_sum.tax_minor + excluded.tax_minor
    """
).bindparams(bindparam("some", expanding=True), bindparam("acts", MONEY, expanding=True))


def sum_up(session: Session, ids: Sequence[int]) -> None:
    """Add the money of subscribers to the sums that name nobody, before they are removed."""
    session.flush()
    for some in pieces(ids):
        session.connection().execute(SUM_UP, {"some": some})


def cut_funnel(session: Session, words: Mapping[str, str]) -> int:
    """Put another word for each pseudonym into the funnel; return how many events had one."""
    done = 0
    for old, new in words.items():
        asked = update(FunnelEvent).where(col(FunnelEvent.person) == old).values(person=new)
        done += session.connection().execute(asked).rowcount
    return done


def blank_deliveries(session: Session, person_key: str) -> int:
    """Take out what servers answered, which may hold an address; return how many there are."""
    mine = col(Delivery.person_key) == person_key
    asked = update(Delivery).where(mine, col(Delivery.status).not_in(OPEN))
    session.connection().execute(asked.values(answer="", handle=""))
    return int(session.exec(select(func.count()).where(mine)).one())


def sums(session: Session) -> Sequence[ErasedSum]:
    """Return the money of erased people, by month."""
    order = (ErasedSum.month, ErasedSum.platform, ErasedSum.country, ErasedSum.currency)
    return session.exec(select(ErasedSum).order_by(*map(col, order))).all()


def rows(
    session: Session, table: str, column: str, values: Sequence[object]
) -> list[dict[str, object]]:
    """Return what a table holds of these."""
    asked = text(f"SELECT * FROM {table} WHERE {column} IN :some")  # noqa: S608  # names of the schema
    found = session.connection().execute(
        asked.bindparams(bindparam("some", expanding=True)), {"some": list(values)}
    )
    return [dict(row) for row in found.mappings()]
