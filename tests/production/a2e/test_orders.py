import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
import stamina
from pydantic import SecretStr

from elite8.core.domain.job import LONGEST_NAME, Family
from elite8.core.production import a2e
from elite8.core.production.a2e import A2E, Order, orders
from elite8.core.production.a2e.orders import FORBIDDEN_FIELDS, FORBIDDEN_PATHS, ROUTES

SOURCES = sorted((Path(__file__).parents[3] / "elite8").rglob("*.py"))
AUDIO, IMAGE = "https://x.makefun.ai/a.mp3", "https://x.makefun.ai/a.png"
OWN = a2e.avatar_video(avatar_id="66a0", own=True, audio_url=AUDIO)
SYSTEM = a2e.avatar_video(avatar_id="66a0", own=False, audio_url=AUDIO, height=720)
FILMS = tuple(
    a2e.image_video(image_url=IMAGE, prompt="p", seconds=seconds) for seconds in (5, 10, 15, 20)
)
PICTURE = a2e.picture(prompt="p")
AVATARS = tuple(a2e.avatar(image_url=IMAGE, build=build) for build in ("woman", "man"))
EVERY_ORDER = (OWN, SYSTEM, *FILMS, PICTURE, *AVATARS)

EXACT: list[tuple[Order, str, dict[str, object]]] = [
    (
        OWN,
        "/api/v1/video/generate",
        {
            "title": "e8-1",
            "anchor_id": "66a0",
            "anchor_type": 1,
            "audioSrc": AUDIO,
            "resolution": 1080,
            "isSkipRs": True,
            "isCaptionEnabled": False,
        },
    ),
    (
        FILMS[1],
        "/api/v1/userImage2Video/start",
        {
            "name": "e8-1",
            "image_url": IMAGE,
            "prompt": "p",
            "negative_prompt": "blurry, extra limbs, text, watermark",
            "model_type": "GENERAL",
            "model_version": "a2e",
            "video_time": 10,
            "number_of_images": 1,
            "extend_prompt": False,
            "skip_face_enhance": False,
        },
    ),
    (
        PICTURE,
        "/api/v1/userText2Image/start",
        {
            "name": "e8-1",
            "prompt": "p",
            "width": 720,
            "height": 1280,
            "model_type": "a2e",
            "max_images": 1,
            "skip_face_enhance": False,
        },
    ),
    (
        AVATARS[0],
        "/api/v1/userVideoTwin/startTraining",
        {"name": "e8-1", "image_url": IMAGE, "gender": "female"},
    ),
    (
        AVATARS[1],
        "/api/v1/userVideoTwin/startTraining",
        {"name": "e8-1", "image_url": IMAGE, "gender": "male"},
    ),
]


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=4, cap=True)
    yield
    stamina.set_testing(False)


def replying(data: object, seen: list[httpx.Request], status: int = 200) -> A2E:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        text = json.dumps({"code": 0 if status == 200 else status, "data": data, "trace_id": "T"})
        return httpx.Response(status, text=text)

    return A2E(
        "https://video.a2e.ai",
        SecretStr("sk_a.b-c"),
        hosts=("makefun.ai",),
        transport=httpx.MockTransport(answer),
    )


def every_key(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from every_key(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from every_key(inner)


@pytest.mark.parametrize(("order", "path", "body"), EXACT)
def test_exactly_this_goes_over_the_wire(order: Order, path: str, body: dict[str, object]) -> None:
    seen: list[httpx.Request] = []
    replying({"_id": "1"}, seen).start(order, "e8-1")
    (request,) = seen
    assert (request.method, request.url.path, request.url.query) == ("POST", path, b"")
    assert json.loads(request.content) == body


def test_a_system_avatar_is_told_from_an_own_one() -> None:
    assert (SYSTEM.body["anchor_type"], SYSTEM.body["resolution"]) == (0, 720)


def test_every_family_has_a_route_and_an_order() -> None:
    assert set(ROUTES) == set(Family) == {order.family for order in EVERY_ORDER}


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_no_order_holds_a_forbidden_field_however_deep(order: Order) -> None:
    assert not FORBIDDEN_FIELDS & set(every_key(order.named("e8-1")))


def test_the_forbidden_fields_are_the_documented_ones() -> None:
    assert {"minor_suspected_skip", "isToPublicPool", "webhook_url", "webhook_token"} < (
        FORBIDDEN_FIELDS
    )


@pytest.mark.parametrize("field", sorted(FORBIDDEN_FIELDS))
def test_a_forbidden_field_is_stopped_before_it_is_sent(field: str) -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(ValueError, match=f"{field} is never sent"):
        replying({}, seen).start(Order(family=Family.PICTURE, body={field: True}), "e8-1")
    assert seen == []


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_name_of_forty_characters_is_the_longest(order: Order) -> None:
    seen: list[httpx.Request] = []
    assert LONGEST_NAME == 40
    assert "x" * 40 in order.named("x" * 40).values()
    with pytest.raises(ValueError, match="longer than 40"):
        replying({}, seen).start(order, "x" * 41)
    assert seen == []


@pytest.mark.parametrize("film", FILMS)
def test_a_film_is_one_and_its_prompt_stays_as_written(film: Order) -> None:
    assert film.body["number_of_images"] == 1
    assert film.body["extend_prompt"] is False


def test_a_picture_is_one() -> None:
    assert PICTURE.body["max_images"] == 1


@pytest.mark.parametrize("seconds", [-5, 0, 1, 6, 25])
def test_a_film_of_another_length_is_not_ordered(seconds: int) -> None:
    with pytest.raises(ValueError, match="none of"):
        a2e.image_video(image_url=IMAGE, prompt="p", seconds=seconds)


@pytest.mark.parametrize("path", sorted(FORBIDDEN_PATHS))
def test_no_module_of_ours_names_a_call_that_cannot_be_undone(path: str) -> None:
    own = Path(str(orders.__file__))
    named = [
        str(source)
        for source in SOURCES
        if "simulators" not in source.parts and path in source.read_text(encoding="utf-8")
    ]
    assert own in SOURCES
    assert named == [str(own)]


def test_no_route_is_a_forbidden_one() -> None:
    routes = " ".join(f"{route.start} {route.records}" for route in ROUTES.values())
    assert not [path for path in FORBIDDEN_PATHS if path in routes]


@pytest.mark.parametrize(
    ("data", "price"),
    [
        ({"coins": 30}, 30),
        ({"estimatedCost": 30.0}, 30),
        ({"coins": 0}, None),
        ({"credits": 30, "quote": {"totalPrice": 30}, "items": [{"amount": 30}]}, 30),
        ({"seconds": 10, "requiredCredits": 60, "generationRequestValidated": False}, 60),
        ({"coins": 30, "total": "30"}, 30),
        ({"coins": 30, "total": 45}, None),
        ({"items": [{"cost": 30}, {"cost": 60}]}, None),
        ({"coins": "30"}, None),
        ({"coins": "thirty"}, None),
        ({"coins": True}, None),
        ({"coins": None}, None),
        ({"coins": 30.5}, None),
        ({"seconds": 10}, None),
        ({}, None),
        ([], None),
        (None, None),
        ("thirty", None),
        (30, None),
    ],
)
def test_a_quote_is_the_one_number_that_speaks_of_money(data: object, price: int | None) -> None:
    assert replying(data, []).quote(PICTURE) == price


def test_a_quote_that_differs_by_a_fraction_is_no_single_number() -> None:
    assert replying({"coins": 30, "total": 30.5}, []).quote(PICTURE) is None


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_quote_that_is_no_finite_number_is_none(number: float) -> None:
    assert replying({"coins": number}, []).quote(PICTURE) is None


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_quote_that_is_refused_is_none(status: int) -> None:
    assert replying(None, [], status).quote(PICTURE) is None


@pytest.mark.parametrize("order", EVERY_ORDER)
def test_a_quote_asks_for_the_very_body_that_is_sent(order: Order) -> None:
    seen: list[httpx.Request] = []
    replying({"coins": 1}, seen).quote(order)
    (request,) = seen
    asked = json.loads(request.content)
    assert request.url.path == "/api/v1/generation/quote"
    assert asked["endpoint"] == ROUTES[order.family].start
    assert asked["requestBody"] == json.loads(json.dumps(order.named("quote")))
    assert not FORBIDDEN_FIELDS & set(every_key(asked))
