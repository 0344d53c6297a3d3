"""Posts: made, listed, looked up, and how they do. Sections 3, 5 and 9."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from elite8.core.domain.text import weighted
from elite8.core.simulators.growth import Growth
from elite8.core.simulators.wire import Request
from elite8.core.simulators.x.media import Media
from elite8.core.simulators.x.rules import (
    Check,
    No,
    flag,
    forbidden,
    identity,
    place,
    require,
    sent_object,
    text,
    wrong,
)

FIRST = 1_990_000_000_000_000_001
LONGEST = 280  # C:CC
ALIKE = timedelta(hours=12)
"""How long the same words are refused: INFERRED, the window is not documented."""
LATE = timedelta(seconds=60)
TOGETHER, LEAST, MOST = 100, 5, 100
FIELDS = ("created_at", "attachments", "entities", "public_metrics", "author_id", "id", "text")
POST: Mapping[str, Check] = {
    "text": text,
    "media": lambda told: "" if isinstance(told, dict) else "must be an object",
    "made_with_ai": flag,
    "paid_partnership": flag,
    "reply": lambda told: "" if isinstance(told, dict) else "must be an object",
    "reply_settings": text,
}


def media_ids(told: object) -> str:
    """Check 1 to 4 ids."""
    if not isinstance(told, list) or not 1 <= len(told) <= 4:  # noqa: PLR2004  # C:SPEC
        return "must have 1 to 4 ids"
    return next(filter(None, map(identity, told)), "")


@dataclass(slots=True, kw_only=True)
class Post:
    """A public post; `sha256` is of its video."""

    number: int
    user: str
    text: str
    media: Media
    made_with_ai: bool
    paid_partnership: bool
    at: datetime
    listed_at: datetime
    multiplier: float = 1.0

    @property
    def id(self) -> str:
        """How it is called, as text."""
        return str(self.number)

    @property
    def sha256(self) -> str:
        """The hash of the video's bytes."""
        return self.media.sha256


def make(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # the service
    """Make a post (3.1)."""
    sent = sent_object(request)
    require(POST, sent, ())
    require({"media_ids": media_ids, "title": text}, sent.get("media", {}), ())
    words, wanted = sent.get("text", ""), sent.get("media", {}).get("media_ids", [])
    refuse(world, who, place(request), words)
    found = [world.media.get(one) for one in wanted]
    now = world.clock()
    usable = [one for one in found if one and one.owner == who and one.usable(now)]
    if not wanted or len(usable) != len(wanted):
        raise wrong("Your media IDs are invalid.")  # INFERRED
    if not sent.get("made_with_ai"):
        world.violated(f"{request.path}: a post without made_with_ai")  # elite8: always true
    late = world.faults.take("late-visibility", place(request))
    post = Post(
        number=FIRST + len(world.posts) * 4_194_305,
        user=who,
        text=words,
        media=usable[0],
        made_with_ai=bool(sent.get("made_with_ai")),
        paid_partnership=bool(sent.get("paid_partnership")),
        at=now,
        listed_at=now + (LATE if late else world.lag),
    )
    world.posts.append(post)
    return {"data": {"id": post.id, "text": post.text}}


def refuse(world: Any, who: str, path: str, words: str) -> None:  # noqa: ANN401  # same
    """Raise the no that a post meets, if any; nothing is made then."""
    faults = world.faults
    if faults.take("no-credits", path):
        raise No(402, "", "Payment Required", "Your account has no credits left.")  # INFERRED
    if faults.take("suspended", path):
        raise No(403, "user-suspended", "Forbidden", "User has been suspended")
    if weighted(words) > LONGEST:
        raise forbidden("You are not permitted to perform this action")
    if words.count("$") > 1:
        raise forbidden("maximum of one cashtag")
    same = [
        one
        for one in world.posts
        if one.user == who and one.text == words and world.clock() - one.at < ALIKE
    ]
    if same or faults.take("duplicate", path):
        raise forbidden("You are not allowed to create a Tweet with duplicate content.")


def timeline(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # same
    """Return a person's posts, newest first, those after `since_id` (3.2)."""
    if request.path.split("/")[-2] != who:
        world.violated(f"{request.path}: another's posts were read")
    query = dict(request.query)
    fields = asked_fields(world, query, place(request))
    most, since = query.pop("max_results", "10"), query.pop("since_id", "0")
    query.pop("exclude", "")
    if query or not since.isdecimal() or not (most.isdecimal() and LEAST <= int(most) <= MOST):
        raise wrong(f"the query is wrong: {', '.join(query) or 'max_results or since_id'}")
    now = world.clock()
    found = [
        one
        for one in reversed(world.posts)
        if one.user == who and one.number > int(since) and one.listed_at <= now
    ][: int(most)]
    bare = world.faults.take("attachments-missing", place(request))
    shown = [
        told(world, one, [f for f in fields if not (bare and f == "attachments")]) for one in found
    ]
    if world.faults.take("ids-missing", place(request)):
        shown = [{key: said for key, said in one.items() if key != "id"} for one in shown]
    meta: dict[str, object] = {"result_count": len(shown)}
    return {"data": shown, "meta": meta} if shown else {"meta": meta}


def look_up(world: Any, who: str, request: Request) -> dict[str, object]:  # noqa: ANN401  # same
    """Return posts by id; what is not there is told beside them (5)."""
    del who
    query = dict(request.query)
    fields = asked_fields(world, query, place(request))
    ids = query.pop("ids", "").split(",")
    media_fields, expanded = query.pop("media.fields", ""), query.pop("expansions", "")
    if query or not 1 <= len(ids) <= TOGETHER or any(identity(one) for one in ids):
        raise wrong("ids must be 1 to 100 ids")
    known = {one.id: one for one in world.posts}
    found = [known[one] for one in ids if one in known]
    answer: dict[str, object] = {}
    if found:
        answer["data"] = [told(world, one, fields) for one in found]
    if expanded == "attachments.media_keys" and found:
        answer["includes"] = {"media": [media_told(world, one, media_fields) for one in found]}
    if lost := [one for one in ids if one not in known]:
        kind = "https://api.x.com/2/problems/resource-not-found"
        answer["errors"] = [
            {"value": one, "title": "Not Found Error", "type": kind} for one in lost
        ]
    return answer


def asked_fields(world: Any, query: dict[str, str], path: str) -> list[str]:  # noqa: ANN401  # same
    """Return the fields that are asked for, by the name that X knows now (4)."""
    if "post.fields" in query and world.faults.take("old-names", path):
        raise wrong("The query parameter [post.fields] is not one of [ids,tweet.fields]")
    name = "post.fields" if "post.fields" in query else "tweet.fields"
    fields = [one for one in query.pop(name, "").split(",") if one]
    if strange := [one for one in fields if one not in FIELDS]:
        raise wrong(f"{name}: {strange[0]} is not one of {', '.join(FIELDS)}")
    return fields


def told(world: Any, post: Post, fields: list[str]) -> dict[str, object]:  # noqa: ANN401  # same
    """Return a post as X shows it: a link to its own video stands at the end of its words."""
    short = f"https://t.co/{post.id[-10:]}"
    link = {"url": short, "expanded_url": f"https://x.com/i/status/{post.id}/video/1"}
    whole: dict[str, object] = {
        "id": post.id,
        "text": f"{post.text} {short}".replace("&", "&amp;"),
        "created_at": f"{post.at:%Y-%m-%dT%H:%M:%S.000Z}",
        "attachments": {"media_keys": [post.media.key]},
        "entities": {"urls": [{**link, "media_key": post.media.key}]},
        "public_metrics": metrics(world, post),
        "author_id": post.user,
    }
    return {name: whole[name] for name in ("id", "text", *fields)}


def metrics(world: Any, post: Post) -> dict[str, int]:  # noqa: ANN401  # same
    """Return counts that grow with age, the same in every run."""
    growth, age = growth_of(post), world.clock() - post.at
    return {
        "repost_count": growth.count("reposts", age),
        "reply_count": growth.count("comments", age),
        "like_count": growth.count("likes", age),
        "quote_count": growth.count("reposts", age) // 2,
        "bookmark_count": growth.count("saves", age),
        "impression_count": growth.views(age) * 2,
    }


def media_told(world: Any, post: Post, fields: str) -> dict[str, object]:  # noqa: ANN401  # same
    """Return a post's video."""
    shown: dict[str, object] = {"media_key": post.media.key, "type": "video"}
    if "public_metrics" in fields:
        views = growth_of(post).views(world.clock() - post.at)
        shown["public_metrics"] = {"view_count": views}
    return shown


def growth_of(post: Post) -> Growth:
    """Return how well a post does."""
    return Growth(seed=post.id, multiplier=post.multiplier)
