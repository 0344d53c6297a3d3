"""Voices and avatars: what exists from the start, and avatars trained from twins."""

from collections.abc import Iterator

from elite8.core.simulators.a2e.account import Account, stable_id
from elite8.core.simulators.a2e.rules import unknown, written
from elite8.core.simulators.a2e.tasks import Family, Task

NAMES = {
    "female": ("Aoi", "Emma", "Ines", "Clara"),
    "male": ("Andrew", "Bruno", "Jonas", "Ren"),
}
LANGUAGES = ("en", "ja", "pt", "de", "es")
SYSTEM_AVATARS = ("Anna", "Mark")


def voice_id(country: str, gender: str, name: str) -> str:
    """Return the `tts_id` of a system voice; it never changes."""
    return stable_id(f"voice {country} {gender} {name}")


VOICE_IDS = frozenset(
    voice_id(country, gender, name)
    for country in LANGUAGES
    for gender, names in NAMES.items()
    for name in names
)


def voices(country: str) -> list[dict[str, object]]:
    """Return the groups of one language: `children[].value` is the `tts_id` [C8], [C21]."""
    if country not in LANGUAGES:
        return []
    return [
        {
            "label": gender,
            "value": gender,
            "children": [
                {"label": f"{name} ({country})", "value": voice_id(country, gender, name)}
                for name in names
            ],
        }
        for gender, names in NAMES.items()
    ]


def anchors(account: Account, kind: str = "", twin_id: str = "") -> list[dict[str, object]]:
    """Return the avatars that can be used now [C8], [C16]."""
    found = [*_trained(account), *_system()]
    return [
        anchor
        for anchor in found
        if kind in {"", anchor["type"]} and twin_id in {"", anchor["user_video_twin_id"]}
    ]


def require_anchor(account: Account, anchor_id: str, anchor_type: int) -> None:
    """Raise `No` unless there is such an avatar of this type: 0 system, 1 custom [S]."""
    kind = "custom" if anchor_type else "default"
    if all(anchor["_id"] != anchor_id for anchor in anchors(account, kind)):
        raise unknown(f"{kind} anchor {anchor_id}")


def _trained(account: Account) -> Iterator[dict[str, object]]:
    for twin in account.shown(Family.TWIN):
        if twin.settled and not twin.failing:
            yield {
                **_anchor(avatar_id(twin), "custom", None),
                "video_cover": account.shelf.url(twin.results[0]),
                "people_img": account.shelf.url(twin.results[0]),
                "user_video_twin_id": twin.id,
                "createdAt": written(twin.at),
            }


def _system() -> Iterator[dict[str, object]]:
    for name in SYSTEM_AVATARS:
        yield _anchor(stable_id(f"anchor {name}"), "default", name)


def _anchor(anchor_id: str, kind: str, name: str | None) -> dict[str, object]:
    return {
        "_id": anchor_id,
        "type": kind,
        "name": name,
        "lang": "en-US",
        "video_cover": "",
        "people_img": "",
        "base_video": "",
        "user_video_twin_id": "",
    }


def avatar_id(twin: Task) -> str:
    """Return the id of the avatar a twin becomes, which is not the twin's own."""
    return stable_id(f"anchor of {twin.id}")
