"""Both logins: consent pages, code exchanges, long tokens and their refresh."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from elite8.core.simulators.instagram.network import Network
from elite8.core.simulators.instagram.refusals import No, envelope, flat, wrong
from elite8.core.simulators.instagram.tokens import (
    APP_IDS,
    APP_SECRETS,
    NEEDS,
    ROLE_SCOPES,
    SCOPES,
    Login,
    Right,
    Token,
)
from elite8.core.simulators.wire import Reply, Request, html_reply, json_reply

VERSION = r"/v\d+\.\d+"
REDIRECT_URI = re.compile(r"https://[^/\s?#]+(/[^\s#]*)?")
FORM = "application/x-www-form-urlencoded"
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One call of a login."""

    host: str
    method: str
    path: re.Pattern[str]
    act: Callable[[Network, Request], Reply]
    refuse: Callable[[No], Reply]


def _need(fields: Fields, *names: str) -> list[str]:
    """Return required fields, or raise `No`."""
    for name in names:
        if not fields.get(name):
            raise wrong(f"Missing required parameter: {name}")
    return [fields[name] for name in names]


def _require_app(fields: Fields, login: Login, *names: str) -> None:
    known = {"client_id": APP_IDS[login], "client_secret": APP_SECRETS[login]}
    for name, value in zip(names, _need(fields, *names), strict=True):
        if value != known[name]:
            raise No(101, f"Invalid platform app: {name}")


def _scopes(given: str, login: Login) -> frozenset[str]:
    """Return the scopes of a comma list; old and foreign names are dead (C:BL)."""
    scopes = frozenset(filter(None, given.replace(" ", "").split(",")))
    unknown = scopes - SCOPES[login] - ROLE_SCOPES
    if not scopes or unknown:
        raise wrong(f"Invalid scopes: {', '.join(sorted(unknown))}")
    if login is Login.INSTAGRAM and not NEEDS[login][Right.BASIC] <= scopes:
        raise wrong("instagram_business_basic is always needed")
    return scopes


def _consent(network: Network, request: Request, login: Login) -> Reply:
    """Send the signed-in person back with a code; loopback addresses are refused (INFERRED)."""
    query = request.query
    _require_app(query, login, "client_id")
    redirect_uri, scope = _need(query, "redirect_uri", "scope")
    if not REDIRECT_URI.fullmatch(redirect_uri):
        raise wrong("Invalid redirect_uri")
    scopes = _scopes(scope, login)
    if network.faults.take("access-denied", request.path):
        back = {  # C:BL
            "error": "access_denied",
            "error_reason": "user_denied",
            "error_description": "The user denied your request",
        }
    else:
        user_id = network.signed_in
        code = network.tokens.code(
            user_id=user_id, login=login, redirect_uri=redirect_uri, scopes=scopes
        )
        back = {"code": code.value}
    back |= {"state": query["state"]} if "state" in query else {}
    sign = "&" if "?" in redirect_uri else "?"
    return Reply(
        status=302, headers={"Location": f"{redirect_uri}{sign}{urlencode(back)}#_"}
    )  # the #_ is C:BL


def instagram_consent(network: Network, request: Request) -> Reply:
    """Answer www.instagram.com/oauth/authorize (C:BL)."""
    if request.query.get("response_type") != "code":
        raise wrong("response_type must be code")
    return _consent(network, request, Login.INSTAGRAM)


def facebook_consent(network: Network, request: Request) -> Reply:
    """Answer www.facebook.com/{v}/dialog/oauth (client code)."""
    return _consent(network, request, Login.FACEBOOK)


def instagram_code(network: Network, request: Request) -> Reply:
    """Exchange a code for a short token (C:BL); the wrapper is sometimes missing."""
    if not request.headers.get("content-type", "").startswith(FORM):
        raise wrong("The body must be a form")
    fields = dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
    _require_app(fields, Login.INSTAGRAM, "client_id", "client_secret")
    grant, redirect_uri, value = _need(fields, "grant_type", "redirect_uri", "code")
    if grant != "authorization_code":
        raise wrong("Invalid grant_type")
    code = network.tokens.redeem(value, Login.INSTAGRAM, redirect_uri)
    token = network.tokens.issue(
        user_id=code.user_id, login=code.login, scopes=code.scopes, long=False
    )
    user_id = network.account(code.user_id).app_scoped_id  # not the ig_id (INFERRED)
    scopes = sorted(code.scopes)
    if network.faults.take("flat-answer", request.path):
        flat_body = {"user_id": int(user_id), "permissions": scopes}
        return json_reply({"access_token": token.value, **flat_body})
    body = {"user_id": user_id, "permissions": ",".join(scopes)}
    return json_reply({"data": [{"access_token": token.value, **body}]})


def instagram_long(network: Network, request: Request) -> Reply:
    """Exchange a short token for a long one (C:AT)."""
    _require_app(request.query, Login.INSTAGRAM, "client_secret")
    grant, value = _need(request.query, "grant_type", "access_token")
    if grant != "ig_exchange_token":
        raise wrong("Invalid grant_type")
    token = network.tokens.exchange(network.tokens.find(value, Login.INSTAGRAM))
    return json_reply(_bearer(network, token))


def instagram_refresh(network: Network, request: Request) -> Reply:
    """Refresh a long token (C:RF)."""
    grant, value = _need(request.query, "grant_type", "access_token")
    if grant != "ig_refresh_token":
        raise wrong("Invalid grant_type")
    token = network.tokens.refresh(network.tokens.find(value, Login.INSTAGRAM))
    return json_reply(_bearer(network, token) | {"permissions": ",".join(sorted(token.scopes))})


def facebook_token(network: Network, request: Request) -> Reply:
    """Exchange a code for a user token, or a user token for a long one (client code, C:LL)."""
    query = request.query
    _require_app(query, Login.FACEBOOK, "client_id", "client_secret")
    if "grant_type" not in query:
        redirect_uri, value = _need(query, "redirect_uri", "code")
        code = network.tokens.redeem(value, Login.FACEBOOK, redirect_uri)
        token = network.tokens.issue(
            user_id=code.user_id, login=code.login, scopes=code.scopes, long=False
        )
        return json_reply(_bearer(network, token))
    if query["grant_type"] != "fb_exchange_token":
        raise wrong("Invalid grant_type")
    (value,) = _need(query, "fb_exchange_token")
    token = network.tokens.exchange(network.tokens.find(value, Login.FACEBOOK))
    return json_reply(_bearer(network, token))


def _bearer(network: Network, token: Token) -> dict[str, object]:
    left = int((token.until - network.clock()).total_seconds()) if token.until else 0
    return {"access_token": token.value, "token_type": "bearer", "expires_in": left}


def _page(no: No) -> Reply:
    return html_reply(no.text, status=no.status)


def _door(
    line: str, act: Callable[[Network, Request], Reply], refuse: Callable[[No], Reply] = envelope
) -> Door:
    """Return the door that `line` describes: `GET graph.instagram.com/access_token`."""
    method, _, place = line.partition(" ")
    host, _, path = place.partition("/")
    version = VERSION if host == "www.facebook.com" else f"(?:{VERSION})?"
    pattern = f"/{path}" if host in {"www.instagram.com", "api.instagram.com"} else None
    compiled = re.compile(pattern or f"{version}/{path}")
    return Door(host=host, method=method, path=compiled, act=act, refuse=refuse)


DOORS = (
    _door("GET www.instagram.com/oauth/authorize", instagram_consent, _page),
    _door("GET www.facebook.com/dialog/oauth", facebook_consent, _page),
    _door("POST api.instagram.com/oauth/access_token", instagram_code, flat),
    _door("GET graph.instagram.com/access_token", instagram_long),
    _door("GET graph.instagram.com/refresh_access_token", instagram_refresh),
    _door("GET graph.facebook.com/oauth/access_token", facebook_token),
)


def find_door(request: Request, *, any_host: bool) -> Door | None:
    """Return the login call a request makes, if it makes one."""
    for door in DOORS:
        here = any_host or request.host == door.host
        if here and request.method == door.method and door.path.fullmatch(request.path):
            return door
    return None
