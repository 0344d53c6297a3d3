"""Fire at every parser that takes bytes from outside; only errors of ours may come out.

`PYTHONPATH=. python tests/fuzz/fuzz.py --minutes 10` gives all targets together ten minutes of
processor for inputs made by hypothesis out of good ones; work beside it takes none of them away.
`--guided` has atheris (libFuzzer) look for inputs that reach new lines, for so long on the clock,
all groups of targets at once, or those of `--only` (`pip install atheris`; it is no dependency of
ours). `--only file.` takes the targets whose names begin so, `--list` names them. What breaks one
is printed with its bytes, and ends it with 1.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from random import Random

if "--group" in sys.argv:  # before anything of ours is imported: each of its lines gets a counter
    import atheris

    importing: AbstractContextManager[object] = atheris.instrument_imports(include=["elite8"])
else:
    importing = nullcontext()

import stamina
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from pydantic import SecretStr

with importing:
    from elite8.core import log
    from elite8.core.clock import utc_now
    from elite8.core.config import Config
    from elite8.core.settings import Settings
    from elite8.core.studio import Studio
    from tests.fuzz import answers, files, mutated, texts
    from tests.fuzz.target import LONGEST, Broke, Target

MEMORY_MB = 2048
"""What one fuzzing process may have; beyond it libFuzzer stops with the input that took it."""
GROUPS = ("file", "answer", "call", "text")
HALF = 0.5
"""Of what is guided, changed as hypothesis's inputs are; libFuzzer changes the rest."""
EACH = 200
"""Inputs of one target before the next has its turn."""


def every(folder: Path, studio: Studio) -> tuple[Target, ...]:
    """Return every target there is."""
    page = {"web_url": "https://fans.example.com", "web_token": SecretStr("a token of a test")}
    studio = replace(studio, settings=studio.settings.model_copy(update=page))
    return (
        *texts.targets(studio.config),
        *files.targets(folder, studio),
        *answers.targets(folder, studio),
    )


def studio_in(folder: Path) -> Studio:
    """Return an empty studio in a folder."""
    os.environ["ELITE8_STATE_DIR"] = str(folder / "state")
    os.environ["ELITE8_CONFIG_DIR"] = str(Path(__file__).parents[2] / "config")
    known = Settings()
    known.state_dir.mkdir(parents=True, exist_ok=True)
    began = utc_now()
    return Studio(settings=known, config=Config(known.config_dir), clock=lambda: began)


def fire(target: Target, times: int, lot: int) -> tuple[Counter[bool], list[str]]:
    """Hand over so many inputs made of the seeds; return how many were taken, and what broke."""
    took: Counter[bool] = Counter()
    broke: list[str] = []

    @settings(
        max_examples=times,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @seed(lot)
    @given(st.sampled_from(target.seeds), st.randoms(use_true_random=False), st.binary(max_size=64))
    def shoot(good: bytes, chance: Random, some: bytes) -> None:
        data = mutated.of(good, chance, some)
        try:
            took[target.hit(data)] += 1
        except Broke as fault:
            broke.append(f"{fault}\n    bytes: {data[:LONGEST]!r}")
            raise

    for good in target.seeds:
        try:
            took[target.hit(good)] += 1
        except Broke as fault:
            return took, [f"{fault}\n    bytes: {good[:LONGEST]!r}"]
    with suppress(Broke, BaseExceptionGroup):
        shoot()
    return took, broke[-1:]


def by_hypothesis(targets: Sequence[Target], minutes: float, lot: int) -> list[str]:
    """Have each target in turn for so many minutes of processor, each broken one once."""
    ends, took, broke = time.process_time() + minutes * 60, Counter[str](), dict[str, str]()
    rounds = 0
    while time.process_time() < ends or not rounds:
        for target in [one for one in targets if one.name not in broke]:
            counts, faults = fire(target, EACH, lot + rounds)
            took[target.name] += counts.total()
            if faults:
                broke[target.name] = faults[0]
                print(faults[0], flush=True)
            if rounds and time.process_time() > ends:
                break
        rounds += 1
    for name, times in sorted(took.items()):
        print(f"{times:8d} inputs  {name}")
    return list(broke.values())


def guided(groups: Sequence[str], minutes: float, folder: Path) -> list[str]:
    """Have libFuzzer look at each group in a process of its own, all of them at once."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    for group in groups:
        with (folder / f"{group}.log").open("wb") as out:
            command = [sys.executable, __file__, "--group", group, "--minutes", str(minutes)]
            children[group] = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder)
    broke = []
    for group, child in children.items():
        child.wait()
        said = (folder / f"{group}.log").read_text(errors="replace").splitlines()
        last = next((one for one in reversed(said) if " cov: " in one), "nothing run")
        print(f"{group}: {last}", flush=True)
        if child.returncode:
            broke.append("\n".join([f"{group} ended with {child.returncode}:", *said[-30:]]))
    return broke


def group_by_atheris(targets: Sequence[Target], minutes: float, folder: Path) -> None:
    """Fuzz targets by what they cover until the time is over; never returns."""
    import atheris

    corpus = folder / "corpus"
    corpus.mkdir()
    for number, target in enumerate(targets):
        for place, good in enumerate(target.seeds):
            (corpus / f"{number}-{place}").write_bytes(bytes([number]) + good)

    def one(data: bytes) -> None:
        if data:
            targets[data[0] % len(targets)].hit(data[1:])

    def other(data: bytes, longest: int, lot: int) -> bytes:
        chance = Random(lot)  # noqa: S311
        if len(data) < 2 or chance.random() < HALF:
            return bytes(atheris.Mutate(data, longest))
        return (data[:1] + mutated.of(data[1:], chance, chance.randbytes(8)))[:longest]

    limits = [f"-max_total_time={int(minutes * 60)}", f"-rss_limit_mb={MEMORY_MB}", "-timeout=30"]
    given = [sys.argv[0], *limits, "-max_len=8192", str(corpus)]
    atheris.Setup(given, one, custom_mutator=other)
    atheris.Fuzz()


def asked_for() -> argparse.Namespace:
    """Return what the command line says."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--minutes", type=float, default=10)
    wanted.add_argument("--seed", type=int, default=1)
    wanted.add_argument("--only", default="", help="targets whose names begin so")
    wanted.add_argument("--guided", action="store_true", help="by coverage, with atheris")
    wanted.add_argument("--group", default="", help=argparse.SUPPRESS)
    wanted.add_argument("--list", action="store_true", help="name the targets")
    return wanted.parse_args()


def main() -> int:
    """Fire, and print what broke."""
    asked = asked_for()
    stamina.set_testing(True, attempts=2, cap=True)
    with tempfile.TemporaryDirectory(prefix="elite8-fuzz-") as name:
        folder = Path(name)
        studio = studio_in(folder)
        log.configure("critical", "json")
        begins = asked.group or asked.only
        targets = [one for one in every(folder, studio) if one.name.startswith(begins)]
        if asked.list:
            print(*(one.name for one in targets), sep="\n")
            return 0
        if asked.group:
            group_by_atheris(targets, asked.minutes, folder)
        broke = (
            guided([asked.only] if asked.only else GROUPS, asked.minutes, folder)
            if asked.guided
            else by_hypothesis(targets, asked.minutes, asked.seed)
        )
    print(*broke or [f"{len(targets)} parsers, none broke"], sep="\n")
    return bool(broke)


if __name__ == "__main__":
    sys.exit(main())
