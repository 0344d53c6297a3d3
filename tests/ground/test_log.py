"""The log never shows a secret."""

import json
import sqlite3

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from elite8.core import log


@pytest.fixture(autouse=True)
def reset() -> object:
    yield
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str], **facts: object) -> dict[str, object]:
    log.configure("info", "json", secrets=["hunter2hunter2"])
    log.get().info("video.finished", **facts)
    out, err = capsys.readouterr()
    assert out == ""
    found: dict[str, object] = json.loads(err)
    return found


def test_one_event_is_one_json_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    found = logged(capsys, video="01J", seconds=3.2)
    assert found["event"] == "video.finished"
    assert found["seconds"] == 3.2


def test_values_under_sensitive_names_are_blanked(capsys: pytest.CaptureFixture[str]) -> None:
    found = logged(capsys, access_token="abc", headers={"Authorization": "Bearer abc"})
    assert "abc" not in json.dumps(found)


def test_a_known_secret_is_blanked_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    found = logged(
        capsys, reason="refused: hunter2hunter2 is wrong", list=[{"x": "hunter2hunter2"}]
    )
    assert "hunter2hunter2" not in json.dumps(found)


@pytest.mark.parametrize("key", ["sk_abc123.def-456", "Bearer ya29.a0-AbC_d"])
def test_a_key_that_nobody_told_us_of_is_blanked_too(
    capsys: pytest.CaptureFixture[str], key: str
) -> None:
    assert key not in json.dumps(logged(capsys, reason=f"it said {key}, and no"))


def test_the_password_of_a_url_is_blanked(capsys: pytest.CaptureFixture[str]) -> None:
    found = logged(capsys, url="postgresql://me:s3cret@host/db")
    assert "s3cret" not in json.dumps(found)


@given(
    st.recursive(st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_redaction_takes_any_value(value: object) -> None:
    redact = log.redact(["zzz"])
    cleaned = dict(redact(None, "info", {"event": "e", "v": value, "w": "azzzb"}))  # type: ignore[arg-type]  # a processor may return text
    assert cleaned["w"] == "a***b"


def test_a_store_that_is_away_is_told_and_only_a_fault_of_ours_leaves_a_trace(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log.configure("info", "json")
    away = OperationalError("SELECT 1", None, Exception("Connection timed out"))
    told = log.broken("post.broke", away, post="A")
    assert (told.exit_code, "does not answer" in str(told)) == (4, True)
    assert capsys.readouterr().err == ""
    with pytest.raises(sqlite3.OperationalError) as wrong:
        sqlite3.connect(":memory:").execute("SELECT one FROM nowhere")
    told = log.broken("post.broke", OperationalError("SELECT", None, wrong.value), post="A")
    assert "OperationalError" in str(told)
    assert "no such table" in capsys.readouterr().err
    told = log.broken("post.broke", ZeroDivisionError("one by none"), post="A")
    assert (told.code, "ZeroDivisionError" in str(told)) == ("failed", True)
    said = json.loads(capsys.readouterr().err)
    assert (said["event"], said["post"], "one by none" in said["exception"]) == (
        *("post.broke", "A"),
        True,
    )
