"""Secrets are nowhere that anybody reads: seeded everywhere, commands run, all of it searched."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ELITE8 = Path(sys.executable).with_name("elite8")
EACH = """
import sys
from elite8.cli import run
for line in sys.stdin:
    for heard in (sys.stdout, sys.stderr):
        print("== " + line, end="", file=heard, flush=True)
    run(line.split())
"""
"""A process that runs every line it is given as the program would: each alone loads for seconds."""
NAMES = (
    *("A2E_API_KEY", "YOUTUBE_CLIENT_SECRET", "TIKTOK_CLIENT_SECRET", "FACEBOOK_CLIENT_SECRET"),
    *("TOKEN_KEY", "TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "SMTP_PASSWORD", "WEBHOOK_SECRET"),
    *("IPROYAL_USERNAME", "IPROYAL_PASSWORD", "IPROYAL_TOKEN", "WEB_TOKEN"),
)
COMMANDS = (
    *("config show", "config check", "monitor status", "monitor health", "monitor metrics"),
    *("monitor alerts list", "monitor doctor", "monitor daily", "monitor budget"),
    *("schedule run watch", "schedule run report", "schedule run credits", "schedule run publish"),
    *("schedule crontab", "daemon unit", "accounts list", "accounts status", "credits"),
    *("monitor proxy status", "monitor proxy test", "monitor proxy plan", "schedule run traffic"),
    *("monitor alerts test telegram", "monitor alerts test webhook", "monitor alerts test email"),
)


def test_no_secret_is_said_logged_or_kept(tmp_path: Path) -> None:
    """The addresses lead to this machine's port 9, where nobody answers."""
    state = tmp_path / "state"
    environment = os.environ | {f"ELITE8_{name}": f"canary-{name.lower()}" for name in NAMES}
    environment["ELITE8_WEB_TOKEN"] += "-" * 32
    environment |= {
        "ELITE8_STATE_DIR": str(state),
        "ELITE8_LOG_LEVEL": "debug",
        "ELITE8_A2E_URL": "http://127.0.0.1:9",
        "ELITE8_TELEGRAM_URL": "http://127.0.0.1:9",
        "ELITE8_IPROYAL_URL": "http://127.0.0.1:9",
        "ELITE8_WEBHOOK_URL": "http://127.0.0.1:9/canary-webhook-path",
        "ELITE8_SMTP_HOST": "127.0.0.1",
        "ELITE8_SMTP_PORT": "9",
        "ELITE8_SMTP_USER": "me",
        "ELITE8_SMTP_TO": "me@example.com",
    }
    config = tmp_path / "config"
    subprocess.run([ELITE8, "config", "init", config], check=True, capture_output=True)
    file = config / "monitoring" / "telegram_config.json"
    file.write_text(file.read_text().replace('"chats": []', '"chats": [7]'))
    file = config / "social" / "iproyal_config.json"
    on = file.read_text().replace('"on": false', '"on": true')
    file.write_text(on.replace("geo.iproyal.com", "127.0.0.1").replace("12321", "9"))
    environment["ELITE8_CONFIG_DIR"] = str(config)
    lines = [command + " --json" * (number % 2) for number, command in enumerate(COMMANDS)]
    done = subprocess.run(
        [sys.executable, "-c", EACH],
        input="\n".join(lines).encode(),
        env=environment,
        capture_output=True,
        check=True,
        timeout=600,
    )
    for heard in (done.stdout, done.stderr):
        parts = heard.split(b"== ")[1:]
        assert len(parts) >= len(lines)
        assert [part for part in parts if b"canary" in part or b"Traceback" in part] == []
    kept = [path for path in state.rglob("*") if path.is_file()]
    assert any(path.name == "elite8.db" for path in kept)
    assert [path.name for path in kept if b"canary" in path.read_bytes()] == []
