"""What many tests build on: a clean environment, a stopped clock, a temporary studio."""

import fcntl
import gc
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.pathlib import import_path
from hypothesis import settings

from elite8.core.domain.destination import ONLINE

if TYPE_CHECKING:
    from elite8.core.studio import Studio

ROOT = Path(__file__).parent.parent


settings.register_profile("any machine", deadline=None)  # a busy one is no fault
settings.load_profile("any machine")
pytest.register_assert_rewrite("tests.platforms.contract")  # what fails in it says why


MATRICES = frozenset(
    f"{name}.py"
    for name in (
        *("test_contract", "test_one_post", "test_paid_kills", "test_paid_recovery"),
        *("test_audited_posts", "test_measure", "test_proxied_posts", "test_lost_posts"),
        *("test_second_audit", "test_third_audit", "test_x_posts", "test_discord_posts"),
    )
)
"""Where one promise is tested in many cases: each network, call, fault and place to be killed."""
EACH = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="every case of each promise")


@pytest.fixture(scope="session")
def deep(pytestconfig: pytest.Config) -> bool:
    """Whether a promise that is tried by chance is tried as often as its issue says."""
    return bool(pytestconfig.getoption("--deep"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Have each worker begin with another part of the tests: it finds the others' compiled.

    Rewriting the asserts of all takes a fresh checkout's worker longer than all else it collects.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not worker or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    begin = int(worker) * len(files) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in files[begin:] + files[:begin]:
        with suppress(Exception, pytest.skip.Exception):  # who collects it says what is wrong
            import_path(
                file,
                mode="importlib",
                root=session.config.rootpath,
                consider_namespace_packages=False,
            )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a promise's cases for one network run the first and each sixth; all where a file is named.

    Every promise is tested for every network all the same; with --deep it is in every case.
    """
    named = any(str(given).partition("::")[0].endswith(".py") for given in config.args)
    if config.getoption("--deep") or named:
        return
    seen: Counter[str] = Counter()
    left_out = {item for item in items if item.get_closest_marker("deep")}
    for item in (one for one in items if one.path.name in MATRICES):
        promise, _, case = item.nodeid.partition("[")
        network = next((part for part in re.split(r"[]-]", case) if part in ONLINE), "")
        about = f"{promise} {network}"
        if seen[about] % EACH:
            left_out.add(item)
        seen[about] += 1
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what lives to the end: thousands of tests."""
    gc.collect()
    gc.freeze()


class StoppedClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **units: float) -> None:
        self.now += timedelta(**units)


@pytest.fixture(autouse=True)
def fresh_log() -> Iterator[None]:
    """No test logs to the stream that another one captured."""
    yield
    if structlog := sys.modules.get("structlog"):
        structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all its workers share: what is dear is made once."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def drawn(shared: Path) -> Path:
    """A cache of layers: drawing a performer anew takes four seconds."""
    return shared / "drawn"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, drawn: Path) -> Path:
    """No ELITE8_ variable of the developer reaches a test; state is temporary."""
    for name in list(os.environ):
        if name.startswith("ELITE8_") or name in {"STATE_DIRECTORY", "CREDENTIALS_DIRECTORY"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ELITE8_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("ELITE8_CACHE_DIR", str(drawn))
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(ROOT / "config"))
    monkeypatch.setenv("ELITE8_OUTBOX_DIR", str(tmp_path / "outbox"))
    return tmp_path


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of today's schema: bringing a new one there costs a tenth of a second."""
    from contextlib import closing

    from elite8.core.storage.database import Database

    file = tmp_path_factory.mktemp("empty") / "elite8.db"
    with closing(Database(f"sqlite:///{file}")) as database:
        _ = database.engine
    return file


@pytest.fixture
def tabled(clean_environment: Path, empty_database: Path) -> None:
    """The state folder has its tables: a process that makes them takes a second more."""
    state = clean_environment / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    shutil.copy2(empty_database, state)


@pytest.fixture(scope="session")
def verified() -> dict[Any, Any]:
    """What was found out about a file's bytes, once for all tests: looking costs a second."""
    return {}


@pytest.fixture(scope="session")
def decided() -> dict[str, Any]:
    """What the shipped config says, read once for all tests: records that nobody can change."""
    from elite8.core.config import Config

    return vars(Config(ROOT / "config").whole())


@pytest.fixture
def studio(
    clock: StoppedClock, empty_database: Path, verified: dict[Any, Any], decided: dict[str, Any]
) -> Iterator["Studio"]:
    from elite8.core.config import Config
    from elite8.core.settings import Settings
    from elite8.core.studio import Studio

    settings = Settings()
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy2(empty_database, settings.state_dir)
    config = Config(settings.config_dir)
    vars(config).update(decided)
    opened = Studio(settings=settings, config=config, clock=clock)
    vars(opened)["verified"] = verified
    yield opened
    if "database" in vars(opened):
        opened.database.close()


@pytest.fixture(scope="session")
def lives(
    tmp_path_factory: pytest.TempPathFactory, empty_database: Path
) -> Callable[[Any, datetime], Path]:
    """Return a function that returns a state folder with a life, made once; to be copied."""

    @cache
    def lived(life: Any, now: datetime) -> Path:
        from pydantic import SecretStr

        from elite8.core.config import Config
        from elite8.core.settings import Settings
        from elite8.core.studio import Studio
        from tests.web.seeds import live

        state = tmp_path_factory.mktemp("life") / "state"
        state.mkdir(mode=0o700)
        shutil.copy2(empty_database, state)
        given = Settings(state_dir=state, config_dir=ROOT / "config")
        address = {"database_url": SecretStr(f"sqlite:///{state}/elite8.db")}
        settings, clock = given.model_copy(update=address), StoppedClock(now)
        studio = Studio(settings=settings, config=Config(given.config_dir), clock=clock)
        live(studio, clock, life)
        studio.database.close()
        return state

    return lived


@pytest.fixture
def edited_config(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Return a function that copies the config with one piece of text replaced in one file."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "edited"
        shutil.copytree(ROOT / "config", folder)
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit


@pytest.fixture(scope="session")
def filmed(shared: Path, drawn: Path) -> Path:
    """A state folder with one finished three-second video; to be copied, never changed."""
    return once(shared, "filmed", lambda state: film(state, drawn))


def once(shared: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Return the state folder of this name that whoever asks first makes, for all workers."""
    home = shared / name
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "done").exists():
            make(home / "state")
            (home / "done").touch()
    return home / "state"


def film(state: Path, drawn: Path) -> None:
    """Make a video of three seconds with the real program."""
    environment = os.environ | {
        "ELITE8_STATE_DIR": str(state),
        "ELITE8_CACHE_DIR": str(drawn),
        "ELITE8_CONFIG_DIR": str(ROOT / "config"),
    }
    program = Path(sys.executable).with_name("elite8")
    subprocess.run(
        [program, "generate", "-c", "miyuki", "--duration", "3"],
        env=environment,
        check=True,
        capture_output=True,
    )
