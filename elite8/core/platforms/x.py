"""X: a video uploaded, one post made of it, and the account's own posts looked through when lost.

An upload alone is never public. What may be out is known again by the key of its video, which is
kept before the post is made. Source of every rule: api/x.md, by section.
"""

import json
from collections.abc import Collection, Mapping, Sequence
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
from elite8.core.errors import Elite8Error, RateLimited, SignInNeeded, Unanswered, Unavailable
from elite8.core.platforms import x_upload as upload
from elite8.core.platforms.answers import instant, listing, record, records
from elite8.core.platforms.line import Line
from elite8.core.platforms.oauth import Provider
from elite8.core.platforms.site import Keep, Site
from elite8.core.platforms.x_answers import Duplicate, capped, data_of, names_field, refusal, told
from elite8.core.platforms.x_posts import TOGETHER, body, counted, likeness, plain

SCOPES = permission("x").scopes
LISTED_BY = timedelta(minutes=10)
"""How long a post may take to be listed; X says seconds, of which we are not sure (9)."""
LASTS = timedelta(hours=20)
"""How long an uploaded video can be posted: a day, with room (2.1)."""
NEWEST = 100
"""Posts that are looked through: more than an account may make in the meantime (6)."""
FIELDS, FORMER = "post.fields", "tweet.fields"
"""What the choice of fields is called, and was until 2026-08 (4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where X is; the simulator's are the same. `redirect` is where its page leads back to."""

    api: str = "https://api.x.com"
    consent: str = "https://x.com"
    redirect: str = ""

    @classmethod
    def at(cls, url: str) -> "Bases":
        """Return the simulator's."""
        return cls(api=url, consent=url)

    @property
    def provider(self) -> Provider:
        """Return how one signs in: the app in a header, and a refresh token that serves once (1).

        A dead one is told as `invalid_request`, not as the standard has it.
        """
        return Provider(
            authorize=f"{self.consent}/i/oauth2/authorize",
            token=f"{self.api}/2/oauth2/token",
            scopes=SCOPES,
            redirect=self.redirect,
            basic=True,
            over=("invalid_grant", "invalid_request"),
        )


class X(Line[Bases]):
    """One account."""

    together = TOGETHER

    def whose(self) -> Owner:
        """Return the account."""
        me = data_of(told(self._ask("GET", "/2/users/me")))
        if not str(me.get("id") or "").isdecimal():
            raise Unavailable("X did not say who is signed in; try later")
        return Owner(id=str(me["id"]), name=str(me.get("username") or ""))

    def publish(self, ready: Rendition, keep: Keep, rules: NetworkRules) -> Published:
        """Upload the video, keep what it is called, and make the post once."""
        del rules  # X asks nothing else
        media, key = upload.begin(self._ask, ready.size)
        kept: dict[str, object] = {"media": media, "key": key}

        def hold() -> None:
            keep(json.dumps(kept))

        hold()
        upload.fill(self._ask, media, ready.video, hold)
        info = upload.close(self._ask, media)
        kept["sent"] = True
        hold()
        if not upload.wait(self._ask, media, info, self._pause):
            keep("")
            raise Unavailable("X has lost the uploaded video; it is uploaded anew")
        return self._out(ready, kept, keep)

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
        """Return where an earlier try's post is, making it where it broke off before that.

        `None` is proof that nothing of it is public (9).
        """
        del began  # it is looked for since it was made
        kept = json.loads(handle) if handle else {}
        if not kept.get("posting"):
            return self._unposted(ready, kept, keep)
        if listed := self._listed(ready, kept, taken, alone=alone):
            return listed
        if now - since < LISTED_BY:
            raise Unanswered("X may have the post and not list it yet; asked again later")
        first = instant(kept.get("first")) or since
        if kept.get("duplicate"):
            raise Unanswered(
                "X has these words from this account and does not list the post: look at the "
                f"account, then: elite8 publish resolve {ready.post_id} published --url … when it "
                "is there, retry when it is not"
            )
        if now - first < LASTS and upload.standing(self._ask, str(kept["media"])) is not None:
            return self._out(ready, {**kept, "first": first.isoformat()}, keep)
        keep("")
        return None

    def _unposted(self, ready: Rendition, kept: dict[str, Any], keep: Keep) -> Published | None:
        """Go on with a video X has whole; a part of one is dropped: nobody ever sees it."""
        if kept.get("sent"):
            media = str(kept["media"])
            info = upload.standing(self._ask, media)
            if upload.wait(self._ask, media, info, self._pause):
                return self._out(ready, kept, keep)
        keep("")
        return None

    def _out(self, ready: Rendition, kept: Mapping[str, object], keep: Keep) -> Published:
        """Make the post; that it may be out, and how it is known again, is kept before.

        A clear no makes nothing; whatever else is no answer leaves it open (9).
        """
        last = kept.get("last") or self._newest()
        may = {**kept, "posting": True, "last": last, "words": plain(ready.wording.caption)}
        keep(json.dumps(may))
        try:
            made = self._made(body(ready, str(kept["media"])))
        except Duplicate as again:
            if kept.get("posting"):  # the earlier try is there after all, and not listed yet
                keep(json.dumps({**may, "duplicate": True}))
                raise Unanswered(f"{again}; the earlier try may be it: it is looked for") from None
            keep("")
            raise
        except Unanswered:
            raise
        except Elite8Error:
            if not kept.get("posting"):
                keep("")
            raise
        return published(made)

    def _made(self, wanted: Mapping[str, object]) -> str:
        """Make the post and return its id; sent once, and once more when the token was stale."""
        answer = self._sent_once(wanted, fresh=False)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            answer = self._sent_once(wanted, fresh=True)
        if answer.is_server_error or answer.is_redirect:
            raise Unanswered(f"X answered {answer.status_code} to the post; it is looked for")
        if answer.is_error:
            no = refusal(answer)
            if isinstance(no, Unavailable) and not isinstance(no, RateLimited):
                raise Unanswered(f"{no}; the post is looked for")  # not in X's words
            raise no
        try:
            made = str(data_of(told(answer)).get("id") or "")
        except Elite8Error:
            made = ""
        if not made.isdecimal():
            raise Unanswered("X answered the post without naming it; it is looked for")
        return made

    def _sent_once(self, wanted: Mapping[str, object], *, fresh: bool) -> httpx.Response:
        try:
            answer = self._client.post(
                f"{self._bases.api}/2/tweets", json=wanted, headers=self._bearer(fresh=fresh)
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as trouble:
            raise Unavailable(f"X does not answer ({type(trouble).__name__}); try later") from None
        except httpx.TransportError as trouble:
            raise Unanswered(
                f"X did not answer the post ({type(trouble).__name__}); it is looked for"
            ) from None
        capped(answer)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise http.asked_to_wait(answer, "X")
        return answer

    def _listed(
        self, ready: Rendition, kept: Mapping[str, Any], taken: Collection[str], *, alone: bool
    ) -> Published | None:
        """Return which of the account's posts since then is this one, `None` for none.

        Without its video's key it is the only one with its words, and only when ours is `alone`.
        """
        words, key = str(kept.get("words") or ""), str(kept.get("key") or "")
        like = []
        for post in self._since(str(kept.get("last") or "")):
            how = likeness(post, words, key, taken)
            if how == "ours":
                return published(str(post["id"]))
            if how:
                like.append(str(post["id"]))
        if len(like) == 1 and alone:
            return published(like[0])
        if like:
            seen = ", ".join(map(address, like[:5]))
            raise Unanswered(
                f"{seen} may be it: look there, then: elite8 publish resolve {ready.post_id} "
                "published --url … when one is, retry when none is"
            )
        return None

    @staticmethod
    def says_ai(ready: Rendition, rules: NetworkRules) -> bool:
        """Return whether what is sent carries `made_with_ai` (3.1)."""
        del rules
        return body(ready, "0").get("made_with_ai") is True

    def cover(self, remote_id: str, file: Path) -> None:
        """Leave the cover as it is: X takes the video's own beginning."""

    def look_up(self, post: str) -> Seen:
        """Return how the post is seen. X does not tell its AI flag back (3.1)."""
        found = self._posts({"ids": post}, "created_at,attachments")
        shown = [one for one in records(found.get("data")) if str(one.get("id")) == post]
        if not shown:
            return Seen(state="hidden", url=address(post), message="X does not show the post")
        return Seen(state="visible", url=address(post), facts=shown[0])

    def measure(self, posts: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return what up to `together` posts have done; what X does not show is left out."""
        del now  # it tells what is so far
        more = {"expansions": "attachments.media_keys", "media.fields": "public_metrics"}
        return counted(self._posts({"ids": ",".join(posts), **more}, "public_metrics,attachments"))

    def _posts(
        self, query: Mapping[str, str], fields: str, path: str = "/2/tweets"
    ) -> Mapping[str, Any]:
        """Return what is told of posts, their fields asked for by the name X takes (4)."""
        answer = self._ask("GET", path, params={**query, FIELDS: fields})
        if names_field(answer, FIELDS):
            answer = self._ask("GET", path, params={**query, FORMER: fields})
        return told(answer)

    def _newest(self) -> str:
        """Return the account's newest post, "" for none: what is made from now on is newer."""
        return str(next(iter(self._timeline("5", "")), {}).get("id") or "")

    def _since(self, last: str) -> Sequence[Mapping[str, Any]]:
        """Return all posts after that one; more than are looked through is no proof."""
        found = self._timeline(str(NEWEST), last)
        if len(found) >= NEWEST:
            raise Unanswered("X lists more posts than are looked through; look at the account")
        return found

    def _timeline(self, most: str, last: str) -> Sequence[Mapping[str, Any]]:
        me = self._me or self.whose().id
        query = {"max_results": most, **({"since_id": last} if last else {})}
        found = self._posts(query, "created_at,attachments,entities", f"/2/users/{me}/tweets")
        listed = found.get("data")
        if listed is None and record(found.get("meta")).get("result_count") == 0:
            return []
        return listing(listed, "X did not list the account's posts")

    def _ask(self, method: str, path: str, **parts: Any) -> httpx.Response:  # noqa: ANN401  # httpx's
        """Send something that is harmless to repeat; a stale token is renewed once (8)."""

        def send(*, fresh: bool = False) -> httpx.Response:
            headers = self._bearer(fresh=fresh)
            return capped(
                self._client.request(method, f"{self._bases.api}{path}", headers=headers, **parts)
            )

        answer = http.read(send)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            answer = http.read(lambda: send(fresh=True))
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise SignInNeeded(str(refusal(answer)))
        return answer

    def _bearer(self, *, fresh: bool) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token(fresh)}"}


def address(post: str) -> str:
    """Return where a person finds a post; that it leads there without a name is INFERRED."""
    return f"https://x.com/i/status/{post}"


def published(post: str) -> Published:
    """Return where a post is."""
    return Published(remote_id=post, url=address(post))


SITE = Site(name="x", bases=Bases, network=X, also={"redirect": "x_redirect"})
