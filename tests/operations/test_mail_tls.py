"""The line to the mail server: real handshakes, and nothing said to a server that is not it."""

import ssl
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from elite8.core.domain.notice import Notice
from elite8.core.errors import Elite8Error, Refused
from elite8.core.notify import email as notices
from elite8.core.operations import doctor
from elite8.core.platforms import mail
from elite8.core.platforms.mail import Envelope
from elite8.core.settings import Settings
from elite8.core.simulators.smtp import PASSWORD, USER, MailSimulator
from elite8.core.studio import Studio

pytestmark = pytest.mark.enable_socket
HERE = "127.0.0.2"
"""Loopback too, but to us a server elsewhere: it needs TLS."""
LETTER = Envelope(
    sender="Nova <news@mail.example.com>",
    returns_to="news@mail.example.com",
    to="fan@example.org",
    subject="x",
    text="Es regnet draußen.",
    link="https://fans.example.com/u/1",
    language="de",
    name="<1@mail.example.com>",
    list_id="x.mail.example.com",
    at=datetime(2026, 11, 26, tzinfo=UTC),
)


def issued(  # noqa: PLR0913  # what a certificate says
    name: str, key: Any, by: Any, issuer: str, *, host: str = "", days: int = 30
) -> Any:
    """A certificate that ends in so many days; without `host` it may issue others."""

    def called(common: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])

    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
    )
    if host:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        made = made.add_extension(names, critical=False)
    return made.sign(by, hashes.SHA256())


@pytest.fixture
def server_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., ssl.SSLContext]:
    """Return a function that makes a server's side; our side trusts one authority alone."""
    top, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = tmp_path / "root.pem"
    root.write_bytes(issued("Test CA", top, top, "Test CA").public_bytes(Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(root))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))

    def make(*, host: str = HERE, trusted: bool = True, days: int = 30) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        by = top if trusted else other
        shown = issued("mail", key, by, "Test CA", host=host, days=days)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = tmp_path / "host.pem"
        file.write_bytes(shown.public_bytes(Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return make


@pytest.fixture
def open_now() -> Any:
    with ExitStack() as stack:
        yield stack


def to(settings: Settings, server: MailSimulator, **more: object) -> Settings:
    decided = {
        "smtp_host": server.host,
        "smtp_port": server.port,
        "smtp_user": USER,
        "smtp_password": SecretStr(PASSWORD),
        "smtp_to": "operator@example.org",
        "smtp_tls": "implicit" if server.implicit else "auto",
    }
    return settings.model_copy(update=decided | more)


def notice() -> Notice:
    return Notice(
        id="1",
        route="email",
        kind="alert",
        severity="info",
        title="x",
        words="y",
        at=LETTER.at,
        due_at=LETTER.at,
    )


@pytest.mark.parametrize("implicit", [True, False])
def test_over_tls_letters_go_out(
    studio: Studio, server_of: Callable[..., ssl.SSLContext], open_now: Any, *, implicit: bool
) -> None:
    server = MailSimulator(host=HERE, tls=server_of(), implicit=implicit)
    open_now.enter_context(server.serving())
    settings = to(studio.settings, server)
    with mail.opened(settings) as line:
        assert line.put(LETTER) == "2.0.0 queued as 1"
    notices.send(settings, notice())
    assert [one[1] for one in server.taken] == [LETTER.to, "operator@example.org"]
    assert set(server.heard) == (set() if implicit else {"EHLO", "STARTTLS"})


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize(
    "wrong", [{"trusted": False}, {"host": "127.0.0.3"}, {"days": -1}], ids=str
)
def test_to_a_server_that_is_not_the_one_nothing_is_said(
    studio: Studio,
    server_of: Callable[..., ssl.SSLContext],
    open_now: Any,
    wrong: dict[str, Any],
    *,
    implicit: bool,
) -> None:
    server = MailSimulator(host=HERE, tls=server_of(**wrong), implicit=implicit)
    open_now.enter_context(server.serving())
    settings = to(studio.settings, server)
    with pytest.raises(Refused, match=r"certificate of 127\.0\.0\.2 is not to be trusted") as told:
        open_now.enter_context(mail.opened(settings))
    with pytest.raises(Refused, match="certificate"):
        notices.send(settings, notice())
    assert PASSWORD not in str(told.value)
    assert server.taken == []
    assert set(server.heard) <= {"EHLO", "STARTTLS"}


def test_no_password_goes_over_a_plain_line(studio: Studio, open_now: Any) -> None:
    server = MailSimulator(host=HERE)  # offers AUTH, and no TLS
    open_now.enter_context(server.serving())
    settings = to(studio.settings, server)
    with pytest.raises(Refused, match="no TLS"):
        open_now.enter_context(mail.opened(settings))
    with pytest.raises(Refused, match="no TLS"):
        notices.greet(settings)
    assert (set(server.heard), server.taken) == ({"EHLO"}, [])


def test_a_server_that_begins_plainly_where_tls_was_said_is_no_mail_server(
    studio: Studio, open_now: Any
) -> None:
    server = MailSimulator(host=HERE)
    open_now.enter_context(server.serving())
    with pytest.raises(Elite8Error, match="did not answer"):
        open_now.enter_context(mail.opened(to(studio.settings, server, smtp_tls="implicit")))
    assert not {"EHLO", "AUTH"} & set(server.heard)


def mail_line(studio: Studio, settings: Settings) -> tuple[str, str]:
    (found,) = doctor.letters(replace(studio, settings=settings))
    return found.state, found.says


def test_the_doctor_signs_in_and_sends_nothing(
    studio: Studio, server_of: Callable[..., ssl.SSLContext], open_now: Any
) -> None:
    server = MailSimulator(host=HERE, tls=server_of())
    open_now.enter_context(server.serving())
    settings = to(studio.settings, server)
    assert mail_line(studio, settings) == ("good", f"{HERE} lets {USER} in")
    quiet = settings.model_copy(update={"smtp_to": ""})
    assert "no notices" in mail_line(studio, quiet)[1]
    assert server.taken == []
    assert mail_line(studio, studio.settings)[0] == "off"
    with pytest.raises(Elite8Error, match="ELITE8_SMTP_USER"):
        mail_line(studio, settings.model_copy(update={"smtp_password": SecretStr("other")}))
