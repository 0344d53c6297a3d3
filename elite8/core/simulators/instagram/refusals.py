"""How Instagram says no: codes, subcodes and the envelopes they travel in."""

from collections.abc import Mapping
from secrets import token_urlsafe

from elite8.core.simulators.wire import Reply, json_reply

PUBLISHING: Mapping[int, tuple[int, str]] = {  # subcode: code, words (C:EC)
    2207001: (-1, "Instagram server error. Try again."),
    2207008: (24, "The media builder with this creation id does not exist or has expired."),
    2207010: (36004, "The caption is too long."),
    2207020: (-2, "The media you are trying to access has expired."),
    2207023: (100, "The media type is unknown."),
    2207027: (9007, "The media is not ready for publishing, please wait for a moment."),
    2207040: (100, "The caption has more than 20 @ tags."),
    2207042: (9, "The maximum number of posts for a day is reached."),
    2207050: (25, "The Instagram account is restricted, inactive or checkpointed."),
    2207052: (9004, "The media could not be fetched from this URI."),
    2207057: (1, "The thumbnail offset is out of range."),
}
TOKEN_EXPIRED, TOKEN_INVALID = 463, 467  # subcodes of 190 (C:SN)
NOT_VISIBLE = 33  # subcode of 100 (P1562)


class No(Exception):
    """A refusal: its code, subcode, words and HTTP status.

    Refusals come as HTTP 400 unless said otherwise: INFERRED, as the page's section 7.
    """

    def __init__(self, code: int, text: str, *, subcode: int = 0, status: int = 400) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.subcode = subcode
        self.status = status


def refused(subcode: int, *, status: int = 400) -> No:
    """Return the refusal that the table of publishing errors lists (C:EC)."""
    code, text = PUBLISHING[subcode]
    return No(code, text, subcode=subcode, status=status)


def wrong(text: str) -> No:
    """Return the refusal of a bad parameter (C:GE)."""
    return No(100, text)


def unseen(object_id: str) -> No:
    """Return the refusal for an id that is not there, or not for this token (P1562)."""
    text = f"Object with ID '{object_id}' does not exist or cannot be loaded"
    return No(100, text, subcode=NOT_VISIBLE)


def bad_token(subcode: int) -> No:
    """Return the refusal of a token: 190 (C:GE)."""
    word = "Session has expired" if subcode == TOKEN_EXPIRED else "Cannot parse access token"
    return No(190, f"Error validating access token: {word}", subcode=subcode)


def envelope(no: No, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a refusal as Graph words it (C:GE, C:EC)."""
    error: dict[str, object] = {
        "message": no.text,
        "type": "OAuthException",
        "code": no.code,
        "is_transient": no.code == 2,  # noqa: PLR2004  # a temporary service error
        "fbtrace_id": f"A{token_urlsafe(16)}",
    }
    if no.subcode:
        error |= {
            "error_subcode": no.subcode,
            "error_user_title": no.text,
            "error_user_msg": no.text,
        }
    return json_reply({"error": error}, status=no.status, headers=headers)


def flat(no: No) -> Reply:
    """Return a refusal as the code exchange of the Instagram login words it (C:BL)."""
    content = {"error_type": "OAuthException", "code": no.status, "error_message": no.text}
    return json_reply(content, status=no.status)


def not_uploaded(text: str, *, retriable: bool = False, status: int = 400) -> Reply:
    """Return a refusal as rupload words it (C:CP)."""
    info = {"retriable": retriable, "type": "ProcessingFailedError", "message": text}
    return json_reply({"debug_info": info}, status=status)
