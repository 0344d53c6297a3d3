"""The real command: it prints its address, answers, tells no secret, and ends when told to."""

import json
import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]

ELITE8 = Path(sys.executable).with_name("elite8")
TOKEN = "canary-token-0123456789-0123456789"
NAMES = ("A2E_API_KEY", "TELEGRAM_TOKEN", "SMTP_PASSWORD", "WEBHOOK_SECRET", "TOKEN_KEY")


def test_the_page_tells_no_secret_and_ends_clean(tmp_path: Path) -> None:
    environment = os.environ | {f"ELITE8_{name}": f"canary-{name.lower()}" for name in NAMES}
    environment |= {
        "ELITE8_STATE_DIR": str(tmp_path / "state"),
        "ELITE8_A2E_URL": "http://127.0.0.1:9",
        "ELITE8_WEBHOOK_URL": "http://127.0.0.1:9/canary-path",
        "ELITE8_LOG_LEVEL": "debug",
        "ELITE8_WEB_TOKEN": TOKEN,
    }
    with subprocess.Popen(
        [ELITE8, "monitor", "web", "--listen", "127.0.0.1:0", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout
        url = urlsplit(json.loads(child.stdout.readline())["data"]["url"])
        line = HTTPConnection(url.hostname or "", url.port, timeout=60)
        seen = ""
        for path, status in (
            *(("/", 200), ("/part", 200), ("/metrics", 200), ("/healthz", 200)),
            *(("/sign-in", 200), ("/nothing?token=canary", 404), ("/static/x", 404)),
        ):
            line.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
            answer = line.getresponse()
            assert answer.status == status, path
            seen += answer.read().decode() + str(answer.headers)
        line.request("GET", "/")
        assert line.getresponse().status == 303
        line.close()
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=20)
    assert child.returncode == 0
    assert "Nobody is watching" in seen
    assert "elite8_posts" in seen
    for said in (seen, out, err):
        assert "canary" not in said
        assert "Traceback" not in said
