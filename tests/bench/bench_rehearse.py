"""Print how long a month and, with `--year`, a year of rehearsal takes, and its memory.

Eight performers, three networks, five regions, typical faults.
Run: `PYTHONPATH=. python tests/bench/bench_rehearse.py`. The reference in the same run is as many
bare SQLite transactions as posts times the seven that the protocol commits for one.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from elite8.core.domain.fault import scenario
from elite8.core.operations import rehearse
from elite8.core.studio import Studio, open_studio

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
REGIONS = ("US", "JP", "BR", "DE", "GB")
COMMITS = 7
MONTH, YEAR = 30, 365


def resident() -> int:
    """Return the memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4 // 1024


def fresh(folder: Path) -> Studio:
    """Return a studio that has nobody signed in: those of a rehearsal are made up."""
    base = open_studio()
    where = {"state_dir": folder, "database_url": SecretStr(f"sqlite:///{folder}/elite8.db")}
    return replace(base, settings=base.settings.model_copy(update=where))


def bare(studio: Studio, commits: int) -> float:
    """Return the seconds that so many transactions with one small write take."""
    with studio.database.transaction() as session:
        session.execute(text("CREATE TABLE bare (n TEXT)"))
    began = time.perf_counter()
    for number in range(commits):
        with studio.database.transaction() as session:
            session.execute(text("INSERT INTO bare VALUES (:n)"), {"n": str(number)})
    return time.perf_counter() - began


def main() -> None:
    days = YEAR if "--year" in sys.argv else MONTH
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        studio = fresh(Path(folder))
        seen: list[int] = []
        began = time.perf_counter()
        found = rehearse.rehearse(
            studio,
            first=FIRST,
            days=days,
            faults=scenario("typical", FIRST, days, 1),
            seed=1,
            regions=REGIONS,
            progress=lambda _step, _share: seen.append(resident()),
        )
        took = time.perf_counter() - began
        reference = bare(studio, COMMITS * len(found.posts))
        studio.database.close()
    assert found.posts, "nothing was planned"
    out = sum(one.status == "published" for one in found.posts)
    print(
        f"{days} days, {len(found.posts)} posts, {out} out, {found.duplicates} twice: {took:.1f} s"
    )
    print(f"memory: {seen[len(seen) // 10]} MB after a tenth, {seen[-1]} MB at the end")
    print(f"ratio to bare commits: x{took / reference:.1f}")
    sys.exit(1 if found.duplicates or found.violations else 0)


if __name__ == "__main__":
    main()
