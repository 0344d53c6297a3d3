"""YouTube: a resumable upload whose session is the handle that makes it happen once.

The session's address is kept before the first byte; a finished session answers with its video.
Source of every rule: api/youtube.md, by section.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
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
    Unanswered,
    Unavailable,
)
from elite8.core.platforms import youtube_numbers as numbers
from elite8.core.platforms.answers import address as parts_of
from elite8.core.platforms.answers import instant, listing, record, records, whole
from elite8.core.platforms.line import Line
from elite8.core.platforms.oauth import Provider
from elite8.core.platforms.short import likeness, metadata, slug
from elite8.core.platforms.site import Site
from elite8.core.platforms.youtube_answers import object_of, refusal
from elite8.core.platforms.youtube_session import Keep, Session, SessionGone

PART = 8 << 20
"""Bytes of one piece: a multiple of 256 KiB (3.2)."""
ASKED_AGAIN = 5
"""Times a broken upload is taken up before the next run does."""
LOOKED_BACK = timedelta(minutes=10)
"""How long a fresh video may take to be listed (10.3)."""
APART = timedelta(days=1)
"""How far our clock may have been ahead of theirs as a try began; further, nothing works."""
PAGES = 20
"""Of 50 uploads, looked through at most, two units of the day's 10,000 each (7)."""
SHOWN = 5
"""Uploads that a person is asked to look at, at most."""
GONE = (404, 410)
LOCKED = (
    "YouTube has it as private, so only you see it: the channel's own upload settings did that, or "
    "YouTube locked it, as it does with an app that is not audited; make it public in YouTube "
    "Studio, and where Studio calls it locked, have the app audited (docs/how-to/youtube.md)"
)
"""What a video is that was to be public and is private (11, 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where YouTube is; the simulator's are all the same."""

    api: str = "https://www.googleapis.com"
    consent: str = "https://accounts.google.com"
    analytics: str = "https://youtubeanalytics.googleapis.com"
    token: str = "https://oauth2.googleapis.com"  # noqa: S105  # an address

    @classmethod
    def at(cls, url: str) -> "Bases":
        """Return the simulator's."""
        return cls(api=url, consent=url, analytics=url, token=url)

    @property
    def provider(self) -> Provider:
        """Return how one signs in (2.1, 2.2)."""
        return Provider(
            authorize=f"{self.consent}/o/oauth2/v2/auth",
            token=f"{self.token}/token",
            scopes=permission("youtube").scopes,
            more={"access_type": "offline", "prompt": "consent select_account"},
        )


class YouTube(Line[Bases]):
    """One channel."""

    together = numbers.TOGETHER

    def whose(self) -> Owner:
        """Return the channel; an account without one is `Refused`."""
        found = records(self._get("channels", part="id,snippet", mine="true").get("items"))
        if not found:
            raise Refused("this Google account has no YouTube channel; make one and sign in again")
        if not found[0].get("id"):
            raise Unavailable("YouTube did not say whose channel it is; try later")
        snippet = record(found[0].get("snippet"))
        return Owner(id=str(found[0]["id"]), name=str(snippet.get("title") or ""))

    def publish(self, ready: Rendition, keep: Keep, rules: NetworkRules) -> Published:
        """Upload the post and return where it is; its session is kept before the first byte."""
        size = ready.size
        session = Session(self._begin(ready, rules.privacy, size), size, keep)
        return self._finish(session, ready, fresh=True)

    def reconcile(  # noqa: PLR0913  # what is known of the earlier try
        self,
        ready: Rendition,
        handle: str,
        keep: Keep,
        *,
        since: datetime,
        now: datetime,
        taken: Collection[str] = (),
        alone: bool = True,
        began: datetime | None = None,
    ) -> Published | None:
        """Return where an earlier try's post is, finishing it where it broke off.

        `taken` are the ids that are other posts'; without a name of ours in the list, only one
        that is `alone` is found by its size or words. Nothing older than `began` is it.

        `None` is proof that there is none; not sure yet is `Unanswered`.
        """
        if handle:
            try:
                return self._finish(Session.known(handle, ready, keep), ready)
            except SessionGone:
                keep("")
                raise Unanswered(
                    "the upload session is gone; the channel is looked through"
                ) from None
        if listed := self._listed(ready, taken, began, alone=alone):
            return listed
        if now - since < LOOKED_BACK:
            raise Unanswered("YouTube may have the video and not list it yet; asked again later")
        return None

    def _listed(
        self, ready: Rendition, taken: Collection[str], began: datetime | None, *, alone: bool
    ) -> Published | None:
        """Return which of the channel's uploads is this post, `None` for none that could be.

        By its likeness it is the only one that is like it, and only when ours is `alone`.
        """
        like: dict[str, Mapping[str, Any]] = {}
        maybe: dict[str, Mapping[str, Any]] = {}
        for video in self._recent(began):
            how = "" if video.get("id") in taken else likeness(video, ready)
            if how == "ours":
                return _published(video)
            if how:
                (like if how == "like" else maybe)[str(video.get("id"))] = video
        if len(like) == 1 and alone:
            return _published(*like.values())
        if found := [*like, *maybe]:
            seen = ", ".join(f"https://youtu.be/{one}" for one in found[:SHOWN])
            raise Unanswered(
                f"{seen} may be it: look there, then: elite8 publish resolve "
                f"{ready.post_id} published --url … when one is, retry when none is"
            )
        return None

    @staticmethod
    def says_ai(ready: Rendition, rules: NetworkRules) -> bool:
        """Return whether what is sent carries the flag for synthetic media (3.4)."""
        status = metadata(ready, rules.privacy)["status"]
        return isinstance(status, dict) and status.get("containsSyntheticMedia") is True

    def look_up(self, video_id: str) -> Seen:
        """Return how the video is seen: processed, public, and with its AI flag (3.5, 6)."""
        found = self._get("videos", part="status,processingDetails", id=video_id)
        items = records(found.get("items"))
        url = f"https://www.youtube.com/shorts/{video_id}"
        if not items:
            return Seen(state="hidden", url=url, message="YouTube does not show the video")
        status = record(items[0].get("status"))
        if status.get("uploadStatus") != "processed":
            why = status.get("rejectionReason") or status.get("failureReason") or ""
            message = f"YouTube says {status.get('uploadStatus')} {why}".strip()
            return Seen(state="hidden", url=url, message=message, facts=status)
        if status.get("privacyStatus") == "private":
            message = LOCKED
            return Seen(state="hidden", url=url, message=message, facts=status)
        if not status.get("containsSyntheticMedia"):
            message = "YouTube shows it without the flag for synthetic media; set it in Studio"
            return Seen(state="unlabelled", url=url, message=message, facts=status)
        return Seen(state="visible", url=url, facts=status)

    def measure(self, video_ids: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return what up to `together` videos have done, for one unit of the day's quota (7).

        One that YouTube does not show is left out. What only Analytics tells is days late, and
        `None` when Analytics does not answer.
        """
        found = numbers.counted(self._get("videos", **numbers.query(video_ids)))
        if not found:
            return {}
        try:
            report = self._report(numbers.report(tuple(found), now))
        except Elite8Error:
            return found
        return numbers.completed(found, report)

    def followers(self) -> int | None:
        """Return how many subscribe, for one unit of the day's quota (7)."""
        return numbers.subscribers(self._get("channels", part="statistics", mine="true"))

    def _report(self, query: Mapping[str, str]) -> Mapping[str, Any]:
        answer = self._authorised("GET", f"{self._bases.analytics}/v2/reports", params=query)
        if answer.is_error:
            raise refusal(answer)
        return object_of(answer)

    def cover(self, video_id: str, file: Path) -> None:
        """Set the picture of a processed video; before that it does not stick (5)."""
        address = f"{self._bases.api}/upload/youtube/v3/thumbnails/set"
        self._authorised(
            "POST",
            address,
            params={"videoId": video_id, "uploadType": "media"},
            headers={"Content-Type": "image/jpeg"},
            content=file.read_bytes(),
        )

    def _begin(self, ready: Rendition, privacy: str, size: int) -> str:
        body = json.dumps(metadata(ready, privacy), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Upload-Content-Length": str(size),
            "X-Upload-Content-Type": "video/mp4",
            "Slug": slug(ready.post_id),
        }
        query = {
            "uploadType": "resumable",
            "part": "snippet,status,paidProductPlacementDetails",
            "notifySubscribers": "false",
        }
        address = f"{self._bases.api}/upload/youtube/v3/videos"
        # Opening a session makes no video (3.1): it may be asked again.
        answer = self._authorised("POST", address, params=query, headers=headers, content=body)
        session = str(answer.headers.get("Location", ""))
        if not session:
            raise Unavailable("YouTube opened no upload session; try later")
        self._check_host(session)
        return session

    def _finish(self, session: Session, ready: Rendition, *, fresh: bool = False) -> Published:
        """Send what the session does not have, a `fresh` one all; return the video it made."""
        self._check_host(session.address)
        for attempt in range(ASKED_AGAIN):
            if attempt:
                self._pause(2.0**attempt)
            video, offset = (None, 0) if fresh and not attempt else self._where(session)
            while video is None:
                before = offset
                if offset >= session.size:
                    break  # it has all and says nothing of a video yet
                session.hold()
                try:
                    video, offset = self._send(session, ready.video, offset)
                except Unanswered:
                    break
                if video is None and offset <= before:
                    break  # it took nothing: asked again a few times, never for ever
            if video is not None:
                return _published(video)
        raise Unanswered("the upload to YouTube broke off again and again; it goes on later")

    def _where(self, session: Session) -> tuple[Mapping[str, Any] | None, int]:
        """Return the video of a finished session, or how many bytes an open one has (3.3)."""
        headers = {"Content-Range": f"bytes */{session.size}"}
        answer = self._authorised("PUT", session.address, headers=headers, content=b"")
        return self._told(answer, session)

    def _send(
        self, session: Session, file: Path, offset: int
    ) -> tuple[Mapping[str, Any] | None, int]:
        with file.open("rb") as opened:
            opened.seek(offset)
            piece = opened.read(PART)
        headers = {
            "Content-Type": "video/mp4",
            "Content-Range": f"bytes {offset}-{offset + len(piece) - 1}/{session.size}",
        }
        try:
            answer = self._client.put(
                session.address, headers=headers | self._bearer(fresh=False), content=piece
            )
        except httpx.TransportError as trouble:
            raise Unanswered(f"the upload broke ({type(trouble).__name__})") from None
        if (http.retry_after(answer) or 0.0) > http.LONGEST_WAIT:
            http.settled(answer)
        if answer.status_code in http.BUSY or answer.is_server_error:
            raise Unanswered(f"the upload was answered with {answer.status_code}")
        return self._told(answer, session)

    def _told(
        self, answer: httpx.Response, session: Session
    ) -> tuple[Mapping[str, Any] | None, int]:
        if answer.status_code in GONE:
            raise SessionGone("YouTube has dropped the upload session")
        if answer.status_code == httpx.codes.PERMANENT_REDIRECT:
            if moved := str(answer.headers.get("Location", "")):  # it goes on there (3.3)
                self._check_host(moved)
                session.move(moved)
            stored = answer.headers.get("Range", "").rpartition("-")[2]
            return None, whole(stored) + 1 if stored.isdecimal() else 0
        if answer.is_error:
            raise refusal(answer)
        return object_of(answer), 0

    def _recent(self, began: datetime | None) -> Iterator[Mapping[str, Any]]:
        """Yield the channel's uploads since a little before `began`, the newest first (10).

        Of one that is listed and not told of there is the id alone.
        """
        mine = self._get("channels", part="contentDetails", mine="true")
        lists = [_playlist(channel) for channel in records(mine.get("items"))]
        if not all(lists) or not lists:
            raise Unavailable("YouTube did not say where the channel's uploads are; try later")
        for ids in (page for uploads in lists for page in self._pages(uploads, began)):
            found = self._get("videos", part="snippet,status,fileDetails", id=",".join(ids))
            told = records(found.get("items"))
            yield from (one for one in told if not _older(one, began))
            untold = set(ids) - {str(one.get("id")) for one in told}
            yield from ({"id": one} for one in untold)

    def _pages(self, uploads: str, began: datetime | None) -> Iterator[list[str]]:
        """Yield the ids of a list of uploads, the newest first, 50 at a time, back to `began`."""
        query = {"part": "contentDetails,snippet", "playlistId": uploads, "maxResults": "50"}
        for _ in range(PAGES):
            listed = self._get("playlistItems", **query)
            what = "YouTube did not list the channel's uploads"
            items = listing(listed.get("items"), what, _video_of)
            fresh = [item for item in items if not _older(item, began)]
            if ids := [str(_video_of(item)) for item in fresh]:
                yield ids
            query["pageToken"] = str(listed.get("nextPageToken") or "")
            if not query["pageToken"] or (items and not fresh):  # an empty page ends nothing
                return
        raise Unanswered(
            f"the channel has more than {PAGES * 50} uploads since this one began; look for it in "
            "YouTube Studio, then: elite8 publish resolve"
        )

    def _get(self, what: str, **query: str) -> Mapping[str, Any]:
        answer = self._authorised("GET", f"{self._bases.api}/youtube/v3/{what}", params=query)
        if answer.is_error:
            raise refusal(answer)
        return object_of(answer)

    def _authorised(self, method: str, address: str, **parts: Any) -> httpx.Response:  # noqa: ANN401
        """Send something that is harmless to repeat; a stale token is renewed once (9)."""
        wanted = dict(parts.pop("headers", {}))

        def send(*, fresh: bool = False) -> httpx.Response:
            headers = wanted | self._bearer(fresh=fresh)
            return self._client.request(method, address, headers=headers, **parts)

        answer = http.read(send)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            answer = http.read(lambda: send(fresh=True))
        if method == "POST" and answer.is_error:
            raise refusal(answer)
        return answer

    def _bearer(self, *, fresh: bool) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(fresh)}"}

    def _check_host(self, session: str) -> None:
        """Refuse a session on a strange host: the token goes there."""
        there, ours = parts_of(session, "YouTube"), parts_of(self._bases.api, "YouTube")
        known = there.hostname == ours.hostname or str(there.hostname).endswith(".googleapis.com")
        if there.scheme != ours.scheme or not known:
            raise Refused(f"YouTube named an upload address at {there.hostname}; nothing was sent")


def _playlist(channel: Mapping[str, Any]) -> str:
    related = record(record(channel.get("contentDetails")).get("relatedPlaylists"))
    return str(related.get("uploads") or "")


def _video_of(item: Mapping[str, Any]) -> object:
    return record(item.get("contentDetails")).get("videoId")


def _older(shown: Mapping[str, Any], began: datetime | None) -> bool:
    """Return whether an upload is certainly from before the try: their clocks may differ."""
    at = instant(record(shown.get("snippet")).get("publishedAt"))
    return began is not None and at is not None and at < began - APART


def _published(video: Mapping[str, Any]) -> Published:
    if not video.get("id"):
        raise Unanswered("YouTube finished the upload without naming the video")
    return Published(
        remote_id=str(video["id"]), url=f"https://www.youtube.com/shorts/{video['id']}"
    )


SITE = Site(name="youtube", bases=Bases, network=YouTube)
