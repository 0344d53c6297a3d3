"""What a multipart form holds, as a server reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP

from elite8.core.simulators.wire import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One field; `file` is its file name, "" for a plain one."""

    content: bytes
    file: str = ""
    kind: str = ""


def parts(request: Request) -> Mapping[str, Part] | None:
    """Return the form's fields by name; `None` for a body that is no multipart form."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data") or "boundary=" not in kind:
        return None
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + request.body)
    if not message.is_multipart():
        return None
    found = {}
    for one in message.iter_parts():
        name = one.get_param("name", header="content-disposition")
        content = one.get_payload(decode=True)
        if not isinstance(name, str) or not isinstance(content, bytes):
            return None
        found[name] = Part(
            content=content, file=one.get_filename() or "", kind=one.get_content_type()
        )
    return found
