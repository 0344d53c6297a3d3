"""TikTok: ask the creator, open a post, send its bytes, ask until it is final.

A post opened without its bytes can never appear, so only one whose bytes may be there is asked
about. Source of every rule: api/tiktok.md, by section.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from elite8.core import http
from elite8.core.domain.network import NetworkRules
from elite8.core.domain.permission import permission
from elite8.core.domain.reading import Counts
from elite8.core.domain.rendition import Owner, Published, Rendition, Seen
from elite8.core.errors import (
    Elite8Error,
    Refused,
    SignInNeeded,
    Unanswered,
    Unavailable,
)
from elite8.core.platforms import tiktok_numbers as numbers
from elite8.core.platforms.answers import Failed, MayBeSentAgain, count, record, records
from elite8.core.platforms.answers import address as parts_of
from elite8.core.platforms.line import Line
from elite8.core.platforms.oauth import Provider
from elite8.core.platforms.site import Site
from elite8.core.platforms.tiktok_answers import (
    ADVICE,
    AGAIN,
    STALE,
    WAITS,
    code_of,
    progress,
    public_id,
    refusal,
)
from elite8.core.platforms.tiktok_opening import OFFERED, opening, post_info, ranges

SCOPES = permission("tiktok").scopes
UPLOAD_LASTS = timedelta(minutes=70)
"""An upload address lives an hour (4.1): by then nobody can send to it any more."""
PATIENCE = (2.0, 3.0, 5.0, 10.0, 20.0, 20.0)
"""Seconds between asking how a post is doing; after that the next run asks (6)."""
TRIES = 4
INBOX = "SEND_TO_USER_INBOX"
FINISH = (
    "it waits in the TikTok inbox to be finished by hand: open the notice in the app, paste its "
    "words, switch 'AI-generated content' on, and post"
)
"""What a person has to do with a draft: words, privacy and AI label are chosen in the app (5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where TikTok is; the simulator's are the same."""

    api: str = "https://open.tiktokapis.com"
    consent: str = "https://www.tiktok.com"

    @classmethod
    def at(cls, url: str) -> "Bases":
        """Return the simulator's."""
        return cls(api=url, consent=url)

    @property
    def provider(self) -> Provider:
        """Return how one signs in: hex challenge, commas, `client_key` (1)."""
        return Provider(
            authorize=f"{self.consent}/v2/auth/authorize/",
            token=f"{self.api}/v2/oauth/token/",
            scopes=(*SCOPES, numbers.FOLLOWERS_SCOPE),
            between=",",
            client_field="client_key",
            challenge="hex",
        )


class TikTok(Line[Bases]):
    """One creator."""

    together = numbers.TOGETHER

    def whose(self) -> Owner:
        """Return the creator."""
        fields = {"fields": "open_id,display_name,username"}
        user = record(self._ask("GET", "/v2/user/info/", params=fields).get("user"))
        if not user.get("open_id"):
            raise Unavailable("TikTok did not say who is signed in; try later")
        name = str(user.get("username") or user.get("display_name") or "")
        return Owner(id=str(user["open_id"]), name=name)

    def publish(
        self, ready: Rendition, keep: Callable[[str], None], rules: NetworkRules
    ) -> Published:
        """Open the post, keep what it is called, send the bytes, and wait a minute for its end."""
        creator = self._ask("POST", "/v2/post/publish/creator_info/query/", json={})
        path, body = opening(ready, rules, creator)
        opened = self._ask("POST", path, json=body, repeat=False)
        handle: dict[str, Any] = {
            name: str(opened.get(name) or "") for name in ("publish_id", "upload_url")
        }
        if not all(handle.values()):
            raise Unavailable("TikTok opened a post without saying where its bytes go; try later")
        self._upload(handle, ready, 0, keep)
        try:
            return self._wait(handle["publish_id"], creator)
        except (MayBeSentAgain, SignedOut):
            keep("")
            raise

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
        """Return where an earlier try's post is, sending the bytes it lacks; `None`: there is none.

        Without a handle no byte was sent, so nothing can have appeared (8).
        """
        del taken, alone, began  # what it looks up, it looks up by its own id
        if not handle:
            return None
        kept = json.loads(handle)
        told = self._status(kept["publish_id"])
        if told.get("status") == "PROCESSING_UPLOAD" and lacks(told, kept, ready.size):
            if now - since > UPLOAD_LASTS:
                keep("")
                return None
            try:
                self._upload(kept, ready, told["uploaded_bytes"], keep)
            except UploadGone:
                told = self._status(kept["publish_id"])
                if told.get("status") == "PROCESSING_UPLOAD" and lacks(told, kept, ready.size):
                    keep("")
                    return None
        try:
            return self._wait(kept["publish_id"], {})
        except (MayBeSentAgain, SignedOut) as failed:
            keep("")
            if isinstance(failed, SignedOut) or failed.retry_after:
                raise
            return None

    @staticmethod
    def says_ai(ready: Rendition, rules: NetworkRules) -> bool:
        """Return whether what is sent carries `is_aigc`; a draft is flagged in the app (5)."""
        if rules.mode == "inbox":
            return True
        return post_info(ready, rules, {"privacy_level_options": [*OFFERED]}).get("is_aigc") is True

    def cover(self, remote_id: str, file: Path) -> None:
        """Leave the cover as it is: TikTok's is a moment of the video, said when posting."""

    def look_up(self, remote_id: str) -> Seen:
        """Return how the post is seen. A public video does not tell its AI flag (7)."""
        public = remote_id
        if not public.isdecimal():
            told = self._status(remote_id)
            if told.get("status") == INBOX:
                return Seen(state="draft", message=FINISH)
            public = public_id(told)
        if not public:
            message = "TikTok names no public post: still moderated, or the account is private"
            return Seen(state="hidden", message=message)
        found = self._videos([public], "id,share_url,create_time")
        if not found:
            return Seen(state="hidden", message="TikTok does not list the post")
        return Seen(state="visible", url=str(found[0].get("share_url") or ""), facts=found[0])

    def measure(self, public_ids: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return what up to `together` public videos have done; what is not public is left out."""
        del now  # it tells what is so far
        found = self._videos(public_ids, numbers.FIELDS)
        return {str(one["id"]): numbers.of_video(one) for one in found if one.get("id")}

    def followers(self) -> int | None:
        """Return how many follow the creator; it needs a scope of its own (1.3, 1.4)."""
        told = self._ask("GET", "/v2/user/info/", params={"fields": numbers.FOLLOWERS})
        return count(record(told.get("user")).get(numbers.FOLLOWERS))

    def _videos(self, public_ids: Sequence[str], fields: str) -> list[Mapping[str, Any]]:
        """Return the creator's own public videos among these (9)."""
        body = {"filters": {"video_ids": list(public_ids)}}
        query = {"fields": fields}
        return records(self._ask("POST", "/v2/video/query/", params=query, json=body).get("videos"))

    def _upload(
        self, kept: dict[str, Any], ready: Rendition, got: int, keep: Callable[[str], None]
    ) -> None:
        """Send the bytes from the piece on that `got` lies in; ends when TikTok has them all.

        That it is still ours is committed before each piece; before the last one, that from then
        on TikTok may have them all: such a post is never opened anew.
        """
        self._check_host(kept["upload_url"])
        size = ready.size
        for first, last in ranges(size):
            if got and last <= got - 1 and last < size - 1:
                continue
            kept["all_sent"] = last == size - 1
            keep(json.dumps(kept))
            self._put(kept["upload_url"], ready, first, last, size)

    def _put(self, address: str, ready: Rendition, first: int, last: int, size: int) -> None:
        with ready.video.open("rb") as file:
            file.seek(first)
            piece = file.read(last - first + 1)
        headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{last}/{size}"}
        for attempt in range(TRIES):
            try:
                answer = self._client.put(address, content=piece, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and (answer.is_success or progress(answer) > last):
                return
            if answer is not None and answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                http.settled(answer)
            if answer is not None and answer.status_code in (403, 404):
                raise UploadGone("TikTok's upload address has run out")
            busy = answer is not None and answer.status_code in http.BUSY
            if answer is not None and not busy and not answer.is_server_error:
                raise Refused(f"TikTok's upload answered {answer.status_code}; make it again")
            self._pause(PATIENCE[attempt])
        raise Unanswered("the upload to TikTok broke off again and again; it goes on later")

    def _wait(self, publish_id: str, creator: Mapping[str, Any]) -> Published:
        """Ask until the post is final, for about a minute; the next run asks on."""
        for seconds in (*PATIENCE, None):
            told = self._status(publish_id)
            status = told.get("status")
            if status in ("PUBLISH_COMPLETE", INBOX):
                return self._published(publish_id, told, creator)
            if status == "FAILED":
                reason = str(told.get("fail_reason") or "no reason given")
                if reason in AGAIN:
                    words = f"TikTok could not make the post ({reason})"
                    raise MayBeSentAgain(words, WAITS.get(reason))
                if reason == "auth_removed":
                    raise SignedOut(f"TikTok: {ADVICE[reason]}")
                raise Failed(f"TikTok: {ADVICE.get(reason, 'the post failed')} ({reason})")
            if seconds is not None:
                self._pause(seconds)
        raise Unanswered(f"TikTok is still at work on it ({publish_id}); asked again later")

    def _published(
        self, publish_id: str, told: Mapping[str, Any], creator: Mapping[str, Any]
    ) -> Published:
        try:
            found = creator or self._ask("POST", "/v2/post/publish/creator_info/query/", json={})
        except Elite8Error:
            found = {}  # it is out; its address is read when it is looked at
        name, public = found.get("creator_username"), public_id(told)
        place = "https://www.tiktok.com/"
        if name:
            place += f"@{name}" + (f"/video/{public}" if public else "")
        draft = told.get("status") == INBOX
        return Published(remote_id=public or publish_id, url=place, draft=draft)

    def _status(self, publish_id: str) -> Mapping[str, Any]:
        body = {"publish_id": publish_id}
        return self._ask("POST", "/v2/post/publish/status/fetch/", json=body)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        repeat: bool = True,
        **parts: Any,  # noqa: ANN401  # httpx's
    ) -> Mapping[str, Any]:
        """Return `data`; a stale token is renewed once. Without `repeat` it is sent once."""
        answer = self._sent(method, path, fresh=False, repeat=repeat, parts=parts)
        if code_of(answer) in STALE:
            answer = self._sent(method, path, fresh=True, repeat=repeat, parts=parts)
        code = code_of(answer)
        if code != "ok":
            raise refusal(answer, code)
        return record(record(answer.json()).get("data"))

    def _sent(
        self, method: str, path: str, *, fresh: bool, repeat: bool, parts: Mapping[str, Any]
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token(fresh)}"}
        if method == "POST":
            headers["Content-Type"] = "application/json; charset=UTF-8"

        def send() -> httpx.Response:
            return self._client.request(
                method, f"{self._bases.api}{path}", headers=headers, **parts
            )

        if repeat:
            return http.read(send)
        try:
            return http.settled(send())
        except httpx.TransportError as trouble:
            # A post without bytes never appears (8): nothing went out.
            raise Unavailable(f"TikTok did not answer ({type(trouble).__name__})") from None

    def _check_host(self, address: str) -> None:
        """Refuse an upload address on a strange host."""
        there, ours = parts_of(address, "TikTok"), parts_of(self._bases.api, "TikTok")
        known = there.netloc == ours.netloc or str(there.hostname).endswith(".tiktokapis.com")
        if there.scheme != ours.scheme or not known:
            raise Refused(f"TikTok named an upload address at {there.hostname}; nothing was sent")


class UploadGone(Unavailable):
    """The upload address has run out; what came of the post must be asked."""


class SignedOut(SignInNeeded):
    """The creator took our right away while the post was made: it failed, nothing appears."""


def lacks(told: Mapping[str, Any], kept: Mapping[str, Any], size: int) -> bool:
    """Return whether bytes are certainly missing, without which a post never appears (8).

    Once the last piece was sent, a count that may begin at 0 says so only when it is short by more
    than one; no count says nothing, which is `Unanswered`.
    """
    got = told.get("uploaded_bytes")
    if not isinstance(got, int) or isinstance(got, bool):
        raise Unanswered("TikTok does not say how much of the upload it has; asked again later")
    return got < size - bool(kept.get("all_sent"))


SITE = Site(name="tiktok", bases=Bases, network=TikTok)
