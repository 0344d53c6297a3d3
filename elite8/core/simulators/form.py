"""What a multipart form holds, as a server reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

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
    line = b"\r\n--" + mark.encode()
    _, *pieces, end = (b"\r\n" + request.body).split(line)
    if not pieces or not end.startswith(b"--"):
        return None
    found = {}
    for piece in pieces:
        head, parted, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        one = _heading(head)
        name = one.get_param("name", header="content-disposition")
        if not parted or not isinstance(name, str):
            return None
        found[name] = Part(
            content=content, file=one.get_filename() or "", kind=one.get_content_type()
        )
    return found


def _heading(head: bytes) -> Message:
    """Return the fields of a head; the policy for HTTP would take ten times as long."""
    return BytesHeaderParser().parsebytes(head)
