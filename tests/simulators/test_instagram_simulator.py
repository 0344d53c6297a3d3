import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from elite8.core.simulators.instagram import (
    APP_IDS,
    APP_SECRETS,
    FAULTS,
    InstagramSimulator,
    Login,
)
from elite8.core.simulators.wire import Transport, serve

IG = "17840000000000001"
V = "v26.0"
REDIRECT = "https://example.org/back/"
VIDEO = b"\x00\x00\x00\x10ftypmp42\x00\x00\x00\x00" + b"elite8" * 20
REMOTE = "https://media.example.com/out/rain-01.mp4"


class Clock(Protocol):
    def __call__(self) -> datetime: ...
    def advance(self, **units: float) -> None: ...


@pytest.fixture
def sim(clock: Clock) -> InstagramSimulator:
    return InstagramSimulator(clock=clock)


@pytest.fixture
def web(sim: InstagramSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(transport=Transport(sim.handle)) as client:
        yield client


@pytest.fixture
def token(sim: InstagramSimulator) -> str:
    return sim.issue_token()


@pytest.fixture
def ig(sim: InstagramSimulator, token: str) -> Iterator[httpx.Client]:
    with graph(sim, token) as client:
        yield client


def graph(sim: InstagramSimulator, token: str, host: str = "graph.instagram.com") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(
        base_url=f"https://{host}/{V}", headers=headers, transport=Transport(sim.handle)
    )


def data(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(answer: httpx.Response) -> tuple[int, int]:
    assert answer.is_error
    error = answer.json()["error"]
    assert error["type"] == "OAuthException"
    assert error["fbtrace_id"].startswith("A")
    return error["code"], error.get("error_subcode", 0)


def create(ig: httpx.Client, **changes: object) -> httpx.Response:
    body = {
        "media_type": "REELS",
        "upload_type": "resumable",
        "caption": "Rain #aivideo",
        "is_ai_generated": True,
    }
    if "video_url" in changes:
        del body["upload_type"]
    return ig.post(f"/{IG}/media", json=body | changes)


def container(ig: httpx.Client, **changes: object) -> str:
    return str(data(create(ig, video_url=REMOTE, **changes))["id"])


def send(  # noqa: PLR0913  # every header of an upload can be wrong
    web: httpx.Client,
    uri: str,
    token: str,
    content: bytes = VIDEO,
    *,
    offset: int = 0,
    kind: str = "OAuth",
) -> httpx.Response:
    headers = {
        "Authorization": f"{kind} {token}",
        "offset": str(offset),
        "file_size": str(len(VIDEO)),
    }
    return web.post(uri, content=content, headers=headers)


def status(ig: httpx.Client, object_id: str) -> str:
    return str(data(ig.get(f"/{object_id}", params={"fields": "status_code"}))["status_code"])


def publish(ig: httpx.Client, object_id: str) -> httpx.Response:
    return ig.post(f"/{IG}/media_publish", json={"creation_id": object_id})


def post(ig: httpx.Client, clock: Clock) -> str:
    made = container(ig)
    clock.advance(seconds=3)
    return str(data(publish(ig, made))["id"])


def listed(ig: httpx.Client, **query: object) -> list[str]:
    params = {"fields": "id,timestamp"} | {name: str(value) for name, value in query.items()}
    return [item["id"] for item in data(ig.get(f"/{IG}/media", params=params))["data"]]


def consent(web: httpx.Client, **changes: str) -> httpx.Response:
    query = {
        "client_id": APP_IDS[Login.INSTAGRAM],
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "instagram_business_basic,instagram_business_content_publish",
        "state": "s1",
    }
    return web.get("https://www.instagram.com/oauth/authorize", params=query | changes)


def came_back(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    target = urlsplit(answer.headers["location"])
    assert target.fragment == "_"
    return dict(parse_qsl(target.query))


def exchange(web: httpx.Client, code: str, **changes: str) -> httpx.Response:
    form = {
        "client_id": APP_IDS[Login.INSTAGRAM],
        "client_secret": APP_SECRETS[Login.INSTAGRAM],
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
        "code": code,
    }
    return web.post("https://api.instagram.com/oauth/access_token", data=form | changes)


def lengthen(web: httpx.Client, token: str) -> httpx.Response:
    query = {
        "grant_type": "ig_exchange_token",
        "client_secret": APP_SECRETS[Login.INSTAGRAM],
        "access_token": token,
    }
    return web.get("https://graph.instagram.com/access_token", params=query)


def refresh(web: httpx.Client, token: str) -> httpx.Response:
    query = {"grant_type": "ig_refresh_token", "access_token": token}
    return web.get("https://graph.instagram.com/refresh_access_token", params=query)


def test_the_instagram_login_goes_from_consent_to_a_refreshed_token(
    web: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    back = came_back(consent(web))
    assert back["state"] == "s1"
    (short,) = data(exchange(web, back["code"]))["data"]
    assert short["permissions"].startswith("instagram_business_basic,")
    long = data(lengthen(web, short["access_token"]))
    assert (long["token_type"], long["expires_in"]) == ("bearer", 60 * 86400)
    assert refused(refresh(web, long["access_token"])) == (100, 0)
    clock.advance(hours=24)
    fresh = data(refresh(web, long["access_token"]))["access_token"]
    assert fresh != long["access_token"]
    with graph(sim, fresh) as ig:
        me = data(ig.get("/me", params={"fields": "user_id,username,account_type"}))
    assert (me["user_id"], me["username"]) == (IG, "night.lab")
    assert me["id"] == short["user_id"] != IG
    assert sim.violations == []


def test_a_code_is_for_one_use_one_hour_and_one_address(web: httpx.Client, clock: Clock) -> None:
    code = came_back(consent(web))["code"]
    data(exchange(web, code))
    again = exchange(web, code)
    assert (again.status_code, again.json()["error_type"]) == (400, "OAuthException")
    other = came_back(consent(web))["code"]
    assert exchange(web, other, redirect_uri=REDIRECT[:-1]).status_code == 400
    late = came_back(consent(web))["code"]
    clock.advance(hours=1)
    assert exchange(web, late).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": APP_IDS[Login.FACEBOOK]},
        {"scope": "business_basic"},
        {"scope": "instagram_business_content_publish"},
        {"redirect_uri": "http://127.0.0.1:8000/"},
        {"response_type": "token"},
    ],
)
def test_a_wrong_consent_is_a_page(web: httpx.Client, change: dict[str, str]) -> None:
    answer = consent(web, **change)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (400, "text/html")


def test_consent_can_be_denied_and_the_answer_can_be_flat(
    web: httpx.Client, sim: InstagramSimulator
) -> None:
    sim.misbehave("access-denied")
    assert came_back(consent(web))["error"] == "access_denied"
    sim.misbehave("flat-answer")
    body = data(exchange(web, came_back(consent(web))["code"]))
    assert isinstance(body["user_id"], int)
    assert isinstance(body["permissions"], list)


def test_a_short_token_dies_in_an_hour_and_a_long_one_in_60_days(
    web: httpx.Client, sim: InstagramSimulator, clock: Clock, ig: httpx.Client
) -> None:
    (short,) = data(exchange(web, came_back(consent(web))["code"]))["data"]
    assert refused(refresh(web, short["access_token"])) == (100, 0)
    clock.advance(hours=1)
    assert refused(lengthen(web, short["access_token"])) == (190, 463)
    clock.advance(days=59)
    data(ig.get("/me"))
    clock.advance(days=1)
    assert refused(ig.get("/me")) == (190, 463)
    assert sim.posts == []


def test_the_facebook_login_ends_in_a_page_token(
    web: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    app = {
        "client_id": APP_IDS[Login.FACEBOOK],
        "client_secret": APP_SECRETS[Login.FACEBOOK],
    }
    scope = "instagram_basic,instagram_content_publish,pages_read_engagement,pages_show_list"
    query = {"client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": scope}
    back = came_back(web.get(f"https://www.facebook.com/{V}/dialog/oauth", params=query))
    tokens = f"https://graph.facebook.com/{V}/oauth/access_token"
    code = {"redirect_uri": REDIRECT, "code": back["code"]}
    short = data(web.get(tokens, params=app | code))["access_token"]
    swap = {"grant_type": "fb_exchange_token", "fb_exchange_token": short}
    long = data(web.get(tokens, params=app | swap))["access_token"]
    with graph(sim, long, "graph.facebook.com") as fb:
        asked = {"fields": "id,name,access_token,instagram_business_account"}
        (page,) = data(fb.get("/me/accounts", params=asked))["data"]
    assert page["instagram_business_account"] == {"id": IG}
    clock.advance(days=400)
    with graph(sim, page["access_token"], "graph.facebook.com") as fb:
        assert post(fb, clock) == sim.posts[0].media_id


def test_the_hosts_know_only_their_own_tokens(sim: InstagramSimulator, token: str) -> None:
    with graph(sim, token, "graph.facebook.com") as fb:
        assert refused(fb.get("/me")) == (190, 467)
    with graph(sim, sim.issue_token(login="facebook"), "graph.facebook.com") as fb:
        assert data(fb.get("/me"))["id"]
    with graph(sim, "guessed") as ig:
        assert refused(ig.get("/me")) == (190, 467)


def test_a_missing_scope_and_a_foreign_account_are_refused(sim: InstagramSimulator) -> None:
    with graph(sim, sim.issue_token(scopes=["instagram_business_basic"])) as ig:
        assert refused(create(ig)) == (10, 0)
    with graph(sim, sim.issue_token(user_id="17840000000000002")) as ig:
        assert refused(create(ig)) == (100, 33)


def test_versions_end(sim: InstagramSimulator, ig: httpx.Client, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(transport=Transport(sim.handle), headers=headers) as web:
        host = "https://graph.instagram.com"
        assert refused(web.get(f"{host}/v20.0/me")) == (2635, 0)
        assert data(web.get(f"{host}/me"))["id"]
    assert refused(ig.get("/me/nonsense")) == (2500, 0)
    assert refused(ig.get("/me", params={"fields": "followers"})) == (100, 0)


def test_every_answer_says_how_much_is_used(ig: httpx.Client) -> None:
    answer = ig.get("/me")
    assert json.loads(answer.headers["x-app-usage"])["call_count"] == 0
    (usage,) = json.loads(answer.headers["x-business-use-case-usage"])[IG]
    assert (usage["type"], usage["estimated_time_to_regain_access"]) == ("instagram", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"media_type": "VIDEO"}, (100, 2207023)),
        ({"upload_type": "RESUMABLE"}, (100, 0)),
        ({"video_url": REMOTE, "upload_type": "resumable"}, (100, 0)),
        ({"video_url": "https://media.example.com/雨.mp4"}, (100, 0)),
        ({"video_url": "http://127.0.0.1:8000/a.mp4"}, (9004, 2207052)),
        ({"video_url": "http://studio.local/a.mp4"}, (9004, 2207052)),
        ({"video_url": "http://[::1/a.mp4"}, (9004, 2207052)),
        ({"caption": "x" * 2201}, (36004, 2207010)),
        ({"caption": "#a " * 31}, (36004, 2207010)),
        ({"caption": "@a " * 21}, (100, 2207040)),
        ({"thumb_offset": 900_000}, (1, 2207057)),
        ({"thumb_offset": "soon"}, (100, 0)),
        ({"share_to_feed": "yes"}, (100, 0)),
        ({"collaborators": ["a", "b", "c", "d"]}, (100, 0)),
        ({"user_tags": [{"username": "a", "x": 0.5}]}, (100, 0)),
        ({"trial_params": {"graduation_strategy": "ALWAYS"}}, (100, 0)),
        ({"location_id": "Tokyo"}, (100, 0)),
        ({"alt_text": "rain"}, (100, 0)),
        ({"is_paid_partnership": False}, (100, 0)),
    ],
)
def test_a_wrong_container_is_refused(
    ig: httpx.Client, change: dict[str, object], code: tuple[int, int]
) -> None:
    assert refused(create(ig, **change)) == code


def test_a_container_takes_what_the_page_allows(ig: httpx.Client) -> None:
    tags = "#a " * 30 + "@a " * 20
    caption = tags + "x" * (2200 - len(tags))
    assert len(caption) == 2200
    changes: dict[str, object] = {
        "caption": caption,
        "thumb_offset": 1500,
        "cover_url": "https://media.example.com/cover.jpg",
        "collaborators": ["a", "b", "c"],
        "trial_params": {"graduation_strategy": "MANUAL"},
    }
    assert container(ig, **changes)
    form = {"media_type": "REELS", "video_url": REMOTE, "is_ai_generated": "true"}
    assert data(ig.post(f"/{IG}/media", data=form | {"collaborators": '["a"]'}))["id"]


def test_a_container_without_the_label_or_a_token_in_the_address_is_written_down(
    ig: httpx.Client, sim: InstagramSimulator, token: str
) -> None:
    container(ig, is_ai_generated=False)
    data(ig.get("/me", params={"access_token": token}))
    assert [
        word in line for word, line in zip(("is_ai", "token"), sim.violations, strict=True)
    ] == [
        True,
        True,
    ]


def test_an_account_opens_400_containers_a_day(ig: httpx.Client, clock: Clock) -> None:
    for _ in range(400):
        container(ig)
    assert refused(create(ig)) == (9, 2207042)
    clock.advance(hours=24)
    assert container(ig)


@pytest.mark.parametrize("login", ["instagram", "facebook"])
def test_a_reel_goes_from_bytes_to_a_post(
    web: httpx.Client, sim: InstagramSimulator, clock: Clock, login: str
) -> None:
    token = sim.issue_token(login=login)
    with graph(sim, token, f"graph.{login}.com") as ig:
        made = data(create(ig, share_to_feed=False))
        assert made["uri"] == f"https://rupload.facebook.com/ig-api-upload/{V}/{made['id']}"
        assert status(ig, made["id"]) == "IN_PROGRESS"
        assert data(send(web, made["uri"], token))["success"] is True
        assert status(ig, made["id"]) == "IN_PROGRESS"
        assert refused(publish(ig, made["id"])) == (9007, 2207027)
        clock.advance(seconds=3)
        assert status(ig, made["id"]) == "FINISHED"
        media = data(publish(ig, made["id"]))["id"]
        assert status(ig, made["id"]) == "PUBLISHED"
        assert refused(publish(ig, made["id"])) == (9007, 2207027)
    (done,) = sim.posts
    assert (done.media_id, done.container_id, done.user_id) == (media, made["id"], IG)
    assert media != made["id"]
    assert (done.caption, done.is_ai_generated, done.share_to_feed) == (
        "Rain #aivideo",
        True,
        False,
    )
    assert (done.sha256, done.size) == (hashlib.sha256(VIDEO).hexdigest(), len(VIDEO))
    assert done.at == clock()
    assert sim.violations == []


def test_two_containers_make_two_posts(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    post(ig, clock)
    post(ig, clock)
    assert [one.caption for one in sim.posts] == ["Rain #aivideo"] * 2


def test_rupload_takes_oauth_and_whole_numbers(
    web: httpx.Client, ig: httpx.Client, token: str
) -> None:
    uri = data(create(ig))["uri"]
    wrong = send(web, uri, token, kind="Bearer")
    assert wrong.status_code == 401
    assert wrong.json()["debug_info"]["retriable"] is False
    assert send(web, uri, token, VIDEO + b"x").status_code == 400
    assert send(web, uri, token, VIDEO[5:], offset=5).json()["debug_info"]["retriable"] is True
    assert web.post(uri, headers={"Authorization": f"OAuth {token}"}).status_code == 400
    data(send(web, uri, token))
    assert send(web, uri, token).json()["debug_info"]["retriable"] is False


def test_a_home_made_uri_leaves_the_container_waiting(
    web: httpx.Client, ig: httpx.Client, token: str, clock: Clock
) -> None:
    made = data(create(ig))
    data(send(web, made["uri"].replace(V, "v25.0"), token))
    clock.advance(hours=23)
    assert status(ig, made["id"]) == "IN_PROGRESS"


def test_a_cut_upload_keeps_its_half_and_goes_on(
    web: httpx.Client, ig: httpx.Client, sim: InstagramSimulator, token: str, clock: Clock
) -> None:
    made = data(create(ig))
    sim.misbehave("cut-upload")
    with pytest.raises(httpx.ReadError):
        send(web, made["uri"], token)
    shown = data(ig.get(f"/{made['id']}", params={"fields": "video_status"}))["video_status"]
    offset = shown["uploading_phase"]["bytes_transferred"]
    assert (offset, shown["uploading_phase"]["source_file_size"]) == (len(VIDEO) // 2, len(VIDEO))
    data(send(web, made["uri"], token, VIDEO[offset:], offset=offset))
    clock.advance(seconds=3)
    data(publish(ig, made["id"]))
    assert sim.posts[0].sha256 == hashlib.sha256(VIDEO).hexdigest()


def box(name: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + name + content


def movie(seconds: int, *more: bytes) -> bytes:
    header = bytes(12) + (1000).to_bytes(4, "big") + (seconds * 1000).to_bytes(4, "big")
    return box(b"moov", box(b"mvhd", header) + b"".join(more))


FTYP, MDAT = box(b"ftyp", b"mp42"), box(b"mdat", b"film")


@pytest.mark.parametrize(
    ("media", "word", "subcode"),
    [
        (FTYP + movie(8) + MDAT, "FINISHED", ""),
        (b"junk junk junk", "ERROR", "2207026"),
        (FTYP + MDAT + movie(8), "ERROR", "2207026"),
        (FTYP + movie(2) + MDAT, "ERROR", "2207026"),
        (FTYP + movie(901) + MDAT, "ERROR", "2207026"),
        (FTYP + movie(8, box(b"trak", box(b"edts", b""))) + MDAT, "ERROR", "2207026"),
        (FTYP + movie(5) + MDAT, "ERROR", "2207057"),
    ],
)
def test_what_cannot_be_played_ends_in_error(
    clock: Clock, media: bytes, word: str, subcode: str
) -> None:
    sim = InstagramSimulator(clock=clock, fetch=lambda _: media)
    with graph(sim, sim.issue_token()) as ig:
        made = container(ig, thumb_offset=6000 if subcode == "2207057" else 0)
        clock.advance(seconds=3)
        shown = data(ig.get(f"/{made}", params={"fields": "status_code,status"}))
    assert shown["status_code"] == word
    assert subcode in shown["status"]


def test_a_video_that_cannot_be_fetched_is_a_container_error(clock: Clock) -> None:
    def gone(url: str) -> bytes:
        raise OSError(url)

    sim = InstagramSimulator(clock=clock, fetch=gone)
    with graph(sim, sim.issue_token()) as ig:
        made = container(ig)
        clock.advance(seconds=3)
        assert "2207077" in data(ig.get(f"/{made}", params={"fields": "status"}))["status"]


def test_a_container_expires_after_a_day(ig: httpx.Client, clock: Clock) -> None:
    made = container(ig)
    clock.advance(hours=24)
    assert status(ig, made) == "EXPIRED"
    assert refused(publish(ig, made)) == (-2, 2207020)
    assert refused(publish(ig, "18059999999999999")) == (24, 2207008)


def test_a_media_reads_as_video(ig: httpx.Client, clock: Clock) -> None:
    media = post(ig, clock)
    fields = "media_type,media_product_type,permalink,is_ai_generated,timestamp,username"
    shown = data(ig.get(f"/{media}", params={"fields": fields}))
    assert (shown["media_type"], shown["media_product_type"]) == ("VIDEO", "REELS")
    assert shown["permalink"].startswith("https://www.instagram.com/reel/")
    assert (shown["timestamp"], shown["is_ai_generated"]) == ("2026-11-23T09:00:03+0000", True)
    assert refused(ig.get(f"/{media}", params={"fields": "saved_count"})) == (100, 0)
    assert refused(ig.get("/18019999999999999")) == (100, 33)


def test_media_are_listed_newest_first_in_pages_and_times(ig: httpx.Client, clock: Clock) -> None:
    made = []
    for _ in range(3):
        made.append(post(ig, clock))
        clock.advance(minutes=1)
    assert listed(ig) == made[::-1]
    assert listed(ig, limit=1, after=made[2]) == [made[1]]
    assert listed(ig, since=int(clock().timestamp()) - 61) == [made[2]]
    assert listed(ig, until=int(clock().timestamp()) - 150) == [made[0]]
    first = data(ig.get(f"/{IG}/media", params={"limit": 2}))
    rest = data(ig.get(first["paging"]["next"]))
    assert [item["id"] for item in rest["data"]] == [made[0]]


def test_the_quota_is_counted_over_a_moving_day(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    sim.quota_total = 2
    post(ig, clock)
    post(ig, clock)
    place = f"/{IG}/content_publishing_limit"
    (shown,) = data(ig.get(place, params={"fields": "quota_usage,config"}))["data"]
    assert shown == {"quota_usage": 2, "config": {"quota_total": 2, "quota_duration": 86400}}
    third = container(ig)
    clock.advance(seconds=3)
    assert refused(publish(ig, third)) == (9, 2207042)
    clock.advance(hours=23, minutes=59, seconds=56)
    assert data(publish(ig, third))["id"]
    assert refused(ig.get(place, params={"since": 1})) == (100, 0)


def test_insights_are_empty_then_steady_and_one_wrong_name_fails_them(
    ig: httpx.Client, clock: Clock
) -> None:
    place = f"/{post(ig, clock)}/insights"
    asked = {"metric": "views,reach,ig_reels_avg_watch_time"}
    assert data(ig.get(place, params=asked))["data"] == []
    clock.advance(hours=1)
    first = data(ig.get(place, params=asked))["data"]
    assert [row["name"] for row in first] == asked["metric"].split(",")
    assert first == data(ig.get(place, params=asked))["data"]
    assert refused(ig.get(place, params={"metric": "views,plays"})) == (100, 0)


def test_insights_grow_as_multiplied_and_watch_time_is_in_milliseconds(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    media = post(ig, clock)
    names = "views,reach,ig_reels_avg_watch_time,ig_reels_video_view_total_time,total_interactions"
    clock.advance(hours=1)
    first = insights(ig, media, names)
    clock.advance(hours=9)
    later = insights(ig, media, names)
    assert 0 < first["views"] < later["views"]
    assert later["reach"] < later["views"]
    average = later["ig_reels_video_view_total_time"] / later["views"]
    assert abs(average - later["ig_reels_avg_watch_time"]) < 2
    sim.boost(media, 4)
    assert insights(ig, media, names)["views"] >= 4 * later["views"]


def insights(ig: httpx.Client, media: str, names: str) -> dict[str, int]:
    rows = data(ig.get(f"/{media}/insights", params={"metric": names}))["data"]
    return {row["name"]: row["values"][0]["value"] for row in rows}


def test_comments_sent_twice_stand_twice(ig: httpx.Client, clock: Clock) -> None:
    media = post(ig, clock)
    made = [data(ig.post(f"/{media}/comments", json={"message": "rain"}))["id"] for _ in "ab"]
    shown = data(ig.get(f"/{media}/comments", params={"fields": "id,text,username"}))["data"]
    assert [row["id"] for row in shown] == made[::-1]
    data(ig.post(f"/{made[0]}", json={"hide": True}))
    data(ig.delete(f"/{made[1]}"))
    assert refused(ig.delete(f"/{made[1]}")) == (100, 33)


def test_an_unknown_fault_names_the_known(sim: InstagramSimulator) -> None:
    with pytest.raises(ValueError, match="publish-error-but-done"):
        sim.misbehave("earthquake")
    with pytest.raises(ValueError, match="once"):
        sim.misbehave("html", times=0)
    assert len(FAULTS) == 22


@pytest.mark.parametrize(("fault", "out"), [("lost-before", 0), ("lost-after", 1)])
def test_a_lost_publish_is_out_or_not(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock, fault: str, out: int
) -> None:
    made = container(ig)
    clock.advance(seconds=3)
    sim.misbehave(fault, at="media_publish")
    with pytest.raises(httpx.ReadError):
        publish(ig, made)
    assert len(sim.posts) == len(listed(ig)) == out
    assert status(ig, made) == ("PUBLISHED" if out else "FINISHED")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("429", (429, 4, 0)),
        ("500", (500, 2, 0)),
        ("token-expired", (400, 190, 463)),
        ("banned", (400, 25, 2207050)),
        ("rate-limited", (400, 4, 0)),
        ("publish-limit", (400, 9, 2207042)),
    ],
)
def test_a_refused_publish_is_not_out(
    ig: httpx.Client,
    sim: InstagramSimulator,
    clock: Clock,
    fault: str,
    told: tuple[int, int, int],
) -> None:
    made = container(ig)
    clock.advance(seconds=3)
    sim.misbehave(fault, at="media_publish")
    answer = publish(ig, made)
    assert (answer.status_code, *refused(answer)) == told
    assert sim.posts == []
    assert data(publish(ig, made))["id"]


def test_a_limited_call_says_how_long(ig: httpx.Client, sim: InstagramSimulator) -> None:
    sim.misbehave("rate-limited")
    answer = ig.get("/me")
    assert json.loads(answer.headers["x-app-usage"])["call_count"] == 100
    (usage,) = json.loads(answer.headers["x-business-use-case-usage"])[IG]
    assert usage["estimated_time_to_regain_access"] == 60
    with graph(sim, sim.issue_token(login="facebook"), "graph.facebook.com") as fb:
        sim.misbehave("rate-limited")
        assert refused(fb.get("/me")) == (17, 0)
        (page,) = data(fb.get("/me/accounts"))["data"]
    with graph(sim, page["access_token"], "graph.facebook.com") as fb:
        sim.misbehave("rate-limited")
        assert refused(fb.get("/me")) == (32, 0)


def test_an_answer_can_be_a_page(ig: httpx.Client, sim: InstagramSimulator) -> None:
    sim.misbehave("html")
    assert "<html>" in ig.get("/me").text


def test_a_publish_can_be_refused_and_out_all_the_same(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    made = container(ig)
    clock.advance(seconds=3)
    sim.misbehave("publish-error-but-done")
    assert refused(publish(ig, made)) == (-1, 2207001)
    assert status(ig, made) == "PUBLISHED"
    assert listed(ig) == [sim.posts[0].media_id]


def test_containers_can_fail_hang_and_run_out(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    sim.misbehave("processing-failed")
    failed = container(ig)
    sim.misbehave("processing-stuck")
    stuck = container(ig)
    clock.advance(hours=1)
    shown = data(ig.get(f"/{failed}", params={"fields": "status_code,status"}))
    assert shown["status"] == "Error: Media upload has failed with error code 2207082"
    assert shown["status_code"] == "ERROR"
    assert status(ig, stuck) == "IN_PROGRESS"
    sim.misbehave("container-expired")
    assert status(ig, stuck) == "EXPIRED"


def test_an_upload_can_begin_what_will_fail(
    web: httpx.Client, ig: httpx.Client, sim: InstagramSimulator, token: str, clock: Clock
) -> None:
    made = data(create(ig))
    sim.misbehave("processing-failed", at="ig-api-upload")
    data(send(web, made["uri"], token))
    clock.advance(seconds=3)
    assert status(ig, made["id"]) == "ERROR"


def test_links_lists_and_labels_can_be_missing(
    ig: httpx.Client, sim: InstagramSimulator, clock: Clock
) -> None:
    sim.misbehave("flag-dropped")
    sim.misbehave("late-visibility")
    media = post(ig, clock)
    assert (sim.posts[0].is_ai_generated, sim.violations) == (False, [])
    sim.misbehave("permalink-missing")
    assert data(ig.get(f"/{media}", params={"fields": "permalink"})) == {"id": media}
    assert "permalink" in data(ig.get(f"/{media}", params={"fields": "permalink"}))
    assert listed(ig) == []
    clock.advance(seconds=60)
    assert listed(ig) == [media]


def test_an_unknown_host_is_a_page(web: httpx.Client) -> None:
    assert web.get("https://example.org/me").status_code == 404


@pytest.mark.enable_socket
def test_over_loopback_everything_lies_under_one_address(
    sim: InstagramSimulator, token: str, clock: Clock
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with serve(sim.handle) as url:
        sim.base_url = url
        with (
            httpx.Client(base_url=f"{url}/{V}", headers=headers, trust_env=False) as ig,
            httpx.Client(base_url=url, trust_env=False) as web,
        ):
            made = data(create(ig))
            assert made["uri"].startswith(f"{url}/ig-api-upload/")
            data(send(web, made["uri"], token))
            clock.advance(seconds=3)
            fault = {"fault": "lost-after", "at": "media_publish", "times": 1}
            data(web.post("/_simulator/misbehave", json=fault))
            assert web.post("/_simulator/misbehave", json={"fault": "?"}).status_code == 400
            with pytest.raises(httpx.RemoteProtocolError):
                publish(ig, made["id"])
            seen = data(web.get("/_simulator/seen"))
    assert [row["media_id"] for row in seen["posts"]] == [sim.posts[0].media_id]
    assert seen["posts"][0]["at"] == "2026-11-23T09:00:03+0000"
    assert seen["violations"] == []


def test_a_container_can_be_filled_from_an_address(web: httpx.Client, clock: Clock) -> None:
    sim = InstagramSimulator(clock=clock, fetch=lambda _: VIDEO)
    token = sim.issue_token()
    with graph(sim, token) as ig, httpx.Client(transport=Transport(sim.handle)) as rupload:
        made = data(create(ig))
        headers = {"Authorization": f"OAuth {token}", "file_url": REMOTE}
        data(rupload.post(made["uri"], headers=headers))
        clock.advance(seconds=3)
        data(publish(ig, made["id"]))
    assert sim.posts[0].size == len(VIDEO)
    assert web.get(made["uri"]).status_code == 404


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", b"{"), ("application/json", b"[]"), ("text/plain", b"x")],
)
def test_a_body_that_is_no_object_is_refused(ig: httpx.Client, kind: str, body: bytes) -> None:
    answer = ig.post(f"/{IG}/media", content=body, headers={"Content-Type": kind})
    assert refused(answer) == (100, 0)


def test_a_person_may_have_several_pages_each_with_a_token_of_its_own(
    sim: InstagramSimulator,
) -> None:
    other = "17840000000000002"
    sim.works_for(IG, "", other)
    with graph(sim, sim.issue_token(login="facebook"), "graph.facebook.com") as fb:
        asked = {"fields": "id,name,access_token,instagram_business_account"}
        rows = data(fb.get("/me/accounts", params=asked))["data"]
        first = data(fb.get("/me/accounts", params=asked | {"limit": "1"}))["data"]
    linked = [row.get("instagram_business_account") for row in rows]
    assert linked == [{"id": IG}, None, {"id": other}]
    assert [row["id"] for row in first] == [rows[0]["id"]]
    with graph(sim, rows[2]["access_token"], "graph.facebook.com") as page:
        assert data(page.get("/me"))["id"] == rows[2]["id"]
        me = data(page.get("/me", params={"fields": "instagram_business_account"}))
        assert me["instagram_business_account"] == {"id": other}
        assert data(page.get(f"/{other}", params={"fields": "username"}))["username"]
        assert refused(page.get(f"/{IG}")) == (100, 33)
        assert refused(page.get("/me/accounts")) == (100, 0)
