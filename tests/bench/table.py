"""Run the benchmarks and write what they print into the table of docs/reference/performance.md.

`PYTHONPATH=. python tests/bench/table.py` runs all of them, which takes an hour on a slow machine;
`table.py publish score` only those. A row of a benchmark that did not run stays as it was, with its
date. Beside each stands how long this machine took for a loop of Python at that time: the same
machine may be half as fast an hour later, and then only the ratios say something.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "performance.md"
BEGINS, ENDS = "<!-- written by tests/bench/table.py: begin -->", "<!-- end -->"
HEAD = ("what", "measured", "aim", "", "when", "a loop then", "by")
LONGEST = 3600.0
"""Seconds that one benchmark may take."""


@dataclass(frozen=True)
class Row:
    """One fact of a benchmark: how it is printed, and between which numbers it should lie.

    `pattern` has one group, the number; `unit` is written behind it.
    """

    what: str
    pattern: str
    unit: str = ""
    most: float | None = None
    least: float | None = None

    def found(self, printed: str) -> float:
        """Return the number as it was printed; none is an error of the table."""
        match = re.search(self.pattern, printed, re.MULTILINE)
        if match is None:
            raise LookupError(f"nothing printed is like {self.pattern!r} ({self.what})")
        return float(match[1].replace(",", ""))

    @property
    def aim(self) -> str:
        """What was set out to be reached, "" for nothing."""
        if self.least is not None:
            return f"at least {self.least:g}{self.unit}"
        return "" if self.most is None else f"at most {self.most:g}{self.unit}"

    def verdict(self, number: float) -> str:
        """Return whether the aim is met, in a word."""
        if self.least is None and self.most is None:
            return ""
        met = number <= self.most if self.most is not None else number >= (self.least or 0)
        return "met" if met else "**not met**"


BENCHES: dict[str, tuple[Row, ...]] = {
    "start": (
        Row("`--version` beside a bare Typer app's `--help`", r"--version .*x([\d.]+)", "", 1.3),
        Row("`--help` beside the same", r"elite8 --help .*x([\d.]+)", "", 1.3),
        Row("`generate list` beside the same", r"generate list  .*x([\d.]+)", "", 2.0),
        Row("`toot --help` beside the same", r"toot --help .*x([\d.]+)"),
        Row("`posting --help` beside the same", r"posting --help .*x([\d.]+)"),
    ),
    "command": (
        Row("`generate`, 15 s, warm, beside x264 alone on its frames", r"whole .*x([\d.]+)", "", 2),
        Row("most memory of it, FFmpeg too", r"peak memory +(\d+)", " MB", 700),
        Row("of 20 films in a row, the last five", r"4th quarter +(\d+)", " MB", 700),
    ),
    "moviepy": (
        Row("MoviePy 2 beside it, for a second of video", r"MoviePy 2, .*x([\d.]+)", "", least=4),
    ),
    "render": (Row("filming alone beside x264 alone", r"ratio ([\d.]+)"),),
    "publish": (
        Row("posts a second, whole protocol, 4 threads, SQLite", r"(\d+) posts/s", "", least=100),
        Row("of a post, what is ours", r"median of a post: ([\d.]+)", " ms"),
        Row("of that, the protocol's own", r"protocol's own: ([\d.]+)", " ms", 5),
        Row("beside bare commits", r"ratio to bare commits: x([\d.]+)"),
    ),
    "rehearse": (
        Row("a rehearsal of 30 days, five regions", r": ([\d.]+) s$", " s", 20),
        Row("beside seven bare commits a post", r"ratio to bare commits: x([\d.]+)"),
    ),
    "page": (
        Row("the page, 100,000 posts, kept, p95", r"page by HTTP: .*p95 ([\d.]+)", " ms", 50),
        Row("the same, looks beside", r"looks between: .*p95 ([\d.]+)", " ms", 50),
        Row("beside a bare Starlette page", r"to a bare page: x([\d.]+)"),
    ),
    "console": (
        Row("first paint beside an empty Textual app's", r"empty app's: ([\d.]+)", "", 1.2),
        Row("a key to its paint in Queue, p95", r"in Queue: .*p95 ([\d.]+)", " ms", 50),
        Row("idle, of a processor", r"idle: ([\d.]+)%", " %", 1.5),
        Row("resident", r"(\d+) MB resident", " MB", 120),
        Row("the same, after every place of a demo studio", r"(\d+) MB after", " MB", 120),
    ),
    "peers": (
        Row("first paint over 10,000 posts", r"^elite8 tui +first paint +([\d.]+)", " s"),
        Row("harlequin's, over the same file", r"^harlequin +first paint +([\d.]+)", " s"),
        Row("posting's, an empty collection", r"^posting +first paint +([\d.]+)", " s"),
        Row("dolphie's start screen", r"^dolphie.* first paint +([\d.]+)", " s"),
    ),
    "score": (
        Row("1,000,000 subscribers scored into a table", r"a table: .*ed ([\d.]+); b", " s", 3),
        Row("beside the same rows copied", r"a table: .*ratio ([\d.]+)", "", 1.5),
        Row("scored into arrays, beside reading them", r"arrays: .*ratio ([\d.]+)", "", 1.5),
        Row("most memory", r"at most (\d+) MB", " MB", 200),
    ),
    "import": (
        Row("1,000,000 events imported", r"^first .*: +([\d.]+) s \(", " s", 60),
        Row("beside csv and bare inserts", r"^first .*x([\d.]+) of"),
        Row("memory they add, SQLite's 64 MB of pages too", r"^first .*\+(\d+) MB", " MB"),
    ),
    "memory": (Row("a daemon's growth by a film and post", r"^each: ([+-][\d.]+) kB", " kB", 20),),
    "money": (
        Row("MRR and its moves of 1,000,000 events", r"^money: ([\d.]+)", " s", 3),
        Row("cohorts of them", r"^cohorts: ([\d.]+)", " s", 3),
        Row("beside a bare sum: MRR", r"^money: .*s, ([\d.]+) x"),
    ),
}


WORDS = {"start": ("--peers",)}
"""What a benchmark is told besides, so that all of it is measured."""


def pace() -> float:
    """Return the milliseconds a loop of Python takes now, the median of nine."""
    took = []
    for _ in range(9):
        began = time.perf_counter()
        sum(number * number for number in range(300_000))
        took.append(time.perf_counter() - began)
    return median(took) * 1000


def measured(name: str) -> Iterator[tuple[str, ...]]:
    """Run a benchmark and yield its rows; one that fails ends this."""
    before, file = pace(), f"tests/bench/bench_{name}.py"
    done = subprocess.run(
        [sys.executable, file, *WORDS.get(name, ())],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    print(done.stdout, flush=True)
    loop, day = f"{(before + pace()) / 2:.0f} ms", f"{datetime.now(UTC):%Y-%m-%d}"
    for row in BENCHES[name]:
        number = row.found(done.stdout)
        told = f"{number:g}{row.unit}"
        yield row.what, told, row.aim, row.verdict(number), day, loop, f"`bench_{name}.py`"


def written(text: str, fresh: Sequence[tuple[str, ...]]) -> str:
    """Return the page with these rows in its table; rows of benchmarks that did not run stay."""
    start, rest = text.split(BEGINS)
    table, end = rest.split(ENDS)
    lines = [line for line in table.splitlines() if line.startswith("| ")][1:]
    rows = {cells[0]: cells for cells in ([*map(str.strip, one[1:-1].split("|"))] for one in lines)}
    rows |= {cells[0]: list(cells) for cells in fresh}
    known = [row.what for bench in BENCHES.values() for row in bench]
    shown = [line(HEAD), line(["---"] * len(HEAD)).replace(" ", "")]
    shown += [line(rows[what]) for what in known if what in rows]
    return "\n".join([f"{start}{BEGINS}", *shown, f"{ENDS}{end}"])


def line(cells: Sequence[str]) -> str:
    """Return a row as Markdown."""
    return f"| {' | '.join(cells)} |"


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME")
    for name in asked.parse_args().names or BENCHES:
        print(f"{name}:", flush=True)
        rows = tuple(measured(name))
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), rows), encoding="utf-8")


if __name__ == "__main__":
    main()
