"""What others post to the page: a mail provider's one click, and what LINE tells."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from elite8.core.operations import consents, way_out
from elite8.core.operations.given import Given
from elite8.core.simulators.line import CHANNEL_SECRET, LineSimulator
from elite8.core.storage import people
from elite8.core.studio import Studio
from elite8.web.app import Face
from tests.web.conftest import Browser, with_token

PUBLIC = "https://fans.example.com"
USER = "U0123456789abcdef0123456789abcdef"


@pytest.fixture
def face(studio: Studio) -> Browser:
    known = with_token(studio, web_url=PUBLIC, line_channel_secret=SecretStr(CHANNEL_SECRET))
    served = Face(lambda: known, host="0.0.0.0")  # noqa: S104  # nothing listens
    return Browser(served, base=PUBLIC, address="203.0.113.7")


@pytest.fixture
def link(face: Browser) -> Callable[[], str]:
    """Return a function that gives the path of a link in somebody's letter."""
    studio = face.face.studio()
    given = Given(channel="email", address="fan@example.org", country="JP", evidence="form/1")
    who = consents.record(studio, given).person

    def make() -> str:
        with studio.database.transaction() as session:
            safe = consents.opened(studio, session)
            assert people.get(session, who)
            return way_out.link(studio, safe, who, "marketing").removeprefix(PUBLIC)

    return make


def status(face: Browser) -> tuple[str, ...]:
    return tuple(one[2] for one in consents.counts(face.face.studio()))


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://mail.example.net"}])
def test_a_mail_provider_s_one_click_ends_it_at_once(
    face: Browser, link: Callable[[], str], headers: dict[str, str]
) -> None:
    form = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = face.ask("POST", link(), data=form, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
    assert status(face) == ("withdrawn",)
    who = consents.show(face.face.studio(), "email:fan@example.org")
    assert who.consents[0].via == "one-click"


def test_a_multipart_one_click_counts_as_well(face: Browser, link: Callable[[], str]) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = face.ask("POST", link(), content=body, headers=kind)
    assert (answer.status_code, answer.content) == (200, b"")
    assert status(face) == ("withdrawn",)


def test_looking_at_the_link_ends_nothing_and_its_button_does(
    face: Browser, link: Callable[[], str]
) -> None:
    shown = face.get(link())
    assert shown.status_code == 200
    assert '<form method="post">' in shown.text
    assert "fan@example.org" not in shown.text
    assert status(face) == ("granted",)
    assert face.post(link()).status_code == 200
    assert status(face) == ("withdrawn",)


def test_a_stranger_who_tries_links_holds_up_no_writer(
    face: Browser, link: Callable[[], str]
) -> None:
    path = link()
    wrong = f"{path[:4]}{'0' * 8}{path[12:]}"
    with face.face.studio().database.transaction():  # a post is being claimed
        assert face.get(wrong).status_code == 404
        assert face.get(path).status_code == 200


def test_a_fault_is_logged_without_the_link_that_lets_one_act(
    face: Browser,
    link: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = link()

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(way_out, "read", broken)
    assert face.get(path).status_code == 500
    said = capsys.readouterr()
    assert "web.fault" in said.out + said.err
    assert path[3:] not in said.out + said.err


def test_a_link_that_nobody_made_ends_nothing(face: Browser, link: Callable[[], str]) -> None:
    wrong = link()[:-1] + ("0" if link()[-1] != "0" else "1")
    assert face.get(wrong).status_code == 404
    assert face.post(wrong).status_code == 404
    assert face.ask("POST", link(), content=b"x" * 5000).status_code == 413
    assert status(face) == ("granted",)


def test_line_is_heard_only_with_its_signature(face: Browser, clock: Any) -> None:
    line = LineSimulator(clock=clock)
    body, signed = line.event("follow", USER)
    for signature, answered in ((signed, 200), ("", 403), ("x" + signed[1:], 403)):
        headers = {"x-line-signature": signature}
        assert face.ask("POST", "/line", content=body, headers=headers).status_code == answered
    assert status(face) == ("granted",)
    gone, signed = line.event("unfollow", USER, 2)
    face.ask("POST", "/line", content=gone, headers={"x-line-signature": signed})
    assert status(face) == ("withdrawn",)


def test_without_a_secret_nobody_is_heard(studio: Studio, clock: Any) -> None:
    known = with_token(studio, web_url=PUBLIC)
    other = Browser(Face(lambda: replace(known), host="0.0.0.0"), base=PUBLIC)  # noqa: S104  # same
    body, signed = LineSimulator(clock=clock).event("follow", USER)
    headers = {"x-line-signature": signed}
    assert other.ask("POST", "/line", content=body, headers=headers).status_code == 403


def test_any_other_form_from_elsewhere_is_refused(face: Browser) -> None:
    elsewhere = {"Origin": "https://mail.example.net"}
    assert face.ask("POST", "/sign-out", headers=elsewhere).status_code == 403


def test_a_second_yes_is_the_button_not_the_look(face: Browser) -> None:
    studio = face.face.studio()
    given = Given(channel="email", address="new@example.org", country="DE", evidence="form/1")
    who = consents.record(studio, given).person
    with studio.database.transaction() as session:
        safe = consents.opened(studio, session)
        path = way_out.link(studio, safe, who, "marketing", way_out.YES).removeprefix(PUBLIC)
    assert "press the button" in face.get(path).text
    assert status(face) == ("pending_doi",)
    assert face.post(path).status_code == 200
    assert status(face) == ("granted",)
    assert face.get(path[:-1]).status_code == 404
    assert face.post(path.replace("/c/", "/u/")).status_code == 404
