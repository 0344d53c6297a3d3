"""Print how long a million events take to come in, beside a bare read and a bare insert.

Each part runs in a process of its own; the floor is Python's csv reader over the same file and one
`executemany` of the same number of rows into the same table with its indexes, in the same run.
Memory is the most that was resident (ru_maxrss) above what the program needs without any row.
"""

import argparse
import csv
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

HEADER = ("platform", "platform_user_id", "type", "occurred_at", "amount", "currency")
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
AT_ONCE = 20_000


def write(file: Path, rows: int, people: int) -> None:
    acts = ("message_in", "view", "like", "tip", "view", "sub_renew", "comment")
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADER)
        for number in range(rows):
            act = acts[number % len(acts)]
            paid = act in ("tip", "sub_renew")
            at = BEGAN + timedelta(seconds=number * 31)
            who = (number * 7919) % people
            writer.writerow(
                ["fanvue", f"fan-{who:07}", act, at.isoformat()]
                + (["9.99", "USD"] if paid else ["", ""])
            )


def take_in(file: Path) -> dict[str, float]:
    from elite8.core.operations.taking_in import Order, take
    from elite8.core.studio import open_studio

    studio = open_studio()
    _ = studio.database.engine
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, spent = time.perf_counter(), time.process_time()
    found = take(studio, Order(file=file, profile="events"))
    took, busy = time.perf_counter() - began, time.process_time() - spent
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"seconds": took, "busy": busy, "rows": found.entered, "kb": most - before}


def bare(file: Path) -> dict[str, float]:
    """Read with csv and insert with sqlite3: same table, same indexes, same transactions."""
    from elite8.core.studio import open_studio

    studio = open_studio()
    _ = studio.database.engine
    studio.database.close()
    connection = sqlite3.connect(studio.settings.state_dir / "elite8.db", isolation_level=None)
    connection.execute("PRAGMA cache_size=-65536")
    columns = "key, subscriber_id, character_id, act, at, amount_minor, currency, quantity"
    statement = (
        f"INSERT INTO subscriber_event ({columns}, content, about) VALUES (?,?,'',?,?,?,?,1,'','')"  # noqa: S608  # a constant
    )
    began, spent = time.perf_counter(), time.process_time()
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        rows: list[tuple[object, ...]] = []
        number = 0
        for cells in reader:
            number += 1
            key = f"{number * 0x9E3779B97F4A7C15 % (1 << 128):032x}"
            who = int(cells[1][4:])
            rows.append((key, who, cells[2], cells[3], 999 if cells[4] else None, cells[5]))
            if len(rows) == AT_ONCE:
                insert(connection, statement, rows)
        insert(connection, statement, rows)
    took, busy = time.perf_counter() - began, time.process_time() - spent
    return {"seconds": took, "busy": busy, "rows": number}


def insert(connection: sqlite3.Connection, statement: str, rows: list[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(statement, rows)
    connection.execute("COMMIT")
    rows.clear()


def apart(part: str, file: Path, state: Path) -> dict[str, float]:
    """Run one part in a process of its own."""
    environment = os.environ | {"ELITE8_STATE_DIR": str(state), "ELITE8_LOG_LEVEL": "warning"}
    done = subprocess.run(
        [sys.executable, __file__, part, str(file)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("part", nargs="?", default="all")
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    given = parser.parse_args()
    if given.part != "all":
        print(json.dumps(take_in(given.file) if given.part == "elite8" else bare(given.file)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "events.csv"
        write(file, given.rows, given.people)
        floor = apart("bare", file, Path(scratch) / "bare")
        for name in ("first", "again"):
            ours = apart("elite8", file, Path(scratch) / "state")
            print(
                f"{name:6} {given.rows:,} rows, {ours['rows']:,.0f} entered: "
                f"{ours['seconds']:6.1f} s ({ours['busy']:.1f} s of CPU), "
                f"{given.rows / ours['seconds']:,.0f} rows/s, +{ours['kb'] / 1024:.0f} MB, "
                f"x{ours['seconds'] / floor['seconds']:.2f} of the floor "
                f"(x{ours['busy'] / floor['busy']:.2f} by CPU)"
            )
        print(f"floor  {floor['seconds']:.1f} s ({floor['busy']:.1f} s of CPU)")


if __name__ == "__main__":
    main()
