"""The log never shows a secret."""

import json

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

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
