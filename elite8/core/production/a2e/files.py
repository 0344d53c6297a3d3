"""Files to and from A2E's storage: no token goes there, and nothing comes from a strange host."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import stamina

from elite8.core import http
from elite8.core.errors import ConfigError, Refused, Unavailable
from elite8.core.production.a2e.wire import Missing

ATTEMPTS = 4
CHUNK = 1 << 20
LARGEST = 2 << 30
"""Bytes; three minutes at 4K are a quarter of it."""


class Files:
    """A line without a key, for presigned addresses and results."""

    def __init__(
        self, api_url: str, hosts: tuple[str, ...], transport: httpx.BaseTransport | None
    ) -> None:
        api = urlsplit(api_url)
        self._own_machine = api.netloc if api.hostname == "127.0.0.1" else ""
        self._hosts = hosts
        self._client = http.open_client(transport=transport)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def put(self, url: str, file: Path, content_type: str) -> None:
        """Upload to a presigned address; one that is refused or expired is not tried again."""
        headers = {"Content-Type": content_type, "Content-Length": str(file.stat().st_size)}
        try:
            with file.open("rb") as content:
                answer = self._client.put(url, content=content, headers=headers)
        except httpx.TransportError as trouble:
            raise Unavailable(
                f"the upload to A2E broke ({type(trouble).__name__}); again"
            ) from None
        if not answer.is_success:
            raise Unavailable(f"A2E's storage answered {answer.status_code} to the upload; again")

    def get(self, url: str, target: Path) -> str:
        """Write what is at `url` to `target`, whole or not at all; return its SHA-256."""
        self.check(url)
        part = target.with_name(target.name + ".part")
        for attempt in stamina.retry_context(on=Unavailable, attempts=ATTEMPTS, wait_initial=0.5):
            with attempt:
                self._fetch(url, part)
        if not part.stat().st_size:
            part.unlink()
            raise Refused("A2E's result is empty, 0 bytes; it was paid for, so tell A2E")
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(target)
        return found

    def check(self, url: str) -> None:
        """Refuse an address that is not https at a known host; the simulator's own is let be."""
        parts = urlsplit(url)
        if self._own_machine and parts.netloc == self._own_machine:
            return
        host = parts.hostname or ""
        known = any(host == name or host.endswith(f".{name}") for name in self._hosts)
        if parts.scheme != "https" or not known:
            raise ConfigError(
                f"A2E's result is at {host or 'no host'}, which is not in result_hosts of "
                "config/avatars/pro_plan_optimized.json; add it there if A2E really moved"
            )

    def _fetch(self, url: str, part: Path) -> None:
        """Take up the download where `part` ends."""
        have = part.stat().st_size if part.exists() else 0
        headers = {"Range": f"bytes={have}-"} if have else {}
        try:
            with self._client.stream("GET", url, headers=headers) as answer:
                self._write(answer, part, have)
        except httpx.TransportError as trouble:
            raise Unavailable(
                f"the download broke ({type(trouble).__name__}); what came is kept"
            ) from None

    def _write(self, answer: httpx.Response, part: Path, have: int) -> None:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is here
        if answer.status_code in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND):
            raise Missing(f"A2E's address has run out ({answer.status_code})")
        http.settled(answer)
        if not answer.is_success:
            raise Unavailable(f"A2E's storage answered {answer.status_code}; try later")
        again = answer.status_code == httpx.codes.PARTIAL_CONTENT
        whole = int(answer.headers.get("Content-Length", 0)) + (have if again else 0)
        with part.open("ab" if again else "wb") as file:
            for piece in _limited(answer):
                file.write(piece)
            if whole and file.tell() < whole:
                raise Unavailable(f"only {file.tell()} of {whole} bytes came; what came is kept")


def _limited(answer: httpx.Response) -> Iterator[bytes]:
    came = 0
    for piece in answer.iter_bytes(CHUNK):
        came += len(piece)
        if came > LARGEST:
            raise Refused(f"A2E's result is larger than {LARGEST >> 30} GB; it was not kept")
        yield piece
