"""Following a link: to its target, counted once a day for people, and nothing kept of who."""

import re
from typing import Any

import pytest

from elite8.core.operations import links
from elite8.core.studio import Studio
from elite8.web.app import Face
from elite8.web.links import FROM_ALL, Pace, Visitors
from tests.web.conftest import Browser, allow, broken, with_token

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
OTHER = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
HOME = "https://example.com/join?a=1"


@pytest.fixture
def shop(studio: Studio) -> Studio:
    """A studio whose page stands behind a proxy of its own, with a token."""
    return with_token(allow(studio, trust_proxy=True), web_url="https://go.example.com")


@pytest.fixture
def code(shop: Studio) -> str:
    return links.create(shop, links.Wish(target=HOME, region="JP", network="instagram")).code


@pytest.fixture
def out(shop: Studio) -> Browser:
    """Somebody anywhere, not signed in, by the proxy."""
    face = Face(lambda: shop, host="127.0.0.1")
    return Browser(face, base="https://go.example.com", address="127.0.0.1")


def follow(
    out: Browser, code: str, *, who: str = "203.0.113.7", agent: str = PHONE, **more: str
) -> Any:
    return out.get(f"/l/{code}", user_agent=agent, x_forwarded_for=who, **more)


def clicks(shop: Studio, code: str) -> int:
    return links.of_code(shop, code).clicks


def test_a_stranger_is_led_to_the_stored_target_and_counted(
    shop: Studio, out: Browser, code: str
) -> None:
    answer = follow(out, code)
    assert answer.status_code == 302
    assert answer.headers["location"] == links.of_code(shop, code).target
    assert answer.headers["location"].startswith(HOME)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert "set-cookie" not in answer.headers
    assert clicks(shop, code) == 1


def test_the_rest_of_the_page_still_asks_for_a_token(out: Browser, code: str) -> None:
    assert follow(out, code).status_code == 302
    assert out.get("/").headers["location"] == "/sign-in"
    assert out.get("/metrics").status_code == 401
    assert out.post(f"/l/{code}").status_code in (403, 405)


def test_nobody_is_led_anywhere_else(out: Browser, code: str) -> None:
    for more in ("?url=https://evil.example", "?next=//evil.example", "#https://evil.example"):
        assert follow(out, code + more).headers["location"].startswith(HOME)
    for other in (
        "//evil.example",
        "https:%2f%2fevil.example",
        "..%2f..%2fetc",
        f"{code}/x",
        "%0d%0a",
    ):
        answer = follow(out, other)
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_a_look_a_machine_and_a_prefetch_are_led_and_not_counted(
    shop: Studio, out: Browser, code: str
) -> None:
    head = out.ask("HEAD", f"/l/{code}", headers={"user-agent": PHONE})
    assert (head.status_code, head.content) == (302, b"")
    for agent in ("facebookexternalhit/1.1", "WhatsApp/2.24", "Discordbot/2.0", ""):
        assert follow(out, code, agent=agent).status_code == 302
    assert follow(out, code, sec_purpose="prefetch;prerender").status_code == 302
    assert clicks(shop, code) == 0


def test_a_visitor_counts_once_a_day_for_each_link(
    shop: Studio, out: Browser, code: str, clock: Any
) -> None:
    other = links.create(shop, links.Wish(target=HOME, region="US")).code
    for _ in range(3):
        follow(out, code)
    assert clicks(shop, code) == 1
    follow(out, other)
    follow(out, code, who="203.0.113.8")
    follow(out, code, agent=OTHER)
    assert (clicks(shop, code), clicks(shop, other)) == (3, 1)
    clock.advance(days=1)
    follow(out, code)
    assert clicks(shop, code) == 4


def test_without_a_trusted_proxy_nobody_is_told_from_another(
    studio: Studio, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("elite8.web.links.FROM_ONE", 3)
    face = Face(lambda: with_token(allow(studio, trust_proxy=False)), host="127.0.0.1")
    plain = Browser(face, address="127.0.0.1")
    for _ in range(5):
        assert plain.get(f"/l/{code}", user_agent=PHONE).status_code == 302
    assert clicks(studio, code) == 5


def test_what_is_over_is_said_to_be_over(shop: Studio, out: Browser, code: str) -> None:
    links.retire(shop, code)
    answer = follow(out, code)
    assert (answer.status_code, "location" in answer.headers) == (410, False)
    assert clicks(shop, code) == 0


def test_one_address_that_asks_too_fast_waits_and_others_do_not(
    out: Browser, code: str, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("elite8.web.links.FROM_ONE", 3)
    answers = [follow(out, code).status_code for _ in range(4)]
    assert answers == [302] * 3 + [429]
    assert 0 < int(follow(out, "zzzzzzzz").headers["retry-after"]) <= 60
    assert follow(out, code, who="203.0.113.9").status_code == 302
    clock.advance(seconds=61)
    assert follow(out, code).status_code == 302


def test_a_store_that_does_not_answer_is_told_without_a_trace(
    shop: Studio, out: Browser, code: str
) -> None:
    with broken(shop):
        answer = follow(out, code)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert "Traceback" not in answer.text


def test_nothing_of_who_followed_is_kept_or_logged(
    shop: Studio, out: Browser, code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    who, agent = "198.51.100.77", f"{PHONE} Marked/9876"
    follow(out, code, who=who, agent=agent, referer="https://tiktok.com/@secret", cookie="a=tasty")
    assert clicks(shop, code) == 1
    assert shop.database.file
    raw = b"".join(f.read_bytes() for f in shop.database.file.parent.rglob("*") if f.is_file())
    said = capfd.readouterr()
    for trace in (who, "Marked/9876", "tiktok.com/@secret", "tasty"):
        assert trace.encode() not in raw
        assert trace not in said.out + said.err


def test_marks_say_nothing_when_the_day_is_over() -> None:
    now = [86_400.0 * 20_000 + 5]
    seen = Visitors(lambda: now[0])
    assert seen.is_new("203.0.113.7", PHONE, "abc")
    assert not seen.is_new("203.0.113.7", PHONE, "abc")
    salt, marks = seen._salt, set(seen._marks)
    now[0] += 86_400
    assert seen.is_new("203.0.113.7", PHONE, "abc")
    assert seen._salt != salt
    assert marks & seen._marks == set()
    assert not re.search(rb"203|iPhone|abc", b"".join(seen._marks))
    assert len(salt) == 32
    assert "salt" not in repr(seen)


def test_whoever_has_a_whole_network_of_their_own_is_one() -> None:
    seen = Visitors(lambda: 5.0)
    assert seen.is_new("2001:db8:1:2::1", PHONE, "abc")
    assert not seen.is_new("2001:db8:1:2:ffff::9", PHONE, "abc")


def test_all_together_are_paced_in_bounded_memory() -> None:
    now = [1000.0]
    pace = Pace(lambda: now[0])
    waits = [pace.wait(f"198.51.{n // 250}.{n % 250}") for n in range(FROM_ALL + 1)]
    assert waits[:-1] == [0.0] * FROM_ALL
    assert waits[-1] == 60.0
    now[0] = 900.0  # a clock set back locks nobody out
    assert pace.wait("198.51.100.1") == 0.0
    now[0] = 2000.0
    for n in range(9000):
        pace.wait(f"2001:db8:{n:x}::1")
    assert len(pace._one) <= 4096
