"""Print how long a month and, with `--year`, a year of rehearsal takes, and its memory.

Eight performers, three networks, an account for each of five regions on each network, typical
faults. Run: `PYTHONPATH=. python tests/bench/bench_rehearse.py`. The reference in the same run is
as many bare SQLite transactions as posts times the seven that the protocol commits for one.
"""

import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

from elite8.core.domain.account import new_account
from elite8.core.domain.fault import scenario
from elite8.core.operations import rehearse
from elite8.core.storage import accounts
from elite8.core.studio import Studio, open_studio

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
REGIONS = ("US", "JP", "BR", "DE", "GB")
NETWORKS = ("tiktok", "instagram", "youtube")
COMMITS = 7
MONTH, YEAR = 30, 365


def resident() -> int:
    """Return the memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4 // 1024


def peopled(folder: Path) -> Studio:
    """Return a studio with an account for each region on each network."""
    base = open_studio()
    where = {"state_dir": folder, "database_url": SecretStr(f"sqlite:///{folder}/elite8.db")}
    studio = replace(base, settings=base.settings.model_copy(update=where))
    performers = [one.id for one in studio.config.roster.characters]
    with studio.database.transaction() as session:
        for network in NETWORKS:
            for number, region in enumerate(REGIONS):
                account = new_account(now=FIRST, network=network, handle=region, name=region)
                account.regions = region
                account.characters = " ".join(performers[number :: len(REGIONS)])
                accounts.keep(session, account)
    return studio


def bare(studio: Studio, commits: int) -> float:
    """Return the seconds that so many transactions with one small write take."""
    began = time.perf_counter()
    for number in range(commits):
        with studio.database.transaction() as session:
            session.execute(text("UPDATE account SET failure = :n"), {"n": str(number)})
    return time.perf_counter() - began


def main() -> None:
    days = YEAR if "--year" in sys.argv else MONTH
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        studio = peopled(Path(folder))
        seen: list[int] = []
        began = time.perf_counter()
        found = rehearse.rehearse(
            studio,
            first=FIRST,
            days=days,
            faults=scenario("typical", FIRST, days, 1),
            seed=1,
            progress=lambda _step, _share: seen.append(resident()),
        )
        took = time.perf_counter() - began
        reference = bare(studio, COMMITS * len(found.posts))
        studio.database.close()
    out = sum(one.status == "published" for one in found.posts)
    print(
        f"{days} days, {len(found.posts)} posts, {out} out, {found.duplicates} twice: {took:.1f} s"
    )
    print(f"memory: {seen[len(seen) // 10]} MB after a tenth, {seen[-1]} MB at the end")
    print(f"ratio to bare commits: x{took / reference:.1f}")
    sys.exit(1 if found.duplicates or found.violations else 0)


if __name__ == "__main__":
    main()
