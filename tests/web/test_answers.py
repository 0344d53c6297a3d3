"""What the page answers: everything there is, honestly, to whoever may see it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from elite8.core import log
from elite8.core.domain.metric import METRICS
from elite8.core.domain.proxy import new_use
from elite8.core.operations import alerts, stops
from elite8.core.storage import traffic
from elite8.core.studio import Studio
from elite8.web.app import MOST_FORM, MOST_UPDATE, SECRET, Face
from elite8.web.view import key_of
from tests.web.conftest import TOKEN, Browser, allow, broken, proxied, went
from tests.web.seeds import Life, one_video

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)>雨'


def text(html: str) -> str:
    """What a reader reads."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_part_is_there(browser: Browser) -> None:
    page = browser.get("/").text
    told = text(page)
    for words in (
        *("4 alerts ring", "Today Thursday 26 November, Asia/Tokyo", "as of 15:32:41 JST"),
        *("By network", "By performer", "Miyuki Sakura", "Queue", "Credits", "Health"),
        *("1 TikTok account cannot post", "elite8 accounts login tiktok", "maria looks after it"),
        *("TikTok", "published", "waiting", "rows can be written", "they end", "Next: 18:00 JST"),
    ):
        assert words in told, words
    assert 'lang="ja"' in page


def test_the_part_is_what_stands_on_the_page(browser: Browser) -> None:
    whole, part = browser.get("/").text, browser.get("/part").text
    ids = re.findall(r'<section id="(\w+)" data-part="(\w+)"', part)
    assert ids == re.findall(r'<section id="(\w+)" data-part="(\w+)"', whole)
    assert len(ids) == 11
    assert "<html" not in part


def test_the_proxy_is_shown_while_it_is_on(browser: Browser) -> None:
    studio = browser.face.studio()
    assert '<section id="proxy"' in browser.get("/").text
    assert "Proxy" not in text(browser.get("/").text)
    proxied(studio, on=True)
    now = studio.clock()
    went(studio)
    browser.face.board.forget()
    told = text(browser.get("/").text)
    for words in (
        *("Used today UTC 3.5 MB of 490.0 MB", "Used this month UTC 3.5 MB of 8.82 GB"),
        *("Left, as IPRoyal says 7.4 GB just now", "Went directly in a day 1"),
        "JP it goes through, 3.5 MB this month",
    ):
        assert words in told, told
    with studio.database.transaction() as session:
        traffic.add(session, new_use(now, "JP", "a", "www.googleapis.com", outcome="login"))
    browser.face.board.forget()
    assert "JP it failed when it was tried last" in text(browser.get("/part").text)
    proxied(studio, on=False)
    browser.face.board.forget()
    assert "It is off; what is left of this month" in text(browser.get("/").text)


@pytest.mark.parametrize("path", ["/", "/part", "/healthz", "/metrics", "/sign-in", "/nothing"])
def test_every_answer_is_guarded(browser: Browser, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_nothing_stands_in_the_page_that_the_policy_refuses(browser: Browser) -> None:
    page = browser.get("/").text
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"\son\w+=|\sstyle=|<style|javascript:", page) == []
    assert [a for a in re.findall(r'(?:src|href)="([^"#]+)"', page) if not a.startswith("/")] == []


def test_our_own_files_are_kept_by_browsers_and_no_other_file_is_given(browser: Browser) -> None:
    page = browser.get("/").text
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    for other in ("app.py", "..%2Fapp.py", "%2e%2e/door.py", "", "elite8.css/"):
        assert browser.get(f"/static/{other}").status_code == 404


def test_hostile_words_are_words(small: Studio, browser: Browser, clock: Any) -> None:
    now = clock.now
    one_video(small, clock, "jin", now, ("tiktok",), now, _Lot(), title=HOSTILE)
    clock.now = now
    page = browser.get("/").text
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page
    assert len(re.findall("<script", page)) == 1


class _Lot:
    """No chance at all."""

    def random(self) -> float:
        return 0.5

    def choice(self, of: Any) -> Any:
        return of[0]


def test_a_dead_daemon_is_said(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=2, died=True))
    browser = Browser(Face(lambda: studio, host="127.0.0.1"))
    told = text(browser.get("/").text)
    assert "Not well" in told
    assert "No daemon leads: nothing is made or sent" in told
    assert "nobody looks since" in told
    assert browser.get("/healthz").status_code == 503


def test_a_machine_on_which_nothing_ran_yet_says_so(studio: Studio) -> None:
    told = text(Browser(Face(lambda: studio, host="127.0.0.1")).get("/").text)
    for words in (
        *("Nobody is watching", "no daemon has run here", "Nothing is planned for today"),
        *("Nothing went out in these days", "A2E is not used", "Not known: nobody looks"),
    ):
        assert words in told


def test_all_is_well_is_said_when_it_is(lived: Callable[[Life], Studio]) -> None:
    studio = lived(Life(days=2, rings=False))
    browser = Browser(Face(lambda: studio, host="127.0.0.1"))
    told = text(browser.get("/").text)
    assert "All is well" in told
    assert "Nothing rings." in told
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()["good"]) == (200, True)


def test_what_is_stopped_is_said(small: Studio, browser: Browser) -> None:
    stops.stop(small, "network", "tiktok", "")
    assert "Paused: network tiktok." in text(browser.get("/").text)


def test_a_store_that_does_not_answer_leaves_the_last_picture_and_says_so(
    small: Studio, browser: Browser
) -> None:
    assert browser.get("/").status_code == 200
    browser.face.board.forget()
    with broken(small):
        answer = browser.get("/")
        assert answer.status_code == 200
        assert "and not since:" in text(answer.text)
        assert "<title>Not known how it goes · elite8</title>" in answer.text
        assert "alerts ring" not in text(answer.text)
        health = browser.get("/healthz")
        assert (health.status_code, health.json()["good"]) == (503, False)
        assert browser.get("/metrics").status_code in (200, 503)
    browser.face.board.forget()
    assert "and not since:" not in text(browser.get("/").text)


def test_without_any_picture_the_page_says_why(small: Studio) -> None:
    browser = Browser(Face(lambda: small, host="127.0.0.1"))
    with broken(small):
        answer = browser.get("/")
    assert answer.status_code == 503
    assert "Nothing can be shown" in answer.text


def test_health_tells_strangers_only_good_or_bad(locked: Browser) -> None:
    assert locked.get("/healthz").json() == {"good": True}
    told = locked.get("/healthz", Authorization=f"Bearer {TOKEN}").json()
    assert {"name": "database", "verdict": "good", "says": "rows can be written"} in told["checks"]


def test_metrics_are_read_by_prometheus_with_the_token_as_bearer(locked: Browser) -> None:
    answer = locked.get("/metrics", Authorization=f"Bearer {TOKEN}")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    names = {one.name for one in text_string_to_metric_families(answer.text)}
    assert {"elite8_posts", "elite8_build_info"} <= names <= {*METRICS, "elite8_build_info"}


def ack(browser: Browser, key: str, form: str) -> int:
    return browser.post(f"/alerts/{key}/ack", {"form": form}).status_code


def form_of(browser: Browser) -> str:
    return browser.face.door.pass_for(None)


def test_an_alert_is_acknowledged_once_and_twice_harms_nothing(
    small: Studio, browser: Browser
) -> None:
    allow(small, actions=True)
    page = browser.get("/").text
    (form,) = set(re.findall(r'name="form" value="(\w+)"', page))
    keys = re.findall(r'action="/alerts/(\w+)/ack"', page)
    assert len(keys) == 3  # one of four is acknowledged
    key = key_of("sign-in-broken", "network=tiktok")
    assert [ack(browser, key, form) for _ in range(2)] == [303, 303]
    told = alerts.history(small, days=1, rule="sign-in-broken", limit=9)
    assert [one.what for one in told] == ["acknowledged", "firing"]
    assert told[0].who == "the page"
    assert key not in re.findall(r'action="/alerts/(\w+)/ack"', browser.get("/").text)
    assert ack(browser, "0123456789abcdef", form) == 303


def test_a_page_that_only_shows_acknowledges_nothing(small: Studio, browser: Browser) -> None:
    page = browser.get("/").text
    assert "Acknowledge" not in page
    assert "This page only shows." in page
    assert ack(browser, key_of("sign-in-broken", "network=tiktok"), form_of(browser)) == 403
    assert {one.acknowledged_by for one in alerts.ringing(small)} == {"", "maria"}


@pytest.mark.parametrize("form", ["", "0" * 64, "é"])
def test_an_act_without_our_form_is_refused(small: Studio, browser: Browser, form: str) -> None:
    allow(small, actions=True)
    assert ack(browser, key_of("sign-in-broken", "network=tiktok"), form) == 403
    assert ack(browser, key_of("sign-in-broken", "network=tiktok"), form_of(browser)) == 303


def test_the_form_of_one_sign_in_is_not_that_of_another(locked: Browser) -> None:
    allow(locked.face.studio(), actions=True)
    locked.sign_in()
    form = re.findall(r'name="form" value="(\w+)"', locked.get("/").text)[0]
    locked.jar.clear()
    locked.sign_in()
    assert ack(locked, "0" * 16, form) == 403


def test_a_body_that_is_too_long_is_refused(browser: Browser) -> None:
    assert browser.post("/sign-in", {"token": "x" * (MOST_FORM + 1)}).status_code in (303, 413)
    allow(browser.face.studio(), actions=True)
    long = {"form": "x" * (MOST_FORM + 1)}
    assert browser.post("/alerts/0/ack", long).status_code == 413
    many = {f"f{n}": "1" for n in range(20)}
    assert browser.post("/alerts/0/ack", many).status_code == 400


def test_what_telegram_posts_is_handed_over(small: Studio) -> None:
    heard: list[tuple[str, bytes]] = []

    def receive(secret: str, body: bytes | None) -> int:
        if body is not None:
            heard.append((secret, body))
        return 200 if secret == "s3" else 401

    line = Browser(Face(lambda: small, host="127.0.0.1", telegram=receive))
    good = line.ask("POST", "/telegram", content=b'{"update_id": 1}', headers={SECRET: "s3"})
    bad = line.ask("POST", "/telegram", content=b"{}", headers={"Origin": "https://x.example"})
    assert (good.status_code, bad.status_code) == (200, 401)
    assert heard == [("s3", b'{"update_id": 1}')]
    long = line.ask("POST", "/telegram", content=b"x" * (MOST_UPDATE + 1), headers={SECRET: "s3"})
    strange = line.ask("POST", "/telegram", content=b"x" * (MOST_UPDATE + 1))
    assert (long.status_code, strange.status_code, len(heard)) == (413, 401, 1)  # not read
    assert line.get("/telegram").status_code == 405


def test_without_a_bot_there_is_no_line_for_telegram(browser: Browser) -> None:
    assert browser.ask("POST", "/telegram", content=b"{}").status_code == 404


def test_a_fault_is_one_answer_and_its_query_is_not_logged(
    small: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_secret: str, _body: bytes | None) -> int:
        raise ZeroDivisionError

    log.configure("info", "json")
    line = Browser(Face(lambda: small, host="127.0.0.1", telegram=breaks))
    assert line.ask("POST", "/telegram?token=canary", content=b"{}").status_code == 500
    said = "".join(capsys.readouterr())
    assert "web.fault" in said
    assert "ZeroDivisionError" in said
    assert "canary" not in said


def test_the_page_leaves_the_rows_alone(small: Studio, browser: Browser) -> None:
    def rows() -> list[Any]:
        from sqlalchemy import text as sql

        with small.database.transaction() as session:
            tables = ("video", "post", "credit_entry", "alert", "alert_event", "tick", "sample")
            return [session.execute(sql(f"SELECT * FROM {name}")).all() for name in tables]  # noqa: S608

    before = rows()
    browser.get("/")
    browser.get("/metrics")
    assert rows() == before
