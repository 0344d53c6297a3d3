"""How large a picture says it is, before anything of it is decoded."""

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame, which has its size. Source: ITU-T T.81, table B.1, figure B.3."""


def size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height in pixels that a PNG or JPEG says it has; `None` of others."""
    if data.startswith(PNG):
        # Its first chunk. Source: W3C PNG specification, third edition, 11.2.1.
        return number(data, 16, 4), number(data, 20, 4)
    return of_frame(data) if data.startswith(JPEG) else None


def of_frame(data: bytes) -> tuple[int, int] | None:
    """Return the size in the frame of a JPEG, which comes after other segments."""
    at = len(JPEG)
    while (at := data.find(b"\xff", at)) >= 0:
        while data[at : at + 1] == b"\xff":  # as many as its writer liked
            at += 1
        marker, length = number(data, at, 1), number(data, at + 1, 2)
        if marker in FRAMES:
            return number(data, at + 6, 2), number(data, at + 4, 2)
        at += 1 + length
    return None


def number(data: bytes, at: int, length: int) -> int:
    """Return the number in these bytes, the greatest first; 0 past the end."""
    return int.from_bytes(data[at : at + length], "big")
