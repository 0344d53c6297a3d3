"""IPRoyal's own interface, asked what traffic is left; nothing is ever bought or changed there.

Source: docs.iproyal.com, residential proxy, API, user (2026-11).
"""

import re

import httpx

from elite8.core import http
from elite8.core.errors import Refused, SignInNeeded, Unavailable
from elite8.core.settings import Settings

MOST_GB = 1e12
"""What is more, or no number, is no answer."""


def country_seen(line: httpx.Client, url: str, key: str) -> str:
    """Return the country, in small letters, from which a site says that it is asked.

    Asked once: whatever is wrong is `Unavailable`.
    """
    try:
        answer = line.get(url)
        said = answer.json() if answer.is_success else None
    except (httpx.HTTPError, ValueError) as broken:
        raise Unavailable(f"{url} was not reached ({type(broken).__name__})") from None
    found = said.get(key) if isinstance(said, dict) else None
    if not isinstance(found, str) or not re.fullmatch(r"[A-Za-z]{2}", found):
        raise Unavailable(f"{url} answers {answer.status_code} and no country under '{key}'")
    return found.lower()


def traffic_left(settings: Settings, transport: httpx.BaseTransport | None = None) -> float:
    """Return the traffic that is left, in the provider's GB; a strange token is `SignInNeeded`."""
    if settings.iproyal_token is None:
        raise SignInNeeded("IPRoyal needs the token of your account: ELITE8_IPROYAL_TOKEN")
    headers = {"Authorization": f"Bearer {settings.iproyal_token.get_secret_value()}"}
    with http.open_client(settings.iproyal_url, headers=headers, transport=transport) as line:
        answer = http.read(lambda: line.get("/me"))
    if answer.status_code in {401, 403}:
        raise SignInNeeded("IPRoyal does not know the token in ELITE8_IPROYAL_TOKEN")
    try:
        said = answer.json() if answer.is_success else None
    except ValueError:
        said = None
    left = said.get("available_traffic") if isinstance(said, dict) else None
    if isinstance(left, bool) or not isinstance(left, int | float) or not abs(left) < MOST_GB:
        raise Refused(f"IPRoyal answers {answer.status_code} and does not say what is left")
    return float(left)
