"""What we order of A2E: the exact bodies, made of allowed fields only.

The fields left out are left out for good: `minor_suspected_skip` and `mask_face` weaken a filter,
`isToPublicPool` makes a video public, `webhook_url` opens a way in, `video_length` is deprecated.
Where a default would be unsafe or unpredictable it is always sent. Source: api/a2e.md 6-10.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from elite8.core.domain.job import LONGEST_NAME, Family

FORBIDDEN_FIELDS = frozenset(
    {
        "minor_suspected_skip",
        "mask_face",
        "isToPublicPool",
        "video_length",
        "webhook_url",
        "webhook_token",
        "force_generate",
    }
)
FORBIDDEN_PATHS = frozenset({"exchangeDiamonds", "continueTraining", "continueTranining"})
LONGEST_SPEECH = 1000
"""Unicode characters a request, for API users: api/a2e.md 9.2 [S]."""
IMAGE_VIDEO_SECONDS = (5, 10, 15, 20)
NEGATIVE = "blurry, extra limbs, text, watermark"
CUSTOM, SYSTEM = 1, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One task to be started: which kind, under which name, and its body without the name."""

    family: Family
    body: Mapping[str, object]

    def named(self, name: str) -> dict[str, object]:
        """Return the body as it is sent; `name` is how the task is found again."""
        if len(name) > LONGEST_NAME:
            raise ValueError(f"{name!r} is longer than {LONGEST_NAME} characters")
        if weak := FORBIDDEN_FIELDS & self.body.keys():
            raise ValueError(f"{', '.join(sorted(weak))} is never sent")
        return {ROUTES[self.family].name_field: name, **self.body}


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a family lives, and how it pages."""

    start: str
    records: str
    page: str = "pageNum"
    name_field: Literal["name", "title"] = "name"


ROUTES: Mapping[Family, Route] = {
    Family.AVATAR_VIDEO: Route(
        start="/api/v1/video/generate",
        records="/api/v1/video/awsList",
        page="current",
        name_field="title",
    ),
    Family.IMAGE_VIDEO: Route(
        start="/api/v1/userImage2Video/start", records="/api/v1/userImage2Video/allRecords"
    ),
    Family.PICTURE: Route(
        start="/api/v1/userText2Image/start", records="/api/v1/userText2Image/allRecords"
    ),
    Family.AVATAR: Route(
        start="/api/v1/userVideoTwin/startTraining", records="/api/v1/userVideoTwin/records"
    ),
}


def avatar_video(*, avatar_id: str, own: bool, audio_url: str, height: int = 1080) -> Order:
    """Return the order for a lip-synced video as long as its audio; `own` is a custom avatar."""
    body = {
        "anchor_id": avatar_id,
        "anchor_type": CUSTOM if own else SYSTEM,
        "audioSrc": audio_url,
        "resolution": height,
        "isSkipRs": True,
        "isCaptionEnabled": False,
    }
    return Order(family=Family.AVATAR_VIDEO, body=body)


def image_video(*, image_url: str, prompt: str, seconds: int) -> Order:
    """Return the order for a moving picture of 5, 10, 15 or 20 seconds; else a ValueError."""
    if seconds not in IMAGE_VIDEO_SECONDS:
        raise ValueError(f"{seconds} s is none of {IMAGE_VIDEO_SECONDS}")
    body = {
        "image_url": image_url,
        "prompt": prompt,
        "negative_prompt": NEGATIVE,
        "model_type": "GENERAL",
        "model_version": "a2e",
        "video_time": seconds,
        "number_of_images": 1,
        "extend_prompt": False,
        "skip_face_enhance": False,
    }
    return Order(family=Family.IMAGE_VIDEO, body=body)


def picture(*, prompt: str, width: int = 720, height: int = 1280) -> Order:
    """Return the order for one picture."""
    body = {
        "prompt": prompt,
        "width": width,
        "height": height,
        "model_type": "a2e",
        "max_images": 1,
        "skip_face_enhance": False,
    }
    return Order(family=Family.PICTURE, body=body)


def avatar(*, image_url: str, build: str) -> Order:
    """Return the order for a custom avatar from a picture; `build` is `woman` or `man`."""
    body = {"image_url": image_url, "gender": "male" if build == "man" else "female"}
    return Order(family=Family.AVATAR, body=body)
