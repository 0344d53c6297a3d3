"""Instagram: a container, its bytes, its publication, each kept before the next.

A container is invisible until it is published and dies after a day, so only a publication that may
have happened is looked for. Source of every rule: api/instagram.md, by section.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

import httpx

from elite8.core import http
from elite8.core.domain.network import NetworkRules
from elite8.core.domain.permission import FACEBOOK, permission
from elite8.core.domain.reading import Counts
from elite8.core.domain.rendition import Owner, Published, Rendition, Seen
from elite8.core.errors import (
    Elite8Error,
    RateLimited,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.platforms import instagram_numbers as numbers
from elite8.core.platforms.answers import Failed, count, instant, record, records, whole
from elite8.core.platforms.answers import address as parts_of
from elite8.core.platforms.graph import Unseen, object_of, reason, told
from elite8.core.platforms.line import Line
from elite8.core.platforms.oauth import Grant, Provider
from elite8.core.platforms.reel import (
    container,
    fitting,
    listed_since,
    marked,
    partnership,
    settled,
    the_one,
)
from elite8.core.platforms.site import Site

VERSION = "v26.0"
TOKEN_LASTS = timedelta(days=60)
"""A long-lived token (2.2); a pasted one does not say its age."""
PATIENCE = (5.0, 10.0, 20.0, 30.0)
"""Seconds between looking at a container, about a minute; the next run looks on (5)."""
SETTLING = 60.0
"""Seconds before a container whose publication got no answer is read again (8)."""
EARLIER, APART = timedelta(minutes=2), timedelta(days=1)
"""How far their clock may be behind ours; the latter where only the list can prove anything."""
FORGOTTEN = (
    "Instagram knows the container no more, and does not list the post: asked on for a day, within "
    "which it could still appear"
)
UNKNOWN = "UNKNOWN"
"""A container of which Instagram says that there is none (7)."""
ALIVE, GONE = timedelta(hours=23), timedelta(hours=25)
"""A container lives a day (4.1): before the first it may be published, after the other never."""
LOOKS, ENDED = 3, ("PUBLISHED", "ERROR", "EXPIRED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where Instagram is; the simulator's are the same.

    `by_page`: the token is of the Page the account is linked to, not of the account itself.
    """

    api: str = "https://graph.instagram.com"
    consent: str = "https://www.instagram.com"
    codes: str = "https://api.instagram.com"
    by_page: bool = False

    @classmethod
    def at(cls, url: str) -> Self:
        """Return the simulator's."""
        return cls(api=url, consent=url, codes=url)

    @property
    def provider(self) -> Provider:
        """Return how one signs in: commas, no challenge, and the way back is set by settings."""
        return Provider(
            authorize=f"{self.consent}/oauth/authorize",
            token=f"{self.codes}/oauth/access_token",
            scopes=permission("instagram").scopes,
            between=",",
            challenge="none",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBases(Bases):
    """Where Instagram is for an account that was signed in to by Facebook Login (1, 3)."""

    api: str = "https://graph.facebook.com"
    consent: str = "https://www.facebook.com"
    by_page: bool = True

    @property
    def provider(self) -> Provider:
        """Return how one signs in: commas, no challenge, and the way back is set by settings."""
        return Provider(
            authorize=f"{self.consent}/{VERSION}/dialog/oauth",
            token=f"{self.api}/{VERSION}/oauth/access_token",
            scopes=permission("instagram", FACEBOOK).scopes,
            between=",",
            challenge="none",
        )

    @property
    def pages(self) -> str:
        """Return where the Pages of a person are listed (3, step 4)."""
        return f"{self.api}/{VERSION}/me/accounts"


class Instagram(Line[Bases]):
    """One professional account; its tokens are long-lived."""

    together = numbers.TOGETHER

    def whose(self) -> Owner:
        """Return the account; its `user_id` is what every other call wants (2.3)."""
        if self._bases.by_page:
            return self._linked()
        me = self._get("me", fields="user_id,username,account_type")
        if not me.get("user_id"):
            raise Unavailable("Instagram did not say who is signed in; try later")
        return Owner(id=str(me["user_id"]), name=str(me.get("username", "")))

    def _user(self) -> str:
        """Return what every call about the account goes by (2.3)."""
        return self._me or self.whose().id

    def _linked(self) -> Owner:
        """Return the account of the Page that the token is of (3)."""
        page = self._get("me", fields="id,name,instagram_business_account")
        linked = str(record(page.get("instagram_business_account")).get("id") or "")
        if not linked:
            raise Refused(f"the Page {page.get('name', '')} has no Instagram account any more")
        return Owner(id=linked, name=str(self._get(linked, fields="username").get("username", "")))

    def publish(
        self, ready: Rendition, keep: Callable[[str], None], rules: NetworkRules
    ) -> Published:
        """Fill a container, wait until it is ready, and publish it once."""
        partner = partnership(ready, by_page=self._bases.by_page)
        user = self._user()
        self._check_quota(user)
        made = self._post(f"{user}/media", {**container(ready, rules), **partner})
        if not (made.get("id") and (made.get("uri") or rules.public_url)):
            raise Unavailable("Instagram made no container; try later")
        kept: dict[str, object] = {
            "container": str(made["id"]),
            "words": marked(ready.wording.caption),
        }
        keep(json.dumps(kept))
        if not rules.public_url:
            self._upload(str(made["uri"]), ready)
        kept["sent"] = True
        keep(json.dumps(kept))
        self._wait(str(made["id"]))
        return self._out(user, kept, keep)

    def reconcile(  # noqa: PLR0913  # what is known of the earlier try
        self,
        ready: Rendition,
        handle: str,
        keep: Callable[[str], None],
        *,
        since: datetime,
        now: datetime,
        taken: Collection[str] = (),
        alone: bool = True,
        began: datetime | None = None,
    ) -> Published | None:
        """Return where an earlier try's post is, publishing its container where it broke off.

        `None` is proof that nothing of it is public (8).
        """
        del began  # it is looked for since its publication
        kept = json.loads(handle) if handle else {}
        if not kept.get("publishing"):
            state = self._standing(kept["container"]) if kept.get("sent") else UNKNOWN
            if state != "PUBLISHED":  # a row may be older than what it tells of: a backup's
                return self._unpublished(state, kept, keep)
        user, state = self._user(), self._settling(kept["container"])
        first = instant(kept.get("since")) or since  # when it was published for the first time
        words = kept.get("words") or marked(ready.wording.caption)
        earliest = first - (EARLIER if state == "PUBLISHED" else APART)
        found = fitting(listed_since(self._get, user, earliest), words, since=earliest, taken=taken)
        if state == "PUBLISHED":
            return settled(found, now - since, alone=alone)
        gone = now - since > GONE or (len(found.sure) == 1 and alone)
        if state in ("ERROR", "EXPIRED") or (state == UNKNOWN and gone):
            one = the_one(found, now - since, ready.post_id, alone=alone)
            if one is None:
                keep("")
            return one
        if state == UNKNOWN:
            raise Unanswered(FORGOTTEN)
        if state == "FINISHED" and now - since < ALIVE:
            return self._out(user, {**kept, "since": first.isoformat()}, keep)
        raise Unanswered("Instagram is still publishing it; asked again later")

    def _settling(self, container: str) -> str:
        """Return what three looks a minute apart agree on, or an end as soon as one says so."""
        states: list[str] = []
        while len(states) < LOOKS and (not states or states[-1] not in ENDED):
            if states:
                self._pause(SETTLING)
            states.append(self._standing(container))
        return states[-1] if states[-1] in ENDED or len(set(states)) == 1 else ""

    def _unpublished(
        self, state: str, kept: Mapping[str, Any], keep: Callable[[str], None]
    ) -> Published | None:
        """Go on with a container that has its bytes; one without is dropped: it is invisible."""
        # Unknown or gone (7), it was never published: nothing of it is public.
        if state == "IN_PROGRESS":
            raise Unanswered("Instagram is still processing the video; asked again later")
        if state == "FINISHED":
            return self._out(self._user(), kept, keep)
        keep("")
        return None

    @staticmethod
    def says_ai(ready: Rendition, rules: NetworkRules) -> bool:
        """Return whether what is sent carries `is_ai_generated` (4.1)."""
        return container(ready, rules).get("is_ai_generated") is True

    def cover(self, remote_id: str, file: Path) -> None:
        """Leave the cover as it is: Instagram's is a moment of the video, said when posting."""

    def look_up(self, media: str) -> Seen:
        """Return how the post is seen, its AI flag read back (compliance section 1)."""
        found = self._get(media, fields="permalink,is_ai_generated,timestamp")
        url = str(found.get("permalink") or "")
        if not found.get("is_ai_generated"):
            message = "Instagram shows it without the AI label; add it in the app"
            return Seen(state="unlabelled", url=url, message=message, facts=found)
        state: Literal["visible", "hidden"] = "visible" if url else "hidden"
        message = "" if url else "Instagram has no address for it yet"
        return Seen(state=state, url=url, message=message, facts=found)

    def measure(self, media_ids: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return what the reels have done; one that Instagram does not show is left out."""
        del now  # it tells what is so far
        found = {media: numbers.counted(self._asked, media) for media in media_ids}
        return {media: counts for media, counts in found.items() if counts is not None}

    def followers(self) -> int | None:
        """Return how many follow the account; it needs no scope beyond the basic one (2.1)."""
        return count(self._get(self._user(), fields=numbers.FOLLOWERS).get(numbers.FOLLOWERS))

    def renewed(self, access: str, *, now: datetime) -> Grant:
        """Return the token good for another 60 days (2.2)."""
        query = {"grant_type": "ig_refresh_token", "access_token": access}
        address = f"{self._bases.api}/refresh_access_token"
        found = told(http.read(lambda: self._client.get(address, params=query)))
        if not found.get("access_token"):
            raise Unavailable("Instagram gave no new token; the old one serves on")
        lasts = min(timedelta(seconds=min(whole(found.get("expires_in")), 10**9)), 2 * TOKEN_LASTS)
        lasts = lasts or TOKEN_LASTS
        return Grant(
            access=str(found["access_token"]),
            refresh="",
            scopes=tuple(str(found.get("permissions") or "").replace(",", " ").split()),
            access_ends_at=now + lasts,
            refresh_ends_at=now + lasts,
            raw=found,
        )

    def _out(
        self,
        user: str,
        kept: Mapping[str, Any],
        keep: Callable[[str], None],
    ) -> Published:
        """Publish the container; that it may be out is kept before."""
        keep(json.dumps({**kept, "publishing": True}))
        try:
            done = self._post(
                f"{user}/media_publish", {"creation_id": kept["container"]}, repeat=False
            )
        except (RateLimited, SignInNeeded):
            raise
        except Elite8Error as trouble:
            # Any error may hide a post that is out (8): the container is asked.
            raise Unanswered(f"{trouble}; the container is asked whether it is out") from None
        return self._published(str(done.get("id") or ""))

    def _published(self, media: str) -> Published:
        if not media:
            raise Unanswered("Instagram published without naming the post; asked again later")
        try:
            place = self._get(media, fields="permalink").get("permalink")
        except Elite8Error:
            place = None  # it is out; the address can be read later (8)
        return Published(remote_id=media, url=str(place or "https://www.instagram.com/"))

    def _wait(self, made: str) -> None:
        """Return when the container is ready to be published."""
        for seconds in (0.0, *PATIENCE):
            self._pause(seconds)
            shown = self._state(made)
            state = shown.get("status_code")
            if state == "FINISHED":
                return
            if state in ("ERROR", "EXPIRED"):
                raise Failed(reason(str(shown.get("status", state))))
        raise Unanswered("Instagram is still processing the video; asked again later")

    def _standing(self, made: str) -> str:
        """Return the state of a container that Instagram may know no more."""
        try:
            return str(self._state(made).get("status_code"))
        except (Refused, Unseen):
            return UNKNOWN

    def _state(self, made: str) -> Mapping[str, Any]:
        return self._get(made, fields="status_code,status")

    def _check_quota(self, user: str) -> None:
        found = self._get(f"{user}/content_publishing_limit", fields="quota_usage,config")
        for row in records(found.get("data")):
            most = whole(record(row.get("config")).get("quota_total")) or 50
            if whole(row.get("quota_usage")) >= most:
                raise RateLimited(f"Instagram: all {most} posts of the day are used", 3600.0)

    def _upload(self, uri: str, ready: Rendition) -> None:
        there, ours = parts_of(uri, "Instagram"), parts_of(self._bases.api, "Instagram")
        if there.scheme != ours.scheme or (
            there.netloc != ours.netloc and there.hostname != "rupload.facebook.com"
        ):
            raise Refused(f"Instagram named an upload address at {there.hostname}; nothing sent")
        headers = {
            "Authorization": f"OAuth {self._token(False)}",  # noqa: FBT003  # the seam's flag
            "offset": "0",
            "file_size": str(ready.size),
            "Content-Type": "application/octet-stream",
        }
        try:
            with ready.video.open("rb") as file:
                answer = self._client.post(uri, content=file, headers=headers)
        except httpx.TransportError as trouble:
            raise Unavailable(f"the upload broke ({type(trouble).__name__}); again later") from None
        if answer.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            words = f"Instagram's upload answered {answer.status_code}"
            raise SignInNeeded(f"{words}; run: elite8 accounts login instagram")
        found = object_of(http.settled(answer))
        if not found.get("success"):
            detail = record(found.get("debug_info"))
            words = str(detail.get("message") or answer.status_code)[:200]
            kind = Unavailable if detail.get("retriable", True) else Refused
            raise kind(f"Instagram's upload: {words}")

    def _get(self, path: str, **query: str) -> Mapping[str, Any]:
        return told(self._asked(path, **query))

    def _asked(self, path: str, **query: str) -> httpx.Response:
        address = f"{self._bases.api}/{VERSION}/{path}"

        def send() -> httpx.Response:
            return self._client.get(address, params=query, headers=self._bearer())

        return http.read(send)

    def _post(
        self, path: str, body: Mapping[str, object], *, repeat: bool = True
    ) -> Mapping[str, Any]:
        address = f"{self._bases.api}/{VERSION}/{path}"

        def send() -> httpx.Response:
            return self._client.post(address, json=dict(body), headers=self._bearer())

        if repeat:
            return told(http.read(send))
        try:
            return told(http.settled(send()))
        except httpx.TransportError as trouble:
            raise Unanswered(f"Instagram did not answer ({type(trouble).__name__})") from None

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(False)}"}  # noqa: FBT003  # the seam's flag


SITE = Site(
    name="instagram",
    bases=Bases,
    network=Instagram,
    page="https://developers.facebook.com/apps (instagram: API setup, Generate token)",
    lasts=TOKEN_LASTS,
    margin=TOKEN_LASTS - timedelta(days=7),
)
