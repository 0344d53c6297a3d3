"""Signing in to a network: a page in the browser, a code back, tokens for it.

What differs between networks is data: a `Provider`. Nothing here knows a network by name.
Source: RFC 6749, 7636, 8252.
"""

import hashlib
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from elite8.core import http
from elite8.core.errors import Refused, SignInNeeded, Unanswered, Unavailable
from elite8.core.platforms.answers import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One network's sign-in. `client_field` and `secret_field` are how it calls the two.

    `redirect`: the only address it may send the browser back to; "" takes any of this machine.
    `basic`: the app's id and secret go into a header, not into the form. `over` are the errors that
    mean that a sign-in has ended.
    """

    authorize: str
    token: str
    scopes: tuple[str, ...]
    between: str = " "
    client_field: str = "client_id"
    secret_field: str = "client_secret"  # noqa: S105  # a field's name
    challenge: Literal["base64url", "hex", "none"] = "base64url"
    redirect: str = ""
    basic: bool = False
    over: tuple[str, ...] = ("invalid_grant",)
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Our registration at the network, from the environment."""

    client: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in under way: what is sent to the browser, and what must come back."""

    address: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the token endpoint gave; `refresh` is "" when it gave none."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    scopes: tuple[str, ...]
    access_ends_at: datetime | None
    refresh_ends_at: datetime | None
    raw: Mapping[str, Any] = field(repr=False)


def begin(provider: Provider, app: App, redirect: str) -> Attempt:
    """Return the page to open, with a fresh state and PKCE verifier."""
    verifier, state = secrets.token_urlsafe(64), secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    spelled = urlsafe_b64encode(digest).rstrip(b"=").decode()
    query = {
        provider.client_field: app.client,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": provider.between.join(provider.scopes),
        "state": state,
        **provider.more,
    }
    if provider.challenge != "none":
        query["code_challenge"] = digest.hex() if provider.challenge == "hex" else spelled
        query["code_challenge_method"] = "S256"
    address = f"{provider.authorize}?{urlencode(query)}"
    return Attempt(address=address, redirect=redirect, state=state, verifier=verifier)


def code_of(attempt: Attempt, came_back: str) -> str:
    """Return the code in the address the browser came back to; a wrong state is `Refused`.

    It stands first, also before an error (RFC 6749, 4.1.2.1): any page can send a browser here.
    """
    try:
        asked = parse_qs(urlsplit(came_back.strip()).query)
    except ValueError:
        raise Refused("that is no address; copy all of it from the browser") from None
    answer = {key: values[0] for key, values in asked.items()}
    state = answer.get("state", "").encode("utf-8", "replace")
    if not secrets.compare_digest(state, attempt.state.encode()):
        raise Refused("that address is not from this sign-in; start again")
    if "error" in answer:
        why = answer.get("error_description", answer["error"])
        raise Refused(f"the network did not sign you in: {why[:200]}")
    if not answer.get("code"):
        raise Refused("that address carries no code; copy all of it from the browser")
    return answer["code"]


def exchange(  # noqa: PLR0913  # each a fact of the exchange
    client: httpx.Client,
    provider: Provider,
    app: App,
    attempt: Attempt,
    code: str,
    *,
    now: datetime,
) -> Grant:
    """Return tokens for the code; a code is good once, so a lost answer means signing in again."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect,
        "code_verifier": attempt.verifier,
    }
    return _asked(client, provider, app, fields, now)


def refreshed(
    client: httpx.Client, provider: Provider, app: App, refresh: str, *, now: datetime
) -> Grant:
    """Return new tokens. `SignInNeeded` only when the network says that the sign-in is over."""
    fields = {"grant_type": "refresh_token", "refresh_token": refresh}
    return _asked(client, provider, app, fields, now)


def _asked(
    client: httpx.Client, provider: Provider, app: App, fields: Mapping[str, str], now: datetime
) -> Grant:
    named = {provider.client_field: app.client, provider.secret_field: app.secret}
    whole = fields if provider.basic else {**named, **fields}
    name = b64encode(f"{app.client}:{app.secret}".encode()).decode()
    headers = {"Authorization": f"Basic {name}"} if provider.basic else {}
    try:
        answer = http.settled(client.post(provider.token, data=dict(whole), headers=headers))
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise Unavailable("the network's sign-in cannot be reached; try later") from None
    except httpx.TransportError as trouble:
        raise Unanswered(
            f"the network's sign-in did not answer ({type(trouble).__name__}); try later"
        ) from None
    return _grant(_body(answer, provider.over), now)


def _body(answer: httpx.Response, over: tuple[str, ...]) -> Mapping[str, Any]:
    """Return the answer's fields; `error` decides, whatever the status is."""
    try:
        found = answer.json()
    except ValueError:
        found = None
    told = isinstance(found, dict) and "error" in found and not answer.is_server_error
    if not isinstance(found, dict) or (answer.is_error and not told):
        raise Unavailable(f"the network's sign-in answered {answer.status_code}; try later")
    if error := found.get("error"):
        why = str(found.get("error_description") or error)[:200]
        if error in over:
            raise SignInNeeded(f"the sign-in is over: {why}")
        raise Refused(
            f"the network's sign-in says {error}: {why}; is the app's id and secret right?"
        )
    return found


def _grant(found: Mapping[str, Any], now: datetime) -> Grant:
    if not found.get("access_token"):
        raise Unavailable("the network's sign-in gave no token; try later")
    lasts = found.get("refresh_expires_in", found.get("refresh_token_expires_in"))
    scope = str(found.get("scope") or "").replace(",", " ")
    return Grant(
        access=str(found["access_token"]),
        refresh=str(found.get("refresh_token") or ""),
        scopes=tuple(scope.split()),
        access_ends_at=_ends(found.get("expires_in"), now),
        refresh_ends_at=_ends(lasts, now),
        raw=found,
    )


LONGEST = 10 * 365 * 86400
"""Seconds that any token is believed to last."""


def _ends(seconds: object, now: datetime) -> datetime | None:
    lasts = min(whole(seconds), LONGEST)
    return now + timedelta(seconds=lasts) if lasts else None
