"""What a Reel's container says, and how its words are known again."""

import hashlib
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elite8.core.domain.network import NetworkRules
from elite8.core.domain.rendition import Published, Rendition
from elite8.core.errors import Refused, Unanswered
from elite8.core.platforms.answers import instant, listing, record

COVER_AT_MS = 1500
LISTED_BY = timedelta(minutes=10)
"""How long a post may take to be listed; then it is out, its id unknown (8)."""
PAGES = 10
"""Of 100 posts: more than an account may publish in two days."""
SOMEWHERE = "https://www.instagram.com/"


def plain(caption: str) -> str:
    """Return a caption as it is compared: composed, spaces folded, no unseen signs, no @ (8)."""
    seen = (one for one in caption if one != "@" and unicodedata.category(one) != "Cf")
    return " ".join(unicodedata.normalize("NFC", "".join(seen)).split())


def marked(caption: str) -> str:
    """Return what tells a caption from others, kept with the container that carries it."""
    return hashlib.sha256(plain(caption).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Listed posts that could be ours: `sure` by their words, `maybe` where none are told."""

    sure: Sequence[Mapping[str, Any]]
    maybe: Sequence[Mapping[str, Any]]

    @property
    def any(self) -> Sequence[Mapping[str, Any]]:
        """Those that could be it, the likelier first."""
        return (*self.sure, *self.maybe)

    def question(self, post_id: str) -> str:
        """Return what a person has to look at, and what to do then."""
        seen = ", ".join(str(one.get("permalink") or one["id"]) for one in self.any[:5])
        return (
            f"Instagram lists posts that could be it: {seen}; look there, then: elite8 publish "
            f"resolve {post_id} published --url … when one is, retry when none is"
        )


def listed_since(
    ask: Callable[..., Mapping[str, Any]], user: str, since: datetime
) -> Sequence[Mapping[str, Any]]:
    """Return all of the account's media since then; what cannot be read whole is no answer.

    `ask` takes a path and its query. An account may not be told its captions (8, C:IM).
    """
    query = {"fields": "id,timestamp,permalink,caption", "limit": "100"}
    query["since"] = str(int(since.timestamp()))
    found: list[Mapping[str, Any]] = []
    for _ in range(PAGES):
        try:
            page = ask(f"{user}/media", **query)
        except Refused:
            if "caption" not in query["fields"]:
                raise
            query["fields"] = "id,timestamp,permalink"
            page = ask(f"{user}/media", **query)
        found += listing(page.get("data"), "Instagram did not list the account's posts")
        paging = record(page.get("paging"))
        query["after"] = str(record(paging.get("cursors")).get("after") or "")
        if not (paging.get("next") and query["after"]):
            return found
    raise Unanswered("Instagram lists more posts than are looked through; asked again later")


def fitting(
    listed: Sequence[Mapping[str, Any]], words: str, *, since: datetime, taken: Collection[str]
) -> Found:
    """Return which of the listed posts could be one with these words, published since then.

    Captions may not be told to an account that signed in without Facebook (8, C:IM).
    """
    fresh = [
        one for one in listed if one["id"] not in taken and _since(one.get("timestamp"), since)
    ]
    told = [one for one in fresh if isinstance(one.get("caption"), str)]
    return Found(
        sure=[one for one in told if marked(one["caption"]) == words],
        maybe=[one for one in fresh if one not in told],
    )


def _since(told: object, since: datetime) -> bool:
    """Return whether a post may be from since then; what does not say when, may."""
    at = instant(told)
    return at is None or at > since


def settled(found: Found, passed: timedelta, *, alone: bool) -> Published:
    """Return where a post is that is out; not listed in time, its id stays unknown (8).

    At once it is only the one with its words, and only when no other post of ours could be that.
    """
    ours = found.sure or found.maybe
    if len(ours) == 1 and ((found.sure and alone) or passed > LISTED_BY):
        place = str(ours[0].get("permalink") or SOMEWHERE)
        return Published(remote_id=str(ours[0]["id"]), url=place)
    if passed > LISTED_BY:
        return Published(remote_id="", url=SOMEWHERE)
    raise Unanswered("Instagram says it is out and does not list it yet; asked again later")


def the_one(found: Found, passed: timedelta, post_id: str, *, alone: bool) -> Published | None:
    """Return the one post that must be it; `None` when there is none and none can come any more."""
    if len(found.sure) == 1 and alone:
        return settled(found, passed, alone=alone)
    if found.any:
        raise Unanswered(found.question(post_id))
    if passed <= LISTED_BY:
        raise Unanswered("Instagram says it failed, and may list it yet; asked again later")
    return None


def partnership(ready: Rendition, *, by_page: bool) -> dict[str, object]:
    """Return how a paid partnership is told, which only Facebook Login may (4.1)."""
    if ready.promotes != "partner":
        return {}
    if not by_page:
        how = "elite8 accounts login instagram --via facebook"
        raise Refused(f"Instagram labels a paid partnership only of an account of: {how}")
    return {"is_paid_partnership": True}


def container(ready: Rendition, rules: NetworkRules) -> dict[str, object]:
    """Return what a Reel's container says; the AI flag is always on.

    Its bytes are uploaded, or fetched by Instagram's servers where a public address is configured.
    """
    address = rules.public_url.replace("{file}", ready.video.name)
    return {
        "media_type": "REELS",
        **({"video_url": address} if address else {"upload_type": "resumable"}),
        "caption": ready.wording.caption,
        "share_to_feed": True,
        "thumb_offset": COVER_AT_MS,
        "is_ai_generated": True,
    }
