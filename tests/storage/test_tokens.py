"""Tokens at rest: encrypted, whole, never emptied, refreshed by one at a time."""

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elite8.core.errors import ConfigError, SignInNeeded
from elite8.core.storage.tokens import Tokens, TokenStore

ENDS = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PAIR = Tokens(access="ya29.secret", refresh="1//0secret", access_ends_at=ENDS)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path, None)


def test_tokens_come_back_as_they_were(store: TokenStore) -> None:
    store.write("a", PAIR)
    assert store.read("a") == PAIR


def test_nothing_on_disk_or_in_a_repr_shows_them(store: TokenStore, tmp_path: Path) -> None:
    store.write("a", PAIR)
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
    other = TokenStore(tmp_path, TokenStore.new_key())
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
        "import sys, pathlib; from elite8.core.storage.tokens import TokenStore\n"
        "store = TokenStore(pathlib.Path(sys.argv[1]), None)\n"
        "print('waiting', flush=True)\n"
        "with store.alone('a'): print('in', flush=True)"
    )
    with (
        store.alone("a"),
        subprocess.Popen(
            (sys.executable, "-c", waits, str(tmp_path)), stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdout
        assert other.stdout.readline() == "waiting\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.3)
        other.terminate()
    assert json.dumps(other.returncode) == "-15"
