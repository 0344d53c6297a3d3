"""Words to a web address of the operator's, signed so that it can tell they are ours."""

import hashlib
import hmac
import json

import httpx

from elite8.core import http
from elite8.core.domain.notice import Notice
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.settings import Settings


def send(settings: Settings, notice: Notice, transport: httpx.BaseTransport | None = None) -> None:
    """Post a notice as JSON; `X-Elite8-Signature` is v1= and the HMAC-SHA256 of time.body."""
    if settings.webhook_url is None or settings.webhook_secret is None:
        raise ConfigError("set ELITE8_WEBHOOK_URL and ELITE8_WEBHOOK_SECRET")
    body = written(notice)
    at = str(int(notice.at.timestamp()))
    signed = signature(settings.webhook_secret.get_secret_value(), at, body)
    headers = {
        "Content-Type": "application/json",
        "X-Elite8-Id": notice.id,
        "X-Elite8-Time": at,
        "X-Elite8-Signature": f"v1={signed}",
    }
    try:
        with http.open_client(transport=transport) as line:
            answer = line.post(
                settings.webhook_url.get_secret_value(), content=body, headers=headers
            )
    except httpx.HTTPError as broken:
        raise Unavailable(f"the webhook did not answer ({type(broken).__name__})") from None
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise http.asked_to_wait(answer, "the webhook")
    if answer.is_server_error:
        raise Unavailable(f"the webhook answers {answer.status_code}")
    if not answer.is_success:
        raise Refused(f"the webhook answers {answer.status_code}; is ELITE8_WEBHOOK_URL right?")


def greet(settings: Settings, transport: httpx.BaseTransport | None = None) -> None:
    """See that the webhook's host answers, whatever it says; nothing is posted."""
    if settings.webhook_url is None:
        raise ConfigError("set ELITE8_WEBHOOK_URL and ELITE8_WEBHOOK_SECRET")
    ask_host(settings.webhook_url.get_secret_value(), "the webhook's", transport)


def ask_host(
    address: str, whose: str, transport: httpx.BaseTransport | None = None, *, path: str = "/"
) -> int:
    """Return the status that the host of an address answers with; no answer is `Unavailable`."""
    host = httpx.URL(address)
    try:
        with http.open_client(transport=transport) as line:
            there = host.copy_with(path=path, query=None, fragment=None, userinfo=b"")
            return line.get(there).status_code
    except httpx.HTTPError as broken:
        words = f"{whose} host does not answer ({type(broken).__name__})"
        raise Unavailable(words) from None


def written(notice: Notice) -> bytes:
    """Return the body."""
    facts = {
        "id": notice.id,
        "at": notice.at.isoformat(),
        "kind": notice.kind,
        "severity": notice.severity,
        "title": notice.title,
        "words": notice.words,
    }
    return json.dumps(facts, ensure_ascii=False).encode()


def signature(secret: str, at: str, body: bytes) -> str:
    """Return what whoever knows the secret can work out as well: hex of HMAC-SHA256."""
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
