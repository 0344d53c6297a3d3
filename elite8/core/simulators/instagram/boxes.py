"""What an MP4 or MOV says of itself, as far as Instagram's rules for Reels look."""

from collections.abc import Iterator

HEAD = 8
MOST_BYTES = 300 * 1000 * 1000  # 300 MB (C:UM)
SHORTEST, LONGEST = 3.0, 15 * 60.0  # C:UM
SLACK = 0.05  # encoders round to frames
Box = tuple[str, memoryview]


def boxes(media: bytes | memoryview) -> Iterator[Box]:
    """Yield the boxes of one level, as far as their sizes lead; nothing is copied."""
    media, place = memoryview(media), 0
    while place + HEAD <= len(media):
        size, head = int.from_bytes(media[place : place + 4], "big"), HEAD
        name = str(media[place + 4 : place + HEAD], "latin-1")
        if size == 1:
            size, head = int.from_bytes(media[place + HEAD : place + 2 * HEAD], "big"), 2 * HEAD
        end = place + size if size else len(media)
        if end < place + head:
            return
        yield name, media[place + head : end]
        place = end


def playable(media: bytes) -> bool:
    """Say whether bytes keep the rules: the box order, no edit lists, size, length (C:UM).

    A file without a moov is let through, so that a few bytes can stand for a video.
    """
    found = dict(boxes(media))
    names = list(found)
    late = "mdat" in names[: names.index("moov")] if "moov" in names else False
    if names[:1] != ["ftyp"] or len(media) > MOST_BYTES or late:
        return False
    moov = found.get("moov", b"")
    edited = any("edts" in dict(boxes(box)) for name, box in boxes(moov) if name == "trak")
    length = seconds(media)
    return not edited and (length is None or SHORTEST - SLACK <= length <= LONGEST + SLACK)


def seconds(media: bytes) -> float | None:
    """Return the length the movie header gives; None without one."""
    header = dict(boxes(dict(boxes(media)).get("moov", b""))).get("mvhd", b"")
    wide = header[:1] == b"\x01"
    first, width = (20, 8) if wide else (12, 4)
    scale = int.from_bytes(header[first : first + 4], "big")
    length = int.from_bytes(header[first + 4 : first + 4 + width], "big")
    return length / scale if scale else None
