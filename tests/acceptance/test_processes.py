"""The real command as a process: what it prints, how it stops, what it leaves."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests import inside
from tests.cases import also
from tests.films import lay

PROGRAM = str(Path(sys.executable).with_name("elite8"))
pytestmark = [pytest.mark.slow, pytest.mark.media]


def elite8(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(autouse=True)
def shipped_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ELITE8_CONFIG_DIR")


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield int(child)
            yield from descendants(int(child))


def test_from_nothing_to_the_outbox(tmp_path: Path) -> None:
    made = elite8("generate", "-c", "miyuki", "--duration", "3", "--json", folder=tmp_path)
    assert made.returncode == 0, made.stderr
    video = json.loads(made.stdout)["data"][0]
    checked = inside.elite8("generate", "verify", video["path"], "--json")
    media = json.loads(checked.stdout)["data"]["media"]
    assert checked.returncode == 0, checked.stdout
    assert (media["width"], media["height"], media["faststart"]) == (1080, 1920, True)
    assert abs(media["duration"] - 3) <= 0.5
    out = elite8("publish", "latest", "--to", "outbox", folder=tmp_path)
    again = elite8("publish", "latest", "--to", "outbox", folder=tmp_path)
    assert (out.returncode, again.returncode) == (0, 0)
    assert "is out already" in again.stdout
    listed = json.loads(inside.elite8("generate", "list", "--json").stdout)["data"]
    assert [v["status"] for v in listed] == ["finished"]


def test_a_copy_by_ffmpeg_loses_its_marks_and_verify_names_them(
    tmp_path: Path, filmed: Path
) -> None:
    from elite8.core.production import ffmpeg

    lay(filmed, Path(os.environ["ELITE8_STATE_DIR"]))
    listed = inside.elite8("generate", "list", "--json")
    path = json.loads(listed.stdout)["data"][0]["path"]
    ffmpeg.run(["-v", "error", "-i", path, "-c", "copy", str(tmp_path / "copy.mp4")])
    checked = elite8("generate", "verify", "copy.mp4", folder=tmp_path)
    assert checked.returncode == 1
    assert "XMP" in checked.stderr
    assert "Content Credentials" in checked.stderr or "C2PA" in checked.stderr


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), *also((signal.SIGINT, 130))])
def test_stopped_before_the_first_frame_nothing_half_done_stays(
    tmp_path: Path, how: signal.Signals, code: int
) -> None:
    out = tmp_path / "out"
    command = [PROGRAM, "generate", "-c", "jin", "-l", "en", "--duration", "15", "--out", str(out)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as running:
        deadline = time.monotonic() + 60
        while not list(out.glob(".making-*")) and time.monotonic() < deadline:
            time.sleep(0.01)
        running.send_signal(how)
        assert running.wait(30) == code
    assert list(out.iterdir()) == []
    listed = json.loads(elite8("generate", "list", "--json", folder=tmp_path).stdout)["data"]
    assert [video["status"] for video in listed] == ["failed"]


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), *also((signal.SIGTERM, 143))])
def test_stopped_in_the_middle_nothing_half_done_stays(
    tmp_path: Path, how: signal.Signals, code: int
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen(
        [PROGRAM, "generate", "-c", "miyuki", "--duration", "15", "--out", str(out)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        deadline = time.monotonic() + 60
        while not list(out.glob(".making-*/*.part")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        children = list(descendants(running.pid))
        running.send_signal(how)
        said = running.communicate(timeout=30)[1].decode()
        assert running.returncode == code, said
    assert children
    assert not [pid for pid in children if alive(pid)]
    assert list(out.iterdir()) == []
    listed = json.loads(elite8("generate", "list", "--json", folder=tmp_path).stdout)["data"]
    assert [video["status"] for video in listed] == ["failed"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, IndexError):
        return False


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    line = f"{PROGRAM} config schema elite8_characters.json | true"
    shell = ["sh", "-c", line]
    done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    state = Path(os.environ["ELITE8_STATE_DIR"])
    state.mkdir()
    (state / "elite8.db").write_bytes(b"not a database" * 200)
    done = elite8("generate", "-c", "miyuki", "--duration", "3", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


def test_a_backup_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert inside.elite8("db", "migrate").returncode == 0
    assert elite8("db", "backup", "copy.db", folder=tmp_path).returncode == 0
    refused = inside.elite8("db", "restore", "copy.db")
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    with closing(sqlite3.connect(Path(os.environ["ELITE8_STATE_DIR"]) / "elite8.db")) as rows:
        rows.execute("DROP TABLE post")
    assert elite8("db", "restore", "copy.db", "--force", folder=tmp_path).returncode == 0
    assert inside.elite8("db", "check").stdout == "the database is sound\n"


def test_a_failed_encoder_is_one_sentence_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELITE8_FFMPEG", "/bin/false")
    done = elite8("generate", "-c", "miyuki", "--duration", "3", "--out", "out", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert list((tmp_path / "out").iterdir()) == []
    listed = json.loads(elite8("generate", "list", "--json", folder=tmp_path).stdout)["data"]
    assert [video["status"] for video in listed] == ["failed"]
