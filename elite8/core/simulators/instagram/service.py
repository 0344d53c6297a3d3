"""The simulator itself: which host is asked, and what is answered."""

from collections.abc import Iterable
from datetime import timedelta
from threading import RLock

from elite8.core.clock import Clock
from elite8.core.simulators import control
from elite8.core.simulators.growth import check
from elite8.core.simulators.instagram import graph, uploads
from elite8.core.simulators.instagram.faults import wrong_answer
from elite8.core.simulators.instagram.logins import find_door
from elite8.core.simulators.instagram.network import Account, Fetch, Network, Post
from elite8.core.simulators.instagram.refusals import No
from elite8.core.simulators.instagram.tokens import SCOPES, Login
from elite8.core.simulators.instagram.views import written
from elite8.core.simulators.wire import LOOPBACK, Lost, Reply, Request, html_reply

USER_ID = "17840000000000001"
RUPLOAD_HOST = "rupload.facebook.com"


class InstagramSimulator:
    """Instagram for any number of accounts, in memory; safe to be asked by several threads.

    `violations` says in words what was asked for that our side promises never to ask. With `fetch`
    a video_url is read, wherever it is; without it nobody looks, but it must seem public.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        processing_seconds: float = 3.0,
        base_url: str = "",
        fetch: Fetch | None = None,
    ) -> None:
        self._lock = RLock()
        processing = timedelta(seconds=processing_seconds)
        self._network = Network(clock=clock, processing=processing, base_url=base_url, fetch=fetch)

    @property
    def base_url(self) -> str:
        """Where everything is said to be; "" for the real hosts."""
        return self._network.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._network.base_url = url

    @property
    def signed_in(self) -> str:
        """The account of the person at the consent page."""
        return self._network.signed_in

    @signed_in.setter
    def signed_in(self, user_id: str) -> None:
        self._network.signed_in = self._network.account(user_id).user_id

    def works_for(self, *user_ids: str) -> None:
        """Let the person signed in have the Pages of these accounts; "" is a Page without one."""
        with self._lock:
            self._network.pages[self.signed_in] = user_ids

    @property
    def quota_total(self) -> int:
        """How many posts a day's window takes."""
        return self._network.quota_total

    @quota_total.setter
    def quota_total(self, total: int) -> None:
        self._network.quota_total = total

    @property
    def accounts(self) -> list[Account]:
        """Every account that was named so far."""
        return list(self._network.accounts.values())

    @property
    def posts(self) -> list[Post]:
        """Every published media, in order."""
        return list(self._network.posts)

    @property
    def violations(self) -> list[str]:
        """What was asked for that is never to be asked."""
        return list(self._network.violations)

    def issue_token(
        self,
        *,
        user_id: str = USER_ID,
        scopes: Iterable[str] | None = None,
        login: str = "instagram",
    ) -> str:
        """Return a fresh long-lived user token with every scope of its login, or with some."""
        with self._lock:
            kind = Login(login)
            granted = SCOPES[kind] if scopes is None else frozenset(scopes)
            self._network.account(user_id)
            return self._network.tokens.issue(user_id=user_id, login=kind, scopes=granted).value

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at paths that contain `at`.

        An unknown fault is a ValueError that names the known ones.
        """
        with self._lock:
            self._network.faults.add(fault, at, times)

    def boost(self, media_id: str, multiplier: float) -> None:
        """Let a media do so many times as well as by itself; one that is not there: ValueError."""
        with self._lock:
            if all(post.media_id != media_id for post in self._network.posts):
                raise ValueError(f"there is no media {media_id}")
            self._network.multipliers[media_id] = check(multiplier)

    def follow(self, user_id: str, count: int) -> None:
        """Let so many follow an account besides those whom its posts bring."""
        with self._lock:
            self._network.followers[user_id] = count

    def handle(self, request: Request) -> Reply:
        """Answer one request; `Lost` when the answer is not to arrive."""
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            if self._network.faults.take("lost-before", request.path):
                raise Lost("cut before anything was accepted")
            reply = wrong_answer(self._network.faults, request.path) or self._route(request)
            if self._network.faults.take("lost-after", request.path):
                raise Lost("cut after everything was done")
            return reply

    def _route(self, request: Request) -> Reply:
        """Hand a request to its host; over loopback the path alone says which that is."""
        any_host = bool(self.base_url) or request.host == LOOPBACK
        door = find_door(request, any_host=any_host)
        if door is not None:
            try:
                return door.act(self._network, request)
            except No as no:
                return door.refuse(no)
        if request.path.startswith("/ig-api-upload/") and (
            any_host or request.host == RUPLOAD_HOST
        ):
            return uploads.upload(self._network, request)
        if any_host or request.host in graph.HOSTS:
            return graph.answer(self._network, request)
        return html_reply("Not Found", status=404)

    def _seen(self) -> dict[str, object]:
        posts = [
            {
                "media_id": post.media_id,
                "container_id": post.container_id,
                "user_id": post.user_id,
                "caption": post.caption,
                "is_ai_generated": post.is_ai_generated,
                "share_to_feed": post.share_to_feed,
                "is_paid_partnership": post.is_paid_partnership,
                "sha256": post.sha256,
                "size": post.size,
                "at": written(post.at),
            }
            for post in self.posts
        ]
        return {"posts": posts, "violations": self.violations}
