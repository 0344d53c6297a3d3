"""What may be sent with a video, section 3.4, and the reason when it may not [C:VE]."""

import json
from collections.abc import Mapping
from typing import Any

from elite8.core.simulators.wire import Request
from elite8.core.simulators.youtube.refusals import No, wrong
from elite8.core.simulators.youtube.wording import read_instant

TITLE_CHARACTERS = 100  # [C:VR]
DESCRIPTION_BYTES = 5000  # of UTF-8 [C:VR]
TAGS_TOTAL = 500  # [C:VR]
CATEGORIES = frozenset(
    map(str, (1, 2, 10, 15, 17, 19, 20, 22, 23, 24, 25, 26, 27, 28, 29))
)  # assignable ones; INFERRED
PRIVACY = ("private", "public", "unlisted")
LICENSES = ("youtube", "creativeCommon")  # [C:DISC]

FIELDS: Mapping[str, Mapping[str, type]] = {
    "snippet": {
        "title": str,
        "description": str,
        "tags": list,
        "categoryId": str,
        "defaultLanguage": str,
        "defaultAudioLanguage": str,
    },
    "status": {
        "privacyStatus": str,
        "publishAt": str,
        "selfDeclaredMadeForKids": bool,
        "containsSyntheticMedia": bool,
        "license": str,
        "embeddable": bool,
        "publicStatsViewable": bool,
    },
    "recordingDetails": {"recordingDate": str},
    "paidProductPlacementDetails": {"hasPaidProductPlacement": bool},
}
SETTABLE = (*FIELDS, "localizations")
READABLE = frozenset(
    (
        *SETTABLE,
        *("id", "contentDetails", "fileDetails", "processingDetails", "statistics"),
        *("suggestions", "player", "topicDetails", "liveStreamingDetails", "ageGating"),
    )
)
MUSTS: Mapping[str, bool] = {"containsSyntheticMedia": True, "selfDeclaredMadeForKids": False}
"""What our side always sends: section 0, 7."""


def read_body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise wrong("The metadata must be application/json")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise wrong("Parse Error", "parseError") from None
    if not isinstance(body, dict):
        raise wrong("Parse Error", "parseError")
    return body


def watch_status(status: Mapping[str, Any]) -> list[str]:
    """Return what YouTube accepts of a status and our side never sends: section 0."""
    found = [f"{name} is not {must}" for name, must in MUSTS.items() if status.get(name) != must]
    return found if "privacyStatus" in status else [*found, "no privacyStatus, so it is public"]


def parts_of(query: Mapping[str, str]) -> frozenset[str]:
    """Return the parts asked for; without any, or with an unknown one, raise `No`."""
    if not query.get("part"):
        raise wrong("Required parameter: part", "missingRequiredParameter", "youtube.parameter")
    parts = frozenset(name.strip() for name in query["part"].split(","))
    unknown = sorted(parts - READABLE)
    if unknown:
        raise wrong(f"'{unknown[0]}' is no part.", "badRequest", "youtube.part")
    return parts


def checked(body: Mapping[str, Any], parts: frozenset[str]) -> dict[str, Any]:
    """Return what is stored of a body: the parts named, when all they hold is allowed."""
    for name, content in body.items():
        if name not in SETTABLE:
            raise wrong(f"Invalid JSON payload received. Unknown name '{name}'.")
        _shape(name, content)
    sent = {name: body[name] for name in SETTABLE if name in body and name in parts}
    snippet, status = sent.get("snippet", {}), sent.get("status", {})
    for check in (_title, _description, _tags, _category):
        check(snippet)
    _choices(status)
    _schedule(status)
    _localizations(sent, snippet)
    _recording(sent)
    return sent


def _shape(name: str, content: object) -> None:
    """Refuse what is no object, unknown names and wrong types: INFERRED, as Google's JSON is."""
    if not isinstance(content, dict):
        raise wrong(f"Invalid JSON payload received. '{name}' must be an object.")
    for field, value in content.items() if name in FIELDS else ():
        kind = FIELDS[name].get(field)
        if kind is None:
            raise wrong(f"Invalid JSON payload received. Unknown name '{name}.{field}'.")
        if type(value) is not kind:
            raise wrong(f"Invalid value at '{name}.{field}': {value!r}")


def _about(field: str, reason: str, text: str) -> No:
    return No(400, reason, f"The request metadata specifies an invalid {field}: {text}.")


def _angled(text: str) -> bool:
    return "<" in text or ">" in text


def _title(snippet: Mapping[str, Any]) -> None:
    title = snippet.get("title", "")
    trouble = {
        "it is empty": not title.strip(),
        f"more than {TITLE_CHARACTERS} characters": len(title) > TITLE_CHARACTERS,
        "it has < or >": _angled(title),
    }
    _refuse("video title", "invalidTitle", trouble)


def _description(snippet: Mapping[str, Any]) -> None:
    text = snippet.get("description", "")
    trouble = {
        f"more than {DESCRIPTION_BYTES} bytes": len(text.encode()) > DESCRIPTION_BYTES,
        "it has < or >": _angled(text),
    }
    _refuse("video description", "invalidDescription", trouble)


def tags_length(tags: list[str]) -> int:
    """Return what tags cost: commas between them, two quotes around one with a space [C:VR]."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(len(tags) - 1, 0)


def _tags(snippet: Mapping[str, Any]) -> None:
    tags = snippet.get("tags", [])
    if not all(isinstance(tag, str) for tag in tags):
        raise wrong("Invalid value at 'snippet.tags'")
    trouble = {
        f"more than {TAGS_TOTAL} characters": tags_length(tags) > TAGS_TOTAL,
        "one is empty": "" in tags,
    }
    _refuse("video keyword", "invalidTags", trouble)


def _category(snippet: Mapping[str, Any]) -> None:
    unknown = snippet.get("categoryId", "22") not in CATEGORIES
    _refuse("category ID", "invalidCategoryId", {"there is no such category": unknown})


def _choices(status: Mapping[str, Any]) -> None:
    for name, allowed in (("privacyStatus", PRIVACY), ("license", LICENSES)):
        if status.get(name, allowed[0]) not in allowed:  # which reason: INFERRED
            raise _about(name, "invalidVideoMetadata", f"not one of {', '.join(allowed)}")


def _schedule(status: Mapping[str, Any]) -> None:
    """Check publishAt: a date-time, and only with private [C:VR], [C:DISC]."""
    if "publishAt" not in status:
        return
    trouble = {
        "no date-time": _unreadable(status["publishAt"]),
        "the video is not private": status.get("privacyStatus") != "private",
    }
    _refuse("scheduled publishing time", "invalidPublishAt", trouble)


def _localizations(sent: Mapping[str, Any], snippet: Mapping[str, Any]) -> None:
    """Check translated titles and descriptions: the same limits, and a default language."""
    translated: Mapping[str, Any] = sent.get("localizations", {})
    if translated and not snippet.get("defaultLanguage"):
        text = "The request sets localizations without a default language."
        raise No(400, "defaultLanguageNotSet", text)
    for content in translated.values():
        if not isinstance(content, dict) or content.keys() - {"title", "description"}:
            raise wrong("Invalid value at 'localizations'")
        _title(content)
        _description(content)


def _recording(sent: Mapping[str, Any]) -> None:
    date = sent.get("recordingDetails", {}).get("recordingDate")
    trouble = {"no date-time": date is not None and _unreadable(date)}
    _refuse("recording details", "invalidRecordingDetails", trouble)


def _unreadable(text: str) -> bool:
    try:
        read_instant(text)
    except ValueError:
        return True
    return False


def _refuse(field: str, reason: str, trouble: Mapping[str, bool]) -> None:
    for text, holds in trouble.items():
        if holds:
            raise _about(field, reason, text)
