"""What LINE tells of its friends: a follow is a consent given there, an unfollow ends it."""

from datetime import UTC, datetime
from typing import Any

from elite8.core import foreign, log
from elite8.core.domain.consent import LINE_ID
from elite8.core.domain.subscriber import Act
from elite8.core.domain.wording import fold
from elite8.core.errors import Elite8Error
from elite8.core.operations import consents
from elite8.core.operations.given import Given
from elite8.core.platforms import line_messaging as line
from elite8.core.studio import Studio

STOP_WORDS = {"stop", "stopp", "停止", "配信停止", "parar", "baja", "unsubscribe", "abmelden"}
EPOCH = datetime.fromtimestamp(0, UTC)
FORBIDDEN, BAD, TAKEN, AGAIN = 403, 400, 200, 503


def receive(studio: Studio, signature: str, body: bytes) -> int:
    """Take in what LINE posts and return the status to answer.

    Not signed with the channel's secret: 403. What could not be kept is to be sent again: 503.
    Events that come again, in any order, change nothing: each says when it was.
    """
    secret = studio.settings.line_channel_secret
    if secret is None or not line.is_signed(secret.get_secret_value(), body, signature):
        return FORBIDDEN
    try:
        events = foreign.read(body)["events"]
        found = [one for one in events if isinstance(one, dict)]
    except (ValueError, KeyError, TypeError):
        return BAD
    try:
        for one in found:
            take(studio, one)
    except Elite8Error as trouble:
        log.get().warning("line.not-kept", why=str(trouble))
        return AGAIN
    return TAKEN


def take(studio: Studio, event: dict[str, Any]) -> None:
    """Take in one event; what is not for us, or of nobody, is let be."""
    source = event.get("source")
    user = source.get("userId") if isinstance(source, dict) else None
    if event.get("mode") != "active" or not (isinstance(user, str) and LINE_ID.fullmatch(user)):
        return
    kind = str(event.get("type"))
    if kind == "follow":
        follow(studio, user, when(event, EPOCH), str(event.get("webhookEventId") or ""))
    elif kind == "unfollow":
        at = when(event, studio.clock())
        noted(studio, user, Act.OPTOUT, at, str(event.get("webhookEventId") or ""))
        leave(studio, user, "unfollow", at)
    elif kind == "message" and says_stop(event.get("message")):
        leave(studio, user, "stop-word", when(event, studio.clock()))


def follow(studio: Studio, user: str, at: datetime, event: str) -> None:
    """Record a follow as a consent given on LINE; one that is older than a no is let be."""
    audience = studio.config.messages.line
    given = Given(
        channel="line",
        address=user,
        country=audience.country,
        zone=audience.zone,
        source="platform_native",
        evidence=f"line:{event[:60]}",
        wording="line-follow",
        at=min(at, studio.clock()),
    )
    noted(studio, user, Act.OPTIN, at, event)
    try:
        consents.record(studio, given)
    except consents.SaidNo:
        log.get().info("line.follow-not-counted")


def noted(studio: Studio, user: str, act: Act, at: datetime, event: str) -> None:
    """Enter a follow or an unfollow among what subscribers did; one without a name is not."""
    if not event:
        return
    from elite8.core.operations import line_people

    line_people.note(studio, user, act, min(at, studio.clock()), event)


def leave(studio: Studio, user: str, via: str, at: datetime) -> None:
    """End what a person had agreed to on LINE, unless they followed again since."""
    consents.withdraw_at(studio, "line", user, via=via, at=at)


def says_stop(message: object) -> bool:
    """Return whether somebody wrote that they want no more."""
    words = message.get("text") if isinstance(message, dict) else None
    return isinstance(words, str) and fold(words).strip(" .!。！") in STOP_WORDS  # noqa: RUF001  # as it is written


def when(event: dict[str, Any], unsaid: datetime) -> datetime:
    """Return when an event was, by LINE's clock; `unsaid` when it does not say.

    A yes of no time is older than any no, a no of no time is of now.
    """
    stamp = event.get("timestamp")
    if not isinstance(stamp, int) or isinstance(stamp, bool) or not 0 <= stamp < 1 << 43:
        return unsaid
    return datetime.fromtimestamp(stamp / 1000, UTC)
