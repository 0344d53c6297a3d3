"""The history of metrics: values by spans of five minutes, rolled up into hours and days."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, case
from sqlmodel import Session, col, delete, func, select

from elite8.core.domain.metric import Value, written
from elite8.core.domain.sample import Sample
from elite8.core.storage.leases import insert

KEYS = ("metric", "labels", "span", "at")
FACTS = ("count", "mean", "low", "high", "last")


def begin(at: datetime, span: timedelta) -> datetime:
    """Return when the span that holds an instant began; whole in UTC."""
    seconds = int(span.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, UTC)


def keep(session: Session, values: Iterable[Value], at: datetime, span: timedelta) -> None:
    """Add one value of each metric to the span it falls into."""
    fixed = {"span": int(span.total_seconds()), "at": begin(at, span), "count": 1}
    rows = [
        {**fixed, "metric": one.metric, "labels": written(one.labels)}
        | dict.fromkeys(("mean", "low", "high", "last"), one.value)
        for one in values
    ]
    add(session, rows)


def add(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Add what rows say to those that are there; each is merged with its own span."""
    if not rows:
        return
    table = Sample.__table__  # type: ignore[attr-defined]  # SQLModel sets it
    given = insert(session, table)
    new, old = given.excluded, table.c
    total = old.count + new.count
    session.connection().execute(
        given.values({name: bindparam(name) for name in (*KEYS, *FACTS)}).on_conflict_do_update(
            index_elements=[old[name] for name in KEYS],
            set_={
                "count": total,
                "mean": (old.mean * old.count + new.mean * new.count) / total,
                "low": case((new.low < old.low, new.low), else_=old.low),
                "high": case((new.high > old.high, new.high), else_=old.high),
                "last": new.last,
            },
        ),
        [*rows],
    )


def history(
    session: Session, metric: str, labels: str, span: timedelta, since: datetime
) -> Sequence[Sample]:
    """Return the spans of one series from then on, the oldest first."""
    asked = select(Sample).where(
        col(Sample.metric) == metric,
        col(Sample.labels) == labels,
        col(Sample.span) == int(span.total_seconds()),
        col(Sample.at) >= since,
    )
    return session.exec(asked.order_by(col(Sample.at))).all()


def means(
    session: Session, metric: str, span: timedelta, since: datetime
) -> Sequence[tuple[datetime, float]]:
    """Return what a metric without labels was from then on, the oldest first."""
    asked = select(Sample.at, Sample.mean).where(
        col(Sample.metric) == metric,
        col(Sample.labels) == "",
        col(Sample.span) == int(span.total_seconds()),
        col(Sample.at) >= since,
    )
    return [(at, mean) for at, mean in session.exec(asked.order_by(col(Sample.at)))]


def roll_up(session: Session, span: timedelta, into: timedelta, before: datetime) -> int:
    """Merge the spans that are older into longer ones; return how many went.

    `before` is brought to a border of the longer span, so that none is merged in parts.
    """
    cut = begin(before, into)
    fine = (col(Sample.span) == int(span.total_seconds()), col(Sample.at) < cut)
    order = (col(Sample.metric), col(Sample.labels), col(Sample.at))
    found = session.exec(select(Sample).where(*fine).order_by(*order)).all()
    if not found:
        return 0
    by_span = groupby(found, key=lambda one: (one.metric, one.labels, begin(one.at, into)))
    add(session, [merged([*group], into) for _, group in by_span])
    session.exec(delete(Sample).where(*fine))
    return len(found)


def merged(group: Sequence[Sample], into: timedelta) -> dict[str, object]:
    """Return several spans of one series, in order, as one."""
    total = sum(one.count for one in group)
    return {
        "metric": group[0].metric,
        "labels": group[0].labels,
        "span": int(into.total_seconds()),
        "at": begin(group[0].at, into),
        "count": total,
        "mean": sum(one.mean * one.count for one in group) / total,
        "low": min(one.low for one in group),
        "high": max(one.high for one in group),
        "last": group[-1].last,
    }


def forget(session: Session, span: timedelta, before: datetime) -> int:
    """Delete the spans that are older; return how many went."""
    old = (col(Sample.span) == int(span.total_seconds()), col(Sample.at) < before)
    count = session.exec(select(func.count()).select_from(Sample).where(*old)).one()
    session.exec(delete(Sample).where(*old))
    return count
