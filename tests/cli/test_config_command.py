"""`elite8 config` as an operator sees it."""

import json
from pathlib import Path

import pytest

from elite8.cli import run


def test_show_tells_secrets_only_as_set_or_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITE8_A2E_API_KEY", "sk_hidden")
    monkeypatch.setenv("ELITE8_DATABASE_URL", "postgresql://me:pw_hidden@host/db")
    assert run(["config", "show", "--json"]) == 0
    out, err = capsys.readouterr()
    assert "hidden" not in out + err
    shown = {s["variable"]: s["value"] for s in json.loads(out)["data"]["settings"]}
    assert shown["ELITE8_A2E_API_KEY"] == "set"
    assert shown["ELITE8_SIGNING_KEY"] == "missing"
    assert shown["ELITE8_X_CLIENT_SECRET"] == "missing"
    assert "None" not in shown.values()
    assert shown["ELITE8_DATABASE_URL"] == "postgresql://me:***@host/db"


def test_show_says_which_config_won(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ELITE8_CONFIG_DIR")
    monkeypatch.chdir(tmp_path)
    run(["config", "show", "--json"])
    assert json.loads(capsys.readouterr().out)["data"]["because"] == "shipped with elite8"
    assert run(["config", "init", "config"]) == 0
    assert "it is used from here" in capsys.readouterr().out
    run(["config", "show", "--json"])
    assert json.loads(capsys.readouterr().out)["data"]["because"] == "./config"


def test_init_never_overwrites(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["config", "init", str(tmp_path / "mine")]) == 0
    edited = tmp_path / "mine" / "finishing.json"
    edited.write_text("{}")
    assert run(["config", "init", str(tmp_path / "mine")]) == 2
    assert "exists already" in capsys.readouterr().err
    assert edited.read_text() == "{}"


def test_check_names_file_and_key_and_leaves_with_2(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(["config", "init", str(tmp_path / "mine")])
    (tmp_path / "mine" / "finishing.json").write_text('{"duration": 15}')
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(tmp_path / "mine"))
    capsys.readouterr()
    assert run(["config", "check"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "finishing.json: " in err


def test_check_finds_a_picture_that_is_not_there(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run(["config", "init", str(tmp_path / "mine")])
    file = tmp_path / "mine" / "avatars" / "elite8_characters.json"
    file.write_text(file.read_text("utf-8").replace('"image": ""', '"image": "me.png"', 1), "utf-8")
    monkeypatch.setenv("ELITE8_CONFIG_DIR", str(tmp_path / "mine"))
    assert run(["config", "check"]) == 2
    assert "there is no file" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["finishing.json", "avatars/elite8_characters.json", "en.json"])
def test_schema_prints_json(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["config", "schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_an_unknown_schema_lists_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "schema", "nope.json"]) == 2
    assert "finishing.json" in capsys.readouterr().err


def test_simulate_from_a_day_needs_a_pace(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "simulate", "--from", "2026-03-06"]) == 2
    assert "--pace" in capsys.readouterr().err


def test_a_setting_is_shown_in_one_piece(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["config", "show"]) == 0
    assert "ELITE8_INSTAGRAM_CLIENT_SECRET " in capsys.readouterr().out
