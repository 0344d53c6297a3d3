"""The consent page and the token endpoint [C:NA]."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlencode

from elite8.core.simulators.wire import Reply, Request, html_reply, json_reply
from elite8.core.simulators.youtube.faults import line_of
from elite8.core.simulators.youtube.grants import (
    ACCESS_SECONDS,
    CLIENT_ID,
    CLIENT_SECRET,
    DEAD,
    KNOWN_SCOPES,
    TEST_USERS,
    Code,
)
from elite8.core.simulators.youtube.project import Project
from elite8.core.simulators.youtube.refusals import Denied, flat

REDIRECT = re.compile(r"http://(127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^#]*)?")  # [C:NA]
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # [C:NA]
FORM = "application/x-www-form-urlencoded"


def authorize(project: Project, request: Request) -> Reply:
    """Consent at once and send the browser back; what is wrong with us is a page of words."""
    asked = request.query
    trouble = _trouble(asked)
    if trouble:
        return html_reply(f"Error 400: {trouble}", status=400)
    scopes = tuple(asked["scope"].split())
    user = asked.get("login_hint") or next(iter(TEST_USERS))
    code = Code(
        channel=project.grants.channel_for(user),
        scopes=scopes,
        redirect_uri=asked["redirect_uri"],
        challenge=asked["code_challenge"],
        at=project.clock(),
    )
    back = {
        "state": asked["state"],
        "code": project.grants.code(code),
        "scope": " ".join(scopes),
    }
    mark = "&" if "?" in code.redirect_uri else "?"
    return Reply(status=302, headers={"Location": code.redirect_uri + mark + urlencode(back)})


def _trouble(asked: Mapping[str, str]) -> str:
    """Return what is wrong with a consent request; PKCE and state are our own musts."""
    scopes = asked.get("scope", "").split()
    challenge = asked.get("code_challenge", "")
    right = {
        "invalid_client": asked.get("client_id") == CLIENT_ID,
        "redirect_uri_mismatch": bool(REDIRECT.fullmatch(asked.get("redirect_uri", ""))),
        "invalid_request: response_type": asked.get("response_type") == "code",
        "invalid_scope": bool(scopes) and KNOWN_SCOPES.issuperset(scopes),
        "invalid_request: code_challenge_method": asked.get("code_challenge_method") == "S256",
        "invalid_request: code_challenge": bool(CHALLENGE.fullmatch(challenge)),
        "invalid_request: state": bool(asked.get("state")),
    }
    return next((trouble for trouble, holds in right.items() if not holds), "")


def token(project: Project, request: Request) -> Reply:
    """Exchange a code or refresh a token."""
    try:
        form = _form(request)
        act = _act(form)
        return act(project, request, form)
    except Denied as denied:
        return flat(denied)


def _act(form: Mapping[str, str]) -> Callable[[Project, Request, Mapping[str, str]], Reply]:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise Denied(401, "invalid_client", "The OAuth client was not found.")
    kinds = {"authorization_code": _exchange, "refresh_token": _refresh}
    act = kinds.get(form.get("grant_type", ""))
    if act is None:
        raise Denied(400, "unsupported_grant_type", "Invalid grant_type")
    return act


def revoke(project: Project, request: Request) -> Reply:
    """Kill every token of one user for the project [C:FACT2]."""
    try:
        project.grants.revoke(_field(_form(request), "token"))
    except Denied as denied:
        return flat(denied)
    return json_reply({})


def _exchange(project: Project, request: Request, form: Mapping[str, str]) -> Reply:
    code = project.grants.take_code(_field(form, "code"))
    if project.faults.take("invalid-grant", line_of(request)):
        raise Denied(400, "invalid_grant", DEAD)
    if _field(form, "redirect_uri") != code.redirect_uri:
        raise Denied(400, "redirect_uri_mismatch", "Bad Request")
    verifier = _field(form, "code_verifier")
    if not VERIFIER.fullmatch(verifier) or challenge_of(verifier) != code.challenge:
        raise Denied(400, "invalid_grant", "Invalid code verifier.")
    if code.channel is None:  # INFERRED: section 2.2 lists it for the token endpoint
        raise Denied(403, "access_denied", "The app is in testing and this is no test user.")
    access, refresh = project.grants.grant(code.channel, code.scopes)
    return _granted(access, code.scopes, {"refresh_token": refresh})


def _refresh(project: Project, request: Request, form: Mapping[str, str]) -> Reply:
    text = _field(form, "refresh_token")
    if project.faults.take("invalid-grant", line_of(request)):
        project.grants.kill(text)
    access, grant = project.grants.refresh(text)
    return _granted(access, grant.scopes, {})


def _granted(access: str, scopes: tuple[str, ...], more: Mapping[str, str]) -> Reply:
    content = {
        "access_token": access,
        "expires_in": ACCESS_SECONDS,
        **more,
        "scope": " ".join(scopes),
        "token_type": "Bearer",
    }
    return json_reply(content)


def challenge_of(verifier: str) -> str:
    """Return the unpadded base64url of a verifier's SHA-256 [C:NA]."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _form(request: Request) -> dict[str, str]:
    if not request.headers.get("content-type", "").startswith(FORM):
        raise Denied(400, "invalid_request", f"The body must be {FORM}")
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _field(form: Mapping[str, str], name: str) -> str:
    if not form.get(name):
        raise Denied(400, "invalid_request", f"Missing required parameter: {name}")
    return form[name]
