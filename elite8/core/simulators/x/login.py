"""Signing in to X: the page of consent, the token calls, and who a token speaks for. Section 1."""

import hashlib
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply
from elite8.core.simulators.x.rules import No, place

CLIENT_ID = "simulated-x-client"
CLIENT_SECRET = "simulated-x-secret"  # noqa: S105  # opens nothing but the simulator
REDIRECT = "http://127.0.0.1:8917/callback"
AUTHORIZE, TOKEN, REVOKE = "/i/oauth2/authorize", "/2/oauth2/token", "/2/oauth2/revoke"
ACCESS = timedelta(hours=2)  # C:OA
REFRESH = timedelta(days=180)  # INFERRED
CODE = timedelta(seconds=30)  # C:OA
SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
INVALID = "Value passed for the token was invalid."
"""What a dead token is told, with `invalid_request` (INFERRED, by field reports)."""
Fields = Mapping[str, str]


class Refused(Exception):
    """A refusal of a login call."""

    def __init__(self, error: str, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.error = error
        self.text = text
        self.status = status


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one person allowed, until it is revoked."""

    user: str
    scopes: tuple[str, ...]
    revoked: bool = False


@dataclass(slots=True, kw_only=True)
class Token:
    """An access or a refresh token."""

    grant: Grant
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code, good for one exchange."""

    grant: Grant
    redirect: str
    challenge: str
    until: datetime


class Login:
    """Every code and token there is, and whose session the browser has."""

    def __init__(
        self, clock: Callable[[], datetime], faults: Faults, violated: Callable[[str], None]
    ) -> None:
        self.signed_in = "1001"
        self.declines: frozenset[str] = frozenset()
        self._clock = clock
        self._faults = faults
        self._violated = violated
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}

    def consent(self, request: Request) -> Reply:
        """Answer the page of consent as if the person agreed at once."""
        asked = request.query
        if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != REDIRECT:
            return html_reply("Something went wrong: not a registered callback", status=400)
        if "client_secret" in asked:
            self._violated(f"{request.path}: the client secret was sent to the browser")
        wished = tuple(asked.get("scope", "").split(" "))
        fits = set(wished) <= set(SCOPES) and asked.get("response_type") == "code"
        proven = asked.get("code_challenge_method") == "S256" and asked.get("code_challenge")
        if not (fits and proven and 0 < len(asked.get("state", "")) <= 500):  # noqa: PLR2004  # C:OA
            return html_reply("Something went wrong: invalid_request", status=400)
        granted = tuple(one for one in wished if one not in self.declines)
        code = secrets.token_urlsafe(30)
        self._codes[code] = Code(
            grant=Grant(user=self.signed_in, scopes=granted),
            redirect=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            until=self._clock() + CODE,
        )
        back = urlencode({"state": asked["state"], "code": code})
        return Reply(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    def token(self, request: Request) -> Reply:
        """Answer the token call: an exchange or a refresh."""
        return self._answered(request, self._given)

    def revoke(self, request: Request) -> Reply:
        """Answer the revoke call."""
        return self._answered(request, self._revoked)

    def issue(self, grant: Grant) -> dict[str, object]:
        """Return a new pair as the token call shows it; a refresh token only when asked for."""
        now = self._clock()
        access, refresh = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        self._access[access] = Token(grant=grant, until=now + ACCESS)
        told: dict[str, object] = {
            "token_type": "bearer",
            "expires_in": int(ACCESS.total_seconds()),
            "access_token": access,
            "scope": " ".join(grant.scopes),
        }
        if "offline.access" in grant.scopes:
            self._refresh[refresh] = Token(grant=grant, until=now + REFRESH)
            told["refresh_token"] = refresh
        return told

    def bearer(self, request: Request, scopes: tuple[str, ...]) -> Grant:
        """Return what the token of an API call allows, or raise `No`."""
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        token = self._access.get(word) if kind == "Bearer" else None
        if token and self._faults.take("token-expired", place(request)):
            token.until = self._clock()
        if token is None or token.grant.revoked or self._clock() >= token.until:
            raise No(401, "", "Unauthorized", "Unauthorized")
        if not set(scopes) <= set(token.grant.scopes):
            raise No(403, "", "Forbidden", "Forbidden")  # INFERRED
        return token.grant

    def _answered(self, request: Request, act: Callable[[Request, Fields], object]) -> Reply:
        try:
            return json_reply(act(request, self._form(request)))
        except Refused as no:
            words = {"error": no.error, "error_description": no.text}
            return json_reply(words, status=no.status)

    def _form(self, request: Request) -> dict[str, str]:
        """Return the fields of a token call; a confidential app names itself in a header (1.2)."""
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        try:
            named = b64decode(word, validate=True).decode()
        except ValueError:
            named = ""
        if kind != "Basic" or named != f"{CLIENT_ID}:{CLIENT_SECRET}":
            raise Refused("unauthorized_client", "Missing valid authorization header", 401)
        form_type = "application/x-www-form-urlencoded"
        if not request.headers.get("content-type", "").startswith(form_type):
            raise Refused("invalid_request", f"Content-Type must be {form_type}")
        return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))

    def _given(self, request: Request, form: Fields) -> object:
        if form.get("grant_type") == "authorization_code":
            return self._exchanged(request.path, form)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(request.path, form)
        raise Refused("unsupported_grant_type", "Missing or invalid grant_type")

    def _exchanged(self, path: str, form: Fields) -> object:
        code = self._codes.pop(form.get("code", ""), None)
        refused = self._faults.take("invalid-grant", path)
        if code is None or refused or self._clock() >= code.until:
            raise Refused("invalid_request", "Value passed for the authorization code was invalid.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("redirect_uri") != code.redirect or proof != code.challenge:
            raise Refused("invalid_request", "Value passed for the code verifier did not match.")
        return self.issue(code.grant)

    def _refreshed(self, path: str, form: Fields) -> object:
        """Rotate: the refresh token that was sent is dead from now on."""
        token = self._refresh.pop(form.get("refresh_token", ""), None)
        refused = self._faults.take("invalid-grant", path)
        if token is None or refused or token.grant.revoked or self._clock() >= token.until:
            raise Refused("invalid_request", INVALID)
        pair = self.issue(token.grant)
        if self._faults.take("rotated-lost", path):
            raise Lost("cut after the refresh token was rotated")
        return pair

    def _revoked(self, _: Request, form: Fields) -> object:
        token = self._access.get(form.get("token", "")) or self._refresh.get(form.get("token", ""))
        if token is None:
            raise Refused("invalid_request", INVALID)
        token.grant.revoked = True
        return {"revoked": True}
