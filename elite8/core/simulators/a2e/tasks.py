"""Tasks: how their status follows the clock, and the records A2E shows of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from elite8.core.simulators.a2e.rules import written


class Family(StrEnum):
    """A kind of task, by the folder its calls live in."""

    PICTURE = "userText2Image"
    IMAGE_VIDEO = "userImage2Video"
    TWIN = "userVideoTwin"
    AVATAR_VIDEO = "video"


USER_WORDS = ((0.0, "initialized"), (0.1, "sent"), (0.2, "pending"), (0.4, "processing"))
WORDS: Mapping[Family, Sequence[tuple[float, str]]] = {
    Family.PICTURE: USER_WORDS,
    Family.IMAGE_VIDEO: USER_WORDS,
    Family.TWIN: ((0.0, "pending"), (0.3, "processing")),
    Family.AVATAR_VIDEO: (
        *((0.0, "init"), (0.1, "start"), (0.2, "pending")),
        *((0.4, "process"), (0.9, "copy")),
    ),
}
"""The words, and the share of the work at which each begins: [D:tv], [D:tp], [D:aws], [S]."""
FIRST_WORDS = {"initialized", "init"}
ENDS = {
    Family.AVATAR_VIDEO: ("success", "fail"),  # [D:aws]
}
ENDED = ("completed", "failed")  # [D:tp]
STRANGE_WORD = "reticulating"
STUCK_AT = 0.5
FAILED_CODE = "generation_error"  # INFERRED: one client matches it
FAILED_TEXT = "generation failed: the engine gave up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One file a task ends in."""

    ending: str
    content_type: str
    make: Callable[[], bytes]


@dataclass(slots=True, kw_only=True)
class Task:
    """One accepted task; the flags are faults that befell it when it was started."""

    id: str
    family: Family
    name: str
    coins: int
    at: datetime
    body: Mapping[str, object]
    outputs: tuple[Output, ...] = ()
    results: list[str] = field(default_factory=list)
    hidden_until: datetime | None = None
    failing: bool = False
    unrefunded: bool = False
    stuck: bool = False
    strange: bool = False
    astray: bool = False
    settled: bool = False

    def share(self, now: datetime, work_seconds: float) -> float:
        """Return how much of the work is done, in [0, 1]."""
        spent = (now - self.at).total_seconds()
        done = 1.0 if work_seconds <= 0 else min(max(spent / work_seconds, 0.0), 1.0)
        return min(done, STUCK_AT) if self.stuck else done

    def word(self, share: float) -> str:
        """Return the status word at a share of the work."""
        success, failure = ENDS.get(self.family, ENDED)
        if share >= 1.0:
            return failure if self.failing else success
        if self.strange:
            return STRANGE_WORD
        return [word for begins, word in WORDS[self.family] if share >= begins][-1]

    def visible(self, now: datetime) -> bool:
        """Say whether details and lists show it yet."""
        return self.hidden_until is None or now >= self.hidden_until


def record(task: Task, share: float, urls: Sequence[str]) -> dict[str, object]:
    """Return a task as its family shows it."""
    if task.family is Family.AVATAR_VIDEO:
        return _video(task, share, urls)
    failed = task.failing and share >= 1.0
    shown: dict[str, object] = {  # [D:tv], field by field
        "_id": task.id,
        "name": task.name,
        **{name: value for name, value in task.body.items() if name != "name"},
        "current_status": task.word(share),
        "coins": task.coins,
        "createdAt": written(task.at),
        "failed_message": FAILED_TEXT if failed else "",
        "failed_code": FAILED_CODE if failed else "",
    }
    if task.family is Family.PICTURE:
        shown["image_urls"] = list(urls)  # [D:t2i]
    if task.family is Family.IMAGE_VIDEO:
        shown |= {"result_url": urls[0] if urls else "", "cover_url": ""}  # [C2 live]
    return shown


def _video(task: Task, share: float, urls: Sequence[str]) -> dict[str, object]:
    """Return an avatar video as awsResult shows it [D:aws]; that it has a title is INFERRED."""
    body = task.body
    return {
        "_id": task.id,
        "title": task.name,
        "status": task.word(share),
        "process": int(share * 100),
        "result": urls[0] if urls else "",
        "msg": FAILED_TEXT if task.failing and share >= 1.0 else "",
        "anchor_id": body["anchor_id"],
        "anchor_type": str(body["anchor_type"]),  # a string here, a number in the request
        "color": body.get("color", ""),
        "web_bg_width": body.get("web_bg_width", 0),
        "web_bg_height": body.get("web_bg_height", 0),
        "result_people_url": "",
        "result_bg_url": "",
        "replace_bg_id": body.get("back_id", ""),
        "custom_backs_id": body.get("custom_back_id", ""),
        "createdAt": written(task.at),
    }
