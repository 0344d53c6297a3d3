"""Files to and from A2E's storage: no token goes there, and nothing comes from a strange host."""

import hashlib
import re
from pathlib import Path
from time import monotonic
from urllib.parse import SplitResult, urlsplit

import httpx
import stamina

from elite8.core import http
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.production.a2e.wire import Missing

ATTEMPTS = 4
LARGEST = 2 << 30
"""Bytes; three minutes at 4K are a quarter of it."""
SLOWEST, LOOKED_AT = 16 << 10, 60.0
"""Bytes a second, over so many seconds: what drips slower is hung up on, and taken up again."""


class Files:
    """A line without a key, for presigned addresses and results."""

    def __init__(
        self, api_url: str, hosts: tuple[str, ...], transport: httpx.BaseTransport | None
    ) -> None:
        api = urlsplit(api_url)
        self._own_machine = api.netloc if api.hostname == "127.0.0.1" else ""
        self._hosts = hosts
        safe = None if self._own_machine else http.outside()
        self._client = http.open_client(transport=transport or safe)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def put(self, url: str, file: Path, content_type: str) -> None:
        """Upload to a presigned address; one that is refused or expired is not tried again.

        It may be at any host of the world, by https; none that is of a private network.
        """
        self._check_outside(url)
        headers = {"Content-Type": content_type, "Content-Length": str(file.stat().st_size)}
        try:
            with file.open("rb") as content:
                answer = self._client.put(url, content=content, headers=headers)
        except httpx.TransportError as trouble:
            raise Unavailable(f"the upload to A2E broke ({http.why(trouble)}); again") from None
        if not answer.is_success:
            raise Unavailable(f"A2E's storage answered {answer.status_code} to the upload; again")

    def get(self, url: str, target: Path) -> str:
        """Write what is at `url` to `target`, whole or not at all; return its SHA-256.

        What came over a line that broke is kept, and taken up by this call or a later one when the
        server still has the very same file (its ETag says so).
        """
        self.check(url)
        part = Part(target)
        for attempt in stamina.retry_context(on=Unavailable, attempts=ATTEMPTS, wait_initial=0.5):
            with attempt:
                self._fetch(url, part)
        if not part.size:
            part.drop()
            raise Refused("A2E's result is empty, 0 bytes")
        with part.file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        part.finish(target)
        return found

    def _check_outside(self, url: str) -> None:
        """Refuse a place for an upload that is not https at a name."""
        parts = split(url)
        if not self._is_own(parts) and (parts.scheme != "https" or not parts.hostname):
            raise Refused("A2E names a place to upload to that is not https; nothing was sent")

    def _is_own(self, parts: SplitResult) -> bool:
        return bool(self._own_machine) and parts.netloc == self._own_machine

    def check(self, url: str) -> None:
        """Refuse an address that is not https at a known host; the simulator's own is let be."""
        parts = split(url)
        host = parts.hostname or ""
        if self._is_own(parts):
            return
        known = any(host == name or host.endswith(f".{name}") for name in self._hosts)
        if parts.scheme != "https" or not known:
            raise ConfigError(
                f"A2E's result is at {host or 'no host'}, which is not in result_hosts of "
                "config/avatars/pro_plan_optimized.json; add it there if A2E really moved"
            )

    def _fetch(self, url: str, part: "Part") -> None:
        """Take up the download where `part` ends."""
        headers = {"Accept-Encoding": "identity"}
        if part.size:
            headers["Range"] = f"bytes={part.size}-"
            if part.tag:
                headers["If-Range"] = part.tag
        try:
            with self._client.stream("GET", url, headers=headers) as answer:
                part.take(answer)
        except httpx.TransportError as trouble:
            raise Unavailable(
                f"the download broke ({http.why(trouble)}); what came is kept"
            ) from None


def split(url: str) -> SplitResult:
    """Return the parts of an address that A2E named; one that is none is Unavailable."""
    try:
        parts = urlsplit(url)
        _ = parts.hostname, parts.port
    except ValueError:
        raise Unavailable("A2E names an address that is none; look again") from None
    return parts


class Part:
    """What has come of a file so far, and which file on the server it is of.

    A part of an earlier call is trusted only with its ETag, one of this call also by its size.
    """

    def __init__(self, target: Path) -> None:
        self.file = target.with_name(target.name + ".part")
        self._label = target.with_name(target.name + ".part.tag")
        self.tag = self._label.read_text() if self._label.exists() else ""
        self._whole = 0
        if not self.tag:
            self.drop()

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.file.stat().st_size if self.file.exists() else 0

    def drop(self) -> None:
        """Begin anew."""
        self.tag, self._whole = "", 0
        self.file.unlink(missing_ok=True)
        self._label.unlink(missing_ok=True)

    def finish(self, target: Path) -> None:
        """Give the whole file its name."""
        self.file.replace(target)
        self._label.unlink(missing_ok=True)

    def take(self, answer: httpx.Response) -> None:
        """Write what the answer brings behind what is here, or instead of it."""
        if answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
            raise Missing(f"A2E's address has run out ({answer.status_code})")
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._check_that_all_is_here(answer)
            return
        http.settled(answer)
        if not answer.is_success:
            raise Unavailable(f"A2E's storage answered {answer.status_code}; try later")
        if answer.status_code == httpx.codes.PARTIAL_CONTENT:
            self._check_that_it_follows(answer)
        else:
            self._begin(answer)
        self._write(answer)

    def _begin(self, answer: httpx.Response) -> None:
        self.drop()
        self._whole = int(answer.headers.get("Content-Length", 0))
        tag = answer.headers.get("ETag", "")
        if tag and not tag.startswith("W/"):  # a weak one proves nothing: RFC 9110, 13.1.5
            self._label.write_text(tag)
            self.tag = tag

    def _check_that_it_follows(self, answer: httpx.Response) -> None:
        """Refuse bytes of another place or another file."""
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
        first, whole = map(int, span.groups()) if span else (-1, -1)
        if first != self.size or (self._whole and whole != self._whole):
            self.drop()
            raise Unavailable("A2E's storage sent another part than was asked for; it begins anew")
        self._whole = whole

    def _check_that_all_is_here(self, answer: httpx.Response) -> None:
        if answer.headers.get("Content-Range") != f"bytes */{self.size}":
            self.drop()
            raise Unavailable("what was kept of A2E's result is of another file; it begins anew")

    def _write(self, answer: httpx.Response) -> None:
        with self.file.open("ab", buffering=0) as file:
            since, had = monotonic(), file.tell()
            for piece in answer.iter_raw():
                file.write(piece)
                if file.tell() > LARGEST:
                    self.drop()
                    raise Refused(f"A2E's result is larger than {LARGEST >> 30} GB; it is not kept")
                if (passed := monotonic() - since) >= LOOKED_AT:
                    if file.tell() - had < passed * SLOWEST:
                        raise Unavailable("the download only drips; what came is kept")
                    since, had = monotonic(), file.tell()
            if self._whole and file.tell() > self._whole:
                self.drop()
                raise Unavailable("another process fetched A2E's result as well; it begins anew")
            if self._whole and file.tell() < self._whole:
                raise Unavailable(
                    f"only {file.tell()} of {self._whole} bytes came; what came is kept"
                )
