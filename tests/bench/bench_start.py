"""Print how long cheap commands take beside a bare Typer app with as many commands.

Runs are interleaved; figures are medians of wall time, ratios are to the bare app in the same run.
`--peers` measures toot and posting in the same run (`peers.py` installs them), `--beside
'/env/bin/other --help'` another program's command, as often as it is given.
Run: `PYTHONPATH=. python tests/bench/bench_start.py`.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from elite8.cli import SUBCOMMANDS
from tests.bench import peers

ROUNDS = 15
PEERS = (("toot", "--version"), ("toot", "--help"), ("posting", "--help"))
BARE = """
import typer
app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
{commands}
@app.command()
def answer() -> None:
    print("answer")
app()
"""
COMMAND = """
@app.command()
def {name}(text: str = typer.Option("", help="Some text.")) -> None:
    "Do something."
"""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--beside", action="append", default=[], metavar="COMMAND")
    asked.add_argument("--peers", action="store_true")
    told = asked.parse_args()
    others = [shlex.split(command) for command in told.beside]
    if told.peers:
        others += [[peers.program(*words[:1]), *words[1:]] for words in PEERS]
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.py"
        bare.write_text(BARE.format(commands="".join(COMMAND.format(name=n) for n in SUBCOMMANDS)))
        environment = os.environ | {"ELITE8_STATE_DIR": scratch}
        program = str(Path(sys.executable).with_name("elite8"))
        rows = {
            "bare Typer, run a command": [sys.executable, str(bare), "answer"],
            "bare Typer, --help": [sys.executable, str(bare), "--help"],
            "elite8 --version": [program, "--version"],
            "elite8 --help": [program, "--help"],
            "elite8 generate list": [program, "generate", "list"],
            "elite8 generate list --json": [program, "generate", "list", "--json"],
        }
        rows |= {" ".join([Path(one[0]).name, *one[1:]]): one for one in others}
        times: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(ROUNDS):
            for name, command in rows.items():
                times[name].append(seconds(command, environment))
    floor = median(times["bare Typer, --help"])
    for name, taken in times.items():
        print(f"{name:30} {median(taken) * 1000:7.1f} ms   x{median(taken) / floor:.2f}")


if __name__ == "__main__":
    main()
