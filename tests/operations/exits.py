"""What the tests of the proxy share: a certificate authority, TLS hosts, a proxy before them."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pydantic import SecretStr
from sqlmodel import col, select

from elite8.core import http
from elite8.core.domain.account import Account, new_account
from elite8.core.domain.post import new_post
from elite8.core.domain.proxy import ProxyConfig, Use
from elite8.core.domain.video import VideoStatus, new_video
from elite8.core.operations import egress
from elite8.core.simulators import iproyal
from elite8.core.simulators.wire import Handler, Reply, Request, Transport, serve
from elite8.core.storage import accounts, posts, videos
from elite8.core.studio import Studio

API = "open.tiktokapis.com"
UPLOAD = "open-upload.tiktokapis.com"
ECHO = "ipinfo.io"
NAMES = (
    *(API, UPLOAD, ECHO, "graph.instagram.com", "www.googleapis.com"),
    *("oauth2.googleapis.com", "youtubeanalytics.googleapis.com"),
)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def issued(
    key: ec.EllipticCurvePrivateKey, name: str, by: tuple[Any, str], names: tuple[str, ...] = ()
) -> x509.Certificate:
    """A certificate of today; without `names` it may issue others."""
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by[1]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=not names, path_length=None), critical=True)
    )
    if names:
        dns = [x509.DNSName(each) for each in names]
        made = made.add_extension(x509.SubjectAlternativeName(dns), critical=False)
    return made.sign(by[0], hashes.SHA256())


def authority(folder: Path, stem: str = "ca") -> tuple[Path, ssl.SSLContext]:
    """The file of a new authority, and how its hosts show themselves."""
    top, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = issued(top, f"Test {stem}", (top, f"Test {stem}"))
    shown = issued(leaf, API, (top, f"Test {stem}"), NAMES)
    file, host = folder / f"{stem}.pem", folder / f"{stem}-host.pem"
    file.write_bytes(root.public_bytes(Encoding.PEM))
    secret = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    host.write_bytes(shown.public_bytes(Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(host)
    return file, context


NOBODY: Any = {"now": datetime.now(UTC), "network": "tiktok", "handle": "", "name": ""}


@dataclass
class Direct(httpx.BaseTransport):
    """The way that is no proxy's: hands over to the same host and keeps what it was asked."""

    handler: Handler
    seen: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(f"{request.method} {request.url.host}{request.url.path}")
        return Transport(self.handler).handle_request(request)


@dataclass(kw_only=True)
class Scenery:
    """A studio whose JP accounts go out by a proxy on loopback, and who is behind it."""

    studio: Studio
    proxy: iproyal.ProxySimulator
    direct: Direct
    account: Account
    heard: list[Request]

    def client(self) -> httpx.Client:
        return http.open_client(transport=egress.line(self.studio, self.account))

    def put(self, size: int, host: str = API, scheme: str = "https") -> int:
        """Send so many bytes with a client of its own."""
        with self.client() as client:
            address = f"{scheme}://{host}/upload"
            return int(client.put(address, content=b"x" * size).status_code)

    def uses(self) -> list[Use]:
        with self.studio.database.transaction() as session:
            return list(session.exec(select(Use).order_by(col(Use.id))).all())

    def counted(self) -> tuple[int, int]:
        """Every byte up and down by our rows."""
        found = self.uses()
        return sum(one.up for one in found), sum(one.down for one in found)

    def decide(self, **changed: Any) -> None:
        """Change the operator's decisions."""
        kept = vars(self.studio.config)
        kept["proxy"] = kept["proxy"].model_copy(update=changed)


@contextmanager
def scenery(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> Iterator[Scenery]:
    """Open it: every host of NAMES answers in TLS behind the proxy, with one handler."""
    file, context = authority(folder)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    http.trust.cache_clear()
    heard: list[Request] = []

    def answer(request: Request) -> Reply:
        heard.append(request)
        return Reply(body=b"a" * 100)

    handler = more.pop("handler", answer)
    join = more.pop("join", True)
    proxy = iproyal.ProxySimulator(**more)
    with ExitStack() as open_now:
        there = place(open_now.enter_context(serve(handler, tls=context)))
        proxy.places.update({name: there for name in NAMES if name not in proxy.places})
        echo = open_now.enter_context(serve(iproyal.echo(proxy), tls=context))
        proxy.places[ECHO] = place(echo)
        host, port = open_now.enter_context(proxy.serve())
        direct = Direct(handler)
        opened = replace(studio, settings=signed_in(studio), transport=direct)
        vars(opened.config)["proxy"] = decided(studio.config.proxy, host, port)
        account = joined(opened) if join else new_account(**NOBODY)
        yield Scenery(studio=opened, proxy=proxy, direct=direct, account=account, heard=heard)
        opened.database.close()
    http.trust.cache_clear()


def place(address: str) -> tuple[str, int]:
    parts = urlsplit(address)
    return str(parts.hostname), int(parts.port or 0)


def decided(config: ProxyConfig, host: str, port: int) -> ProxyConfig:
    """The shipped decisions with JP on."""
    regions = config.regions | {"JP": config.regions["JP"].model_copy(update={"on": True})}
    changed = {"on": True, "host": host, "port": port, "regions": regions}
    return config.model_copy(update=changed)


def signed_in(studio: Studio) -> Any:
    secrets = {"username": iproyal.USERNAME, "password": iproyal.PASSWORD, "token": iproyal.TOKEN}
    update = {f"iproyal_{name}": SecretStr(value) for name, value in secrets.items()}
    return studio.settings.model_copy(update=update)


def joined(studio: Studio, network: str = "tiktok", regions: str = "JP") -> Account:
    """An account of the region."""
    account = new_account(now=studio.clock(), network=network, handle=f"h-{regions}", name="x")
    account.regions = regions
    with studio.database.transaction() as session:
        return accounts.keep(session, account)


def planned(studio: Studio, hours: float, size: int, network: str = "youtube") -> None:
    """A post that waits; without a size its video is not made yet."""
    now = studio.clock()
    facts: dict[str, Any] = {"character_id": "jin", "engine": "local", "language": "en"}
    facts |= {"content_type": "tech", "topic": "t", "title": "T", "script": "s", "seed": 1}
    video = new_video(now=now, asked_seconds=None, **facts)
    video.size_bytes, video.path, video.sha256 = size, "x.mp4", "0"
    video.status = VideoStatus.FINISHED if size else VideoStatus.PLANNED
    with studio.database.transaction() as session:
        videos.add(session, video)
        due_at = now + timedelta(hours=hours)
        posts.add(session, new_post(now=now, video_id=video.id, platform=network, due_at=due_at))
