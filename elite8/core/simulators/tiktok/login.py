"""Login Kit: the consent page, the token calls, and who a token speaks for. Section 1."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from elite8.core.simulators.tiktok.platform import Platform
from elite8.core.simulators.tiktok.rules import FORM_TYPE, No, login_refusal
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply

CLIENT_KEY = "awsimulated0elite8"
CLIENT_SECRET = "simulated-client-secret"  # noqa: S105  # opens nothing but the simulator
AUTHORIZE = "/v2/auth/authorize/"
TOKEN = "/v2/oauth/token/"  # noqa: S105  # a path
REVOKE = "/v2/oauth/revoke/"
ACCESS_SECONDS = 7200  # [TL], [TR]
REFRESH_SECONDS = 15_552_000  # [TL]
CODE_TIME = timedelta(minutes=10)  # INFERRED
REDIRECT_LENGTH = 512  # [LW]
BASIC = "user.info.basic"
SCOPES = (  # [SC]
    *(BASIC, "user.info.profile", "user.info.stats"),
    *("video.publish", "video.upload", "video.list"),
)
CHALLENGE = re.compile(r"[0-9a-f]{64}")
VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")  # [LD]
Fields = Mapping[str, str]


class Refused(Exception):
    """A refusal of a login call: one of the words of [OE]."""

    def __init__(self, error: str, text: str) -> None:
        super().__init__(text)
        self.error = error
        self.text = text


@dataclass(slots=True, kw_only=True)
class Grant:
    """What one person allowed, until it is revoked; every token belongs to one."""

    open_id: str
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
    redirect_uri: str
    challenge: str
    until: datetime


class Login:
    """Every code and token there is, and whose session the browser has."""

    def __init__(self, platform: Platform) -> None:
        self.signed_in = "open-id-1"
        self._platform = platform
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Token] = {}
        self._refresh: dict[str, Token] = {}

    def consent(self, request: Request) -> Reply:
        """Answer the consent page as if the person agreed at once: back to the program."""
        asked = request.query
        where = asked.get("redirect_uri", "")
        if "client_secret" in asked:
            self._platform.violated(f"{request.path}: the client secret was sent to the browser")
        if asked.get("client_key") != CLIENT_KEY or not redirectable(where):
            return html_reply("client_key or redirect_uri is not registered", status=400)
        try:
            back = self._agreed(asked, where)
        except Refused as no:
            back = {"error": no.error, "error_description": no.text}
        location = f"{where}?{urlencode(back | {'state': asked.get('state', '')})}"
        return Reply(status=302, headers={"Location": location})

    def token(self, request: Request) -> Reply:
        """Answer the token call: an exchange or a refresh."""
        return self._answered(request, self._given)

    def revoke(self, request: Request) -> Reply:
        """Answer the revoke call; the refresh token goes with the access token (INFERRED)."""
        return self._answered(request, self._revoked)

    def issue(self, grant: Grant) -> dict[str, object]:
        """Return a new pair as the token call shows it: flat [TG]."""
        now, mark = self._platform.clock(), uuid4().hex
        access, refresh = f"act.{mark}!{len(self._access)}", f"rft.{mark}!{len(self._refresh)}"
        self._access[access] = Token(grant=grant, until=now + timedelta(seconds=ACCESS_SECONDS))
        self._refresh[refresh] = Token(grant=grant, until=now + timedelta(seconds=REFRESH_SECONDS))
        self._platform.creator(grant.open_id)
        return {
            "open_id": grant.open_id,
            "scope": ",".join(grant.scopes),
            "access_token": access,
            "expires_in": ACCESS_SECONDS,
            "refresh_token": refresh,
            "refresh_expires_in": REFRESH_SECONDS,
            "token_type": "Bearer",
        }

    def bearer(self, request: Request) -> tuple[str, Grant]:
        """Return the token of an API call and what it allows, or raise `No`."""
        kind, _, word = request.headers.get("authorization", "").partition(" ")
        token = self._access.get(word) if kind == "Bearer" else None
        if token and self._platform.faults.take("token-expired", request.path):
            token.until = self._platform.clock()
        if token is None or not self._live(token):
            text = "The access token is invalid or not found in the request."
            raise No("access_token_invalid", text, 401)  # [DP]
        return word, token.grant

    def _live(self, token: Token) -> bool:
        return not token.grant.revoked and self._platform.clock() < token.until

    def _agreed(self, asked: Mapping[str, str], where: str) -> dict[str, str]:
        if asked.get("response_type") != "code":
            raise Refused("unsupported_response_type", "response_type must be code")
        wished = asked.get("scope", "").split(",")  # commas, not spaces [LW]
        if not set(wished) <= set(SCOPES):
            raise Refused("invalid_scope", "scope must be known scopes joined by commas")
        if not asked.get("state"):
            raise Refused("invalid_request", "state is required")
        challenge = asked.get("code_challenge", "")
        if asked.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
            raise Refused("invalid_request", "Code verifier or code challenge is invalid")
        declined = self._platform.creator(self.signed_in).declines
        granted = tuple(dict.fromkeys((BASIC, *(one for one in wished if one not in declined))))
        code = f"{uuid4().hex}*0!{6410 + len(self._codes)}"  # the shape of the docs' sample [TG]
        self._codes[code] = Code(
            grant=Grant(open_id=self.signed_in, scopes=granted),
            redirect_uri=where,
            challenge=challenge,
            until=self._platform.clock() + CODE_TIME,
        )
        return {"code": code, "scopes": ",".join(granted)}

    def _answered(self, request: Request, act: Callable[[Request, Fields], object]) -> Reply:
        try:
            return json_reply(act(request, self._form(request)))
        except Refused as no:
            return login_refusal(self._platform.clock(), no.error, no.text)

    def _form(self, request: Request) -> dict[str, str]:
        """Return the checked fields of a token call: the app names itself [TG]."""
        if not request.headers.get("content-type", "").startswith(FORM_TYPE):
            raise Refused("invalid_request", f"Content-Type must be {FORM_TYPE}")
        if "client_secret" in request.query:
            self._platform.violated(f"{request.path}: the client secret was put into the URL")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        if (form.get("client_key"), form.get("client_secret")) != (CLIENT_KEY, CLIENT_SECRET):
            raise Refused("invalid_client", "Client key or secret is incorrect.")
        return form

    def _given(self, request: Request, form: Fields) -> object:
        if form.get("grant_type") == "authorization_code":
            return self._exchanged(request.path, form)
        if form.get("grant_type") == "refresh_token":
            return self._refreshed(request.path, form)
        raise Refused("unsupported_grant_type", "Grant type is not supported.")

    def _exchanged(self, path: str, form: Fields) -> object:
        """Spend a code; whatever is wrong with it, it is spent (INFERRED)."""
        for name in ("code", "redirect_uri", "code_verifier"):
            if not form.get(name):
                raise Refused("invalid_request", f"{name} is required")
        code = self._codes.pop(form["code"], None)
        refused = self._platform.faults.take("invalid-grant", path)
        if code is None or refused or self._platform.clock() >= code.until:
            raise Refused("invalid_grant", "Authorization code is expired or invalid.")
        if form["redirect_uri"] != code.redirect_uri:
            raise Refused("invalid_grant", "Redirect_uri is not matched with the one requested.")
        verifier = form["code_verifier"]
        proof = hashlib.sha256(verifier.encode()).hexdigest()  # hex, not base64url [LD]
        if not VERIFIER.fullmatch(verifier) or proof != code.challenge:
            raise Refused("invalid_grant", "Code verifier or code challenge is invalid")
        return self.issue(code.grant)

    def _refreshed(self, path: str, form: Fields) -> object:
        """Rotate: the refresh token that was sent is dead from now on [TR]."""
        faults = self._platform.faults
        if not form.get("refresh_token"):
            raise Refused("invalid_request", "refresh_token is required")
        token = self._refresh.pop(form["refresh_token"], None)
        if token is None or faults.take("invalid-grant", path) or not self._live(token):
            raise Refused("invalid_grant", "Refresh token is invalid or expired.")
        pair = self.issue(token.grant)
        if faults.take("rotated-lost", path):
            raise Lost("cut after the refresh token was rotated")
        return pair

    def _revoked(self, _: Request, form: Fields) -> object:
        token = self._access.get(form.get("token", ""))
        if token is None or not self._live(token):
            raise Refused("invalid_request", "token is missing or invalid")
        token.grant.revoked = True
        return {}  # [TV]


def redirectable(uri: str) -> bool:
    """Say whether a desktop app may register this: local, with a port, nothing after [LD]."""
    if len(uri) >= REDIRECT_LENGTH or "?" in uri or "#" in uri:
        return False
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return False
    local = parts.hostname in {"localhost", "127.0.0.1"}
    return parts.scheme in {"http", "https"} and local and port is not None
