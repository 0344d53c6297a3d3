"""The simulator itself: which call a request is for, who may ask, and what is answered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from threading import RLock
from typing import Any

from elite8.core.simulators import control
from elite8.core.simulators.growth import check
from elite8.core.simulators.tiktok import display, posting
from elite8.core.simulators.tiktok.creators import PUBLIC, Creator
from elite8.core.simulators.tiktok.faults import wrong_answer
from elite8.core.simulators.tiktok.login import AUTHORIZE, REVOKE, SCOPES, TOKEN, Grant, Login
from elite8.core.simulators.tiktok.platform import Platform
from elite8.core.simulators.tiktok.posting import Asked
from elite8.core.simulators.tiktok.publications import INBOX, Post, PostInfo
from elite8.core.simulators.tiktok.rules import No, answer, refusal, sent_object
from elite8.core.simulators.tiktok.uploads import UPLOAD, UPLOAD_HOST, receive
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply

PAGE_HOST = "www.tiktok.com"
API_HOST = "open.tiktokapis.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call: its scopes, any of which will do, and how often a minute a token may ask.

    Calls with the same `count` share it; 0 a minute means that no limit is documented.
    """

    act: Callable[[Platform, Asked], dict[str, object]]
    scopes: tuple[str, ...]
    count: str
    most: int
    bodiless: bool = False


INFO, LIST = ("user.info.basic",), ("video.list",)
PUBLISH, UPLOADS = ("video.publish",), ("video.upload",)
CALLS: Mapping[tuple[str, str], Call] = {  # limits: section 7; one for both inits is INFERRED
    ("POST", "/v2/post/publish/creator_info/query/"): Call(
        act=posting.creator_info, scopes=PUBLISH, count="creator", most=20, bodiless=True
    ),
    ("POST", "/v2/post/publish/video/init/"): Call(
        act=posting.direct_init, scopes=PUBLISH, count="init", most=6
    ),
    ("POST", "/v2/post/publish/inbox/video/init/"): Call(
        act=posting.inbox_init, scopes=UPLOADS, count="init", most=6
    ),
    ("POST", "/v2/post/publish/status/fetch/"): Call(
        act=posting.status, scopes=PUBLISH + UPLOADS, count="status", most=30
    ),
    ("POST", "/v2/post/publish/cancel/"): Call(
        act=posting.cancel, scopes=PUBLISH + UPLOADS, count="cancel", most=0
    ),
    ("GET", "/v2/user/info/"): Call(act=display.user_info, scopes=INFO, count="user", most=600),
    ("POST", "/v2/video/list/"): Call(
        act=display.video_list, scopes=LIST, count="list", most=600, bodiless=True
    ),
    ("POST", "/v2/video/query/"): Call(
        act=display.video_query, scopes=LIST, count="query", most=600
    ),
}


class TikTokSimulator:
    """TikTok for one app and any number of creators; safe to be asked by several threads.

    `violations` says in words what was done that our side promises never to do.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        processing_seconds: float = 3.0,
        audited: bool = True,
        base_url: str = "",
    ) -> None:
        self._lock = RLock()
        self._platform = Platform(
            clock=clock, processing_seconds=processing_seconds, audited=audited
        )
        self._login = Login(self._platform)
        self.base_url = base_url

    @property
    def base_url(self) -> str:
        """The loopback address everything is served under; "" for TikTok's own hosts."""
        return self._platform.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._platform.base_url = url.rstrip("/")

    @property
    def posts(self) -> list[Post]:
        """Every public or private post and every inbox draft that exists, in order."""
        with self._lock:
            now = self._platform.clock()
            made = self._platform.publications.values()
            found = [one.post() for one in made if one.exists(now)]
        return sorted(found, key=lambda post: post.at)

    @property
    def violations(self) -> list[str]:
        """What was done that is never to be done."""
        return list(self._platform.violations)

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at paths that contain `at`.

        An unknown fault is a ValueError that names the known ones.
        """
        with self._lock:
            self._platform.faults.add(fault, at, times)

    def issue_token(
        self, *, open_id: str = "open-id-1", scopes: Iterable[str] = SCOPES
    ) -> tuple[str, str]:
        """Return an access and a refresh token, as if the person had agreed."""
        with self._lock:
            pair = self._login.issue(Grant(open_id=open_id, scopes=tuple(scopes)))
        return str(pair["access_token"]), str(pair["refresh_token"])

    def sign_in(self, open_id: str) -> None:
        """Let the browser's next consents be this person's; at first it is `open-id-1`."""
        with self._lock:
            self._login.signed_in = open_id

    def change_creator(self, open_id: str, **changes: Any) -> Creator:  # noqa: ANN401  a field's
        """Change the settings of an account, as its person can at any time."""
        with self._lock:
            changed = replace(self._platform.creator(open_id), **changes)
            self._platform.creators[open_id] = changed
        return changed

    def verify_url(self, domain_or_prefix: str) -> None:
        """Let the app own a domain, or a URL prefix, to pull videos from."""
        with self._lock:
            self._platform.verified_urls.append(domain_or_prefix)

    def finish_draft(self, publish_id: str, *, title: str = "", privacy: str = PUBLIC) -> None:
        """Let the person post a draft from the inbox; what is no such draft: ValueError."""
        with self._lock:
            now = self._platform.clock()
            draft = self._platform.publications.get(publish_id)
            if draft is None or draft.mode != INBOX or not draft.exists(now):
                raise ValueError(f"{publish_id} is no draft in an inbox")
            draft.info = PostInfo(title=title, privacy_level=privacy)
            draft.finished_at = now

    def boost(self, post_id: str, multiplier: float) -> None:
        """Let a post do so many times as well as by itself; one that is not there: ValueError."""
        with self._lock:
            made = self._platform.publications.values()
            found = next((one for one in made if str(one.post_id) == post_id), None)
            if found is None:
                raise ValueError(f"there is no post {post_id}")
            found.multiplier = check(multiplier)

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            faults = self._platform.faults
            if faults.take("lost-before", request.path):
                raise Lost("cut before anything was accepted")
            reply = self._answer(request)
            if faults.take("lost-after", request.path):
                raise Lost("cut after everything was done")
            return reply

    def _answer(self, request: Request) -> Reply:
        """Find the side of TikTok that was asked, by its host or on loopback by the path alone."""
        sides: dict[tuple[str, str, str], Callable[[Request], Reply]] = {
            (PAGE_HOST, "GET", AUTHORIZE): self._login.consent,
            (API_HOST, "POST", TOKEN): self._login.token,
            (API_HOST, "POST", REVOKE): self._login.revoke,
            (UPLOAD_HOST, "PUT", UPLOAD): lambda asked: receive(self._platform, asked),
            **{(API_HOST, method, path): self._call for method, path in CALLS},
        }
        for (host, method, path), side in sides.items():
            here = bool(self.base_url) or request.host == host
            if here and (request.method, request.path) == (method, path):
                wrong = wrong_answer(self._platform.faults, path, self._platform.clock())
                return wrong or side(request)
        return html_reply(f"Cannot {request.method} {request.path}", status=404)  # INFERRED

    def _call(self, request: Request) -> Reply:
        call = CALLS[request.method, request.path]
        now = self._platform.clock()
        try:
            asked = self._asked(request, call)
            return answer(now, call.act(self._platform, asked))
        except No as no:
            return refusal(now, no)

    def _asked(self, request: Request, call: Call) -> Asked:
        """Return who asks for what: token, scope, limit and body are looked at in that order."""
        token, grant = self._login.bearer(request)
        if not set(call.scopes) & set(grant.scopes):
            text = f"The user did not authorize the scope {call.scopes[0]}"
            raise No("scope_not_authorized", text, 401)  # [DP]
        if call.most:
            self._platform.limits.count(call.count, token, call.most, self._platform.clock())
        read = request.method == "GET"
        return Asked(
            path=request.path,
            open_id=grant.open_id,
            scopes=grant.scopes,
            body={} if read else sent_object(request, optional=call.bodiless),
            query=request.query,
        )

    def _seen(self) -> dict[str, object]:
        posts = [{**asdict(post), "at": post.at.isoformat()} for post in self.posts]
        return {"posts": posts, "violations": self.violations}
