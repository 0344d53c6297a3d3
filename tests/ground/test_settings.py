"""Settings: where they come from, and that secrets stay hidden."""

import os
from pathlib import Path

import pytest

from elite8.core import places
from elite8.core.errors import ConfigError
from elite8.core.settings import load


def test_the_environment_outranks_the_dotenv_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ELITE8_TIME_ZONE=Europe/Berlin\nELITE8_LOG_LEVEL=debug\n")
    monkeypatch.setenv("ELITE8_LOG_LEVEL", "error")
    settings = load()
    assert settings.time_zone == "Europe/Berlin"
    assert settings.log_level == "error"


def test_cheap_commands_and_settings_agree_on_the_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELITE8_STATE_DIR")
    (tmp_path / ".env").write_text(f"ELITE8_STATE_DIR={tmp_path / 'there'}\n")
    settings = load()
    assert settings.state_dir == places.state_dir() == tmp_path / "there"
    assert settings.database_url.get_secret_value() == places.database_url()


@pytest.mark.parametrize("planted", [".env", "config", "a link to .env"])
def test_what_another_user_put_into_the_working_folder_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, planted: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELITE8_CONFIG_DIR")
    mine = tmp_path / "mine.env"
    mine.write_text("ELITE8_FFMPEG=/tmp/run-me\n")
    (tmp_path / "config" / places.CHARACTERS.parent).mkdir(parents=True)
    if planted == ".env":
        mine.rename(tmp_path / ".env")
    elif planted == "config":
        (tmp_path / "config" / places.CHARACTERS).write_text("{}")
    else:
        (tmp_path / ".env").symlink_to(mine)
    assert places.of_another() is None
    place = tmp_path / planted.removeprefix("a link to ")
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    if os.getuid() != 0:
        pytest.skip("only root gives a file to somebody else")
    os.chown(place, 815, -1, follow_symlinks=False)
    assert places.of_another() == place
    assert "ELITE8_FFMPEG" not in places.environment()
    assert places.config_dir()[1] == "shipped with elite8"
    with pytest.raises(ConfigError, match="another user's"):
        load()


def test_whose_folder_it_is_may_decide_in_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Root in a container works in a project's folder that is its owner's outside."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("ELITE8_TIME_ZONE=Asia/Seoul\n")
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert places.of_another() is None
    assert places.environment()["ELITE8_TIME_ZONE"] == "Asia/Seoul"


def test_a_config_that_is_named_may_be_anybodys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config" / places.CHARACTERS.parent).mkdir(parents=True)
    (tmp_path / "config" / places.CHARACTERS).write_text("{}")
    monkeypatch.setattr(places, "is_ours", lambda place: place.name != "config")
    monkeypatch.setenv("ELITE8_CONFIG_DIR", "config")
    assert load().config_dir == Path("config")


def test_what_is_set_to_nothing_is_unset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    folders = ("STATE_DIR", "CACHE_DIR", "CONFIG_DIR", "OUTBOX_DIR")
    for name in (*folders, "DATABASE_URL", "TIME_ZONE", "SMTP_PORT", "A2E_API_KEY", "BOUNCES_PATH"):
        monkeypatch.delenv(f"ELITE8_{name}", raising=False)
    unset = load()
    (tmp_path / ".env").write_text("ELITE8_A2E_API_KEY=sk_below\n")
    for name in (*folders, "DATABASE_URL", "TIME_ZONE", "SMTP_PORT", "A2E_API_KEY", "BOUNCES_PATH"):
        monkeypatch.setenv(f"ELITE8_{name}", "")
    assert load() == unset
    assert load().state_dir == places.state_dir()
    assert load().database_url.get_secret_value() == places.database_url()


def test_a_folder_at_home_is_the_same_for_every_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ELITE8_STATE_DIR", "~/mine")
    assert load().state_dir == places.state_dir() == tmp_path / "mine"


def test_systemd_names_the_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ELITE8_STATE_DIR")
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path}/a:{tmp_path}/b")
    assert load().state_dir == tmp_path / "a"


def test_a_systemd_credential_file_gives_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "elite8_a2e_api_key").write_text("sk_from_file")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    key = load().a2e_api_key
    assert key is not None
    assert key.get_secret_value() == "sk_from_file"


SIMULATED = {
    "ELITE8_YOUTUBE_URL": "http://127.0.0.1:1",
    "ELITE8_TIKTOK_URL": "http://127.0.0.1:2",
    "ELITE8_INSTAGRAM_URL": "http://127.0.0.1:3",
    "ELITE8_X_URL": "http://127.0.0.1:4",
    "ELITE8_DISCORD_URL": "http://127.0.0.1:5",
    "ELITE8_CLOCK": "2026-03-08T06:30:00+00:00 x60 since 2026-11-24T00:00:00+00:00",
}


def test_a_fast_clock_is_gone_by_among_simulators(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SIMULATED.items():
        monkeypatch.setenv(name, value)
    assert str(load().now) == SIMULATED["ELITE8_CLOCK"]


def test_every_network_has_its_settings() -> None:
    from elite8.core.domain.destination import ONLINE
    from elite8.core.settings import NETWORKS, Settings

    assert set(NETWORKS) == set(ONLINE)
    assert {f"{name}_url" for name in ONLINE} <= set(Settings.model_fields)


@pytest.mark.parametrize("real", [name for name in SIMULATED if name.endswith("_URL")])
def test_a_fast_clock_is_refused_where_a_network_is_real(
    monkeypatch: pytest.MonkeyPatch, real: str
) -> None:
    for name, value in SIMULATED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(real)
    with pytest.raises(ConfigError, match=r"ELITE8_CLOCK: .*simulated"):
        load()


def test_a_fast_clock_is_refused_with_a_key_of_the_real_a2e(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in SIMULATED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ELITE8_A2E_API_KEY", "sk_real")
    with pytest.raises(ConfigError, match="ELITE8_CLOCK"):
        load()


def test_where_telegram_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELITE8_TELEGRAM_WEBHOOK_URL", "https://example.com:8443/telegram")
    monkeypatch.setenv("ELITE8_TELEGRAM_WEBHOOK_SECRET", "hidden_-8")
    assert load().telegram_webhook_url == "https://example.com:8443/telegram"
    assert "hidden" not in repr(load())


def test_a_secret_is_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELITE8_A2E_API_KEY", "sk_hidden")
    monkeypatch.setenv("ELITE8_DATABASE_URL", "postgresql://me:pw_hidden@host/db")
    assert "hidden" not in repr(load()) + str(load())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ELITE8_TIME_ZONE", "Mars/Olympus"),
        ("ELITE8_LOG_LEVEL", "loud"),
        ("ELITE8_LOG_FORMAT", "x"),
        ("ELITE8_TELEGRAM_WEBHOOK_URL", "http://example.com/x"),
        ("ELITE8_TELEGRAM_WEBHOOK_URL", "https://example.com:8080/x"),
        ("ELITE8_TELEGRAM_WEBHOOK_SECRET", "two words"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=variable):
        load()
