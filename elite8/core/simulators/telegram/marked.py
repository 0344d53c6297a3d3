"""Texts with marks: what the Bot API reads out of them, and what it cannot parse."""

import re
from html import unescape
from typing import Any

from elite8.core.domain.text import utf16
from elite8.core.simulators.telegram.rules import Fields, bad, nested

TYPES = {
    *("mention", "hashtag", "bot_command", "url", "email", "bold", "italic", "underline"),
    *("strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre"),
    *("text_link", "text_mention", "custom_emoji"),
}  # MessageEntity [BA]
TAGS = {
    *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler", "a"),
    *("tg-emoji", "code", "pre", "blockquote"),
}  # HTML style [BA]
RESERVED = set("_*[]()~`>#+-=|{}.!")  # MarkdownV2 style [BA]
TOGGLES = {"*": "Bold", "_": "Italic", "~": "Strikethrough", "`": "Code"}
TAG = re.compile(r"<(/?)([^\s>/]*)[^>]*>|<")


def read(sent: Fields, text: str, prefix: str = "") -> tuple[str, list[dict[str, Any]]]:
    """Return the text as people see it, and its entities; what cannot be parsed is refused."""
    mode = str(sent.get("parse_mode", ""))
    if mode == "HTML":
        return of_html(text), []
    if mode == "MarkdownV2":
        return of_markdown(text), []
    if mode:
        raise bad("unsupported parse_mode")
    entities = nested(sent, f"{prefix}entities", [])
    for one in entities:
        check(one, text)
    return text, entities


def check(entity: dict[str, Any], text: str) -> None:
    """Refuse an entity of an unknown type, outside of the text or in the middle of a letter [BA].

    Offset and length are UTF-16 units; the words of the refusal are INFERRED.
    """
    offset, length = entity.get("offset", -1), entity.get("length", 0)
    if entity.get("type") not in TYPES:
        raise bad("can't parse entities: unsupported type")
    if offset < 0 or length <= 0 or offset + length > utf16(text):
        raise bad("ENTITY_BOUNDS_INVALID")
    units = text.encode("utf-16-le")
    for at in (offset, offset + length):
        if 0xDC <= (units[2 * at + 1] if 2 * at < len(units) else 0) <= 0xDF:  # noqa: PLR2004  # low surrogate
            raise bad("ENTITY_BOUNDS_INVALID")


def of_html(text: str) -> str:
    """Return what HTML style reads as; a tag that is none, or is not closed, is refused [ERR]."""
    open_now: list[str] = []
    for found in TAG.finditer(text):
        at, closes, name = len(text[: found.start()].encode()), found[1], found[2] or ""
        if name not in TAGS:
            raise bad(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {at}')
        if not closes:
            open_now.append(name)
        elif not open_now or open_now.pop() != name:
            raise bad(f"can't parse entities: Unexpected end tag at byte offset {at}")
    if open_now:
        name = open_now[-1]
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{name}\"")
    return unescape(TAG.sub("", text))


def of_markdown(text: str) -> str:
    """Return what MarkdownV2 reads as, of bold, italic, strikethrough and code; else refused."""
    seen, open_now, at = "", "", 0
    while at < len(text):
        sign = text[at]
        if sign == "\\" and text[at + 1 : at + 2]:
            seen, at = seen + text[at + 1], at + 2
            continue
        if sign in TOGGLES and open_now in ("", sign):
            open_now = "" if open_now else sign
        elif sign in RESERVED and open_now != "`":
            raise bad(
                f"can't parse entities: Character '{sign}' is reserved and must be escaped with "
                "the preceding '\\'"
            )
        else:
            seen += sign
        at += 1
    if open_now:
        raise bad(f"can't parse entities: Can't find end of {TOGGLES[open_now]} entity")
    return seen
