"""The calls on videos, channels and playlists that already exist."""

import hashlib
from collections.abc import Mapping, Sequence

from elite8.core.simulators.wire import Reply, Request, json_reply
from elite8.core.simulators.youtube.grants import READING, UPLOADING, WRITING, Access
from elite8.core.simulators.youtube.metadata import parts_of
from elite8.core.simulators.youtube.project import Project
from elite8.core.simulators.youtube.quota import READ, SEARCHES, STATS, UNITS, WRITE
from elite8.core.simulators.youtube.refusals import No, forbidden, wrong
from elite8.core.simulators.youtube.videos import SEARCH_LAG, Video, resource
from elite8.core.simulators.youtube.wording import written

MOST_IDS = 50  # [C:DISC] for batchGetStats, INFERRED for videos.list
MOST_RESULTS, RESULTS = 50, 5
MOST_IMAGE_BYTES = 50 * 1024 * 1024  # [C:RH0914]
IMAGES: Mapping[str, bytes] = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
OWNERS_PARTS = frozenset(("processingDetails", "fileDetails", "suggestions"))  # [C:DISC]
ANY_QUERY = frozenset(("alt", "key", "prettyPrint", "fields", "quotaUser"))


def expect(query: Mapping[str, str], required: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Raise `No` unless every required parameter is there and no unknown one [C:VE]."""
    for name in required:
        if not query.get(name):
            raise wrong(f"Required parameter: {name}", "missingRequiredParameter")
    unexpected = sorted(query.keys() - {*required, *optional, *ANY_QUERY})
    if unexpected:
        raise wrong(f"Unexpected parameter: {unexpected[0]}", "unexpectedParameter")


def videos_list(project: Project, request: Request, access: Access) -> Reply:
    """Return the videos of these ids; missing ones are simply absent."""
    project.quota.charge(UNITS, READ)
    access.require(READING)
    expect(request.query, ("part", "id"), ("maxResults", "hl"))
    parts = parts_of(request.query)
    found = _by_ids(project, request, access)
    if parts & OWNERS_PARTS and any(video.channel != access.channel for video in found):
        raise forbidden("The request is not authorized to ask for the owner's parts.")
    if project.faults.take("file-details-missing", request.path):
        parts -= {"fileDetails"}
    items = [project.show(video, parts) for video in found]
    return json_reply(_page("youtube#videoListResponse", items, len(items)))


def batch_stats(project: Project, request: Request, access: Access) -> Reply:
    """Return counters in their own bucket [C:RH0603]; instants and lengths are named otherwise."""
    project.quota.charge(STATS, 1)
    access.require(READING)
    expect(request.query, ("part", "id"))
    parts = parts_of(request.query)
    items = [_renamed(project.show(video, parts)) for video in _by_ids(project, request, access)]
    return json_reply({"kind": "youtube#videoBatchGetStatsResponse", "items": items})


def _renamed(item: dict[str, object]) -> dict[str, object]:
    """Return publishTime and a protobuf duration [C:DISC]; the text forms are INFERRED."""
    snippet = item.get("snippet")
    if isinstance(snippet, dict):
        renamed = {key: value for key, value in snippet.items() if key != "publishedAt"}
        item["snippet"] = renamed | {"publishTime": snippet["publishedAt"]}
    if "contentDetails" in item:
        item["contentDetails"] = {"duration": "15s"}
    return item


def _by_ids(project: Project, request: Request, access: Access) -> list[Video]:
    ids = list(dict.fromkeys(request.query["id"].split(",")))
    if len(ids) > MOST_IDS:
        raise wrong(f"At most {MOST_IDS} ids")
    return [video for one in ids if (video := project.seen(one, access))]


def videos_delete(project: Project, request: Request, access: Access) -> Reply:
    """Delete a video of one's own."""
    project.quota.charge(UNITS, WRITE)
    access.require(WRITING)
    expect(request.query, ("id",))
    del project.videos[project.owned(request.query["id"], access).id]
    return Reply(status=204)


def channels_list(project: Project, request: Request, access: Access) -> Reply:
    """Return the channel that signed in, and where its uploads are listed."""
    project.quota.charge(UNITS, READ)
    access.require(READING)
    expect(request.query, ("part", "mine"), ("maxResults",))
    if request.query["mine"] != "true":
        raise wrong("mine must be true")
    channel = access.channel
    shown: dict[str, object] = {
        "snippet": {"title": f"Channel {channel[2:8]}", "description": ""},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": uploads_of(channel)}},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
        "statistics": {
            "viewCount": "0",
            **subscribed(project.followed(channel)),
            "videoCount": str(len(project.uploads(channel, channel))),
        },
    }
    parts = request.query["part"].split(",")
    chosen = {name: part for name, part in shown.items() if name in parts}
    items = [{"kind": "youtube#channel", "id": channel, **chosen}]
    return json_reply(_page("youtube#channelListResponse", items, 1))


def subscribed(count: int | None) -> dict[str, object]:
    """Return how many subscribe; a channel that hides it shows none (the latter INFERRED)."""
    return {"subscriberCount": str(count or 0), "hiddenSubscriberCount": count is None}


def uploads_of(channel: str) -> str:
    """Return the playlist that holds every upload of a channel: UU for UC."""
    return f"UU{channel[2:]}"


def playlist_items(project: Project, request: Request, access: Access) -> Reply:
    """Return the uploads of a channel, newest first; no other playlist exists here."""
    project.quota.charge(UNITS, READ)
    access.require(READING)
    expect(request.query, ("part", "playlistId"), ("maxResults", "pageToken", "videoId"))
    playlist, wanted = request.query["playlistId"], request.query.get("videoId")
    channel = f"UC{playlist[2:]}"
    known = {access.channel, *(video.channel for video in project.videos.values())}
    if not playlist.startswith("UU") or channel not in known:
        text = "The playlist identified with the request's playlistId cannot be found."
        raise No(404, "playlistNotFound", text, "youtube.playlistItem")
    found = [v for v in project.uploads(channel, access.channel) if wanted in {None, v.id}]
    shown, more = _cut(found, request.query)
    parts = request.query["part"].split(",")
    items = [_playlist_item(project, video, playlist, parts) for video in shown]
    return json_reply(_page("youtube#playlistItemListResponse", items, len(found), more))


def _playlist_item(
    project: Project, video: Video, playlist: str, parts: Sequence[str]
) -> dict[str, object]:
    at = written(video.at)
    shown: dict[str, object] = {
        "snippet": {
            "publishedAt": at,
            "channelId": video.channel,
            "title": video.snippet.get("title", ""),
            "description": video.snippet.get("description", ""),
            "playlistId": playlist,
            "resourceId": {"kind": "youtube#video", "videoId": video.id},
        },
        "contentDetails": {"videoId": video.id, "videoPublishedAt": at},
        "status": {"privacyStatus": video.privacy(project.clock())},
    }
    chosen = {name: part for name, part in shown.items() if name in parts}
    return {"kind": "youtube#playlistItem", "id": f"{playlist}.{video.id}", **chosen}


def search(project: Project, request: Request, access: Access) -> Reply:
    """Return one's own videos by words of their title, from a stale index (INFERRED)."""
    project.quota.charge(SEARCHES, 1)
    access.require(READING)
    optional = ("forMine", "type", "q", "maxResults", "pageToken", "order")
    expect(request.query, ("part",), optional)
    if (request.query.get("forMine"), request.query.get("type")) != ("true", "video"):
        raise wrong("Here only forMine=true with type=video", "incompatibleParameters")
    words, now = request.query.get("q", "").lower(), project.clock()
    found = [
        video
        for video in project.uploads(access.channel, access.channel)
        if now >= video.at + SEARCH_LAG and words in str(video.snippet.get("title", "")).lower()
    ]
    shown, more = _cut(found, request.query)
    items: list[dict[str, object]] = [
        {
            "kind": "youtube#searchResult",
            "id": {"kind": "youtube#video", "videoId": video.id},
            "snippet": resource(video, frozenset(("snippet",)), now, 1.0)["snippet"],
        }
        for video in shown
    ]
    return json_reply(_page("youtube#searchListResponse", items, len(found), more))


def thumbnail(project: Project, request: Request, access: Access) -> Reply:
    """Set the picture of a video; before processing succeeded it does not stick [C:TS]."""
    project.quota.charge(UNITS, WRITE)
    access.require(UPLOADING)
    expect(request.query, ("videoId",), ("uploadType",))
    if request.query.get("uploadType", "media") != "media":
        raise wrong("uploadType must be media")  # this simulator takes no other
    kind = request.headers.get("content-type", "").partition(";")[0]
    if not request.body:
        raise wrong("The request does not include the image content.", "mediaBodyRequired")
    magic = IMAGES.get(kind)
    if magic is None or not request.body.startswith(magic) or len(request.body) > MOST_IMAGE_BYTES:
        raise wrong("The provided image content is invalid.", "invalidImage")
    video = project.owned(request.query["videoId"], access)
    done = video.share(project.clock(), project.processing_seconds) >= 1.0
    if done and not video.failing:
        video.thumbnail_sha256 = hashlib.sha256(request.body).hexdigest()
    url = f"https://i.ytimg.com/vi/{video.id}/default.jpg"
    sizes = {"default": {"url": url}, "shortsAspectRatio": {"url": url, "width": 1080}}
    return json_reply({"kind": "youtube#thumbnailSetResponse", "items": [sizes]})


def _cut(found: Sequence[Video], query: Mapping[str, str]) -> tuple[Sequence[Video], str]:
    """Return one page and the token of the next, "" when it is the last."""
    size, first = query.get("maxResults", str(RESULTS)), query.get("pageToken", "P0")
    if not size.isdecimal() or int(size) > MOST_RESULTS:
        raise wrong(f"maxResults must be 0 to {MOST_RESULTS}")
    if not (first.startswith("P") and first[1:].isdecimal()):
        raise wrong("The pageToken is invalid.", "invalidPageToken")
    begin, end = int(first[1:]), int(first[1:]) + int(size)
    return found[begin:end], f"P{end}" if end < len(found) else ""


def _page(
    kind: str, items: Sequence[Mapping[str, object]], total: int, more: str = ""
) -> dict[str, object]:
    onward = {"nextPageToken": more} if more else {}
    told = {"totalResults": total, "resultsPerPage": len(items)}
    return {"kind": kind, "etag": "etag", **onward, "pageInfo": told, "items": list(items)}
