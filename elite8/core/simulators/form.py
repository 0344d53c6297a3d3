"""What a multipart form holds, as a server reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import pairwise

from elite8.core.simulators.wire import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field; `file` is its file name, "" for a plain one."""

    content: bytes
    file: str = ""
    kind: str = ""


def parts(request: Request) -> Mapping[str, Part] | None:
    """Return the form's fields by name; `None` for a body that is no multipart form.

    Films go through here: a body is cut at its boundary as it lies, only heads are read as text
    (RFC 2046, 5.1.1).
    """
    boundary = _heading(b"Content-Type: " + request.headers.get("content-type", "").encode())
    mark = boundary.get_boundary() if boundary.get_content_type() == "multipart/form-data" else None
    if not mark:
        return None
    line, body, found = b"\r\n--" + mark.encode(), request.body, {}
    pieces = [*pairwise(_cuts(body, line))]
    if not pieces or not body.startswith(b"--", pieces[-1][1] + len(line)):
        return None
    for before, end in pieces:
        begin = before + len(line) + len(b"\r\n")
        parted = body.find(b"\r\n\r\n", begin, end)
        one = _heading(body[begin : max(parted, begin)])
        name = one.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            return None
        content = body[parted + len(b"\r\n\r\n") : end]
        found[name] = Part(
            content=content, file=one.get_filename() or "", kind=one.get_content_type()
        )
    return found


def _cuts(body: bytes, line: bytes) -> Iterator[int]:
    """Yield where each boundary's line begins, its line break too; the first may lack that."""
    at = -len(b"\r\n") if body.startswith(line[2:]) else body.find(line)
    while at != -1:
        yield at
        at = body.find(line, max(at, 0) + 1)


def _heading(head: bytes) -> Message:
    """Return the fields of a head; the policy for HTTP would take ten times as long."""
    return BytesHeaderParser().parsebytes(head)
