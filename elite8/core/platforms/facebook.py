"""Facebook Login, as Instagram's second way in: a code, a user token, the Pages, their tokens.

What is kept is the Page's token; the person's own is forgotten. Its calls are GETs with secrets in
the address (api/instagram.md 3), so no address is ever said. Source: that page, section 3.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from elite8.core import http
from elite8.core.errors import RateLimited, Refused, Unanswered, Unavailable
from elite8.core.platforms.answers import object_of, record, records
from elite8.core.platforms.oauth import App, Provider

SLOW = (4, 17, 32, 341, 613)
BROKEN = (1, 2, -1)
APP = 101
MOST_PAGES = 100
"""Asked for at once; Graph's own lists end at 25 without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A Page the person works for; `account` is its Instagram account's id, "" without one."""

    id: str
    name: str
    account: str
    token: str = field(repr=False)


def user_token(client: httpx.Client, provider: Provider, app: App, code: str) -> str:
    """Return the person's long-lived token for a code that is good once (3, steps 2 and 3)."""
    ours = {provider.client_field: app.client, provider.secret_field: app.secret}
    first = {"redirect_uri": provider.redirect, "code": code}
    short = _token(_asked(lambda: client.get(provider.token, params=ours | first)))
    longer = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
    return _token(_asked(lambda: client.get(provider.token, params=ours | longer)))


def pages(client: httpx.Client, address: str, user: str) -> tuple[Page, ...]:
    """Return the Pages with their own tokens, which time does not end (3, step 4)."""
    query = {"fields": "id,name,access_token,instagram_business_account", "limit": str(MOST_PAGES)}
    headers = {"Authorization": f"Bearer {user}"}
    found = _asked(lambda: client.get(address, params=query, headers=headers))
    return tuple(
        Page(
            id=str(row.get("id", "")),
            name=str(row.get("name", "")),
            account=str(record(row.get("instagram_business_account")).get("id") or ""),
            token=str(row.get("access_token") or ""),
        )
        for row in records(found.get("data"))
    )


def chosen(found: tuple[Page, ...], wanted: str) -> Page:
    """Return the Page that is meant: the one named, or the only one with an Instagram account.

    None, or several without a name, is `Refused` and says which there are.
    """
    linked = [page for page in found if page.account and page.token]
    if not linked:
        raise Refused(
            f"of {len(found)} Pages shared at Facebook none has an Instagram account linked to it; "
            "link a professional account in the Page's settings and tick the Page when you sign in"
        )
    fitting = [page for page in linked if wanted in ("", page.name, page.id, page.account)]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(page.name or page.id for page in linked)
    raise Refused(f"sign in again and choose one of these Pages with --page: {names}")


def _token(found: Mapping[str, Any]) -> str:
    if not found.get("access_token"):
        raise Unavailable("Facebook gave no token; sign in again later")
    return str(found["access_token"])


def _asked(send: Callable[[], httpx.Response]) -> Mapping[str, Any]:
    """Return the answer's fields, or its error by code, never by status (7)."""
    try:
        answer = http.settled(send())
    except (httpx.ConnectError, httpx.ConnectTimeout):
        raise Unavailable("Facebook's sign-in cannot be reached; try later") from None
    except httpx.TransportError as trouble:
        raise Unanswered(
            f"Facebook's sign-in did not answer ({type(trouble).__name__}); sign in again"
        ) from None
    found = object_of(answer, "Facebook")
    error = found.get("error")
    if error is None and not answer.is_error:
        return found
    raise _no(error if isinstance(error, dict) else {}, answer.status_code)


def _no(error: Mapping[str, Any], status: int) -> Exception:
    code = error.get("code")
    said = f"Facebook: {str(error.get('message') or status)[:200]} ({code})"
    if code in SLOW:
        return RateLimited(said, 3600.0)
    if code in BROKEN or code is None:
        return Unavailable(f"{said}; try later")
    hint = "are the app's id and secret right?" if code == APP else "sign in again"
    return Refused(f"{said}; {hint}")
