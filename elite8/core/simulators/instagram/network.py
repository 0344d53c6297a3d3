"""What Instagram keeps: accounts, containers, posts and comments."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.clock import Clock
from elite8.core.simulators.faults import Faults
from elite8.core.simulators.growth import Growth
from elite8.core.simulators.instagram.containers import NOT_FETCHED, Container
from elite8.core.simulators.instagram.faults import FAULTS
from elite8.core.simulators.instagram.reels import Reel
from elite8.core.simulators.instagram.refusals import No, refused, unseen
from elite8.core.simulators.instagram.tokens import Login, Token, Tokens

Fetch = Callable[[str], bytes]
"""Returns what lies at an address; an OSError when it cannot be had."""

DAY = timedelta(hours=24)
MOST_CONTAINERS = 400  # C:UM
QUOTA_TOTAL = 100  # the guide's number; others say 50 (C:CP, C:MP, C:CL)
LATE = timedelta(seconds=60)
RUPLOAD = "https://rupload.facebook.com"
UNKNOWN, EXPIRED, NOT_READY, OVER_LIMIT = 2207008, 2207020, 2207027, 2207042


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One professional account; `app_scoped_id` is not what its calls take (INFERRED)."""

    user_id: str
    username: str
    app_scoped_id: str
    page_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published media; `sha256` and `size` are of the bytes received, "" and 0 if unseen."""

    media_id: str
    container_id: str
    user_id: str
    caption: str
    is_ai_generated: bool
    is_paid_partnership: bool
    share_to_feed: bool
    sha256: str
    size: int
    at: datetime
    listed_from: datetime

    @property
    def shortcode(self) -> str:
        """What the permalink ends in."""
        return hashlib.sha256(self.media_id.encode()).hexdigest()[:11]


@dataclass(slots=True, kw_only=True)
class Comment:
    """One comment under a media."""

    id: str
    media_id: str
    user_id: str
    text: str
    at: datetime
    hidden: bool = False


class Network:
    """What the calls work on; not safe for threads by itself."""

    def __init__(
        self, *, clock: Clock, processing: timedelta, base_url: str, fetch: Fetch | None
    ) -> None:
        self.clock = clock
        self.processing = processing
        self.base_url = base_url
        self.fetch = fetch
        self.faults = Faults(FAULTS)
        self.tokens = Tokens(clock)
        self.accounts: dict[str, Account] = {}
        self.pages: dict[str, tuple[str, ...]] = {}
        self.containers: dict[str, Container] = {}
        self.posts: list[Post] = []
        self.comments: dict[str, Comment] = {}
        self.multipliers: dict[str, float] = {}
        self.followers: dict[str, int] = {}
        self.calls: list[tuple[str, datetime]] = []
        self.violations: list[str] = []
        self.quota_total = QUOTA_TOTAL
        self.signed_in = self.account("17840000000000001").user_id
        self._made = 0

    def account(self, user_id: str) -> Account:
        """Return an account, opened when it is first named."""
        if user_id not in self.accounts:
            number = len(self.accounts) + 1
            self.accounts[user_id] = Account(
                user_id=user_id,
                username=f"night.lab{'' if number == 1 else number}",
                app_scoped_id=f"2400000000000{number:04d}",
                page_id=f"1020000000000{number:04d}",
            )
        return self.accounts[user_id]

    def new_id(self, prefix: str) -> str:
        """Return the next id, 17 digits that begin with `prefix`."""
        self._made += 1
        return f"{prefix}{self._made:0{17 - len(prefix)}d}"

    def upload_uri(self, container: Container) -> str:
        """Return where the bytes of a container go (C:UM)."""
        front = self.base_url.rstrip("/") or RUPLOAD
        return f"{front}/ig-api-upload/{container.version}/{container.id}"

    def open(self, token: Token, reel: Reel, version: str, path: str) -> Container:
        """Return a new container; a video at an address begins to be processed at once."""
        now = self.clock()
        mine = [one for one in self.containers.values() if one.user_id == token.user_id]
        if sum(one.at > now - DAY for one in mine) >= MOST_CONTAINERS:
            raise refused(OVER_LIMIT)  # the limit is C:UM, its code INFERRED
        container = Container(
            id=self.new_id("1805"),
            user_id=token.user_id,
            version=version,
            reel=reel,
            at=now,
            failing=self.faults.take("processing-failed", path),
            stuck=self.faults.take("processing-stuck", path),
        )
        self.containers[container.id] = container
        if reel.video_url:
            self.download(container, reel.video_url)
        return container

    def download(self, container: Container, url: str) -> None:
        """Let a container's bytes be fetched; what cannot be had is a container error (P code)."""
        try:
            media = self.fetch(url) if self.fetch else None
        except OSError:
            container.arrived, container.error = self.clock(), NOT_FETCHED
            return
        container.arrive(media, self.clock())

    def container(self, object_id: str, token: Token, path: str) -> Container | None:
        """Return a container of the token's account, expired if that is to befall it."""
        container = self.containers.get(object_id)
        if container is None or container.user_id != token.user_id:
            return None
        if not container.media_id and self.faults.take("container-expired", path):
            container.expired = True
        if self.faults.take("container-forgotten", path):
            container.forgotten = True
        return None if container.forgotten else container

    def status_code(self, container: Container) -> str:
        """Return the status of a container now."""
        return container.status_code(self.clock(), self.processing)

    def publish(self, token: Token, container_id: str, path: str) -> Post:
        """Make a container public, once.

        Of a published one the page only infers that no second media comes; the refusal's code,
        and that of a failed one, are INFERRED.
        """
        container = self.container(container_id, token, path)
        if container is None:
            raise refused(UNKNOWN)
        word = self.status_code(container)
        if word != "FINISHED":
            raise refused(EXPIRED if word == "EXPIRED" else NOT_READY)
        if self.faults.take("publish-limit", path) or self.usage(token.user_id) >= self.quota_total:
            raise refused(OVER_LIMIT)
        return self._post(container, late=self.faults.take("late-visibility", path))

    def _post(self, container: Container, *, late: bool) -> Post:
        now = self.clock()
        container.media_id = self.new_id("1801")
        post = Post(
            media_id=container.media_id,
            container_id=container.id,
            user_id=container.user_id,
            caption=container.reel.caption,
            is_ai_generated=container.reel.is_ai_generated,
            share_to_feed=container.reel.share_to_feed,
            is_paid_partnership=container.reel.is_paid_partnership,
            sha256=container.sha256,
            size=container.size,
            at=now,
            listed_from=now + LATE if late else now,
        )
        self.posts.append(post)
        return post

    def usage(self, user_id: str, since: datetime | None = None) -> int:
        """Return how many posts of an account the moving 24 hours hold."""
        since = since or self.clock() - DAY
        return sum(post.user_id == user_id and post.at > since for post in self.posts)

    def post(self, media_id: str, token: Token) -> Post:
        """Return a media of the token's account, or raise `No`."""
        for post in self.posts:
            if (post.media_id, post.user_id) == (media_id, token.user_id):
                return post
        raise unseen(media_id)

    def followed(self, user_id: str) -> int:
        """Return who follows an account; that they came for its posts is INFERRED."""
        now = self.clock()
        ours = [post for post in self.posts if post.user_id == user_id]
        came = sum(self.growth(post).count("followers", now - post.at) for post in ours)
        return self.followers.get(user_id, 0) + came

    def growth(self, post: Post) -> Growth:
        """Return how a media's numbers grow."""
        multiplier = self.multipliers.get(post.media_id, 1.0)
        return Growth(seed=post.media_id, multiplier=multiplier)

    def limited(self, token: Token) -> No:
        """Return the refusal for too many calls: app, user or Page (C:GE, C:SN)."""
        if token.login is Login.INSTAGRAM:
            return No(4, "(#4) Application request limit reached")
        if token.page:
            return No(32, "(#32) Page request limit reached")
        return No(17, "(#17) User request limit reached")
