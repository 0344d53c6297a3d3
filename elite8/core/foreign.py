"""JSON that strangers send, as a database can keep it."""

import json
from typing import Any

SUSPECT = (b"\\u", b"\0", b"\xed")
"""Half a letter is an escape, or bytes that begin so (CESU-8): `json.loads` takes both."""


def read(body: bytes, **more: Any) -> Any:  # noqa: ANN401  # what JSON says, and json.loads takes
    """Return what the JSON says; what is nested beyond all measure is a ValueError."""
    try:
        said = json.loads(body, **more)
        return storable(said) if any(sign in body for sign in SUSPECT) else said
    except RecursionError:
        raise ValueError("JSON that is nested too deep") from None


def storable(value: Any) -> Any:  # noqa: ANN401  # what JSON says
    """Return the value with U+FFFD for halves of a letter and NUL, which no database takes."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        whole_letters = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole_letters.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): storable(each) for name, each in value.items()}
    return value
