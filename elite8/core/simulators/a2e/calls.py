"""Every call there is: method, path, form, and what it does."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elite8.core.simulators.a2e import forms, library, starts
from elite8.core.simulators.a2e.account import Account
from elite8.core.simulators.a2e.rules import Form, wrong
from elite8.core.simulators.a2e.shelf import BUCKET, UPLOAD_SECONDS
from elite8.core.simulators.a2e.tasks import ENDED, ENDS, FIRST_WORDS, Family, Task

Fields = Mapping[str, Any]
USER = "64f0c0ffee0000000000e811"
"""The account's own id, a part of every uploaded file's key [S]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One route; `fields` of a POST are its body, else its query. `start` begins a task."""

    method: str
    path: re.Pattern[str]
    act: Callable[[Account, Fields], object]
    form: Form
    start: bool = False


def call(
    line: str, act: Callable[[Account, Fields], object], form: Form, *, start: bool = False
) -> Call:
    """Return the call that `line` describes: `GET userText2Image/{_id}`."""
    method, _, path = line.partition(" ")
    pattern = re.compile(f"/api/v1/{path.replace('{_id}', '(?P<id>[^/]+)')}")
    return Call(method=method, path=pattern, act=act, form=form, start=start)


def balance(account: Account, _: Fields) -> dict[str, object]:
    """Return coins and diamonds [C1 live], [C15]."""
    return {"coins": account.ledger.coins, "diamonds": 0}


def upload(account: Account, body: Fields) -> dict[str, object]:
    """Return where to put a file and where it will be seen [C2 live], [C4], [C13]."""
    prefix = body.get("urlPrefix", "adam2eve")
    name = f"{prefix}/stable/user/{USER}/{str(body['key']).lstrip('/')}"
    length = body.get("contentLength", body.get("fileSize"))
    put_at = account.shelf.grant(
        name,
        str(body.get("contentType", "")),
        None if length is None else int(length),
        int(body.get("expiresIn", UPLOAD_SECONDS)),
    )
    seen_at = account.shelf.url(f"cdn/{name}")
    return {"uploadUrl": put_at, "cdnUrl": seen_at, "key": name, "bucket": BUCKET}


def pages(
    account: Account, tasks: Sequence[Task], fields: Fields, number: str
) -> list[dict[str, object]]:
    """Return one page of records; ten of them unless asked otherwise [S]."""
    size = int(fields.get("pageSize", 10))
    first = (int(fields.get(number, 1)) - 1) * size
    return [account.show(task) for task in tasks[first : first + size]]


def remove(account: Account, family: Family, task_id: str) -> None:
    """Delete a task: the waiting are refunded, the working are refused with 400 [S].

    [S] says so of userImage2Video; the other families doing the same is INFERRED.
    """
    task = account.task(family, task_id)
    word = task.word(account.share(task))
    if word in FIRST_WORDS:
        account.ledger.refund(task.coins, type_=family.value, at=account.clock())
    elif word not in ENDS.get(family, ENDED):
        raise wrong(f"a task that is {word} cannot be deleted", "_id")
    del account.tasks[task_id]


def remove_twin(account: Account, body: Fields) -> None:
    """Remove a twin and with it its avatar, in any state."""
    del account.tasks[account.task(Family.TWIN, body["_id"]).id]


def twins(account: Account, query: Fields) -> dict[str, object]:
    """Return the trainings, of one status when asked [S]."""
    wanted = query.get("status")
    found = [
        twin
        for twin in account.shown(Family.TWIN)
        if wanted is None or twin.word(account.share(twin)) == wanted
    ]
    return {"rows": pages(account, found, query, "pageNum"), "count": len(found)}


def aws_result(account: Account, body: Fields) -> list[dict[str, object]]:
    """Return an array, empty while the task is not visible [D:aws]."""
    found = (task for task in account.shown(Family.AVATAR_VIDEO) if task.id == body["_id"])
    return [account.show(task) for task in found]


def aws_list(account: Account, fields: Fields) -> dict[str, object]:
    """Return `data` in `data` [C1 live]."""
    found = account.shown(Family.AVATAR_VIDEO)
    return {
        "current": int(fields.get("current", 1)),
        "total": len(found),
        "success": True,
        "data": pages(account, found, fields, "current"),
    }


def detail(family: Family) -> Callable[[Account, Fields], object]:
    """Return the detail call of a family."""
    return lambda account, fields: account.show(account.task(family, fields["_id"]))


def deleted(family: Family) -> Callable[[Account, Fields], object]:
    """Return the delete call of a family; its `data` is null (INFERRED)."""
    return lambda account, fields: remove(account, family, fields["_id"])


def family_calls(family: Family, start: Callable[[Account, Fields], object]) -> tuple[Call, ...]:
    """Return the calls all userX families share [S]: lists first, for an id may be any word."""
    form = forms.PICTURE if family is Family.PICTURE else forms.IMAGE_VIDEO

    def batch(account: Account, body: Fields) -> object:
        found = account.shown(family)
        return [account.show(task) for task in found if task.id in body["ids"]]

    def listed(account: Account, query: Fields) -> object:
        found = account.shown(family)
        return {"rows": pages(account, found, query, "pageNum"), "count": len(found)}

    return (
        call(f"POST {family}/start", start, form, start=True),
        call(f"POST {family}/batchDetail", batch, forms.BATCH),
        call(f"GET {family}/allRecords", listed, forms.PAGES),
        call(f"GET {family}/{{_id}}", detail(family), forms.NOTHING),
        call(f"DELETE {family}/{{_id}}", deleted(family), forms.NOTHING),
    )


def voices(_: Account, fields: Fields) -> object:
    """Return the system voices of a language; `country` is `en` unless said [S]."""
    return library.voices(str(fields.get("country", "en")))


def anchors(account: Account, fields: Fields) -> object:
    """Return avatars, by type and twin when asked."""
    return library.anchors(
        account, str(fields.get("type", "")), str(fields.get("user_video_twin_id", ""))
    )


def video_detail(account: Account, query: Fields) -> object:
    """Return one item, as awsResult would (INFERRED)."""
    return account.show(account.task(Family.AVATAR_VIDEO, query["video_id"]))


CALLS: tuple[Call, ...] = (
    call("GET user/remainingCoins", balance, forms.NOTHING),
    call("POST generation/quote", starts.quoted, forms.QUOTE),
    call(
        "GET transactionRecord/creditsHistory",
        lambda account, query: account.ledger.page(query),
        forms.CREDITS,
    ),
    call("POST r2/upload-presigned-url", upload, forms.UPLOAD),
    *family_calls(Family.PICTURE, starts.picture),
    *family_calls(Family.IMAGE_VIDEO, starts.image_video),
    call("GET anchor/voice_list", voices, forms.VOICES),
    call("POST anchor/voice_list", voices, forms.VOICES),
    call("GET anchor/character_list", anchors, forms.ANCHORS),
    call("POST anchor/character_list", anchors, forms.ANCHORS),
    call("POST userVideoTwin/startTraining", starts.twin, forms.TWIN, start=True),
    call("POST userVideoTwin/remove", remove_twin, forms.ONE),
    call("GET userVideoTwin/records", twins, forms.TWINS),
    call("GET userVideoTwin/{_id}", detail(Family.TWIN), forms.NOTHING),
    call("POST video/send_tts", starts.speech, forms.SPEECH),
    call("POST video/generate", starts.avatar_video, forms.AVATAR_VIDEO, start=True),
    call("POST video/awsResult", aws_result, forms.ONE),
    call("GET video/detail", video_detail, forms.DETAIL),
    call("GET video/awsList", aws_list, forms.VIDEOS),
    call("DELETE video/{_id}", deleted(Family.AVATAR_VIDEO), forms.NOTHING),
)


def find(method: str, path: str) -> tuple[Call, dict[str, str]] | None:
    """Return the call a request is for and the id in its path."""
    for one in CALLS:
        if one.method == method and (found := one.path.fullmatch(path)):
            named = found.groupdict()
            return one, {"_id": named["id"]} if named else {}
    return None
