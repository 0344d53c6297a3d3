"""Print how long it takes to score 1,000,000 subscribers by nine activities, and the bare floor.

The floor is the same statement without arithmetic: it reads, or copies, the same columns. Beside
the time that passed stands what was computed: on a busy machine the former says more of the
neighbours. Run: `PYTHONPATH=. python tests/bench/bench_score.py`; `--postgres postgresql://…` on an
EMPTY database there; `--people N`; `--folder /dev/shm` where the disk is busy.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Float, Integer, MetaData, Select, Table, func, insert, select, text

from elite8.core.config import Config
from elite8.core.domain import fading
from elite8.core.domain.fading import SUMS, Scale
from elite8.core.domain.score import ACTIVITIES, DEFAULT_CALIBRATION
from elite8.core.domain.scoring import Shown
from elite8.core.storage import engagement
from elite8.core.storage.database import Database, Session

ROOT = Path(__file__).parents[2]
DAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
TABLE = engagement.TABLE
ROUNDS = 3


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--postgres", default="")
    asked.add_argument("--folder", default="")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="e8-", dir=told.folder or None) as folder:
        address = told.postgres or f"sqlite:///{folder}/elite8.db"
        with closing(Database(address, durable=False)) as database:
            with database.transaction() as session:
                fill(session, told.people)
            if told.postgres:
                with database.engine.connect() as line:
                    line.execution_options(isolation_level="AUTOCOMMIT").execute(
                        text("VACUUM ANALYZE engagement")
                    )
            measure(database, told.people)


def fill(session: Session, people: int) -> None:
    """Enter people and their sums straight in SQL."""
    session.execute(
        text(
            "INSERT INTO subscriber (id, key, platform, country, language, added_at) "
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "
            "SELECT i, CAST(i AS VARCHAR), 'fanvue', '', '', '2026-11-26' FROM n"
        ),
        {"people": people},
    )
    sums = ", ".join(
        f"CASE WHEN (id * {13 + k}) % 5 < 2 THEN 0.0 "
        f"ELSE CAST((CAST(id AS BIGINT) * {7919 + 97 * k}) % {1000 + k} AS DOUBLE PRECISION)"
        " * 0.00137 END"
        for k in range(len(SUMS))
    )
    session.execute(
        text(
            f"INSERT INTO engagement (days_before, platform, subscriber_id, events, last_event, "  # noqa: S608  # ours
            f"{', '.join(SUMS)}) SELECT 0, 'fanvue', id, 10, id, {sums} FROM subscriber"
        )
    )


def scale() -> Scale:
    """Return a platform that shows everything."""
    facts = {"source": "bench", "as_of": "2026-11-26", "confidence": "confirmed"}
    shown = Shown.model_validate({"shows": ACTIVITIES, **facts})
    config = Config(ROOT / "config").scoring.model_copy(update={"platforms": {"fanvue": shown}})
    return fading.scale(config, DEFAULT_CALIBRATION, "fanvue", DAY)


def measure(database: Database, people: int) -> None:
    """Print times, ratios and memory."""
    of, where = scale(), engagement.here(scale(), 0)
    columns = [TABLE.c[name] for name in SUMS[:10]]
    bare = select(TABLE.c.subscriber_id, *columns).where(*where)
    read = select(*(func.max(column) for column in columns)).where(*where)
    best = select(func.max(engagement.score_of(of))).where(*where)
    pairs: list[tuple[str, Callable[[Session], object], Callable[[Session], object]]] = [
        ("scored into arrays", lambda s: engagement.scores(s, of), lambda s: fetched(s, bare)),
        (
            "scored into a table",
            lambda s: copied(s, engagement.scoring(of), 1),
            lambda s: copied(s, bare, len(columns)),
        ),
        ("the best one", lambda s: s.execute(best).one(), lambda s: s.execute(read).one()),
    ]
    print(f"{people} people on {database.url.get_backend_name()}")
    before = peak()
    for name, ours, floor in pairs:
        mine, bottom = timed(database, ours), timed(database, floor)
        print(
            f"{name}: {mine[0]:.2f} s, computed {mine[1]:.2f}; bare {bottom[0]:.2f} s, "
            f"computed {bottom[1]:.2f}; ratio {mine[1] / bottom[1]:.2f}"
        )
    with database.transaction() as session:
        ids, found = engagement.scores(session, of)
    assert len(ids) == people
    print(f"mean {found.mean():.4f}; memory at most {peak():.0f} MB, {before:.0f} before")


def fetched(session: Session, asked: Select[Any]) -> int:
    """Read all rows in pieces and keep none."""
    return sum(len(rows) for rows in engagement.streamed(session, asked))


def copied(session: Session, asked: Select[Any], width: int) -> None:
    """Copy all rows into a table of its own."""
    names = ", ".join(f"c{n} DOUBLE PRECISION" for n in range(width))
    session.execute(text("DROP TABLE IF EXISTS copied"))
    session.execute(text(f"CREATE TEMPORARY TABLE copied (id INTEGER PRIMARY KEY, {names})"))
    columns = [Column(f"c{n}", Float) for n in range(width)]
    table = Table("copied", MetaData(), Column("id", Integer, primary_key=True), *columns)
    session.execute(insert(table).from_select([c.name for c in table.columns], asked))


def timed(database: Database, does: Callable[[Session], object]) -> tuple[float, float]:
    """Return the least seconds that passed, and that were computed here and in the server."""
    found = []
    for _ in range(ROUNDS):
        with database.transaction() as session, server(session) as computed:
            began = time.perf_counter()
            ran = computed()
            does(session)
            found.append((time.perf_counter() - began, computed() - ran))
            session.rollback()
    return min(one[0] for one in found), min(one[1] for one in found)


@contextmanager
def server(session: Session) -> Iterator[Callable[[], float]]:
    """Give a function that tells the seconds computed here and in PostgreSQL's process, if ours."""
    pid = 0
    if session.get_bind().dialect.name == "postgresql":
        pid = int(session.execute(text("SELECT pg_backend_pid()")).scalar() or 0)

    def computed() -> float:
        there = 0.0
        if pid and (file := Path(f"/proc/{pid}/stat")).exists():
            fields = file.read_text(encoding="ascii").rpartition(")")[2].split()
            there = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return time.process_time() + there

    yield computed


def peak() -> float:
    """Return the most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
