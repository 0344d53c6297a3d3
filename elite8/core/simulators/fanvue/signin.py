"""Signing in to Fanvue: OAuth 2.0 with PKCE; the app names itself in a header.

Source: github fanvue/fanvue-app-starter, README and src/lib/oauth.ts. How long anything lasts, and
that a refresh token serves once, is INFERRED.
"""

import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from elite8.core.simulators.wire import Reply, Request, html_reply, json_reply

CLIENT_ID = "simulated-fanvue-client"
CLIENT_SECRET = "simulated-fanvue-secret"  # noqa: S105  # opens nothing but the simulator
REDIRECT = "http://127.0.0.1:8918/callback"
AUTHORIZE, TOKEN = "/oauth2/auth", "/oauth2/token"
ACCESS, CODE = timedelta(hours=1), timedelta(minutes=10)
SYSTEM = ("openid", "offline_access", "offline")
KNOWN = (*SYSTEM, "read:self", "read:fan", "read:insights", "read:chat", "read:creator")


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one creator allowed."""

    creator: str
    scopes: tuple[str, ...]
    revoked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code, good for one exchange."""

    grant: Grant
    redirect: str
    challenge: str
    until: datetime


class SignIn:
    """Every code and token there is, and who is at the page of consent."""

    def __init__(self, clock: Callable[[], datetime], app_scopes: tuple[str, ...]) -> None:
        self.signed_in = ""
        self.app_scopes = app_scopes
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._access: dict[str, tuple[Grant, datetime]] = {}
        self._refresh: dict[str, Grant] = {}

    def consent(self, request: Request) -> Reply:
        """Answer the page of consent as if the creator agreed at once."""
        asked = request.query
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != REDIRECT:
            return html_reply("invalid_client: redirect_uri does not match", status=400)
        wished = tuple(asked.get("scope", "").split())
        fits = asked.get("response_type") == "code" and set(SYSTEM) <= set(wished)
        proven = asked.get("code_challenge_method") == "S256" and asked.get("code_challenge")
        if not (fits and proven and len(asked.get("state", "")) >= 8):  # noqa: PLR2004  # Ory Hydra's rule, INFERRED
            return html_reply("invalid_request", status=400)
        strange = set(wished) - {*SYSTEM, *self.app_scopes}
        back = {"state": asked["state"]}
        if strange:
            back |= {"error": "invalid_scope", "error_description": f"not of this app: {strange}"}
        else:
            code = secrets.token_urlsafe(30)
            self._codes[code] = Code(
                grant=Grant(creator=self.signed_in, scopes=wished),
                redirect=asked["redirect_uri"],
                challenge=asked["code_challenge"],
                until=self._clock() + CODE,
            )
            back["code"] = code
        return Reply(status=302, headers={"Location": f"{REDIRECT}?{urlencode(back)}"})

    def token(self, request: Request) -> Reply:
        """Answer the token call: an exchange or a refresh."""
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        try:
            named = b64decode(word, validate=True).decode()
        except ValueError:
            named = ""
        if kind != "Basic" or named != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return json_reply({"error": "invalid_client"}, status=401)
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        grant = self._exchanged(form) or self._refreshed(form)
        if grant is None:
            return json_reply({"error": "invalid_grant"}, status=400)
        return json_reply(self.issue(grant))

    def issue(self, grant: Grant) -> dict[str, object]:
        """Return a new pair."""
        access, refresh = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        self._access[access] = (grant, self._clock() + ACCESS)
        self._refresh[refresh] = grant
        return {
            "access_token": access,
            "refresh_token": refresh,
            "token_type": "bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "scope": " ".join(grant.scopes),
        }

    def bearer(self, request: Request) -> Grant | None:
        """Return what the token of a call allows; `None` for one that is none."""
        word = request.headers.get("authorization", "").removeprefix("Bearer ")
        grant, until = self._access.get(word, (None, self._clock()))
        return grant if grant and not grant.revoked and self._clock() < until else None

    def expire(self) -> None:
        """Let every access token end now."""
        self._access.clear()

    def _exchanged(self, form: Mapping[str, str]) -> Grant | None:
        code = self._codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = code and self._clock() < code.until and proof == code.challenge
        return code.grant if code and good and form.get("redirect_uri") == code.redirect else None

    def _refreshed(self, form: Mapping[str, str]) -> Grant | None:
        grant = self._refresh.pop(form.get("refresh_token", ""), None)
        return grant if grant and not grant.revoked else None
