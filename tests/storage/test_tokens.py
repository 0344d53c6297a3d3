"""Tokens at rest: encrypted, whole, never emptied, refreshed by one at a time."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from elite8.core.errors import ConfigError, SignInNeeded
from elite8.core.storage.database import Database
from elite8.core.storage.sign_ins import Rows
from elite8.core.storage.tokens import Tokens, TokenStore

ENDS = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PAIR = Tokens(access="ya29.secret", refresh="1//0secret", access_ends_at=ENDS)


@pytest.fixture(scope="module")
def rows(postgres: Callable[[str], str]) -> Iterator[Database]:
    with closing(Database(postgres("sign_ins"))) as database:
        yield database


@pytest.fixture(params=["folder", pytest.param("rows", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    """Tokens in each place they may lie in; nobody's at first."""
    if request.param == "folder":
        return TokenStore(tmp_path, None)
    found = TokenStore(tmp_path, None, Rows(request.getfixturevalue("rows")))
    for name in found.kept():
        found.forget(name)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path, None)


def test_tokens_come_back_as_they_were(store: TokenStore) -> None:
    store.write("a", PAIR)
    assert store.read("a") == PAIR


def test_nothing_on_disk_or_in_a_repr_shows_them(folder: TokenStore, tmp_path: Path) -> None:
    folder.write("a", PAIR)
    assert "secret" not in repr(PAIR)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert b"secret" not in file.read_bytes()
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_empty_refresh_token_does_not_replace_one_that_is_there(store: TokenStore) -> None:
    store.write("a", PAIR)
    store.write("a", Tokens(access="ya29.new"))
    assert (store.read("a").access, store.read("a").refresh) == ("ya29.new", "1//0secret")


def test_no_sign_in_and_one_of_another_key_say_what_to_do(
    store: TokenStore, tmp_path: Path
) -> None:
    with pytest.raises(SignInNeeded, match="sign in again"):
        store.read("a")
    store.write("a", PAIR)
    other = TokenStore(tmp_path, TokenStore.new_key(), store._drawer)
    with pytest.raises(SignInNeeded, match="ELITE8_TOKEN_KEY"):
        other.read("a")


def test_the_operators_key_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="elite8 accounts key"):
        TokenStore(tmp_path, "hunter2").write("a", PAIR)


def test_forgetting_is_harmless_twice(store: TokenStore) -> None:
    store.write("a", PAIR)
    store.forget("a")
    store.forget("a")
    with pytest.raises(SignInNeeded):
        store.read("a")


def test_only_one_process_refreshes_at_a_time(store: TokenStore, tmp_path: Path) -> None:
    waits = (
        "import sys, pathlib\n"
        "from elite8.core.storage.database import Database\n"
        "from elite8.core.storage.sign_ins import drawer\n"
        "found = drawer(Database(sys.argv[1]), pathlib.Path(sys.argv[2]))\n"
        "print('waiting', flush=True)\n"
        "with found.alone('a'): print('in', flush=True)"
    )
    shared = store._drawer
    address = shared.database.address if isinstance(shared, Rows) else "sqlite:////none/of/them.db"
    asked = (sys.executable, "-c", waits, address, str(tmp_path))
    with store.alone("a"), subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        other.terminate()
    assert json.dumps(other.returncode) == "-15"
    with store.alone("a"):  # and who is gone holds nothing
        assert store.kept() == []


@pytest.mark.postgres
def test_what_a_network_gave_is_kept_though_the_store_was_away_for_a_moment(
    rows: Database, tmp_path: Path
) -> None:
    gone: list[bool] = []

    def break_off(*_: object) -> None:
        if not gone:
            gone.append(True)
            raise OperationalError("INSERT", None, Exception("the server closed the connection"))

    event.listen(rows.engine, "before_cursor_execute", break_off)
    try:
        TokenStore(tmp_path, None, Rows(rows)).write("b", PAIR)
    finally:
        event.remove(rows.engine, "before_cursor_execute", break_off)
    assert gone
    assert TokenStore(tmp_path, None, Rows(rows)).read("b") == PAIR


def test_an_empty_access_token_replaces_nothing_either(store: TokenStore) -> None:
    store.write("a", PAIR)
    store.write("a", Tokens(access=""))
    assert (store.read("a").access, store.read("a").refresh) == (PAIR.access, PAIR.refresh)


def test_a_refresh_token_that_is_kept_keeps_its_end_and_a_new_one_does_not(
    store: TokenStore,
) -> None:
    store.write("a", replace(PAIR, refresh_ends_at=ENDS))
    store.write("a", Tokens(access="ya29.new"))
    assert store.read("a").refresh_ends_at == ENDS
    store.write("a", Tokens(access="ya29.newer", refresh="1//1"))
    assert store.read("a").refresh_ends_at is None


def test_another_way_to_sign_in_takes_nothing_over(store: TokenStore) -> None:
    store.write("a", PAIR)
    store.write("a", Tokens(access="EAPage", via="facebook"))
    assert store.read("a") == Tokens(access="EAPage", via="facebook")


def test_that_new_ones_were_asked_for_is_kept_until_they_are(store: TokenStore) -> None:
    store.asking("a", PAIR, ENDS)
    assert store.read("a") == replace(PAIR, asked_at=ENDS)
    store.write("a", replace(PAIR, access="ya29.new"))
    assert store.read("a").asked_at is None


def test_a_file_of_an_earlier_version_is_read(folder: TokenStore, tmp_path: Path) -> None:
    folder.write("a", PAIR)
    old = {"access": "x", "refresh": "y", "access_ends_at": None, "refresh_ends_at": None}
    sealed = folder._cipher().encrypt(json.dumps(old).encode())
    (tmp_path / "tokens" / "a").write_bytes(sealed)
    assert folder.read("a") == Tokens(access="x", refresh="y")


@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_killed_while_it_writes_the_old_tokens_are_there_whole(
    folder: TokenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    folder.write("a", PAIR)
    with monkeypatch.context() as deadly:
        place: object = Path if step == "replace" else os
        deadly.setattr(place, step, die)
        with pytest.raises(Killed):
            folder.write("a", Tokens(access="new", refresh="new"))
    assert folder.read("a") == PAIR
    assert list((tmp_path / "tokens").glob("*.part")) == []
