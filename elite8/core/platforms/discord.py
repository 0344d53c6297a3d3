"""Discord: a webhook of a channel, which takes words and a file in one call.

A webhook cannot be asked for its last message, so after a lost answer only a bot that may read the
channel can tell; without one a person has to look. Source of every rule: api/messaging.md A.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from elite8 import __version__
from elite8.core import http
from elite8.core.domain.network import NetworkRules
from elite8.core.domain.reading import Counts
from elite8.core.domain.rendition import Owner, Published, Rendition, Seen
from elite8.core.errors import Elite8Error, RateLimited, Refused, Unanswered, Unavailable
from elite8.core.platforms.answers import listing, record, records
from elite8.core.platforms.discord_answers import (
    MessageGone,
    WebhookGone,
    before,
    object_of,
    refusal,
    silent_since,
    told,
)
from elite8.core.platforms.line import Line
from elite8.core.platforms.site import Keep, Site

WEBHOOK = re.compile(
    r"https://(?:(?:canary|ptb)\.)?discord(?:app)?\.com"
    r"/api(?:/v[0-9]{1,2})?/webhooks/([0-9]{1,20})/([A-Za-z0-9_-]{20,200})/?"
)
INCOMING = 1
"""The only kind of webhook that can be posted by (A1)."""
LISTED_BY = timedelta(minutes=2)
"""How long a message may take to be listed; INFERRED, it is there at once."""
APART = timedelta(minutes=10)
"""How far our clock and theirs may be apart."""
NEWEST = 50
"""Messages that are looked through (A4)."""
SEEN_AS = ("content", "attachments", "embeds")
"""What a message has one of at least (A1): of one that shows none the content is kept back."""
LONGEST_REST = 5.0
"""Seconds that an empty bucket is waited for."""
SOMEWHERE = "https://discord.com/channels/@me"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where Discord is, and the bot that reads the channels, "" for none."""

    api: str = "https://discord.com"
    bot: str = field(default="", repr=False)

    @classmethod
    def at(cls, url: str) -> "Bases":
        """Return the simulator's."""
        return cls(api=url)


class Discord(Line[Bases]):
    """One webhook; its address is the token, and a secret."""

    together = 50
    _rest = 0.0

    def whose(self) -> Owner:
        """Return the webhook, as its own address names it."""
        hook = self._hook()
        return Owner(id=str(hook["id"]), name=str(hook.get("name") or ""))

    def publish(self, ready: Rendition, keep: Keep, rules: NetworkRules) -> Published:
        """Send words and file in one call; that they may be out is kept before."""
        del rules  # a webhook asks nothing else
        hook = self._hook()
        kept = {name: str(hook.get(f"{name}_id") or "") for name in ("channel", "guild")}
        keep(json.dumps({**kept, "webhook": str(hook["id"])}))
        try:
            made = self._made(ready)
        except Unanswered:
            raise
        except Elite8Error:  # nothing was made
            keep("")
            raise
        return published(kept, made)

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
        """Return where an earlier try's message is; `None` is proof that there is none.

        Only a bot that reads the channel can tell (A4): without one it is for a person.
        """
        del alone, began  # the file's name is proof
        if not handle:
            return None  # it is kept before the only call that makes anything
        kept = json.loads(handle)
        if not self._bases.bot:
            raise Unanswered(question(kept, ready.post_id))
        listed = self._listed(kept, ready.post_id)
        for message in listed:
            if str(message["id"]) not in taken and self._is_ours(message, ready, kept, since):
                return published(kept, str(message["id"]))
        if now - since < LISTED_BY:
            raise Unanswered("Discord may list the message yet; asked again later")
        self._prove_absent(kept, ready.post_id, listed, since - APART)
        keep("")
        return None

    @staticmethod
    def says_ai(ready: Rendition, rules: NetworkRules) -> bool:
        """Return whether what is sent says that AI made it: by its words, there is no flag."""
        del rules
        tags = re.findall(r"#(\S+)", str(payload(ready)["content"]))
        return ready.wording.hashtags[:1] != () and ready.wording.hashtags[0] in tags

    def cover(self, remote_id: str, file: Path) -> None:
        """Leave the cover as it is: Discord takes none."""

    def look_up(self, message: str) -> Seen:
        """Return how the message is seen, its file with it."""
        try:
            found = told(self._ask("GET", f"/messages/{message}"))
        except MessageGone:
            return Seen(state="hidden", message="the message is gone from Discord")
        facts = {name: found.get(name) for name in ("id", "channel_id", "timestamp")}
        if str(found.get("id")) != message:
            raise Unavailable("Discord told of a message in an unknown form; try later")
        if not records(found.get("attachments")):
            words = "Discord shows the message without its video"
            return Seen(state="hidden", message=words, facts=facts)
        return Seen(state="visible", facts=facts)

    def measure(self, messages: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return no numbers: a webhook is told none, so nobody is asked."""
        del now
        return {message: Counts() for message in messages}

    def _hook(self) -> Mapping[str, Any]:
        """Return what the webhook says of itself; one that posts nothing is Refused."""
        hook = told(self._ask("GET", ""))
        if hook.get("type") != INCOMING:
            raise Refused("that is no incoming webhook; make one in the channel's settings")
        if str(hook.get("id") or "") != self._parts()[0]:
            raise Unavailable("Discord told of the webhook in an unknown form; try later")
        return hook

    def _made(self, ready: Rendition) -> str:
        """Send it once and return the message's id."""
        with ready.video.open("rb") as file:
            form = {
                "payload_json": (None, json.dumps(payload(ready)), "application/json"),
                "files[0]": (file_name(ready), file, "video/mp4"),
            }
            try:
                answer = self._sent("POST", "", params={"wait": "true"}, files=form)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as trouble:
                kind = type(trouble).__name__
                raise Unavailable(f"Discord does not answer ({kind}); try later") from None
            except httpx.TransportError as trouble:
                raise Unanswered(
                    f"Discord did not answer the message ({type(trouble).__name__})"
                ) from None
        return self._named(answer)

    def _named(self, answer: httpx.Response) -> str:
        """Return what the message is called; what is no clear yes or no leaves it open."""
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise waits(answer)
        if answer.is_client_error:
            no = refusal(answer)
            if isinstance(no, Unavailable):
                raise Unanswered(f"{no}; whether it is out is not known")
            self._check_alive(no)
            raise no
        if not answer.is_success:
            raise Unanswered(f"Discord answered {answer.status_code} to the message")
        try:
            made = str(object_of(answer).get("id") or "")
        except Unavailable:
            made = ""
        if not made.isdecimal():
            raise Unanswered("Discord answered the message without naming it")
        return made

    def _is_ours(
        self,
        message: Mapping[str, Any],
        ready: Rendition,
        kept: Mapping[str, Any],
        since: datetime,
    ) -> bool:
        """Return whether a message is this post's: by our webhook, with our file.

        A bot without the Message Content intent is shown a webhook's message without its file; the
        webhook itself is shown all of it. Source: discord-api-docs, "Message" and issue 5411, as
        of 2026-11.
        """
        if str(message.get("webhook_id")) != kept.get("webhook"):
            return False
        if not records(message.get("attachments")) and not before(message, since - APART):
            message = self._own(str(message["id"]), ready.post_id, kept)
        return file_name(ready) in [
            one.get("filename") for one in records(message.get("attachments"))
        ]

    def _own(self, message: str, post_id: str, kept: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a message as the webhook that wrote it is shown it; empty when it is gone."""
        try:
            found = told(self._ask("GET", f"/messages/{message}"))
        except MessageGone:
            return {}
        if not any(found.get(part) for part in SEEN_AS):
            raise Unanswered(question(kept, post_id, "what the webhook wrote is not shown"))
        return found

    def _prove_absent(
        self,
        kept: Mapping[str, Any],
        post_id: str,
        listed: Sequence[Mapping[str, Any]],
        earliest: datetime,
    ) -> None:
        """Raise the question for a person, unless a list without ours proves that it is not there.

        A bot without Read Message History is shown an empty list and no error: only the channel
        can say that nothing was written. Source: discord-api-docs, "Get Channel Messages", as of
        2026-11.
        """
        if len(listed) >= NEWEST and not any(before(one, earliest) for one in listed):
            raise Unanswered(question(kept, post_id, "too much was written there since"))
        if not listed:
            channel = record(self._as_bot(kept, post_id, ""))
            if not silent_since(channel, kept["channel"], earliest):
                why = "the bot may not read what was written (Read Message History)"
                raise Unanswered(question(kept, post_id, why))
        if str(self._hook().get("channel_id")) != kept["channel"]:
            raise Unanswered(question(kept, post_id, "the webhook is of another channel now"))

    def _listed(self, kept: Mapping[str, Any], post_id: str) -> Sequence[Mapping[str, Any]]:
        """Return the channel's newest messages, as the bot reads them."""
        found = self._as_bot(kept, post_id, "/messages", limit=str(NEWEST))
        return listing(found, "Discord did not list the channel's messages")

    def _as_bot(self, kept: Mapping[str, Any], post_id: str, path: str, **query: str) -> object:
        """Return what the bot is told of the channel, `None` for no answer in a known form."""
        address = f"{self._bases.api}/api/v10/channels/{kept['channel']}{path}"
        headers = {
            "Authorization": f"Bot {self._bases.bot}",
            "User-Agent": f"DiscordBot (elite8, {__version__})",
        }
        answer = http.read(lambda: self._client.get(address, params=query, headers=headers))
        if answer.is_client_error:
            why = f"the bot may not read it ({answer.status_code})"
            raise Unanswered(question(kept, post_id, why))
        try:
            return None if answer.is_error else answer.json()
        except ValueError:
            return None

    def _ask(self, method: str, path: str) -> httpx.Response:
        """Ask something that is harmless to repeat; a webhook that is gone is never asked again."""
        answer = http.read(lambda: self._sent(method, path))
        if answer.is_client_error:
            self._check_alive(refusal(answer))
        return answer

    def _check_alive(self, no: Elite8Error) -> None:
        """Say to whoever keeps the webhook that it was refused, and stop."""
        if isinstance(no, WebhookGone):
            self._token(True)  # noqa: FBT003  # the seam's flag
            raise no

    def _sent(self, method: str, path: str, **parts: Any) -> httpx.Response:  # noqa: ANN401  # httpx's
        """Send one request, when the bucket of this webhook has room (A3)."""
        if self._rest:
            self._pause(min(self._rest, LONGEST_REST))
        identity, secret = self._parts()
        address = f"{self._bases.api}/api/v10/webhooks/{identity}/{secret}{path}"
        answer = self._client.request(method, address, extensions={http.HIDDEN: (secret,)}, **parts)
        empty = answer.headers.get("X-RateLimit-Remaining") == "0"
        self._rest = (http.retry_after(answer) or 0.0) if empty else 0.0
        return answer

    def _parts(self) -> tuple[str, str]:
        """Return the webhook's id and secret; an address that is none is Refused."""
        found = WEBHOOK.fullmatch(self._token(False))  # noqa: FBT003  # the seam's flag
        if found is None:
            raise Refused(
                "that is no address of a Discord webhook; copy it in the channel's settings: "
                "Integrations, Webhooks, Copy Webhook URL"
            )
        return found[1], found[2]


def waits(answer: httpx.Response) -> RateLimited:
    """Return the error of an answer that asks to wait, by its body where no header says it."""
    found = http.asked_to_wait(answer, "Discord")
    if found.retry_after is None:
        try:
            said = object_of(answer).get("retry_after")
        except Unavailable:
            said = None
        if isinstance(said, int | float) and not isinstance(said, bool) and 0 <= said < 1e9:  # noqa: PLR2004  # no time at all
            return RateLimited(str(found), float(said))
    return found


def payload(ready: Rendition) -> dict[str, object]:
    """Return what is said beside the file; nobody is ever called by name (A2)."""
    return {
        "content": ready.wording.caption,
        "allowed_mentions": {"parse": []},
        "attachments": [{"id": 0, "filename": file_name(ready), "description": described(ready)}],
    }


def described(ready: Rendition) -> str:
    """Return what is read to those who do not see the video."""
    tag = "".join(f" #{each}" for each in ready.wording.hashtags[:1])
    return f"{ready.wording.title[:900]}{tag}"


def file_name(ready: Rendition) -> str:
    """Return the name by which a message is known again."""
    return f"{ready.character}-{ready.post_id}.mp4"


def question(kept: Mapping[str, Any], post_id: str, why: str = "a webhook cannot be asked") -> str:
    """Return what a person has to look at, and what to do then."""
    return (
        f"whether it is in the Discord channel is not known, {why}: look at "
        f"{place(kept, '')}, then: elite8 publish resolve {post_id} published --url … when it is "
        "there, retry when it is not"
    )


def place(kept: Mapping[str, Any], message: str) -> str:
    """Return where a person finds a message, or the channel."""
    if not (kept.get("guild") and kept.get("channel")):
        return SOMEWHERE
    return f"https://discord.com/channels/{kept['guild']}/{kept['channel']}/{message}".rstrip("/")


def published(kept: Mapping[str, Any], message: str) -> Published:
    """Return where a message is."""
    return Published(remote_id=message, url=place(kept, message))


SITE = Site(
    name="discord",
    bases=Bases,
    network=Discord,
    page="the channel's settings in Discord: Integrations, Webhooks, New, Copy Webhook URL",
    renews=False,
    also={"bot": "discord_bot_token"},
)
