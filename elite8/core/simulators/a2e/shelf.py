"""Files: uploads by presigned address, sounds, results, and how they are handed out."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote, urlsplit

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.wire import Reply, Request

HOSTS = {
    "r2": "account.r2.cloudflarestorage.com",
    "cdn": "3days-apac.makefun.ai",
    "tts": "7days-tos.a2e.com.cn",
    "files": "result.makefun.ai",
}
"""Where each kind of file lies when nothing is served on loopback; the shapes are INFERRED."""
STRANGE_HOST = "evil.example.com"
BUCKET = "3days-apac"
UPLOAD_SECONDS = 3600
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True, kw_only=True)
class Item:
    """One file; `result` says that it was paid for, the rest how it misbehaves."""

    content_type: str
    make: Callable[[], bytes]
    result: bool = False
    empty: bool = False
    truncated: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A presigned address: what may be put there, and until when."""

    signature: str
    content_type: str
    length: int | None
    until: datetime


class Shelf:
    """Every file by its key, which is its kind and its name: `cdn/adam2eve/.../ref.png`."""

    def __init__(self, base_url: str, faults: Faults, clock: Callable[[], datetime]) -> None:
        self.base_url = base_url
        self._faults = faults
        self._clock = clock
        self._items: dict[str, Item] = {}
        self._grants: dict[str, Grant] = {}

    @property
    def loopback(self) -> bool:
        """Whether everything is served under one address of this machine."""
        return urlsplit(self.base_url).hostname in {"127.0.0.1", "localhost", "::1"}

    def url(self, key: str) -> str:
        """Return the address of a key."""
        if self.loopback:
            return f"{self.base_url.rstrip('/')}/{quote(key)}"
        kind, _, name = key.partition("/")
        return f"https://{HOSTS[kind]}/{quote(name)}"

    def key(self, url: str) -> str:
        """Return the key an address stands for, "" for a foreign one."""
        parts = urlsplit(url)
        if self.loopback:
            own = parts.netloc == urlsplit(self.base_url).netloc
            return unquote(parts.path).lstrip("/") if own else ""
        return key_at(parts.hostname or "", unquote(parts.path))

    def put(self, key: str, content_type: str, make: Callable[[], bytes], *, result: bool) -> None:
        """Lay a file down; its bytes are made when they are asked for."""
        self._items[key] = Item(content_type=content_type, make=make, result=result)

    def item(self, key: str) -> Item | None:
        """Return a file, `None` when there is none."""
        return self._items.get(key)

    def current(self, key: str) -> str:
        """Return the key of a result as it is now: one that ran out moves to a fresh one."""
        item = self._items[key]
        if not item.expired:
            return key
        stem, _, ending = key.rpartition(".")
        fresh = f"{stem}r.{ending}"
        self._items[fresh] = Item(
            content_type=item.content_type,
            make=item.make,
            result=True,
            empty=item.empty,
            truncated=item.truncated,
        )
        return fresh

    def grant(self, name: str, content_type: str, length: int | None, seconds: int) -> str:
        """Return the presigned address at which `name` may be put."""
        key = f"r2/{BUCKET}/{name}"
        seen = f"{key}{self._clock().isoformat()}{len(self._grants)}"
        signature = hashlib.sha256(seen.encode()).hexdigest()
        self._grants[key] = Grant(
            signature=signature,
            content_type=content_type,
            length=length,
            until=self._clock() + timedelta(seconds=seconds),
        )
        return f"{self.url(key)}?X-Amz-Expires={seconds}&X-Amz-Signature={signature}"

    def answer(self, request: Request, key: str) -> Reply:
        """Take an upload, or hand a file out."""
        if "authorization" in request.headers:  # [C6]: it breaks the signature, leaks the token
            return storage_error(400, "InvalidArgument")
        if request.method == "PUT":
            return self._upload(request, key)
        if request.method not in {"GET", "HEAD"} or key.startswith("r2/"):
            return storage_error(403, "AccessDenied")
        return self._hand_out(request, key)

    def _upload(self, request: Request, key: str) -> Reply:
        grant = self._grants.get(key)
        if grant is None or request.query.get("X-Amz-Signature") != grant.signature:
            return storage_error(403, "SignatureDoesNotMatch")
        if self._clock() > grant.until:
            return storage_error(403, "ExpiredRequest")
        sent_type = request.headers.get("content-type", "")
        length = request.headers.get("content-length", str(len(request.body)))
        if grant.content_type and sent_type != grant.content_type:
            return storage_error(403, "SignatureDoesNotMatch")
        if grant.length is not None and {length, str(len(request.body))} != {str(grant.length)}:
            return storage_error(403, "SignatureDoesNotMatch")
        body = request.body
        name = key.removeprefix(f"r2/{BUCKET}/")
        self.put(f"cdn/{name}", sent_type, lambda: body, result=False)
        return Reply(headers={"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'})

    def _hand_out(self, request: Request, key: str) -> Reply:
        item = self._items.get(key)
        if item is None:
            return storage_error(404, "NoSuchKey")
        cut = request.method == "GET" and self._spoil(item, key, request.headers)
        if item.expired:
            return storage_error(403, "AccessDenied")
        whole = b"" if item.empty else item.make()
        tag = f'"{hashlib.sha256(whole).hexdigest()[:32]}"'
        same = request.headers.get("if-range", tag) == tag  # RFC 9110, 13.1.5
        asked = RANGE.fullmatch(request.headers.get("range", "")) if same else None
        first = int(asked[1]) if asked else 0
        last = min(int(asked[2]) if asked and asked[2] else len(whole) - 1, len(whole) - 1)
        headers = {"Content-Type": item.content_type, "Accept-Ranges": "bytes", "ETag": tag}
        if asked and first > last:
            headers["Content-Range"] = f"bytes */{len(whole)}"
            return Reply(status=416, headers=headers)
        if asked:
            headers["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
        headers["Content-Length"] = str(last + 1 - first)
        end = len(whole) // 2 if item.truncated or cut else last + 1
        body = b"" if request.method == "HEAD" else whole[first : min(end, last + 1)]
        return Reply(status=206 if asked else 200, headers=headers, body=body)

    def _spoil(self, item: Item, key: str, headers: Mapping[str, str]) -> bool:
        """Let waiting faults befall a download; say whether its line breaks this once."""

        def take(name: str) -> bool:
            return self._faults.take(name, f"/{key}", named_only=not item.result)

        if not item.expired and take("expired-url"):
            item.expired = True
        if item.expired:
            return False
        if item.content_type.startswith("video/"):
            item.empty = item.empty or take("empty-video")
            item.truncated = item.truncated or take("truncated-video")
        return "range" not in headers and take("cut-download")


def key_at(host: str, path: str) -> str:
    """Return the key of a file by the host that keeps it, "" for other hosts."""
    kind = next((kind for kind, name in HOSTS.items() if name == host), "")
    return f"{kind}{path}" if kind else ""


def storage_error(status: int, code: str) -> Reply:
    """Return a refusal as S3-like storage words it."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code></Error>'
    return Reply(status=status, headers={"Content-Type": "application/xml"}, body=body.encode())
