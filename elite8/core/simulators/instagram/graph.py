"""The Graph side of both hosts: versions, tokens, fields, limits and their headers."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl

from elite8.core.simulators.instagram.calls import Ask, Call, find
from elite8.core.simulators.instagram.network import Network
from elite8.core.simulators.instagram.refusals import (
    TOKEN_EXPIRED,
    No,
    bad_token,
    envelope,
    refused,
    unseen,
    wrong,
)
from elite8.core.simulators.instagram.tokens import Login, Token
from elite8.core.simulators.wire import Reply, Request, json_reply

HOSTS = {"graph.instagram.com": Login.INSTAGRAM, "graph.facebook.com": Login.FACEBOOK}
NEWEST = "v26.0"
ENDS: Mapping[str, date] = {  # C:GV; the end of the newest is not known
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
    NEWEST: date.max,
}
VERSIONED = re.compile(r"/(v\d+\.\d+)(/.*)")
RESTRICTED = 2207050
HOUR = timedelta(hours=1)
CALLS_AN_HOUR = 4800  # reported as times the day's impressions (C:SN); what is full is INFERRED
FULL = 100
WAITS = {4, 17, 32}


def answer(network: Network, request: Request) -> Reply:
    """Answer one Graph call; both hosts know only the tokens of their own login."""
    token: Token | None = None
    try:
        version, path = _versioned(network, request.path)
        fields = _fields(request)
        token = _token(network, request, fields.pop("access_token", ""))
        network.calls.append((token.user_id, network.clock()))
        _befall(network, token, request.path)
        route, object_id = _route(request.method, path, token)
        ask = Ask(
            token=token, version=version, path=request.path, object_id=object_id, fields=fields
        )
        _allow(route, ask)
        return json_reply(route.act(network, ask), headers=_usage(network, token))
    except No as no:
        headers = _usage(network, token, full=no.code in WAITS) if token else {}
        return envelope(no, headers)


def _route(method: str, path: str, token: Token) -> tuple[Call, str]:
    found = find(method, path, token.login)
    if found is None:
        raise No(2500, f"Unknown path components: {path}")  # INFERRED
    return found


def _versioned(network: Network, path: str) -> tuple[str, str]:
    """Return the version and the path behind it; without one, the newest (C:IM)."""
    found = VERSIONED.fullmatch(path)
    version, rest = (found[1], found[2]) if found else (NEWEST, path)
    if network.clock().date() >= ENDS.get(version, date.min):
        raise No(2635, f"You are calling a version of the API that is not there: {version}")
    return version, rest


def _token(network: Network, request: Request, sent: object) -> Token:
    """Return the token of a call: a Bearer header or access_token (C:CP)."""
    if "access_token" in request.query:
        network.violations.append(f"{request.path}: the token stood in the address")
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    value = value if kind == "Bearer" else str(sent)
    if not value:
        raise No(190, "An access token is required to request this resource.")
    return network.tokens.find(value, HOSTS.get(request.host))


def _fields(request: Request) -> dict[str, Any]:
    """Return query and body together: JSON, a form, or query parameters (C:CP, C:UM)."""
    fields: dict[str, Any] = dict(request.query)
    if not request.body:
        return fields
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind == "application/x-www-form-urlencoded":
        return fields | dict(
            parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True)
        )
    if kind != "application/json":
        raise wrong(f"(#100) The body must be JSON or a form, not {kind!r}")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise wrong("(#100) The body is not JSON") from None
    if not isinstance(body, dict):
        raise wrong("(#100) The body must be an object")
    return fields | body


def _befall(network: Network, token: Token, path: str) -> None:
    """Let a waiting fault refuse the call."""
    if network.faults.take("token-expired", path):
        raise bad_token(TOKEN_EXPIRED)
    if network.faults.take("banned", path):
        raise refused(RESTRICTED)
    if network.faults.take("rate-limited", path):
        raise network.limited(token)


def _allow(route: Call, ask: Ask) -> None:
    """Raise `No` unless token, account and fields fit the route."""
    ask.token.require(route.right)
    if route.own and ask.object_id != ask.token.user_id:
        raise unseen(ask.object_id)
    for name in ask.fields:
        if route.known is not None and name not in route.known:
            raise wrong(f"(#100) Invalid parameter {name}")  # the real one may pass over it


def _usage(network: Network, token: Token, *, full: bool = False) -> dict[str, str]:
    """Return the two headers that say how much is used, in percent (C:RL, C:SN)."""
    since = network.clock() - HOUR
    network.calls = [one for one in network.calls if one[1] > since]
    mine = sum(user_id == token.user_id for user_id, _ in network.calls)
    share = FULL if full else min(FULL, len(network.calls) * FULL // CALLS_AN_HOUR)
    own = FULL if full else min(FULL, mine * FULL // CALLS_AN_HOUR)
    app = {"call_count": share, "total_cputime": 1, "total_time": 1}
    account = {
        "type": "instagram",
        **app,
        "call_count": own,
        "estimated_time_to_regain_access": 60 if full else 0,
    }
    return {
        "X-App-Usage": json.dumps(app),
        "X-Business-Use-Case-Usage": json.dumps({token.user_id: [account]}),
    }
