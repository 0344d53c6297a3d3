import hashlib
import struct
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from elite8.core.simulators.tiktok import (
    CLIENT_KEY,
    CLIENT_SECRET,
    FAIL_REASONS,
    FAULTS,
    SCOPES,
    TikTokSimulator,
)
from elite8.core.simulators.wire import Transport, serve

API = "https://open.tiktokapis.com"
PAGE = "https://www.tiktok.com/v2/auth/authorize/"
INIT = "/v2/post/publish/video/init/"
INBOX = "/v2/post/publish/inbox/video/init/"
CREATOR = "/v2/post/publish/creator_info/query/"
STATUS = "/v2/post/publish/status/fetch/"
CANCEL = "/v2/post/publish/cancel/"
TOKEN = "/v2/oauth/token/"
REVOKE = "/v2/oauth/revoke/"
LIST = "/v2/video/list/"
QUERY = "/v2/video/query/"
JSON = {"Content-Type": "application/json; charset=UTF-8"}
APP = {"client_key": CLIENT_KEY, "client_secret": CLIENT_SECRET}
VERIFIER = "v" * 64
REDIRECT = "http://127.0.0.1:8765/callback/"
VIDEO = b"eight seconds of rain"
MB = 1_000_000


class Clock(Protocol):
    def __call__(self) -> datetime: ...
    def advance(self, **units: float) -> None: ...


@pytest.fixture
def sim(clock: Clock) -> TikTokSimulator:
    return TikTokSimulator(clock=clock)


@pytest.fixture
def line(sim: TikTokSimulator) -> Iterator[httpx.Client]:
    with httpx.Client(transport=Transport(sim.handle)) as client:
        yield client


@pytest.fixture
def tiktok(sim: TikTokSimulator) -> Iterator[httpx.Client]:
    with client_of(sim) as client:
        yield client


def client_of(sim: TikTokSimulator, open_id: str = "miyuki", **more: Any) -> httpx.Client:
    access, _ = sim.issue_token(open_id=open_id, **more)
    headers = {"Authorization": f"Bearer {access}"}
    return httpx.Client(base_url=API, headers=headers, transport=Transport(sim.handle))


def data(answer: httpx.Response) -> Any:
    body = answer.json()
    assert (answer.status_code, body["error"]["code"]) == (200, "ok"), answer.text
    assert body["error"]["log_id"].startswith("2026")
    return body["data"]


def refused(answer: httpx.Response) -> tuple[int, str]:
    error = answer.json()["error"]
    assert error["log_id"]
    assert error["message"]
    return answer.status_code, error["code"]


def creator(tiktok: httpx.Client) -> httpx.Response:
    return tiktok.post(CREATOR, headers=JSON)


def source(size: int = len(VIDEO), chunk: int = 0, count: int = 1) -> dict[str, object]:
    return {
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk or size,
        "total_chunk_count": count,
    }


def order(info: dict[str, object] | None = None, **changes: object) -> dict[str, object]:
    post_info = {
        "title": "Rain on a neon street #aivideo",
        "privacy_level": "PUBLIC_TO_EVERYONE",
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": True,
    }
    return {"post_info": post_info | (info or {}), "source_info": source()} | changes


def begin(tiktok: httpx.Client, **changes: object) -> Any:
    return data(tiktok.post(INIT, json=order(changes)))


def put(
    line: httpx.Client, url: str, content: bytes = VIDEO, first: int = 0, total: int = 0
) -> httpx.Response:
    headers = {
        "Content-Type": "video/mp4",
        "Content-Range": f"bytes {first}-{first + len(content) - 1}/{total or len(content)}",
    }
    return line.put(url, content=content, headers=headers)


def published(tiktok: httpx.Client, line: httpx.Client, **changes: object) -> str:
    begun = begin(tiktok, **changes)
    assert put(line, begun["upload_url"]).status_code == 201
    return str(begun["publish_id"])


def status(tiktok: httpx.Client, publish_id: str) -> Any:
    return data(tiktok.post(STATUS, json={"publish_id": publish_id}))


def consent(line: httpx.Client, **changes: str) -> dict[str, str]:
    asked = {
        "client_key": CLIENT_KEY,
        "response_type": "code",
        "scope": "user.info.basic,video.publish",
        "redirect_uri": REDIRECT,
        "state": "s-1",
        "code_challenge": hashlib.sha256(VERIFIER.encode()).hexdigest(),
        "code_challenge_method": "S256",
    }
    answer = line.get(PAGE, params=asked | changes)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def exchange(line: httpx.Client, code: str, **changes: str) -> Any:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    sent = APP | form | {"code_verifier": VERIFIER} | changes
    return line.post(f"{API}{TOKEN}", data=sent).json()


def refresh(line: httpx.Client, token: str) -> Any:
    form = APP | {"grant_type": "refresh_token", "refresh_token": token}
    return line.post(f"{API}{TOKEN}", data=form).json()


def mp4(seconds: int) -> bytes:
    return (
        b"ftyp....moov....mvhd" + struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + b"." * 80
    )


def test_a_login_with_a_hex_challenge_gives_a_pair(line: httpx.Client) -> None:
    back = consent(line)
    assert (back["state"], back["scopes"]) == ("s-1", "user.info.basic,video.publish")
    assert "*0!" in back["code"]
    pair = exchange(line, back["code"])
    assert (pair["open_id"], pair["token_type"]) == ("open-id-1", "Bearer")
    assert (pair["expires_in"], pair["refresh_expires_in"]) == (7200, 15_552_000)
    headers = JSON | {"Authorization": f"Bearer {pair['access_token']}"}
    assert data(line.post(f"{API}{CREATOR}", headers=headers))["creator_username"] == "open.id.1"
    assert exchange(line, back["code"])["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "user.info.basic video.publish"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_wish_for_consent_comes_back_as_an_error(
    line: httpx.Client, change: dict[str, str], error: str
) -> None:
    back = consent(line, **change)
    assert (back["error"], back["state"]) == (error, "s-1")
    assert "code" not in back


@pytest.mark.parametrize(
    "where",
    [
        "https://example.org/callback/",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1:8765/callback/?next=1",
        "http://localhost:99999999/",
    ],
)
def test_a_strange_redirect_is_never_followed(line: httpx.Client, where: str) -> None:
    asked = {"client_key": CLIENT_KEY, "redirect_uri": where}
    assert line.get(PAGE, params=asked).status_code == 400
    assert line.get(PAGE.rstrip("/"), params=asked).status_code == 404


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8765/other/"}, "invalid_grant"),
        ({"client_secret": "guessed"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused_flat(
    line: httpx.Client, change: dict[str, str], error: str
) -> None:
    answer = exchange(line, consent(line)["code"], **change)
    assert answer["error"] == error
    assert answer["log_id"]
    assert "access_token" not in answer


def test_a_code_runs_out_and_a_token_call_is_a_form(line: httpx.Client, clock: Clock) -> None:
    code = consent(line)["code"]
    clock.advance(minutes=10)
    assert exchange(line, code)["error"] == "invalid_grant"
    answer = line.post(f"{API}{TOKEN}", json=APP | {"grant_type": "refresh_token"})
    assert answer.json()["error"] == "invalid_request"


def test_a_refresh_rotates_and_the_old_token_is_dead(
    sim: TikTokSimulator, line: httpx.Client
) -> None:
    _, old = sim.issue_token(open_id="miyuki")
    pair = refresh(line, old)
    assert pair["open_id"] == "miyuki"
    assert refresh(line, old)["error"] == "invalid_grant"
    assert refresh(line, pair["refresh_token"])["access_token"].startswith("act.")


def test_tokens_run_out_by_the_clock(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    _, token = sim.issue_token()
    clock.advance(seconds=7199)
    assert creator(tiktok).is_success
    clock.advance(seconds=1)
    assert refused(creator(tiktok)) == (401, "access_token_invalid")
    clock.advance(days=180)
    assert refresh(line, token)["error"] == "invalid_grant"


def test_revoking_ends_both_tokens(sim: TikTokSimulator, line: httpx.Client) -> None:
    access, token = sim.issue_token()
    assert line.post(f"{API}{REVOKE}", data=APP | {"token": access}).json() == {}
    headers = JSON | {"Authorization": f"Bearer {access}"}
    answer = line.post(f"{API}{CREATOR}", headers=headers)
    assert refused(answer) == (401, "access_token_invalid")
    assert refresh(line, token)["error"] == "invalid_grant"


def test_a_person_may_decline_a_scope(sim: TikTokSimulator, line: httpx.Client) -> None:
    sim.sign_in("hana")
    sim.change_creator("hana", declines=frozenset({"video.publish"}))
    back = consent(line, scope="video.publish,video.upload")
    assert back["scopes"] == "user.info.basic,video.upload"
    pair = exchange(line, back["code"])
    assert (pair["open_id"], pair["scope"]) == ("hana", back["scopes"])


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        (CREATOR, "video.publish"),
        (INIT, "video.publish"),
        (INBOX, "video.upload"),
        (LIST, "video.list"),
        (QUERY, "video.list"),
    ],
)
def test_every_call_needs_its_scope(sim: TikTokSimulator, path: str, needed: str) -> None:
    others = [scope for scope in SCOPES if scope != needed]
    with client_of(sim, scopes=others) as tiktok:
        assert refused(tiktok.post(path, json={})) == (401, "scope_not_authorized")


def test_creator_info_follows_the_account(sim: TikTokSimulator, tiktok: httpx.Client) -> None:
    info = data(creator(tiktok))
    assert info["privacy_level_options"][0] == "PUBLIC_TO_EVERYONE"
    assert (info["duet_disabled"], info["max_video_post_duration_sec"]) == (False, 600)
    sim.change_creator("miyuki", private=True, comment_disabled=True)
    info = data(creator(tiktok))
    assert info["privacy_level_options"][0] == "FOLLOWER_OF_CREATOR"
    assert [info[f"{act}_disabled"] for act in ("comment", "duet", "stitch")] == [True] * 3
    assert refused(tiktok.post(CREATOR)) == (400, "invalid_params")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("banned", "spam_risk_user_banned_from_posting"),
        ("spam", "spam_risk_too_many_posts"),
        ("no-creator", "reached_active_user_cap"),
    ],
)
def test_creator_info_refuses_with_status_200(
    sim: TikTokSimulator, tiktok: httpx.Client, fault: str, code: str
) -> None:
    sim.misbehave(fault, at="creator_info")
    assert refused(creator(tiktok)) == (200, code)
    assert data(creator(tiktok))


def test_a_video_goes_from_init_to_a_late_public_id(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    begun = begin(tiktok, video_cover_timestamp_ms=1500, disable_duet=True)
    publish_id = begun["publish_id"]
    assert publish_id.startswith("v_pub_file~")
    assert begun["upload_url"].startswith("https://open-upload.tiktokapis.com/video/?upload_id=")
    assert status(tiktok, publish_id) == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}
    answer = put(line, begun["upload_url"])
    assert answer.status_code == 201
    assert answer.headers["content-range"] == f"bytes 0-{len(VIDEO) - 1}/{len(VIDEO)}"
    assert status(tiktok, publish_id)["status"] == "PROCESSING_UPLOAD"
    assert sim.posts == []
    clock.advance(seconds=3)
    done = status(tiktok, publish_id)
    assert (done["status"], done["publicaly_available_post_id"]) == ("PUBLISH_COMPLETE", [])
    clock.advance(seconds=3)
    (number,) = status(tiktok, publish_id)["publicaly_available_post_id"]
    (post,) = sim.posts
    assert (post.post_id, len(post.post_id)) == (str(number), 19)
    assert int(float(number)) != number
    assert (post.sha256, post.size) == (hashlib.sha256(VIDEO).hexdigest(), len(VIDEO))
    assert (post.mode, post.open_id, post.publish_id) == ("direct", "miyuki", publish_id)
    assert (post.title, post.is_aigc) == ("Rain on a neon street #aivideo", True)
    assert (post.disable_duet, post.disable_stitch) == (True, False)
    assert (post.video_cover_timestamp_ms, sim.violations) == (1500, [])


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"privacy_level": "EVERYONE"}, (400, "invalid_params")),
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, (403, "privacy_level_option_mismatch")),
        ({"title": "💿" * 1101}, (400, "invalid_params")),
        ({"is_aigc": "true"}, (400, "invalid_params")),
        ({"brand_organic_toggle": None}, (400, "invalid_params")),
        ({"location": "Tokyo"}, (400, "invalid_params")),
        ({"brand_content_toggle": True, "privacy_level": "SELF_ONLY"}, (400, "invalid_params")),
        ({"video_cover_timestamp_ms": 1.5}, (400, "invalid_params")),
    ],
)
def test_a_wrong_post_info_is_refused(
    sim: TikTokSimulator, tiktok: httpx.Client, change: dict[str, object], answer: tuple[int, str]
) -> None:
    assert refused(tiktok.post(INIT, json=order(change))) == answer
    assert sim.violations == []


def test_captions_are_counted_in_utf16_and_covers_fall_back(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    published(tiktok, line, title="💿" * 1100, video_cover_timestamp_ms=-1)
    clock.advance(seconds=3)
    assert sim.posts[0].video_cover_timestamp_ms == 0


def test_what_the_account_forbids_stays_forbidden(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    sim.change_creator("miyuki", private=True)
    published(tiktok, line, privacy_level="SELF_ONLY", disable_duet=False)
    clock.advance(seconds=3)
    (post,) = sim.posts
    assert (post.disable_comment, post.disable_duet, post.disable_stitch) == (False, True, True)


def test_a_post_without_the_label_is_taken_and_written_down(
    sim: TikTokSimulator, tiktok: httpx.Client
) -> None:
    begin(tiktok, is_aigc=False)
    assert "is_aigc" in sim.violations[0]


@pytest.mark.parametrize(
    ("size", "chunk", "count", "fits"),
    [
        (4 * MB, 4 * MB, 1, True),
        (64 * MB, 64 * MB, 1, True),
        (64 * MB + 1, 64 * MB + 1, 1, False),
        (93_500_500, 10 * MB, 9, True),
        (93_500_500, 10 * MB, 10, False),
        (15 * MB, 10 * MB, 1, False),
        (8 * MB, 4 * MB, 2, False),
        (127 * MB, 64 * MB, 1, False),
        (4_000_000_001, 10 * MB, 400, False),
    ],
)
def test_chunks_are_planned_by_the_floor(
    tiktok: httpx.Client, size: int, chunk: int, count: int, fits: bool
) -> None:
    body = order(source_info=source(size, chunk, count))
    answer = tiktok.post(INIT, json=body)
    assert answer.is_success == fits
    assert fits or refused(answer) == (400, "invalid_params")


def test_chunks_come_in_order_and_416_says_how_far_it_got(
    tiktok: httpx.Client, line: httpx.Client
) -> None:
    size = 11 * MB
    body = order(source_info=source(size, 5 * MB, 2))
    url = data(tiktok.post(INIT, json=body))["upload_url"]
    one, two = b"1" * (5 * MB), b"2" * (6 * MB)
    assert put(line, url, two, first=5 * MB, total=size).status_code == 416
    assert put(line, url, one[:-1], total=size).status_code == 400
    assert put(line, url, one, total=size + 1).status_code == 400
    assert put(line, url, one, total=size).status_code == 206
    again = put(line, url, one, total=size)
    assert again.status_code == 416
    assert again.headers["content-range"] == f"bytes 0-{5 * MB - 1}/{size}"
    assert put(line, url, two, first=5 * MB, total=size).status_code == 201
    assert put(line, url, two, first=5 * MB, total=size).status_code == 416


def test_an_upload_wants_its_headers_and_never_the_token(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client
) -> None:
    url = begin(tiktok)["upload_url"]
    assert line.put(url, content=VIDEO, headers={"Content-Type": "video/mp4"}).status_code == 400
    span = {"Content-Range": f"bytes 0-{len(VIDEO) - 1}/{len(VIDEO)}"}
    for kind in ("application/octet-stream", "text/plain"):
        headers = span | {"Content-Type": kind}
        assert line.put(url, content=VIDEO, headers=headers).status_code == 400
    assert put(line, f"{url}0").status_code == 404
    assert sim.violations == []
    assert put(tiktok, url).status_code == 201
    assert "access token" in sim.violations[0]


def test_an_upload_url_lives_for_an_hour(
    tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    begun = begin(tiktok)
    clock.advance(hours=1)
    assert put(line, begun["upload_url"]).status_code == 403
    assert status(tiktok, begun["publish_id"])["status"] == "PROCESSING_UPLOAD"


def test_two_inits_make_two_posts(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    first, second = published(tiktok, line), published(tiktok, line)
    clock.advance(seconds=3)
    assert [post.publish_id for post in sim.posts] == [first, second]
    assert sim.posts[0].sha256 == sim.posts[1].sha256
    assert sim.posts[0].post_id != sim.posts[1].post_id


def test_a_private_post_never_gets_a_public_id(
    tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    publish_id = published(tiktok, line, privacy_level="SELF_ONLY")
    clock.advance(hours=1)
    told = status(tiktok, publish_id)
    assert told == {"status": "PUBLISH_COMPLETE", "uploaded_bytes": len(VIDEO)}


def test_an_unaudited_app_posts_in_private_only(
    clock: Clock,
) -> None:
    sim = TikTokSimulator(clock=clock, audited=False)
    code = "unaudited_client_can_only_post_to_private_accounts"
    with client_of(sim) as tiktok:
        body = order({"privacy_level": "SELF_ONLY"})
        assert refused(tiktok.post(INIT, json=body)) == (403, code)
        assert data(tiktok.post(INBOX, json={"source_info": source()}))["upload_url"]
        sim.change_creator("miyuki", private=True)
        followers = order({"privacy_level": "FOLLOWER_OF_CREATOR"})
        assert refused(tiktok.post(INIT, json=followers)) == (403, code)
        assert data(tiktok.post(INIT, json=body))["upload_url"]


def test_an_unaudited_app_has_five_creators_a_day(clock: Clock) -> None:
    sim = TikTokSimulator(clock=clock, audited=False)
    for number in range(6):
        sim.change_creator(f"c{number}", private=True)
        with client_of(sim, f"c{number}") as tiktok:
            answer = tiktok.post(INIT, json=order({"privacy_level": "SELF_ONLY"}))
            assert answer.is_success == (number < 5)
            if number == 5:
                assert refused(answer) == (403, "reached_active_user_cap")
                assert refused(creator(tiktok)) == (200, "reached_active_user_cap")


def test_six_inits_a_minute_and_fifteen_posts_a_day(tiktok: httpx.Client, clock: Clock) -> None:
    for number in range(15):
        begin(tiktok)
        if number == 5:
            assert refused(tiktok.post(INIT, json=order())) == (429, "rate_limit_exceeded")
        clock.advance(seconds=60 if number % 6 == 5 else 0)
    clock.advance(seconds=60)
    assert refused(tiktok.post(INIT, json=order())) == (403, "spam_risk_too_many_posts")
    assert refused(creator(tiktok)) == (200, "spam_risk_too_many_posts")


def test_status_and_creator_info_have_their_own_limits(tiktok: httpx.Client, clock: Clock) -> None:
    publish_id = begin(tiktok)["publish_id"]
    for _ in range(30):
        status(tiktok, publish_id)
    answer = tiktok.post(STATUS, json={"publish_id": publish_id})
    assert refused(answer) == (429, "rate_limit_exceeded")
    assert [creator(tiktok).status_code for _ in range(21)] == [200] * 20 + [429]
    clock.advance(seconds=60)
    assert status(tiktok, publish_id)
    assert creator(tiktok).is_success


def test_a_draft_ends_in_the_inbox_and_five_may_wait(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    drafts = [data(tiktok.post(INBOX, json={"source_info": source()})) for _ in range(5)]
    answer = tiktok.post(INBOX, json={"source_info": source()})
    assert refused(answer) == (403, "spam_risk_too_many_pending_share")
    put(line, drafts[0]["upload_url"])
    clock.advance(seconds=3)
    draft_id = drafts[0]["publish_id"]
    assert draft_id.startswith("v_inbox_file~")
    assert status(tiktok, draft_id)["status"] == "SEND_TO_USER_INBOX"
    (draft,) = sim.posts
    assert (draft.mode, draft.post_id, draft.privacy_level) == ("inbox", "", "")
    clock.advance(seconds=60)
    sim.finish_draft(draft_id, title="mine")
    assert status(tiktok, draft_id)["status"] == "PUBLISH_COMPLETE"
    assert tiktok.post(INBOX, json={"source_info": source()}).is_success
    answer = tiktok.post(INBOX, json=order())
    assert refused(answer) == (400, "invalid_params")
    with pytest.raises(ValueError, match="no draft"):
        sim.finish_draft(drafts[1]["publish_id"])


def test_a_pulled_video_wants_a_verified_address_and_can_be_cancelled(
    sim: TikTokSimulator, tiktok: httpx.Client, clock: Clock
) -> None:
    sim.verify_url("example.org")
    for url, answer in (
        ("https://elsewhere.example.com/a.mp4", (403, "url_ownership_unverified")),
        ("http://cdn.example.org/a.mp4", (400, "invalid_params")),
    ):
        body = order(source_info={"source": "PULL_FROM_URL", "video_url": url})
        assert refused(tiktok.post(INIT, json=body)) == answer
    pull = {"source": "PULL_FROM_URL", "video_url": "https://cdn.example.org/a.mp4"}
    kept, dropped = (data(tiktok.post(INIT, json=order(source_info=pull))) for _ in range(2))
    assert list(kept) == ["publish_id"]
    assert status(tiktok, kept["publish_id"])["status"] == "PROCESSING_DOWNLOAD"
    assert data(tiktok.post(CANCEL, json=dropped)) == {}
    ended = status(tiktok, dropped["publish_id"])
    assert (ended["status"], ended["fail_reason"]) == ("FAILED", "publish_cancelled")
    clock.advance(seconds=3)
    assert status(tiktok, kept["publish_id"])["status"] == "PUBLISH_COMPLETE"
    assert refused(tiktok.post(CANCEL, json=kept)) == (400, "publish_not_cancellable")
    assert [(post.publish_id, post.sha256) for post in sim.posts] == [(kept["publish_id"], "")]


def test_an_upload_cannot_be_cancelled_nor_seen_by_others(
    sim: TikTokSimulator, tiktok: httpx.Client
) -> None:
    asked = {"publish_id": begin(tiktok)["publish_id"]}
    assert refused(tiktok.post(CANCEL, json=asked)) == (400, "publish_not_cancellable")
    unknown = tiktok.post(STATUS, json={"publish_id": "v_pub_file~v2-1.1"})
    assert refused(unknown) == (400, "invalid_publish_id")
    with client_of(sim, "hana") as other:
        code = "token_not_authorized_for_specified_publish_id"
        assert refused(other.post(STATUS, json=asked)) == (400, code)


def test_a_video_too_long_for_its_creator_fails_after_the_upload(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    sim.change_creator("miyuki", max_video_post_duration_sec=60)
    for seconds in (61, 60):
        video = mp4(seconds)
        body = order(source_info=source(len(video)))
        begun = data(tiktok.post(INIT, json=body))
        assert put(line, begun["upload_url"], video).status_code == 201
        clock.advance(seconds=3)
        told = status(tiktok, begun["publish_id"])
        assert told.get("fail_reason") == ("duration_check_failed" if seconds == 61 else None)
    assert len(sim.posts) == 1


def test_public_videos_are_listed_newest_first_in_pages(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    for title in ("one", "two " + "x" * 200, "three"):
        published(tiktok, line, title=title)
        clock.advance(seconds=10)
    published(tiktok, line, privacy_level="SELF_ONLY")
    clock.advance(minutes=24)
    asked = {"fields": "id,title,create_time,view_count,like_count"}
    page = data(tiktok.post(LIST, params=asked, json={"max_count": 2}))
    assert [len(video["title"]) for video in page["videos"]] == [5, 150]
    assert page["has_more"]
    assert page["videos"][0]["create_time"] == int(sim.posts[2].at.timestamp())
    assert page["videos"][0]["view_count"] > page["videos"][0]["like_count"] >= 0
    rest = data(tiktok.post(LIST, params=asked, json={"cursor": page["cursor"]}))
    assert [video["title"] for video in rest["videos"]] == ["one"]
    assert not rest["has_more"]


def test_numbers_only_grow_and_a_multiplier_lifts_them(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    published(tiktok, line)
    clock.advance(seconds=6)
    (post,) = sim.posts
    names = ("view_count", "like_count", "comment_count", "share_count")
    query = {"fields": ",".join(names)}
    asked = {"filters": {"video_ids": [post.post_id]}}

    def counts() -> tuple[int, ...]:
        (video,) = data(tiktok.post(QUERY, params=query, json=asked))["videos"]
        return tuple(video[name] for name in names)

    read = [counts()]
    for _ in range(10):
        clock.advance(minutes=10)
        read.append(counts())
    for number in zip(*read, strict=True):
        assert all(before <= after for before, after in pairwise(number))
    assert read[0][0] < read[-1][0]
    sim.boost(post.post_id, 3)
    assert read[-1][0] * 3 <= counts()[0] <= read[-1][0] * 3 + 2
    with pytest.raises(ValueError, match="above 0"):
        sim.boost(post.post_id, 0)
    asked["filters"]["video_ids"] = [str(number) for number in range(21)]
    assert tiktok.post(QUERY, params=query, json=asked).status_code == 400


def test_only_own_public_videos_can_be_asked_for(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    published(tiktok, line)
    published(tiktok, line, privacy_level="SELF_ONLY")
    clock.advance(seconds=6)
    filters = {"filters": {"video_ids": [post.post_id for post in sim.posts]}}
    found = data(tiktok.post(QUERY, params={"fields": "id,share_url"}, json=filters))["videos"]
    (post, _) = sim.posts
    url = f"https://www.tiktok.com/@miyuki/video/{post.post_id}"
    assert found == [{"id": post.post_id, "share_url": url}]
    for params in ({}, {"fields": "id,saves"}):
        assert refused(tiktok.post(QUERY, params=params, json=filters)) == (400, "invalid_params")
    many = {"filters": {"video_ids": ["1"] * 21}}
    answer = tiktok.post(QUERY, params={"fields": "id"}, json=many)
    assert refused(answer) == (400, "invalid_params")
    with client_of(sim, "hana") as other:
        assert data(other.post(QUERY, params={"fields": "id"}, json=filters)) == {"videos": []}


def test_user_fields_need_their_scopes(sim: TikTokSimulator, tiktok: httpx.Client) -> None:
    asked = {"fields": "open_id,username,video_count"}
    user = data(tiktok.get("/v2/user/info/", params=asked))["user"]
    assert user == {"open_id": "miyuki", "username": "miyuki", "video_count": 0}
    with client_of(sim, scopes=["user.info.basic"]) as basic:
        answer = basic.get("/v2/user/info/", params=asked)
        assert refused(answer) == (401, "scope_permission_missed")


def test_a_wrong_host_or_path_is_a_page(tiktok: httpx.Client, line: httpx.Client) -> None:
    for answer in (
        tiktok.post(INIT.rstrip("/"), json=order()),
        tiktok.get(INIT),
        line.post(f"https://www.tiktok.com{INIT}", json=order()),
        line.get(f"{API}/v2/auth/authorize/"),
    ):
        assert (answer.status_code, answer.headers["content-type"][:9]) == (404, "text/html")


def test_a_secret_in_an_address_is_written_down(sim: TikTokSimulator, line: httpx.Client) -> None:
    consent(line, client_secret=CLIENT_SECRET)
    line.post(f"{API}{TOKEN}", params=APP, data=APP)
    assert [("secret" in violation) for violation in sim.violations] == [True, True]


def test_a_banned_creator_can_neither_post_nor_draft(
    sim: TikTokSimulator, tiktok: httpx.Client
) -> None:
    sim.change_creator("miyuki", banned=True)
    answers = [tiktok.post(INIT, json=order())]
    answers.append(tiktok.post(INBOX, json={"source_info": source()}))
    assert {refused(one) for one in answers} == {(403, "spam_risk_user_banned_from_posting")}


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
def test_a_body_is_a_json_object(tiktok: httpx.Client, body: bytes) -> None:
    answer = tiktok.post(INIT, content=body, headers=JSON)
    assert refused(answer) == (400, "invalid_params")


def test_a_prefix_is_verified_exactly(sim: TikTokSimulator, tiktok: httpx.Client) -> None:
    sim.verify_url("https://cdn.example.org/elite8/")
    for folder, fits in (("elite8", True), ("others", False)):
        url = f"https://cdn.example.org/{folder}/a.mp4"
        body = {"source_info": {"source": "PULL_FROM_URL", "video_url": url}}
        assert tiktok.post(INBOX, json=body).is_success == fits


@pytest.mark.parametrize("path", [TOKEN, REVOKE])
def test_login_calls_break_in_their_own_shape(
    sim: TikTokSimulator, line: httpx.Client, path: str
) -> None:
    sim.misbehave("500", at="oauth")
    answer = line.post(f"{API}{path}", data=APP)
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
    assert line.post(f"{API}{path}", data=APP).json()["error"]


def test_an_unknown_fault_names_the_known(sim: TikTokSimulator) -> None:
    with pytest.raises(ValueError, match="rotated-lost"):
        sim.misbehave("earthquake")
    with pytest.raises(ValueError, match="at least once"):
        sim.misbehave("spam", times=0)
    assert len(FAULTS) == 17


@pytest.mark.parametrize("fault", ["lost-before", "lost-after"])
def test_a_lost_upload_was_accepted_or_not(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock, fault: str
) -> None:
    accepted = fault == "lost-after"
    begun = begin(tiktok)
    sim.misbehave(fault, at="/video/")
    with pytest.raises(httpx.ReadError):
        put(line, begun["upload_url"])
    clock.advance(seconds=3)
    assert len(sim.posts) == accepted
    assert status(tiktok, begun["publish_id"])["uploaded_bytes"] == accepted * len(VIDEO)
    assert put(line, begun["upload_url"]).status_code == (416 if accepted else 201)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        ("429", 429, "rate_limit_exceeded"),
        ("500", 500, "internal_error"),
        ("html", 200, "<html>"),
        ("banned", 403, "spam_risk_user_banned_from_posting"),
        ("spam", 403, "spam_risk_too_many_posts"),
        ("token-expired", 401, "access_token_invalid"),
    ],
)
def test_a_wrong_answer_to_an_init_begins_nothing(
    sim: TikTokSimulator, tiktok: httpx.Client, fault: str, code: int, told: str
) -> None:
    sim.misbehave(fault, at="video/init", times=1)
    answer = tiktok.post(INIT, json=order())
    assert answer.status_code == code
    assert told in answer.text
    with client_of(sim) as fresh:
        assert begin(fresh)["publish_id"].endswith("0001")


def test_an_expired_token_stays_dead_and_a_refresh_helps(
    sim: TikTokSimulator, line: httpx.Client
) -> None:
    access, token = sim.issue_token()
    sim.misbehave("token-expired")
    for _ in range(2):
        headers = JSON | {"Authorization": f"Bearer {access}"}
        assert line.post(f"{API}{CREATOR}", headers=headers).status_code == 401
    headers = JSON | {"Authorization": f"Bearer {refresh(line, token)['access_token']}"}
    assert data(line.post(f"{API}{CREATOR}", headers=headers))


def test_a_refused_refresh_is_final_and_a_lost_one_had_rotated(
    sim: TikTokSimulator, line: httpx.Client
) -> None:
    _, one = sim.issue_token()
    sim.misbehave("invalid-grant")
    assert [refresh(line, one)["error"] for _ in range(2)] == ["invalid_grant"] * 2
    _, two = sim.issue_token()
    sim.misbehave("rotated-lost")
    with pytest.raises(httpx.ReadError):
        refresh(line, two)
    assert refresh(line, two)["error"] == "invalid_grant"


@pytest.mark.parametrize("at", ["spam_risk_text", "internal", "", "video/init"])
def test_a_failed_video_says_why_and_does_not_exist(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock, at: str
) -> None:
    reason = at if at in FAIL_REASONS else "file_format_check_failed"
    sim.misbehave("processing-failed", at=at)
    failed, fine = published(tiktok, line), published(tiktok, line)
    clock.advance(seconds=3)
    told = status(tiktok, failed)
    assert (told["status"], told["fail_reason"]) == ("FAILED", reason)
    assert [post.publish_id for post in sim.posts] == [fine]


def test_a_stuck_video_is_never_done(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    sim.misbehave("processing-stuck")
    publish_id = published(tiktok, line)
    clock.advance(minutes=90)
    assert status(tiktok, publish_id)["status"] == "PROCESSING_UPLOAD"
    assert sim.posts == []


def test_half_a_chunk_does_not_count_and_can_be_sent_again(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client
) -> None:
    sim.misbehave("cut-upload")
    begun = begin(tiktok)
    with pytest.raises(httpx.ReadError):
        put(line, begun["upload_url"])
    assert status(tiktok, begun["publish_id"])["uploaded_bytes"] == 0
    assert put(line, begun["upload_url"]).status_code == 201


def test_an_upload_url_can_run_out_early(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client
) -> None:
    sim.misbehave("upload-expired")
    url = begin(tiktok)["upload_url"]
    assert [put(line, url).status_code for _ in range(2)] == [403, 403]


def test_a_public_id_can_come_a_minute_late(
    sim: TikTokSimulator, tiktok: httpx.Client, line: httpx.Client, clock: Clock
) -> None:
    sim.misbehave("late-visibility")
    publish_id = published(tiktok, line)
    clock.advance(seconds=62)
    assert status(tiktok, publish_id)["publicaly_available_post_id"] == []
    assert data(tiktok.post(LIST, params={"fields": "id"}, json={}))["videos"] == []
    clock.advance(seconds=1)
    assert len(status(tiktok, publish_id)["publicaly_available_post_id"]) == 1
    assert len(data(tiktok.post(LIST, params={"fields": "id"}, json={}))["videos"]) == 1


def test_of_two_refreshes_at_once_one_wins(sim: TikTokSimulator, line: httpx.Client) -> None:
    _, token = sim.issue_token()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refresh(line, token), range(8)))
    assert sorted("access_token" in answer for answer in answers) == [False] * 7 + [True]


@pytest.fixture
def served(sim: TikTokSimulator) -> Iterator[Callable[[], httpx.Client]]:
    access, _ = sim.issue_token(open_id="miyuki")
    with serve(sim.handle) as url:
        sim.base_url = url
        headers = {"Authorization": f"Bearer {access}"}
        yield lambda: httpx.Client(base_url=url, headers=headers, trust_env=False)


@pytest.mark.enable_socket
def test_over_loopback_everything_lies_under_one_address(
    served: Callable[[], httpx.Client], sim: TikTokSimulator, clock: Clock
) -> None:
    with served() as tiktok, httpx.Client(trust_env=False) as line:
        begun = begin(tiktok)
        assert begun["upload_url"].startswith(f"{sim.base_url}/video/?")
        assert put(line, begun["upload_url"]).status_code == 201
        clock.advance(seconds=6)
        assert status(tiktok, begun["publish_id"])["publicaly_available_post_id"]
        form = {"client_key": CLIENT_KEY, "redirect_uri": REDIRECT}
        assert line.get(f"{sim.base_url}/v2/auth/authorize/", params=form).status_code == 302
    assert sim.violations == []


@pytest.mark.enable_socket
def test_over_loopback_another_program_can_look_and_interfere(
    served: Callable[[], httpx.Client], clock: Clock
) -> None:
    with served() as tiktok:
        fault = {"fault": "lost-after", "at": "init", "times": 1}
        assert tiktok.post("/_simulator/misbehave", json=fault).is_success
        wishes: list[object] = [{"fault": "?"}, {}, [], None, {"fault": "429", "times": 0}]
        for wish in wishes:
            assert tiktok.post("/_simulator/misbehave", json=wish).status_code == 400
        assert tiktok.get("/_simulator/misbehave").status_code == 404
        with pytest.raises(httpx.RemoteProtocolError):
            tiktok.post(INIT, json=order())
        put(tiktok, begin(tiktok)["upload_url"])
        clock.advance(seconds=3)
        seen = tiktok.get("/_simulator/seen").json()
    assert [(post["title"][:4], post["size"]) for post in seen["posts"]] == [("Rain", len(VIDEO))]
    assert seen["posts"][0]["at"] == "2026-11-23T09:00:03+00:00"
    assert len(seen["violations"]) == 1
