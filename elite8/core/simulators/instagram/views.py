"""How accounts, containers, posts and their numbers are shown, field by field."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from elite8.core.simulators.growth import SHARES
from elite8.core.simulators.instagram.containers import Container
from elite8.core.simulators.instagram.network import Account, Comment, Network, Post
from elite8.core.simulators.instagram.refusals import wrong
from elite8.core.simulators.instagram.tokens import Login, Token

View = Mapping[str, Callable[[], object]]

METRICS = (  # C:SDK, C:SN2
    *("views", "reach", "likes", "comments", "shares", "saved", "total_interactions"),
    *("ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "reposts"),
    *("crossposted_views", "facebook_views"),
)
LONELY_PAGE = "10300000000000001"
FACEBOOK_METRICS = ("total_likes", "total_comments", "total_views")  # C:IN
FACEBOOK_COUNTS = ("saved_count", "shares_count", "reposts_count")  # C:IM
COUNTED_AFTER = timedelta(hours=1)  # up to 48 h (C:IN); this hour is INFERRED


def written(at: datetime) -> str:
    """Return an instant as Graph writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"


def select(view: View, asked: str, default: str = "id") -> dict[str, object]:
    """Return the fields asked for, always with the id; an unknown one is refused: code 100."""
    names = [name.strip() for name in (asked or default).split(",")]
    for name in names:
        if name not in view:
            raise wrong(f"(#100) Tried accessing nonexisting field ({name})")
    return {name: view[name]() for name in dict.fromkeys((*names, "id")) if name in view}


def account_view(network: Network, account: Account, token: Token, *, me: bool) -> View:
    """Return an account's fields; the `id` of `me` is app-scoped, `user_id` is what calls take."""
    instagram = token.login is Login.INSTAGRAM
    shown: dict[str, Callable[[], object]] = {
        "id": lambda: account.app_scoped_id if me else account.user_id,
        "username": lambda: account.username,
        "followers_count": lambda: network.followed(account.user_id),  # reference ig-user
    }
    if instagram:  # C:SDK
        shown |= {"user_id": lambda: account.user_id, "account_type": lambda: "BUSINESS"}
    elif me:
        del shown["username"], shown["followers_count"]  # the person, no Instagram account
        shown["name"] = lambda: account.username
    return shown


def page_view(network: Network, user_id: str, token: Token) -> View:
    """Return the fields of the Page an account is linked to; "" is one without (section 3)."""
    if not user_id:
        return {
            "id": lambda: LONELY_PAGE,
            "name": lambda: "a Page alone",
            "access_token": lambda: network.tokens.page(token, "").value,
            "instagram_business_account": lambda: None,
        }
    account = network.account(user_id)
    return {
        **own_page_view(account),
        "access_token": lambda: network.tokens.page(token, user_id).value,
    }


def own_page_view(account: Account) -> View:
    """Return the fields of a Page as its own token sees it (INFERRED)."""
    return {
        "id": lambda: account.page_id,
        "name": lambda: account.username,
        "instagram_business_account": lambda: {"id": account.user_id},
    }


def container_view(network: Network, container: Container) -> View:
    """Return a container's fields (C:CO, C:SDK)."""
    word = network.status_code(container)
    done = word in {"FINISHED", "PUBLISHED"}
    checked = {"matches_found": False, "status": "completed" if done else "not_started"}
    return {
        "id": lambda: container.id,
        "status_code": lambda: word,
        "status": lambda: container.status(word),
        "copyright_check_status": lambda: checked,
        "video_status": lambda: container.video_status(word),
    }


def kept_words(caption: str) -> str:
    """Return a caption as it is told: composed, lines trimmed, no @ (C:IM; the rest INFERRED)."""
    lines = unicodedata.normalize("NFC", caption).replace("@", "").splitlines()
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def post_view(network: Network, post: Post, login: Login) -> View:
    """Return a media's fields (C:IM, C:CP, C:SDK); type reads VIDEO, never REELS (C:CP)."""
    comments = [one for one in network.comments.values() if one.media_id == post.media_id]
    files = f"https://scontent.cdninstagram.com/{post.shortcode}"
    shown: dict[str, Callable[[], object]] = {
        "id": lambda: post.media_id,
        "caption": lambda: kept_words(post.caption),
        "comments_count": lambda: len(comments),
        "is_ai_generated": lambda: post.is_ai_generated,
        "is_comment_enabled": lambda: True,
        "is_shared_to_feed": lambda: post.share_to_feed,
        "like_count": lambda: _number(network, post, "likes"),
        "media_product_type": lambda: "REELS",
        "media_type": lambda: "VIDEO",
        "media_url": lambda: f"{files}.mp4",
        "owner": lambda: {"id": post.user_id},
        "permalink": lambda: f"https://www.instagram.com/reel/{post.shortcode}/",
        "shortcode": lambda: post.shortcode,
        "thumbnail_url": lambda: f"{files}.jpg",
        "timestamp": lambda: written(post.at),
        "username": lambda: network.accounts[post.user_id].username,
    }
    if login is Login.FACEBOOK:
        shown |= dict.fromkeys(FACEBOOK_COUNTS, lambda: 0)
    return shown


def show_post(
    network: Network, post: Post, asked: str, login: Login, path: str
) -> dict[str, object]:
    """Return a media as asked for; its permalink is sometimes missing (P1568)."""
    shown = select(post_view(network, post, login), asked)
    if "permalink" in shown and network.faults.take("permalink-missing", path):
        del shown["permalink"]
    return shown


def comment_view(network: Network, comment: Comment) -> View:
    """Return a comment's fields (C:CM)."""
    return {
        "id": lambda: comment.id,
        "text": lambda: comment.text,
        "timestamp": lambda: written(comment.at),
        "username": lambda: network.accounts[comment.user_id].username,
        "hidden": lambda: comment.hidden,
    }


def insights(network: Network, post: Post, asked: str, login: Login) -> list[dict[str, object]]:
    """Return metrics; one wrong name fails them all, and no data is an empty list (C:IN)."""
    known = METRICS + (FACEBOOK_METRICS if login is Login.FACEBOOK else ())
    names = [name.strip() for name in asked.split(",")]
    for name in names:
        if name not in known:
            raise wrong(f"(#100) metric[0] must be one of the following values: {', '.join(known)}")
    if network.clock() < post.at + COUNTED_AFTER:
        return []
    return [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": _number(network, post, name)}],
            "id": f"{post.media_id}/insights/{name}/lifetime",
        }
        for name in names
    ]


def _number(network: Network, post: Post, name: str) -> int:
    """Return a made-up count as it is now; what is crossposted, and skipped, is nothing here."""
    growth, age = network.growth(post), network.clock() - post.at
    name = {"saved": "saves"}.get(name, name).removeprefix("total_")
    if name == "views":
        return growth.views(age)
    if name == "interactions":
        return sum(growth.count(part, age) for part in ("likes", "comments", "shares", "saves"))
    if name == "ig_reels_avg_watch_time":
        return int(growth.seconds_a_view * 1000)
    if name == "ig_reels_video_view_total_time":
        return int(growth.views(age) * growth.seconds_a_view * 1000)
    return growth.count(name, age) if name in SHARES else 0
