import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from elite8.core.simulators.wire import Transport, serve
from elite8.core.simulators.youtube import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEFAULT_SCOPES,
    FAULTS,
    SCOPE,
    TEST_USERS,
    YouTubeSimulator,
)

HOST = "https://www.googleapis.com"
UPLOAD = "/upload/youtube/v3/videos"
VIDEOS = "/youtube/v3/videos"
TOKEN = "https://oauth2.googleapis.com/token"
CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"
PIECE = 262_144
FILM = bytes(range(256)) * 2048 + b"end"
VERIFIER = "v" * 43
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
MIYUKI, AVA = "UC" + "m" * 22, "UC" + "a" * 22
CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
EVERYTHING = (*DEFAULT_SCOPES, f"{SCOPE}youtube.force-ssl")
SNIPPET = {"title": "Night lab", "description": "Made with AI.", "categoryId": "24"}
STATUS = {
    "privacyStatus": "public",
    "containsSyntheticMedia": True,
    "selfDeclaredMadeForKids": False,
}


class Clock(Protocol):
    def __call__(self) -> datetime: ...
    def advance(self, **units: float) -> None: ...


@pytest.fixture
def sim(clock: Clock) -> YouTubeSimulator:
    return YouTubeSimulator(clock=clock)


@pytest.fixture
def tube(sim: YouTubeSimulator) -> Iterator[httpx.Client]:
    with client(sim, MIYUKI) as signed:
        yield signed


@pytest.fixture
def browser(sim: YouTubeSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(transport=Transport(sim.handle)) as plain:
        yield plain


def client(sim: YouTubeSimulator, channel: str) -> httpx.Client:
    access, _ = sim.issue_token(channel, EVERYTHING)
    headers = {"Authorization": f"Bearer {access}"}
    return httpx.Client(base_url=HOST, headers=headers, transport=Transport(sim.handle))


def start(  # noqa: PLR0913  # what a start is made of
    tube: httpx.Client,
    *,
    snippet: dict[str, object] | None = None,
    status: dict[str, object] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    film: bytes = FILM,
    **more: object,
) -> httpx.Response:
    body = {"snippet": SNIPPET | (snippet or {}), "status": STATUS | (status or {}), **more}
    asked = {"uploadType": "resumable", "part": "snippet,status", "notifySubscribers": "false"}
    announced = {"X-Upload-Content-Length": str(len(film)), "X-Upload-Content-Type": "video/mp4"}
    return tube.post(
        UPLOAD, params=asked | (query or {}), json=body, headers=announced | (headers or {})
    )


def session(tube: httpx.Client, **changes: Any) -> str:
    answer = start(tube, **changes)
    assert (answer.status_code, answer.content) == (200, b"")
    return answer.headers["Location"]


def part(tube: httpx.Client, place: str, first: int, last: int) -> httpx.Response:
    told = f"bytes {first}-{last}/{len(FILM)}"
    return tube.put(place, content=FILM[first : last + 1], headers={"Content-Range": told})


def asked(tube: httpx.Client, place: str) -> httpx.Response:
    return tube.put(place, headers={"Content-Range": f"bytes */{len(FILM)}"})


def posted(tube: httpx.Client, **changes: Any) -> str:
    answer = tube.put(session(tube, **changes), content=FILM)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def shown(tube: httpx.Client, video: str, parts: str = "status,processingDetails") -> Any:
    answer = tube.get(VIDEOS, params={"part": parts, "id": video})
    assert answer.status_code == 200, answer.text
    (item,) = answer.json()["items"]
    return item


def listed(tube: httpx.Client, **query: str) -> Any:
    wish = {"part": "contentDetails,snippet,status", "playlistId": f"UU{MIYUKI[2:]}"}
    answer = tube.get("/youtube/v3/playlistItems", params=wish | query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def reason(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    assert error["message"] == error["errors"][0]["message"]
    return answer.status_code, str(error["errors"][0]["reason"])


def consent(browser: httpx.Client, **changes: str) -> httpx.Response:
    wish = {
        "client_id": CLIENT_ID,
        "redirect_uri": "http://127.0.0.1:8765/back",
        "response_type": "code",
        "scope": " ".join(DEFAULT_SCOPES),
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "state": "s1",
        "access_type": "offline",
    }
    return browser.get(CONSENT, params=wish | changes)


def exchange(browser: httpx.Client, code: str, **changes: str) -> httpx.Response:
    form = CLIENT | {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "redirect_uri": "http://127.0.0.1:8765/back",
    }
    return browser.post(TOKEN, data=form | changes)


def refresh(browser: httpx.Client, token: str, **changes: str) -> httpx.Response:
    form = CLIENT | {"grant_type": "refresh_token", "refresh_token": token}
    return browser.post(TOKEN, data=form | changes)


def code_of(answer: httpx.Response) -> str:
    assert answer.status_code == 302
    back = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert back["state"] == "s1"
    assert back["scope"] == " ".join(DEFAULT_SCOPES)
    return back["code"]


def test_a_sign_in_ends_in_tokens_for_the_named_users_channel(
    sim: YouTubeSimulator, browser: httpx.Client
) -> None:
    user = list(TEST_USERS)[2]
    granted = exchange(browser, code_of(consent(browser, login_hint=user))).json()
    assert (granted["expires_in"], granted["token_type"]) == (3599, "Bearer")
    again = refresh(browser, granted["refresh_token"]).json()
    assert "refresh_token" not in again
    answer = browser.get(
        f"{HOST}/youtube/v3/channels",
        params={"part": "id,contentDetails", "mine": "true"},
        headers={"Authorization": f"Bearer {again['access_token']}"},
    )
    (channel,) = answer.json()["items"]
    assert channel["id"] == TEST_USERS[user]
    uploads = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    assert uploads == f"UU{TEST_USERS[user][2:]}"
    assert sim.quota_used["units"] == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"client_id": "other"}, "invalid_client"),
        ({"redirect_uri": "https://example.org/back"}, "redirect_uri_mismatch"),
        ({"scope": ",".join(DEFAULT_SCOPES)}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "code_challenge_method"),
        ({"code_challenge": hashlib.sha256(b"v").hexdigest()}, "code_challenge"),
        ({"state": ""}, "state"),
    ],
)
def test_a_wrong_consent_request_is_a_page(
    browser: httpx.Client, change: dict[str, str], word: str
) -> None:
    answer = consent(browser, **change)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (400, "text/html")
    assert word in answer.text


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:1"}, 400, "redirect_uri_mismatch"),
        ({"code_verifier": ""}, 400, "invalid_request"),
    ],
)
def test_a_wrong_exchange_is_refused_in_flat_json(
    browser: httpx.Client, change: dict[str, str], status: int, error: str
) -> None:
    answer = exchange(browser, code_of(consent(browser)), **change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_code_works_once(browser: httpx.Client) -> None:
    code = code_of(consent(browser))
    assert exchange(browser, code).is_success
    assert exchange(browser, code).json()["error"] == "invalid_grant"


def test_while_testing_only_testers_sign_in_and_only_for_seven_days(clock: Clock) -> None:
    sim = YouTubeSimulator(clock=clock, testing=True)
    with httpx.Client(transport=Transport(sim.handle)) as browser:
        stranger = exchange(browser, code_of(consent(browser, login_hint="eve@example.com")))
        assert (stranger.status_code, stranger.json()["error"]) == (403, "access_denied")
        token = exchange(browser, code_of(consent(browser))).json()["refresh_token"]
        clock.advance(days=6, hours=23)
        assert refresh(browser, token).is_success
        clock.advance(hours=1)
        dead = refresh(browser, token)
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")


def test_a_published_apps_refresh_token_dies_of_six_unused_months(
    sim: YouTubeSimulator, browser: httpx.Client, clock: Clock
) -> None:
    _, token = sim.issue_token(MIYUKI)
    for _ in range(3):
        clock.advance(days=181)
        assert refresh(browser, token).is_success
    clock.advance(days=183)
    assert refresh(browser, token).json()["error"] == "invalid_grant"


def test_the_oldest_of_too_many_refresh_tokens_dies_silently(
    sim: YouTubeSimulator, browser: httpx.Client
) -> None:
    _, first = sim.issue_token(MIYUKI)
    others = [sim.issue_token(MIYUKI)[1] for _ in range(99)]
    assert refresh(browser, first).is_success
    sim.issue_token(MIYUKI)
    assert refresh(browser, first).status_code == 400
    assert refresh(browser, others[0]).is_success


def test_revoking_kills_every_token_of_the_user_and_nobody_elses(
    sim: YouTubeSimulator, browser: httpx.Client, tube: httpx.Client
) -> None:
    _, token = sim.issue_token(MIYUKI)
    _, other = sim.issue_token(AVA)
    answer = browser.post("https://oauth2.googleapis.com/revoke", data={"token": token})
    assert answer.is_success
    assert refresh(browser, token).json()["error"] == "invalid_grant"
    assert reason(start(tube)) == (401, "authError")
    assert refresh(browser, other).is_success


def test_an_access_token_ends_with_its_hour(tube: httpx.Client, clock: Clock) -> None:
    clock.advance(seconds=3598)
    assert start(tube).is_success
    clock.advance(seconds=1)
    assert reason(start(tube)) == (401, "authError")


def test_every_call_wants_its_scope(sim: YouTubeSimulator, browser: httpx.Client) -> None:
    reader, _ = sim.issue_token(MIYUKI, [f"{SCOPE}youtube.readonly"])
    browser.headers["Authorization"] = f"Bearer {reader}"
    browser.base_url = HOST
    assert reason(start(browser)) == (403, "insufficientPermissions")
    uploader, _ = sim.issue_token(MIYUKI, [f"{SCOPE}youtube.upload"])
    browser.headers["Authorization"] = f"Bearer {uploader}"
    video = posted(browser)
    refused = [
        browser.get(VIDEOS, params={"part": "status", "id": video}),
        browser.delete(VIDEOS, params={"id": video}),
    ]
    assert [reason(answer) for answer in refused] == [(403, "insufficientPermissions")] * 2
    assert len(sim.posts) == 1


def test_a_wrong_host_or_path_is_a_page_of_html(tube: httpx.Client) -> None:
    for url in (f"https://example.org{VIDEOS}", "/youtube/v3/nothing", f"{VIDEOS}:batch"):
        answer = tube.get(url)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")
    assert tube.get(f"https://youtube.googleapis.com{VIDEOS}").status_code == 400


def test_a_film_in_one_piece_becomes_a_post(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    place = session(tube, headers={"Slug": "e8-7.mp4"})
    assert place.startswith(f"{HOST}{UPLOAD}?uploadType=resumable&")
    assert sim.posts == []
    video = tube.put(place, content=FILM).json()
    (post,) = sim.posts
    assert (post.id, post.channel, post.title) == (video["id"], MIYUKI, "Night lab")
    assert (post.sha256, post.size) == (hashlib.sha256(FILM).hexdigest(), len(FILM))
    assert (post.file_name, post.at, post.privacy) == ("e8-7.mp4", clock(), "public")
    assert post.status["containsSyntheticMedia"] is True
    assert post.status["selfDeclaredMadeForKids"] is False
    assert (video["snippet"]["title"], video["status"]["uploadStatus"]) == ("Night lab", "uploaded")
    assert set(video) == {"kind", "etag", "id", "snippet", "status"}
    assert sim.violations == []


def test_parts_go_in_one_after_the_other(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    place = session(tube)
    assert asked(tube, place).status_code == 308
    assert "Range" not in asked(tube, place).headers
    first = part(tube, place, 0, PIECE - 1)
    assert (first.status_code, first.headers["Range"]) == (308, f"bytes=0-{PIECE - 1}")
    unknown_total = tube.put(place, headers={"Content-Range": "bytes */*"})
    assert unknown_total.headers["Range"] == f"bytes=0-{PIECE - 1}"
    assert part(tube, place, PIECE, 2 * PIECE - 1).headers["Range"] == f"bytes=0-{2 * PIECE - 1}"
    assert part(tube, place, 2 * PIECE, len(FILM) - 1).status_code == 201
    assert sim.posts[0].sha256 == hashlib.sha256(FILM).hexdigest()


@pytest.mark.parametrize(
    ("told", "size"),
    [
        (f"bytes 0-99/{len(FILM)}", 100),
        (f"bytes 0-{PIECE}/{len(FILM)}", PIECE + 1),
        (f"bytes 0-{PIECE - 1}/{len(FILM)}", PIECE - 1),
        (f"bytes {PIECE}-{2 * PIECE - 1}/{len(FILM)}", PIECE),
        (f"bytes 0-{PIECE - 1}/{len(FILM) + 1}", PIECE),
        (f"bytes */{len(FILM)}", 1),
        ("bytes=0-1", 2),
        (None, len(FILM) - 1),
    ],
)
def test_bytes_that_do_not_add_up_are_refused(
    sim: YouTubeSimulator, tube: httpx.Client, told: str | None, size: int
) -> None:
    place = session(tube)
    headers = {"Content-Range": told} if told else {}
    assert reason(tube.put(place, content=FILM[:size], headers=headers)) == (400, "badRequest")
    assert "Range" not in asked(tube, place).headers
    assert sim.posts == []


def test_a_finished_session_names_its_video_and_makes_no_second(
    sim: YouTubeSimulator, tube: httpx.Client
) -> None:
    place = session(tube)
    video = tube.put(place, content=FILM).json()["id"]
    for answer in (asked(tube, place), tube.put(place, content=FILM)):
        assert (answer.status_code, answer.json()["id"]) == (200, video)
    assert len(sim.posts) == 1


def test_two_inserts_make_two_videos(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    assert posted(tube) != posted(tube)
    assert len({post.sha256 for post in sim.posts}) == 1
    assert len(listed(tube)["items"]) == 2


def test_threads_can_upload_at_once(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    titles = [f"take {number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        videos = list(pool.map(lambda title: posted(tube, snippet={"title": title}), titles))
    assert {post.id: post.title for post in sim.posts} == dict(zip(videos, titles, strict=True))


def test_a_session_is_gone_after_a_week(tube: httpx.Client, clock: Clock) -> None:
    place = session(tube)
    del tube.headers["Authorization"]
    clock.advance(days=6)
    assert asked(tube, place).status_code == 308
    clock.advance(days=1)
    assert asked(tube, place).status_code == 404


@pytest.mark.parametrize(
    ("snippet", "why"),
    [
        ({"title": ""}, "invalidTitle"),
        ({"title": "日" * 101}, "invalidTitle"),
        ({"title": "a > b"}, "invalidTitle"),
        ({"description": "日" * 1667}, "invalidDescription"),
        ({"description": "<b>"}, "invalidDescription"),
        ({"tags": ["a" * 250, "b" * 250]}, "invalidTags"),
        ({"tags": ["a " + "b" * 497]}, "invalidTags"),
        ({"categoryId": "999"}, "invalidCategoryId"),
        ({"categoryId": 24}, "badRequest"),
        ({"hashtags": ["x"]}, "badRequest"),
    ],
)
def test_a_wrong_snippet_is_refused_before_any_byte(
    tube: httpx.Client, snippet: dict[str, object], why: str
) -> None:
    assert reason(start(tube, snippet=snippet)) == (400, why)


def test_a_snippet_may_be_as_long_as_the_rules_allow(tube: httpx.Client) -> None:
    tags = ["a" * 200, "b " + "c" * 295]
    longest: dict[str, object] = {
        "title": "日" * 100,
        "description": "日" * 1666 + "ab",
        "tags": tags,
    }
    assert start(tube, snippet=longest).is_success


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ({"privacyStatus": "secret"}, "invalidVideoMetadata"),
        ({"publishAt": "2026-12-01T09:00:00Z"}, "invalidPublishAt"),
        ({"publishAt": "tomorrow", "privacyStatus": "private"}, "invalidPublishAt"),
        ({"publishAt": "2026-12-01T09:00:00", "privacyStatus": "private"}, "invalidPublishAt"),
        ({"containsSyntheticMedia": "true"}, "badRequest"),
        ({"madeForKids": False}, "badRequest"),
        ({"license": "mit"}, "invalidVideoMetadata"),
    ],
)
def test_a_wrong_status_is_refused(tube: httpx.Client, status: dict[str, object], why: str) -> None:
    assert reason(start(tube, status=status)) == (400, why)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"query": {"part": ""}}, "missingRequiredParameter"),
        ({"query": {"part": "snippet,sound"}}, "badRequest"),
        ({"query": {"part": "status"}}, "invalidTitle"),
        ({"query": {"uploadType": "multipart"}}, "badRequest"),
        ({"query": {"notify": "false"}}, "unexpectedParameter"),
        ({"headers": {"X-Upload-Content-Length": "0"}}, "badRequest"),
        ({"headers": {"X-Upload-Content-Type": "image/png"}}, "mediaBodyRequired"),
        ({"headers": {"Slug": "a/b.mp4"}}, "invalidFilename"),
        ({"headers": {"Content-Type": "text/plain"}}, "badRequest"),
        (
            {
                "query": {"part": "snippet,status,localizations"},
                "localizations": {"ja": {"title": "夜"}},
            },
            "defaultLanguageNotSet",
        ),
    ],
)
def test_a_wrong_start_is_refused(tube: httpx.Client, changes: dict[str, Any], why: str) -> None:
    assert reason(start(tube, **changes)) == (400, why)


def test_what_youtube_takes_and_we_never_send_is_written_down(
    sim: YouTubeSimulator, tube: httpx.Client
) -> None:
    bare = {"snippet": SNIPPET, "status": {}}
    headers = {"X-Upload-Content-Length": "3", "X-Upload-Content-Type": "video/mp4"}
    query = {"uploadType": "resumable", "part": "snippet,status"}
    answer = tube.post(UPLOAD, params=query, json=bare, headers=headers)
    assert tube.put(answer.headers["Location"], content=b"abc").status_code == 201
    assert sim.posts[0].privacy == "public"
    assert len(sim.violations) == 4


def test_a_scheduled_video_is_private_until_its_time(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    video = posted(tube, status={"privacyStatus": "private", "publishAt": "2026-11-23T10:00:00Z"})
    late = posted(tube, status={"privacyStatus": "private", "publishAt": "2026-11-23T08:00:00Z"})
    status = shown(tube, video)["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2026-11-23T10:00:00Z")
    assert shown(tube, late)["status"]["privacyStatus"] == "public"
    with client(sim, AVA) as other:
        query = {"part": "snippet", "id": f"{video},{late}"}
        assert [item["id"] for item in other.get(VIDEOS, params=query).json()["items"]] == [late]
    clock.advance(minutes=59)
    assert shown(tube, video)["status"]["privacyStatus"] == "private"
    clock.advance(minutes=1)
    assert sim.posts[0].privacy == "public"
    tube.headers["Authorization"] = f"Bearer {sim.issue_token(MIYUKI)[0]}"
    status = shown(tube, video)["status"]
    assert (status["privacyStatus"], "publishAt" in status) == ("public", False)


def test_processing_follows_the_clock_and_counts_in_text(tube: httpx.Client, clock: Clock) -> None:
    video = posted(tube)
    clock.advance(seconds=1.5)
    item = shown(tube, video)
    assert item["status"]["uploadStatus"] == "uploaded"
    progress = item["processingDetails"]["processingProgress"]
    assert progress == {"partsTotal": "100", "partsProcessed": "50", "timeLeftMs": "1500"}
    clock.advance(seconds=1.5)
    item = shown(tube, video, "status,processingDetails,fileDetails,statistics")
    assert item["status"]["uploadStatus"] == "processed"
    assert item["processingDetails"] == {"processingStatus": "succeeded"}
    assert item["fileDetails"]["fileSize"] == str(len(FILM))
    clock.advance(minutes=50)
    assert int(shown(tube, video, "statistics")["statistics"]["viewCount"]) > 0


def test_what_is_the_owners_is_told_to_nobody_else(
    sim: YouTubeSimulator, tube: httpx.Client
) -> None:
    video = posted(tube)
    hidden = posted(tube, status={"privacyStatus": "private"})
    with client(sim, AVA) as other:
        query = {"part": "processingDetails", "id": video}
        assert reason(other.get(VIDEOS, params=query)) == (403, "forbidden")
        assert reason(other.delete(VIDEOS, params={"id": video})) == (403, "forbidden")
        assert [row["contentDetails"]["videoId"] for row in listed(other)["items"]] == [video]
    assert len(listed(tube)["items"]) == 2
    assert listed(tube, videoId=hidden)["items"][0]["status"]["privacyStatus"] == "private"


def test_uploads_are_listed_newest_first_and_in_pages(tube: httpx.Client) -> None:
    videos = [posted(tube, snippet={"title": f"take {number}"}) for number in range(3)]
    first = listed(tube, maxResults="2")
    second = listed(tube, maxResults="2", pageToken=first["nextPageToken"])
    rows = [*first["items"], *second["items"]]
    assert [row["contentDetails"]["videoId"] for row in rows] == videos[::-1]
    assert rows[0]["snippet"]["title"] == "take 2"
    assert "nextPageToken" not in second
    query = {"part": "snippet", "playlistId": "UUnobody"}
    assert reason(tube.get("/youtube/v3/playlistItems", params=query)) == (404, "playlistNotFound")


def test_search_lags_behind_and_has_its_own_bucket(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    video = posted(tube)
    query = {"part": "snippet", "forMine": "true", "type": "video", "q": "night"}
    assert tube.get("/youtube/v3/search", params=query).json()["items"] == []
    clock.advance(minutes=5)
    (found,) = tube.get("/youtube/v3/search", params=query).json()["items"]
    assert found["id"]["videoId"] == video
    assert (sim.quota_used["search.list"], sim.quota_used["units"]) == (2, 0)
    del query["type"]
    assert reason(tube.get("/youtube/v3/search", params=query)) == (400, "incompatibleParameters")


def test_batch_stats_names_the_time_otherwise(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    query = {"part": "snippet,contentDetails,statistics", "id": posted(tube)}
    (item,) = tube.get(f"{VIDEOS}:batchGetStats", params=query).json()["items"]
    assert item["snippet"]["publishTime"] == "2026-11-23T09:00:00Z"
    assert item["contentDetails"] == {"duration": "15s"}
    assert item["statistics"]["viewCount"] == "0"
    assert sim.quota_used["videos.batchGetStats"] == 1


REPORTS = "https://youtubeanalytics.googleapis.com/v2/reports"


def report(**changed: str) -> dict[str, str]:
    return {
        "ids": "channel==MINE",
        "startDate": "2026-11-01",
        "endDate": "2026-12-31",
        "metrics": "views,shares,estimatedMinutesWatched",
        "dimensions": "video",
        "filters": "video==none",
        "sort": "-views",
        "maxResults": "200",
    } | changed


def test_analytics_is_two_days_late_and_tells_no_more_than_the_counters(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    small, great = posted(tube), posted(tube)
    sim.boost(great, 50)
    asked = report(filters=f"video=={small},{great}")
    assert "rows" not in tube.get(REPORTS, params=asked).json()
    clock.advance(hours=47)
    access, _ = sim.issue_token(MIYUKI, EVERYTHING)
    tube.headers["Authorization"] = f"Bearer {access}"
    assert "rows" not in tube.get(REPORTS, params=asked).json()
    clock.advance(hours=49)
    access, _ = sim.issue_token(MIYUKI, EVERYTHING)
    tube.headers["Authorization"] = f"Bearer {access}"
    told = tube.get(REPORTS, params=asked).json()
    names = [header["name"] for header in told["columnHeaders"]]
    assert names == ["video", "views", "shares", "estimatedMinutesWatched"]
    assert [row[0] for row in told["rows"]] == [great, small]
    now = int(shown(tube, great, "statistics")["statistics"]["viewCount"])
    assert 0 < told["rows"][0][1] < now
    (one,) = tube.get(REPORTS, params=asked | {"maxResults": "1"}).json()["rows"]
    assert one[0] == great


@pytest.mark.parametrize(
    "changed",
    [
        {"metrics": "views,saves"},
        {"dimensions": "video,day"},
        {"maxResults": "201"},
        {"sort": "likes"},
        {"filters": "country==JP"},
        {"startDate": "yesterday"},
        {"startDate": "2027-01-01"},
        {"part": "statistics"},
    ],
)
def test_analytics_refuses_what_it_does_not_know(
    tube: httpx.Client, changed: dict[str, str]
) -> None:
    assert tube.get(REPORTS, params=report(**changed)).status_code == 400


def test_analytics_is_of_ones_own_channel_with_its_scope(
    sim: YouTubeSimulator, tube: httpx.Client
) -> None:
    other = tube.get(REPORTS, params=report(ids=f"channel=={AVA}"))
    assert reason(other) == (403, "forbidden")
    assert tube.get("/v2/reports", params=report()).status_code == 404  # it has a host of its own
    access, _ = sim.issue_token(MIYUKI, [one for one in EVERYTHING if "analytics" not in one])
    headers = {"Authorization": f"Bearer {access}"}
    lacking = tube.get(REPORTS, params=report(), headers=headers)
    assert reason(lacking) == (403, "insufficientPermissions")


def test_a_thumbnail_sticks_only_after_processing(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    video = posted(tube)
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 8

    def put(content: bytes, **query: str) -> httpx.Response:
        asked = {"videoId": video, "uploadType": "media"} | query
        headers = {"Content-Type": "image/png"}
        path = "/upload/youtube/v3/thumbnails/set"
        return tube.post(path, params=asked, content=content, headers=headers)

    assert put(png).is_success
    assert sim.posts[0].thumbnail_sha256 == ""
    clock.advance(seconds=3)
    assert "shortsAspectRatio" in put(png).json()["items"][0]
    assert sim.posts[0].thumbnail_sha256 == hashlib.sha256(png).hexdigest()
    assert reason(put(b"GIF89a")) == (400, "invalidImage")
    assert reason(put(b"")) == (400, "mediaBodyRequired")
    assert reason(put(png, videoId="e8unknown00")) == (404, "videoNotFound")


def test_a_deleted_video_is_gone(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    video = posted(tube)
    assert tube.delete(VIDEOS, params={"id": video}).status_code == 204
    assert reason(tube.delete(VIDEOS, params={"id": video})) == (404, "videoNotFound")
    assert tube.get(VIDEOS, params={"part": "status", "id": video}).json()["items"] == []
    assert (sim.posts, listed(tube)["items"]) == ([], [])


def test_an_update_replaces_whole_parts(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    video = posted(tube, status={"privacyStatus": "private"}, snippet={"tags": ["ai"]})

    def update(part: str, **body: object) -> httpx.Response:
        return tube.put(VIDEOS, params={"part": part}, json={"id": video, **body})

    bare = {"title": "Second title"}
    assert reason(update("snippet", snippet=bare)) == (400, "invalidCategoryId")
    assert update("snippet", snippet=bare | {"categoryId": "22"}).is_success
    assert sim.posts[0].snippet == {"title": "Second title", "categoryId": "22"}
    assert sim.posts[0].status == STATUS | {"privacyStatus": "private"}
    assert update("status", status=STATUS).is_success
    assert (sim.posts[0].privacy, sim.violations) == ("public", [])
    again = STATUS | {"privacyStatus": "private", "publishAt": "2026-12-01T09:00:00Z"}
    assert reason(update("status", status=again)) == (400, "invalidPublishAt")
    assert update("status", status={"privacyStatus": "private"}).is_success
    assert len(sim.violations) == 2


def test_uploads_end_at_a_hundred_until_midnight_pacific(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    for _ in range(99):
        assert start(tube).is_success
    assert start(tube, snippet={"title": ""}).status_code == 400
    assert reason(start(tube)) == (403, "quotaExceeded")
    with client(sim, AVA) as other:
        assert reason(start(other)) == (403, "quotaExceeded")
    assert sim.quota_used["videos.insert"] == 100
    assert listed(tube)["items"] == []
    clock.advance(hours=22, minutes=59)  # it was 01:00 Pacific
    assert sim.quota_used["videos.insert"] == 100
    clock.advance(minutes=1)
    assert sim.quota_used["videos.insert"] == 0
    with client(sim, MIYUKI) as next_day:
        assert start(next_day).is_success


def test_units_run_out(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    for _ in range(200):
        assert tube.delete(VIDEOS, params={"id": "e8unknown00"}).status_code == 404
    assert sim.quota_used["units"] == 10_000
    query = {"part": "status", "id": "e8unknown00"}
    assert reason(tube.get(VIDEOS, params=query)) == (403, "quotaExceeded")
    assert start(tube).is_success


def test_an_unknown_fault_names_the_known(sim: YouTubeSimulator) -> None:
    with pytest.raises(ValueError, match="lost-before"):
        sim.misbehave("earthquake")
    with pytest.raises(ValueError, match="begins with UC"):
        sim.issue_token("miyuki")
    assert len(FAULTS) == 21


@pytest.mark.parametrize(("fault", "made"), [("lost-before", 0), ("lost-after", 1)])
def test_a_lost_last_answer_is_told_by_the_session(
    sim: YouTubeSimulator, tube: httpx.Client, fault: str, made: int
) -> None:
    place = session(tube)
    sim.misbehave(fault, at="PUT /upload")
    with pytest.raises(httpx.ReadError):
        tube.put(place, content=FILM)
    assert len(sim.posts) == made
    assert asked(tube, place).status_code == (200 if made else 308)


def test_a_fault_can_wait_for_one_content_range(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    place = session(tube)
    sim.misbehave("503", at=f"bytes {PIECE}-")
    assert part(tube, place, 0, PIECE - 1).status_code == 308
    assert part(tube, place, PIECE, len(FILM) - 1).status_code == 503
    assert asked(tube, place).headers["Range"] == f"bytes=0-{PIECE - 1}"


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("429", 429, "rateLimitExceeded"),
        ("500", 500, "internalError"),
        ("503", 503, "backendError"),
        ("html", 200, "<html>"),
        ("quota", 403, "quotaExceeded"),
        ("upload-limit", 400, "uploadLimitExceeded"),
        ("forbidden", 403, "channelSuspended"),
    ],
)
def test_a_wrong_answer_to_a_start_opens_nothing(
    sim: YouTubeSimulator, tube: httpx.Client, fault: str, status: int, told: str
) -> None:
    sim.misbehave(fault, at=UPLOAD, times=2)
    for _ in range(2):
        answer = start(tube)
        assert (answer.status_code, "Location" in answer.headers) == (status, False)
        assert told in answer.text
        assert answer.headers.get("Retry-After") == ("1" if status == 429 else None)
    assert posted(tube)


def test_a_cut_upload_keeps_half_and_goes_on_from_there(
    sim: YouTubeSimulator, tube: httpx.Client
) -> None:
    place = session(tube)
    sim.misbehave("cut-upload")
    with pytest.raises(httpx.ReadError):
        tube.put(place, content=FILM)
    half = len(FILM) // 2
    assert asked(tube, place).headers["Range"] == f"bytes=0-{half - 1}"
    assert part(tube, place, half, len(FILM) - 1).status_code == 201
    assert sim.posts[0].sha256 == hashlib.sha256(FILM).hexdigest()


def test_a_session_can_vanish(sim: YouTubeSimulator, tube: httpx.Client) -> None:
    place = session(tube)
    sim.misbehave("session-gone")
    assert [asked(tube, place).status_code for _ in range(2)] == [404, 404]


def test_a_dead_access_token_is_replaced_by_a_refresh(
    sim: YouTubeSimulator, browser: httpx.Client
) -> None:
    access, token = sim.issue_token(MIYUKI)
    browser.base_url = HOST
    browser.headers["Authorization"] = f"Bearer {access}"
    sim.misbehave("token-expired")
    assert [reason(start(browser)) for _ in range(2)] == [(401, "authError")] * 2
    fresh = refresh(browser, token).json()["access_token"]
    browser.headers["Authorization"] = f"Bearer {fresh}"
    assert start(browser).is_success


def test_a_grant_can_be_dead(sim: YouTubeSimulator, browser: httpx.Client) -> None:
    _, token = sim.issue_token(MIYUKI)
    sim.misbehave("invalid-grant")
    for _ in range(2):
        answer = refresh(browser, token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("processing-failed", ("failed", "failed")),
        ("processing-stuck", ("uploaded", "processing")),
        ("rejected", ("rejected", "succeeded")),
    ],
)
def test_processing_can_go_wrong(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock, fault: str, words: tuple[str, str]
) -> None:
    sim.misbehave(fault)
    video = posted(tube)
    clock.advance(minutes=50)
    item = shown(tube, video)
    found = (item["status"]["uploadStatus"], item["processingDetails"]["processingStatus"])
    assert found == words


def test_a_new_video_can_be_in_no_list_for_a_minute(
    sim: YouTubeSimulator, tube: httpx.Client, clock: Clock
) -> None:
    sim.misbehave("late-visibility")
    place = session(tube)
    video = tube.put(place, content=FILM).json()["id"]
    query = {"part": "status", "id": video}
    clock.advance(seconds=59)
    assert tube.get(VIDEOS, params=query).json()["items"] == listed(tube)["items"] == []
    assert asked(tube, place).json()["id"] == sim.posts[0].id == video
    clock.advance(seconds=1)
    assert shown(tube, video)["id"] == listed(tube)["items"][0]["contentDetails"]["videoId"]


@pytest.fixture
def served(sim: YouTubeSimulator) -> Iterator[Callable[[], httpx.Client]]:
    with serve(sim.handle) as url:
        sim.base_url = url
        access, _ = sim.issue_token(MIYUKI)
        headers = {"Authorization": f"Bearer {access}"}
        yield lambda: httpx.Client(base_url=url, headers=headers, trust_env=False)


@pytest.mark.enable_socket
def test_over_loopback_everything_lies_under_one_address(
    served: Callable[[], httpx.Client], sim: YouTubeSimulator
) -> None:
    with served() as tube:
        place = session(tube)
        assert place.startswith(f"{sim.base_url}{UPLOAD}?")
        assert part(tube, place, 0, PIECE - 1).status_code == 308
        assert part(tube, place, PIECE, len(FILM) - 1).status_code == 201
        form = CLIENT | {"grant_type": "refresh_token", "refresh_token": "1//0unknown"}
        assert tube.post("/token", data=form).json()["error"] == "invalid_grant"
        assert tube.get("/o/oauth2/v2/auth").status_code == 400


@pytest.mark.enable_socket
def test_over_loopback_another_program_can_look_and_interfere(
    served: Callable[[], httpx.Client], sim: YouTubeSimulator
) -> None:
    with served() as tube:
        place = session(tube)
        fault = {"fault": "lost-after", "at": "PUT", "times": 1}
        assert tube.post("/_simulator/misbehave", json=fault).is_success
        assert tube.post("/_simulator/misbehave", json={"fault": "?"}).status_code == 400
        with pytest.raises(httpx.RemoteProtocolError):
            tube.put(place, content=FILM)
        seen = tube.get("/_simulator/seen").json()
    (post,) = seen["posts"]
    assert (post["title"], post["at"], post["channel"]) == (
        "Night lab",
        "2026-11-23T09:00:00Z",
        MIYUKI,
    )
    assert seen["quota_used"]["videos.insert"] == 1
    assert seen["violations"] == sim.violations == []
