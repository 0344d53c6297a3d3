"""Signing in: the page, the way back, the tokens, and the only answer that ends a sign-in."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from elite8.core.errors import Elite8Error, RateLimited, Refused, SignInNeeded, Unanswered
from elite8.core.errors import Unavailable as Down
from elite8.core.platforms import doorway, oauth
from elite8.core.platforms.oauth import App, Attempt, Grant, Provider

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
APP = App(client="our-app", secret="our-secret")
PROVIDER = Provider(
    authorize="https://consent.example/auth", token="https://token.example/token", scopes=("a", "b")
)


def asked(answer: httpx.Response | Exception, refresh: str = "old") -> Grant:
    def reply(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with httpx.Client(transport=httpx.MockTransport(reply)) as client:
        return oauth.refreshed(client, PROVIDER, APP, refresh, now=NOW)


def query(attempt: Attempt) -> dict[str, str]:
    return {key: one[0] for key, one in parse_qs(urlsplit(attempt.address).query).items()}


def test_the_page_carries_a_challenge_and_never_the_verifier() -> None:
    attempt = oauth.begin(PROVIDER, APP, "http://127.0.0.1:8989/")
    found = query(attempt)
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    assert found["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (found["scope"], found["state"]) == ("a b", attempt.state)
    assert attempt.verifier not in attempt.address
    assert attempt.verifier not in repr(attempt)
    assert oauth.begin(PROVIDER, APP, "x").state != attempt.state


def test_a_network_that_wants_hex_commas_and_its_own_names_gets_them() -> None:
    odd = Provider(
        authorize="https://a.example/",
        token="https://t.example/",
        scopes=("a", "b"),
        between=",",
        client_field="client_key",
        challenge="hex",
    )
    attempt = oauth.begin(odd, APP, "x")
    found = query(attempt)
    assert found["code_challenge"] == hashlib.sha256(attempt.verifier.encode()).hexdigest()
    assert (found["client_key"], found["scope"]) == ("our-app", "a,b")


@pytest.mark.parametrize(
    ("back", "sentence"),
    [
        ("http://127.0.0.1/?error=access_denied&state={state}", "access_denied"),
        ("http://127.0.0.1/?code=abc&state=forged", "not from this sign-in"),
        ("http://127.0.0.1/?code=abc&state=%C3%A9", "not from this sign-in"),
        ("http://127.0.0.1/?error=pay+here&state=forged", "not from this sign-in"),
        ("http://127.0.0.1/?code=abc", "not from this sign-in"),
        ("http://127.0.0.1/?state={state}", "carries no code"),
        ("nonsense", "not from this sign-in"),
    ],
)
def test_a_way_back_that_is_not_ours_is_refused(back: str, sentence: str) -> None:
    attempt = oauth.begin(PROVIDER, APP, "x")
    with pytest.raises(Refused, match=sentence):
        oauth.code_of(attempt, back.format(state=attempt.state))


def test_the_code_is_decoded_once() -> None:
    attempt = oauth.begin(PROVIDER, APP, "x")
    back = f"http://127.0.0.1/?code=xx%2A0%216410&state={attempt.state}"
    assert oauth.code_of(attempt, back) == "xx*0!6410"


def test_tokens_and_their_ends_are_read() -> None:
    found = asked(
        httpx.Response(
            200,
            json={
                "access_token": "new",
                "expires_in": 3599,
                "scope": "a,b",
                "refresh_expires_in": 86400,
            },
        )
    )
    assert (found.access, found.refresh, found.scopes) == ("new", "", ("a", "b"))
    assert found.access_ends_at == NOW + timedelta(seconds=3599)
    assert found.refresh_ends_at == NOW + timedelta(days=1)
    assert "new" not in repr(found)


@pytest.mark.parametrize("nothing", ["", None])
def test_fields_that_are_empty_are_absent(nothing: str | None) -> None:
    fields = ("refresh_token", "scope", "expires_in", "refresh_expires_in")
    answer = httpx.Response(200, json={"access_token": "new"} | dict.fromkeys(fields, nothing))
    found = asked(answer)
    assert (found.refresh, found.scopes) == ("", ())
    assert (found.access_ends_at, found.refresh_ends_at) == (None, None)


def test_a_lifetime_written_as_text_is_one() -> None:
    found = asked(httpx.Response(200, json={"access_token": "new", "expires_in": "3600"}))
    assert found.access_ends_at == NOW + timedelta(hours=1)


def test_a_network_without_a_challenge_gets_none() -> None:
    plain = replace(PROVIDER, challenge="none")
    assert "code_challenge" not in oauth.begin(plain, APP, "x").address


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), SignInNeeded),
        (httpx.Response(200, json={"error": "invalid_grant"}), SignInNeeded),
        (httpx.Response(401, json={"error": "invalid_client"}), Refused),
        (httpx.Response(503), Down),
        (httpx.Response(429, headers={"Retry-After": "7"}), RateLimited),
        (httpx.Response(200, text="<html>"), Down),
        (httpx.Response(200, json=[]), Down),
        (httpx.Response(200, json={"expires_in": 1}), Down),
        (httpx.ReadTimeout("slow"), Unanswered),
        (httpx.ConnectError("dns"), Down),
    ],
)
def test_only_invalid_grant_ends_a_sign_in(
    answer: httpx.Response | Exception, kind: type[Elite8Error]
) -> None:
    with pytest.raises(Elite8Error) as caught:
        asked(answer, refresh="the-refresh-token")
    assert type(caught.value) is kind
    assert "the-refresh-token" not in str(caught.value)
    assert "our-secret" not in str(caught.value)


@pytest.mark.enable_socket
def test_the_doorway_waits_for_the_browser_and_ignores_its_icon() -> None:
    import threading

    def browse(address: str) -> None:
        with httpx.Client(trust_env=False) as client:
            client.get(f"{address}favicon.ico")
            assert "go back to the terminal" in client.get(f"{address}?code=c&state=s").text

    with doorway.opened() as door:
        browser = threading.Thread(target=browse, args=(door.address,))
        browser.start()
        assert door.wait().endswith("/callback/?code=c&state=s")
        browser.join()
