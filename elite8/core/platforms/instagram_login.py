"""Business Login for Instagram: a code for a token of an hour, and that for one of sixty days.

The second call is a GET with secrets in the address, so no address is ever said. Source:
api/instagram.md, section 2.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from elite8.core import http
from elite8.core.errors import RateLimited, Refused, Unanswered, Unavailable
from elite8.core.platforms.answers import record, records, whole
from elite8.core.platforms.graph import object_of, told
from elite8.core.platforms.oauth import App, Attempt, Grant, Provider

LASTS = timedelta(days=60)
LONGEST = 2 * LASTS


def granted(  # noqa: PLR0913  # each a fact of the exchange
    client: httpx.Client,
    provider: Provider,
    app: App,
    attempt: Attempt,
    code: str,
    *,
    long_at: str,
    now: datetime,
) -> Grant:
    """Return the token of sixty days for a code, which is good once; `long_at` lengthens it."""
    short = _short(client, provider, app, attempt, code)
    query = {
        "grant_type": "ig_exchange_token",
        "client_secret": app.secret,
        "access_token": str(short["access_token"]),
    }
    found = told(http.read(lambda: client.get(long_at, params=query)))
    if not found.get("access_token"):
        raise Unavailable("Instagram gave no token of sixty days; sign in again later")
    lasts = min(timedelta(seconds=min(whole(found.get("expires_in")), 10**9)), LONGEST) or LASTS
    return Grant(
        access=str(found["access_token"]),
        refresh="",
        scopes=_scopes(short.get("permissions")),
        access_ends_at=now + lasts,
        refresh_ends_at=now + lasts,
        raw=found,
    )


def _short(
    client: httpx.Client, provider: Provider, app: App, attempt: Attempt, code: str
) -> Mapping[str, Any]:
    """Return what the code gives, wrapped in `data` or not (2.2)."""
    form = {
        provider.client_field: app.client,
        provider.secret_field: app.secret,
        "grant_type": "authorization_code",
        "redirect_uri": attempt.redirect,
        "code": code,
    }
    try:
        answer = http.settled(client.post(provider.token, data=form))
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise Unavailable("Instagram's sign-in cannot be reached; try later") from None
    except httpx.TransportError as trouble:
        raise Unanswered(
            f"Instagram's sign-in did not answer ({type(trouble).__name__}); sign in again"
        ) from None
    found = object_of(answer)
    wrapped = records(found.get("data"))
    fields = wrapped[0] if wrapped else found
    if fields.get("access_token") and not answer.is_error:
        return fields
    raise _no(found, answer.status_code)


def _no(found: Mapping[str, Any], status: int) -> Exception:
    """Return the error of the code step, which is flat, or Graph's (2.2, 7)."""
    detail = record(found.get("error"))
    words = str(found.get("error_message") or detail.get("message") or status)[:200]
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return RateLimited(f"Instagram's sign-in: {words}")
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or not (found.get("error_message") or detail):
        return Unavailable(f"Instagram's sign-in: {words}; try later")
    return Refused(
        f"Instagram's sign-in: {words}; is the Instagram app's id and secret right, and the "
        "address it sends the browser back to registered to the letter? sign in again"
    )


def _scopes(permissions: object) -> tuple[str, ...]:
    """Return what was allowed: a list, or text with commas (2.2)."""
    if isinstance(permissions, list):
        return tuple(str(one) for one in permissions)
    return tuple(str(permissions or "").replace(",", " ").split())
