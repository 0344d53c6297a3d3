"""Every Graph call there is: method, path, the right it needs, and what it does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from elite8.core.simulators.instagram import views
from elite8.core.simulators.instagram.network import DAY, UNKNOWN, Comment, Network
from elite8.core.simulators.instagram.reels import flag, integer, read_reel
from elite8.core.simulators.instagram.refusals import refused, unseen, wrong
from elite8.core.simulators.instagram.tokens import Login, Right, Token

SERVER_ERROR = 2207001
LIST_PAGE, MOST_LISTED = 25, 100  # INFERRED
MOST_REACHED = 10_000  # C:UM
COMMENTS_PAGE = 50  # C:CM
LATEST = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One Graph call: by whom, of which object, with which fields."""

    token: Token
    version: str
    path: str
    object_id: str
    fields: Mapping[str, Any]

    @property
    def names(self) -> str:
        """Which fields are to be shown."""
        return str(self.fields.get("fields", ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One route; `own` asks for the token's own account, `login` for one of the logins."""

    method: str
    path: re.Pattern[str]
    act: Callable[[Network, Ask], object]
    right: Right
    known: frozenset[str] | None
    own: bool
    login: Login | None


def call(  # noqa: PLR0913  # what a route is made of
    line: str,
    act: Callable[[Network, Ask], object],
    right: Right = Right.BASIC,
    *,
    known: str | None = "fields",
    own: bool = False,
    login: Login | None = None,
) -> Call:
    """Return the route that `line` describes; `known` are the fields it takes, None its own."""
    method, _, path = line.partition(" ")
    return Call(
        method=method,
        path=re.compile(f"/{path.replace('{id}', '(?P<id>[0-9]+)')}"),
        act=act,
        right=right,
        known=None if known is None else frozenset(known.split()),
        own=own,
        login=login,
    )


def me(network: Network, ask: Ask) -> object:
    """Return who the token is of (section 2.3); a Page's token is of the Page (INFERRED)."""
    account = network.account(ask.token.user_id)
    if ask.token.page:
        return views.select(views.own_page_view(account), ask.names, "id,name")
    return views.select(views.account_view(network, account, ask.token, me=True), ask.names)


def pages(network: Network, ask: Ask) -> object:
    """Return the Pages with their tokens and accounts (section 3, step 4).

    A Page without an Instagram account is shown without the field (INFERRED).
    """
    if ask.token.page:
        raise wrong("(#100) Tried accessing nonexisting field (accounts)")
    limit = integer(ask.fields, "limit", LIST_PAGE)
    mine = network.pages.get(ask.token.user_id, (ask.token.user_id,))
    shown = []
    for user_id in mine[:limit]:
        view = views.page_view(network, user_id, ask.token)
        found = views.select(view, ask.names, "id,name,access_token")
        shown.append({name: value for name, value in found.items() if value is not None})
    return {"data": shown}


def create(network: Network, ask: Ask) -> object:
    """Open a container (C:UM); one without the AI label is against our rules."""
    anywhere = network.fetch is not None
    reel = read_reel(ask.fields, ask.token.login, anywhere=anywhere)
    if not reel.is_ai_generated:
        network.violations.append(f"{ask.path}: is_ai_generated is not true")
    if network.faults.take("flag-dropped", ask.path):
        reel = replace(reel, is_ai_generated=False)
    container = network.open(ask.token, reel, ask.version, ask.path)
    if reel.video_url:
        return {"id": container.id}
    # Disputed with the Instagram login (section 4.3); here it works with both.
    return {"id": container.id, "uri": network.upload_uri(container)}


def publish(network: Network, ask: Ask) -> object:
    """Make a container public (C:MP)."""
    if "creation_id" not in ask.fields:
        raise wrong("(#100) The parameter creation_id is required")
    post = network.publish(ask.token, str(ask.fields["creation_id"]), ask.path)
    if network.faults.take("publish-error-but-done", ask.path):
        raise refused(SERVER_ERROR, status=500)
    return {"id": post.media_id}


def quota(network: Network, ask: Ask) -> object:
    """Return how much of the day's posts is used (C:CL)."""
    now = network.clock()
    since = _instant(ask, "since")
    if since is not None and since < now - DAY:
        raise wrong("(#100) since is at most 24 hours back")
    config = {"quota_total": network.quota_total, "quota_duration": int(DAY.total_seconds())}
    view: views.View = {
        "quota_usage": lambda: network.usage(ask.token.user_id, since),
        "config": lambda: config,
    }
    return {"data": [views.select(view, ask.names, "quota_usage")]}


def listed(network: Network, ask: Ask) -> object:
    """Return the account's media, newest first (C:UM; the order is INFERRED)."""
    now, since, until = network.clock(), _instant(ask, "since"), _instant(ask, "until")
    mine = [
        post
        for post in reversed(network.posts)
        if post.user_id == ask.token.user_id
        and post.listed_from <= now
        and (since is None or post.at >= since)
        and (until is None or post.at <= until)
    ][:MOST_REACHED]
    after = ask.fields.get("after", "")
    ids = [post.media_id for post in mine]
    first = ids.index(after) + 1 if after in ids else 0
    limit = integer(ask.fields, "limit", LIST_PAGE)
    if not 1 <= limit <= MOST_LISTED:
        raise wrong(f"(#100) limit must be 1 to {MOST_LISTED}")
    page = mine[first : first + limit]
    login = ask.token.login
    if "caption" in ask.names and network.faults.take("captions-unknown", ask.path):
        raise wrong("(#100) Tried accessing nonexisting field (caption)")  # C:IM
    untold = network.faults.take("captions-missing", ask.path)
    shown = [views.show_post(network, post, ask.names, login, ask.path) for post in page]
    for one in shown if untold else ():
        one.pop("caption", None)
    if not page:
        return {"data": []}
    cursors = {"before": page[0].media_id, "after": page[-1].media_id}
    front = network.base_url or f"https://graph.{login}.com"
    asked = urlencode({**ask.fields, "after": page[-1].media_id})
    more = {"next": f"{front}{ask.path}?{asked}"} if len(mine) > first + limit else {}
    return {"data": shown, "paging": {"cursors": cursors, **more}}


def read(network: Network, ask: Ask) -> object:
    """Return one object by its id: a container, a media, a comment or the account."""
    if ask.object_id == ask.token.user_id:
        account = network.account(ask.token.user_id)
        return views.select(views.account_view(network, account, ask.token, me=False), ask.names)
    container = network.container(ask.object_id, ask.token, ask.path)
    if container is not None:
        return views.select(views.container_view(network, container), ask.names)
    if ask.object_id in network.containers:
        raise refused(UNKNOWN)
    if ask.object_id in network.comments:
        return views.select(views.comment_view(network, _comment(network, ask)), ask.names)
    post = network.post(ask.object_id, ask.token)
    return views.show_post(network, post, ask.names, ask.token.login, ask.path)


def insights(network: Network, ask: Ask) -> object:
    """Return the metrics of a media."""
    post = network.post(ask.object_id, ask.token)
    asked = str(ask.fields.get("metric", ""))
    return {"data": views.insights(network, post, asked, ask.token.login)}


def comment(network: Network, ask: Ask) -> object:
    """Write a comment; sent twice it stands there twice (section 10)."""
    post = network.post(ask.object_id, ask.token)
    text = ask.fields.get("message")
    if not isinstance(text, str) or not text:
        raise wrong("(#100) The parameter message is required")
    made = Comment(
        id=network.new_id("1787"),
        media_id=post.media_id,
        user_id=post.user_id,
        text=text,
        at=network.clock(),
    )
    network.comments[made.id] = made
    return {"id": made.id}


def comments(network: Network, ask: Ask) -> object:
    """Return the newest comments of a media (C:CM)."""
    post = network.post(ask.object_id, ask.token)
    found = [one for one in network.comments.values() if one.media_id == post.media_id]
    newest = found[::-1][:COMMENTS_PAGE]
    default = "id,text,timestamp"
    shown = [views.select(views.comment_view(network, one), ask.names, default) for one in newest]
    return {"data": shown}


def hide(network: Network, ask: Ask) -> object:
    """Hide a comment or show it again (C:IC)."""
    found = _comment(network, ask)
    if "hide" not in ask.fields:
        raise wrong("(#100) The parameter hide is required")
    found.hidden = flag(ask.fields, "hide")
    return {"success": True}


def delete(network: Network, ask: Ask) -> object:
    """Delete a comment (C:IC); there is no such call for containers (C:CO)."""
    del network.comments[_comment(network, ask).id]
    return {"success": True}


def _comment(network: Network, ask: Ask) -> Comment:
    found = network.comments.get(ask.object_id)
    if found is None or found.user_id != ask.token.user_id:
        raise unseen(ask.object_id)
    return found


def _instant(ask: Ask, name: str) -> datetime | None:
    """Return a field of Unix seconds (C:UM, C:CL)."""
    if name not in ask.fields:
        return None
    moment = integer(ask.fields, name, 0)
    if not 0 <= moment <= LATEST:
        raise wrong(f"(#100) Param {name} must be Unix seconds")
    return datetime.fromtimestamp(moment, UTC)


CALLS = (
    call("GET me", me),
    call(
        "GET me/accounts", pages, Right.PAGES, known="fields limit", login=Login.FACEBOOK
    ),  # limit as in any list of Graph (INFERRED)
    call("POST {id}/media", create, Right.PUBLISH, known=None, own=True),
    call("GET {id}/media", listed, known="fields since until limit after", own=True),
    call("POST {id}/media_publish", publish, Right.PUBLISH, known="creation_id", own=True),
    call("GET {id}/content_publishing_limit", quota, Right.PUBLISH, known="fields since", own=True),
    call("GET {id}/insights", insights, Right.INSIGHTS, known="metric period"),
    call("POST {id}/comments", comment, Right.COMMENTS, known="message"),
    call("GET {id}/comments", comments, Right.COMMENTS),
    call("GET {id}", read),
    call("POST {id}", hide, Right.COMMENTS, known="hide"),
    call("DELETE {id}", delete, Right.COMMENTS, known=""),
)


def find(method: str, path: str, login: Login) -> tuple[Call, str] | None:
    """Return the route of a request and the id its path names, if there is one."""
    for route in CALLS:
        named = route.path.fullmatch(path)
        if named and route.method == method and route.login in {None, login}:
            return route, named.groupdict().get("id", "")
    return None
