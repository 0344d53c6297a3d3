"""Print first paint, memory and idle work of the console beside harlequin, posting and dolphie.

All in one run, turn by turn, each in a pseudo-terminal of one size (`peers.py` installs them);
dolphie needs a MySQL server for all but its start screen, so that is what is measured of it.
Run: `PYTHONPATH=. python tests/bench/bench_peers.py`.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench import bench_page, peers
from tests.bench.bench_console import EMPTY, PAINTED, shown
from tests.bench.bench_page import ROOT, a_year

SETTLES, IDLES = 8.0, 20.0


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--posts", type=int, default=10_000)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="e8-") as folder:
        bench_page.videos_kept.clear()
        bench_page.posts_kept.clear()
        a_year(Path(folder), told.posts).database.close()
        environment = os.environ | {
            "ELITE8_STATE_DIR": folder,
            "ELITE8_CACHE_DIR": folder,
            "ELITE8_CONFIG_DIR": str(ROOT / "config"),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "HOME": folder,
            "XDG_CONFIG_HOME": f"{folder}/c",
            "XDG_DATA_HOME": f"{folder}/d",
        }
        measure(programs(folder), environment, told.rounds)


def programs(folder: str) -> dict[str, tuple[list[str], bytes]]:
    """Return each program's command, and words of its first picture."""
    ours = str(Path(sys.executable).with_name("elite8"))
    database = f"{folder}/elite8.db"
    harlequin = [peers.program("harlequin"), "-a", "sqlite", "--locale", "C", database]
    return {
        "an empty Textual app": ([sys.executable, "-c", EMPTY], PAINTED),
        "elite8 tui": ([ours, "tui"], PAINTED),
        "harlequin": (harlequin, b"Data Catalog"),
        "posting": ([peers.program("posting"), "--collection", folder], b"Enter a URL"),
        "dolphie, start screen": ([peers.program("dolphie"), "--tab-setup"], b"Connect to a Host"),
    }


def measure(
    known: Mapping[str, tuple[Sequence[str], bytes]], environment: dict[str, str], rounds: int
) -> None:
    """Print a line for each."""
    paints: dict[str, list[float]] = {name: [] for name in known}
    for _ in range(rounds + 1):  # the first warms the disk
        for name, (command, words) in known.items():
            with shown(command, environment) as terminal:
                paints[name].append(terminal.until(words))
    for name, (command, words) in known.items():
        with shown(command, environment) as terminal:
            terminal.until(words)
            terminal.quiet(SETTLES)
            began, work = time.perf_counter(), terminal.spent()
            terminal.quiet(IDLES)
            share = (terminal.spent() - work) / (time.perf_counter() - began)
            first = median(paints[name][1:])
            print(
                f"{name:<24} first paint {first:6.3f} s, {terminal.resident():4.0f} MB resident, "
                f"idle {share:6.2%}"
            )


if __name__ == "__main__":
    main()
