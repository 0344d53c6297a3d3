"""Where the key that sign-ins are encrypted with comes from, and that it is never shown."""

import os
import sys
import types
from pathlib import Path

import pytest

from elite8.core.errors import ConfigError
from elite8.core.storage import keys
from elite8.core.storage.tokens import Tokens, TokenStore

ONE, OTHER = keys.new(), keys.new()
VARIABLE = {"ELITE8_TOKEN_KEY": ONE}


class FakeKeyring(types.ModuleType):
    """The library, with one entry and the possibility to be locked."""

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = locked
        self.errors = types.ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]

    def get_password(self, service: str, entry: str) -> str | None:
        if self.locked:
            raise self.errors.KeyringError(ONE)
        return self.kept.get((service, entry))

    def set_password(self, service: str, entry: str, value: str) -> None:
        self.kept[service, entry] = value


def use(monkeypatch: pytest.MonkeyPatch, keyring: FakeKeyring) -> FakeKeyring:
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", keyring.errors)
    return keyring


@pytest.fixture
def credential(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "elite8-token-key").write_text(f"{OTHER}\n")
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def test_the_variable_comes_before_the_credential_and_that_before_the_file(
    tmp_path: Path, credential: dict[str, str]
) -> None:
    first = keys.find("auto", ONE, VARIABLE | credential, tmp_path)
    second = keys.find("auto", None, credential, tmp_path)
    third = keys.find("auto", None, {}, tmp_path)
    assert [key.source for key in (first, second, third)] == ["environment", "credential", "file"]
    assert (first.value, second.value) == (ONE.encode(), OTHER.encode())
    assert keys.find("auto", None, {}, tmp_path).value == third.value


def test_a_credential_named_as_our_other_secrets_is_taken_as_one(tmp_path: Path) -> None:
    (tmp_path / "elite8_token_key").write_text(OTHER)
    found = keys.find("auto", OTHER, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, tmp_path)
    assert (found.source, found.value) == ("credential", OTHER.encode())


def test_a_place_that_is_chosen_outranks_the_others(
    tmp_path: Path, credential: dict[str, str]
) -> None:
    both = VARIABLE | credential
    assert keys.find("credential", ONE, both, tmp_path).value == OTHER.encode()
    assert keys.find("environment", ONE, both, tmp_path).value == ONE.encode()
    assert keys.find("file", ONE, both, tmp_path).source == "file"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [("environment", "ELITE8_TOKEN_KEY is not set"), ("credential", "elite8-token-key")],
)
def test_a_chosen_place_without_a_key_is_an_error_and_makes_none(
    tmp_path: Path, wanted: str, sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        keys.find(wanted, None, {}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_keyring_keeps_one_key_made_the_first_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = use(monkeypatch, FakeKeyring())
    assert "keyring" in keys.missing("keyring", None, {}, tmp_path)
    made = keys.find("keyring", None, {}, tmp_path)
    assert keyring.kept == {("elite8", "token-key"): made.value.decode()}
    assert keys.find("keyring", None, {}, tmp_path) == made
    assert keys.missing("keyring", None, {}, tmp_path) == ""
    assert not any(made.value in f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())


def test_nobody_asks_the_keyring_unless_it_is_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeKeyring(locked=True))
    assert keys.find("auto", None, {}, tmp_path).source == "file"


def test_a_locked_keyring_says_what_to_do_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FakeKeyring(locked=True))
    with pytest.raises(ConfigError, match="ELITE8_TOKEN_KEY_FROM") as caught:
        keys.find("keyring", None, {}, tmp_path)
    assert ONE not in str(caught.value)


def test_without_the_package_the_words_say_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(ConfigError, match=r"pip install 'elite8\[keyring\]'"):
        keys.find("keyring", None, {}, tmp_path)


def test_what_is_no_key_is_named_by_its_place_and_not_shown(
    tmp_path: Path, credential: dict[str, str]
) -> None:
    Path(credential["CREDENTIALS_DIRECTORY"], "elite8-token-key").write_text("hunter2")
    key = keys.find("auto", None, credential, tmp_path)
    with pytest.raises(ConfigError, match="credential elite8-token-key is not a key") as caught:
        TokenStore(tmp_path, key).write("a", Tokens(access="x"))
    assert "hunter2" not in str(caught.value) + repr(key)


def test_an_unreadable_credential_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        keys._read(tmp_path)


def test_of_two_makers_of_the_file_one_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys" / keys.KEY_FILE

    def beaten(_: Path, there: Path) -> None:
        there.write_text(ONE)
        raise FileExistsError

    monkeypatch.setattr(os, "link", beaten)
    assert keys.own(tmp_path).value == ONE.encode()
    assert [one.name for one in (tmp_path / "keys").iterdir()] == [file.name]
