"""Who may come in: tokens, sessions, tries, names, and from which page."""

import re
import time
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from elite8.core.operations import sessions
from elite8.core.settings import load
from elite8.web.app import Face
from elite8.web.door import ADDRESSES, TRIES, TRIES_OF_ALL, WINDOW, Door, Tries, is_here, name_of
from tests.web.conftest import TOKEN, Browser, allow, broken, with_token


class Ticking:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def a_door(token: str = TOKEN) -> tuple[Door, Ticking]:
    ticking = Ticking()
    return Door(token, ticking, lambda: 2), ticking


def test_on_this_machine_nobody_is_asked_for_a_token(browser: Browser) -> None:
    assert browser.get("/").status_code == 200
    assert browser.get("/sign-in").status_code == 200
    assert browser.sign_in("anything").headers["location"] == "/"


def test_elsewhere_nothing_is_shown_without_the_token(locked: Browser) -> None:
    assert locked.get("/").headers["location"] == "/sign-in"
    for path, status in (("/part", 401), ("/metrics", 401)):
        answer = locked.get(path)
        assert (answer.status_code, len(answer.text) < 60) == (status, True)
    assert locked.post("/alerts/0/ack").headers["location"] == "/sign-in"
    assert locked.get("/static/elite8.css").status_code == 200


def test_the_token_opens_and_its_cookie_is_kept_safe(locked: Browser) -> None:
    answer = locked.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-elite8=")
    for flag in ("HttpOnly", "SameSite=strict", "Secure", "Path=/", f"Max-Age={168 * 3600}"):
        assert flag in cookie
    assert TOKEN not in cookie
    page = locked.get("/")
    assert page.status_code == 200
    assert TOKEN not in page.text
    assert "Sign out" in page.text


def test_through_a_tunnel_the_cookie_needs_no_tls(small: Any) -> None:
    known = with_token(small)
    near = Browser(Face(lambda: known, host="127.0.0.1"), base="http://localhost:8088")
    cookie = near.sign_in().headers["set-cookie"]
    assert cookie.startswith("elite8=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert near.get("/").status_code == 200


def test_signing_out_ends_the_session_for_whoever_kept_its_cookie(locked: Browser) -> None:
    locked.sign_in()
    form = re.findall(r'name="form" value="(\w+)"', locked.get("/").text)[0]
    kept = dict(locked.jar)
    locked.post("/sign-out", {"form": "wrong"})
    locked.jar.update(kept)
    assert locked.get("/").status_code == 200
    locked.post("/sign-out", {"form": form})
    locked.jar.update(kept)
    assert locked.get("/").headers["location"] == "/sign-in"


def test_signing_out_holds_after_a_restart_and_at_other_pages(locked: Browser, clock: Any) -> None:
    known = locked.face.studio()
    locked.sign_in()
    form = re.findall(r'name="form" value="(\w+)"', locked.get("/").text)[0]
    kept = dict(locked.jar)

    def another() -> Browser:
        face = Face(lambda: known, host="0.0.0.0")  # noqa: S104  # nothing listens
        return Browser(face, base=locked.base, address=locked.address)

    other = another()
    other.jar.update(kept)
    assert other.get("/").status_code == 200  # a sign-in outlives a restart
    locked.post("/sign-out", {"form": form})
    anew = another()
    anew.jar.update(kept)
    assert anew.get("/").headers["location"] == "/sign-in"
    other.face.signed_out.forget()  # as four seconds do
    other.jar.update(kept)
    assert other.get("/part").status_code == 401
    clock.advance(hours=200)
    sessions.end(known, "another", clock() + timedelta(hours=1))
    assert sessions.ended(known) == {"another"}


def test_while_nobody_can_say_who_signed_out_nobody_is_in(locked: Browser) -> None:
    locked.sign_in()
    locked.face.studio().database.close()
    with broken(locked.face.studio()):
        assert locked.get("/part").status_code == 401


def test_a_session_ends_by_itself_and_with_another_token(locked: Browser, clock: Any) -> None:
    locked.sign_in()
    clock.advance(hours=167)
    assert locked.get("/").status_code == 200
    clock.advance(hours=2)
    assert locked.get("/").headers["location"] == "/sign-in"
    door, _ = a_door()
    cookie, _ = door.opened()
    assert door.session(cookie)
    assert a_door(TOKEN + "!")[0].session(cookie) is None


@pytest.mark.parametrize(
    "cookie",
    ["", "..", "1.2", "x.y.z", "9999999999.nonce.", "٣.a.b", "9" * 40 + ".a.b", "1.é.ü", "a.b.c.d"],
)
def test_a_made_up_cookie_opens_nothing(cookie: str) -> None:
    assert a_door()[0].session(cookie) is None


def test_a_changed_cookie_opens_nothing() -> None:
    door, _ = a_door()
    expires, nonce, sign = door.opened()[0].split(".")
    assert door.session(f"{expires}.{nonce}.{sign}")
    assert door.session(f"{int(expires) + 1}.{nonce}.{sign}") is None
    assert door.session(f"{expires}.{nonce}x.{sign}") is None
    assert door.session(f"{expires}.{nonce}.{'0' * len(sign)}") is None


def test_an_empty_token_fits_no_door() -> None:
    assert not a_door("")[0].fits("")
    assert not a_door()[0].fits("")
    assert a_door()[0].fits(TOKEN)


def test_a_wrong_token_takes_as_long_as_one_that_is_nearly_right() -> None:
    door, _ = a_door()
    took: dict[str, list[int]] = {"x" * len(TOKEN): [], TOKEN[:-1] + "x": []}
    for _ in range(3000):
        for guess, times in took.items():
            began = time.perf_counter_ns()
            door.fits(guess)
            times.append(time.perf_counter_ns() - began)
    far, near = (median(times) for times in took.values())
    assert 0.7 < far / near < 1.4


def test_who_tries_too_often_has_to_wait_even_with_the_right_token(
    locked: Browser, clock: Any
) -> None:
    for _ in range(TRIES):
        assert locked.sign_in("wrong" * 8).status_code == 403
    answer = locked.sign_in()
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW
    locked.address = "203.0.113.8"
    assert locked.sign_in().status_code == 303
    locked.address = "203.0.113.7"
    clock.advance(seconds=WINDOW + 1)
    assert locked.sign_in().status_code == 303


def test_a_wrong_bearer_token_counts_too(locked: Browser) -> None:
    for _ in range(TRIES):
        assert locked.get("/metrics", Authorization="Bearer wrong").status_code == 401
    assert locked.get("/metrics", Authorization=f"Bearer {TOKEN}").status_code == 401
    locked.address = "203.0.113.8"
    assert locked.get("/metrics", Authorization=f"Bearer {TOKEN}").status_code == 200


def test_tries_are_counted_for_all_together_and_in_bounded_memory() -> None:
    ticking = Ticking()
    tries = Tries(ticking)
    for number in range(TRIES_OF_ALL):
        tries.wrong(f"10.0.{number // 250}.{number % 250}")
    assert tries.wait("192.0.2.1") == WINDOW
    ticking.now += WINDOW + 1
    assert tries.wait("192.0.2.1") == 0
    for number in range(3 * ADDRESSES):
        tries.wrong(f"2001:db8:{number:x}::1")
    assert len(tries._by_address) == ADDRESSES


def test_one_customer_of_a_provider_is_one_address() -> None:
    tries = Tries(Ticking())
    for number in range(TRIES):
        tries.wrong(f"2001:db8:0:1::{number}")
    assert tries.wait("2001:db8:0:1:ffff::9") > 0
    assert tries.wait("2001:db8:0:2::1") == 0


def test_a_proxy_is_believed_only_when_the_operator_says_so(locked: Browser) -> None:
    for number in range(TRIES):
        locked.ask("POST", "/sign-in", headers={"X-Forwarded-For": f"10.1.1.{number}"})
    assert locked.sign_in().status_code == 429
    allow(locked.face.studio(), trust_proxy=True)
    header = {"X-Forwarded-For": "10.9.9.9, 198.51.100.4"}
    answer = locked.ask("POST", "/sign-in", data={"token": TOKEN}, headers=header)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8088", 200),
        ("localhost", 200),
        ("[::1]:8088", 200),
        ("LOCALHOST:1", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
def test_on_this_machine_only_its_own_names_are_answered(
    browser: Browser, host: str, status: int
) -> None:
    for path in ("/", "/part", "/metrics", "/healthz"):
        found = browser.get(path, Host=host).status_code
        assert found == status


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_a_proxy_hands_on_is_not_from_this_machine(browser: Browser, header: str) -> None:
    answer = browser.ask("GET", "/", headers={header: "x"})
    assert answer.status_code == 403
    assert "ELITE8_WEB_TOKEN" in answer.text


def test_the_public_name_is_answered_on_this_machine_behind_a_proxy(small: Any) -> None:
    known = with_token(small, web_url="https://watch.example.com")
    far = Browser(Face(lambda: known, host="127.0.0.1"), base="https://watch.example.com")
    header = {"Origin": "https://watch.example.com", "Host": "127.0.0.1:8088"}
    assert far.ask("POST", "/sign-in", data={"token": TOKEN}, headers=header).status_code == 303
    assert far.sign_in().headers["set-cookie"].startswith("__Host-")
    assert far.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "https://watch.example.com"},
    ],
)
def test_a_form_of_another_page_is_refused(locked: Browser, headers: dict[str, str]) -> None:
    answer = locked.ask("POST", "/sign-in", data={"token": TOKEN}, headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("WEB_TOKEN", "x" * 31),
        ("WEB_LISTEN", "9099"),
        ("WEB_LISTEN", "example.com:80"),
        ("WEB_LISTEN", "::1:8088"),
        ("WEB_LISTEN", "127.0.0.1:70000"),
        ("WEB_LISTEN", "127.0.0.1:٣"),
        ("WEB_URL", "http://watch.example.com"),
        ("WEB_URL", "https://watch.example.com/deep"),
    ],
)
def test_a_wrong_setting_is_told_without_its_value(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(f"ELITE8_{setting}", value)
    with pytest.raises(Exception, match=f"ELITE8_{setting}") as told:
        load()
    assert value not in str(told.value)


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("localhost", True), ("[::1]", True), ("::1", True),
     ("10.0.0.1", False), ("192.168.1.4", False), ("::", False), ("example.com", False)],
)  # fmt: skip
def test_what_is_reached_from_this_machine_only(host: str, here: bool) -> None:
    assert is_here(host) == here


def test_a_host_has_one_name() -> None:
    assert name_of("[::1]:80") == "[::1]"
    assert name_of("LocalHost.:80") == "localhost"


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    clock = Ticking()
    tries = Tries(clock)
    for _ in range(TRIES):
        tries.wrong("203.0.113.9")
    assert tries.wait("203.0.113.9") == WINDOW
    clock.now -= 86_400
    assert tries.wait("203.0.113.9") == 0
    for _ in range(TRIES):
        tries.wrong("203.0.113.9")
    assert tries.wait("203.0.113.9") == WINDOW
