"""The calls that cost something, their prices, and the sound they need."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

from elite8.core.simulators.a2e import library
from elite8.core.simulators.a2e.account import Account
from elite8.core.simulators.a2e.rules import No, wrong
from elite8.core.simulators.a2e.tasks import Family, Output, Task

Body = Mapping[str, Any]

GENERATE = "/api/v1/video/generate"
IMAGE_VIDEO = "/api/v1/userImage2Video/start"
PICTURE = "/api/v1/userText2Image/start"
TRAINING = "/api/v1/userVideoTwin/startTraining"

LARGE = 1920 * 1080
PICTURE_COINS, LARGE_PICTURE_COINS = 10, 25  # [C9]
CLIP_COINS, CLIP_SECONDS = 30, 5  # [C9], [C10]
BETTER_CLIP_COINS = 45  # a2e-v2 costs more [S]; how much is INFERRED
BOTH_BACKGROUNDS = 30005  # [S]
MOST_REFERENCES = 2


def price(account: Account, endpoint: str, body: Body) -> int:
    """Return what one task would cost; `No` when an input that decides it is missing."""
    if endpoint == GENERATE:
        return max(1, math.ceil(account.audio_seconds(*_sound(body))))  # 1 a second [C10], [C12]
    if endpoint == IMAGE_VIDEO:
        seconds = body.get("video_time", CLIP_SECONDS)
        if seconds not in (5, 10, 15, 20):
            raise wrong("missing pricing input video_time", "video_time")
        better = body.get("model_version") == "a2e-v2"
        return int(seconds) // CLIP_SECONDS * (BETTER_CLIP_COINS if better else CLIP_COINS)
    if endpoint == PICTURE:
        width, height = body.get("width", 1024), body.get("height", 1024)
        if not all(isinstance(side, int | float) for side in (width, height)):
            raise wrong("missing pricing input width, height", "width")
        return LARGE_PICTURE_COINS if width * height > LARGE else PICTURE_COINS
    if endpoint == TRAINING:
        return 0  # not charged for each: INFERRED
    raise wrong(f"unsupported endpoint {endpoint}", "endpoint")


def quoted(account: Account, body: Body) -> dict[str, object]:
    """Return a price and start nothing [S]; that its field is `credits` is INFERRED."""
    endpoint = str(body["endpoint"]).removeprefix("POST ")
    wish: Body = body["requestBody"]
    number = wish.get("max_images", wish.get("number_of_images", 1))
    if isinstance(number, bool) or not isinstance(number, int):
        raise wrong("missing pricing input: the number of results", "requestBody")
    credits_ = price(account, endpoint, wish) * number
    return {"generationRequestValidated": False, "credits": credits_}


def picture(account: Account, body: Body) -> list[dict[str, object]]:
    """Start pictures; `data` is an array here [C6], [C19]."""
    references = body.get("input_images", [])
    if body.get("model_type", "a2e") == "a2e" and len(references) > MOST_REFERENCES:
        raise wrong("input_images has more than 2 elements", "input_images")
    for url in references:
        account.require_input(url, "input_images")
    width, height = int(body.get("width", 1024)), int(body.get("height", 1024))
    make = partial(account.media.picture, width, height)
    tasks = account.begin(
        Family.PICTURE,
        body,
        PICTURE,
        coins=price(account, PICTURE, body),
        outputs=[Output(ending="png", content_type="image/png", make=make)],
        number=int(body.get("max_images", 1)),
    )
    return [account.show(task) for task in tasks]


def image_video(account: Account, body: Body) -> object:
    """Start a clip; several at once come as an array (INFERRED)."""
    account.require_input(body["image_url"], "image_url")
    if body.get("model_type") == "FLF2V":
        if "end_image_url" not in body:
            raise wrong("end_image_url is required for FLF2V", "end_image_url")
        account.require_input(body["end_image_url"], "end_image_url")
    make = partial(account.video, float(body.get("video_time", CLIP_SECONDS)), 720, 1280)
    tasks = account.begin(
        Family.IMAGE_VIDEO,
        body,
        IMAGE_VIDEO,
        coins=price(account, IMAGE_VIDEO, body),
        outputs=[Output(ending="mp4", content_type="video/mp4", make=make)],
        number=int(body.get("number_of_images", 1)),
    )
    return account.show(tasks[0]) if len(tasks) == 1 else [account.show(task) for task in tasks]


def twin(account: Account, body: Body) -> dict[str, object]:
    """Start the training of an avatar from one picture or one video [S]."""
    sources = [field for field in ("image_url", "video_url") if field in body]
    if len(sources) != 1:
        raise wrong("one of image_url and video_url is required", "image_url")
    account.require_input(body[sources[0]], sources[0])
    make = partial(account.media.picture, 720, 1280)
    output = Output(ending="png", content_type="image/png", make=make)
    return account.show(_one(account, Family.TWIN, body, TRAINING, output))


def avatar_video(account: Account, body: Body) -> dict[str, object]:
    """Start an avatar video as long as its sound [C12]; only the id comes back [C8], [C21]."""
    if "back_id" in body and "custom_back_id" in body:
        raise No(200, BOTH_BACKGROUNDS, "back_id and custom_back_id cannot both be sent")
    library.require_anchor(account, body["anchor_id"], body["anchor_type"])
    seconds = account.audio_seconds(*_sound(body))
    width = int(body.get("resolution", 1080))
    make = partial(account.video, seconds, width, width * 16 // 9)
    output = Output(ending="mp4", content_type="video/mp4", make=make)
    return {"_id": _one(account, Family.AVATAR_VIDEO, body, GENERATE, output).id}


def speech(account: Account, body: Body) -> str:
    """Return the address of the spoken text: `data` is the bare URL [C8], [C2 live]."""
    if ("tts_id" in body) == ("user_voice_id" in body):
        raise wrong("one of tts_id and user_voice_id is required", "tts_id")
    if body.get("tts_id") not in library.VOICE_IDS:
        raise wrong("there is no such voice", "tts_id" if "tts_id" in body else "user_voice_id")
    sound = account.media.speech(body["msg"], float(body.get("speechRate", 1)))
    key = f"tts/tts3party_cache/stable/{account.new_id()}.mp3"
    account.shelf.put(key, "audio/mpeg", lambda: sound, result=False)
    return account.shelf.url(key)


def _one(account: Account, family: Family, body: Body, endpoint: str, output: Output) -> Task:
    coins = price(account, endpoint, body)
    return account.begin(family, body, endpoint, coins=coins, outputs=[output])[0]


def _sound(body: Body) -> tuple[str, str]:
    """Return the address of the sound and its field: one of the two [S]."""
    given = [field for field in ("audioSrc", "custom_voice") if body.get(field)]
    if len(given) != 1:
        raise wrong("one of audioSrc and custom_voice is required", "audioSrc")
    return str(body[given[0]]), given[0]
