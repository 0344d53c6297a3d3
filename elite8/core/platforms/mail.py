"""Email over SMTP: one letter to one person, and exactly what is known of each.

Source of every rule: api/messaging.md section C (RFC 5321, 5322, 8058).
"""

import html
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from elite8.core.domain.text import printable
from elite8.core.errors import RateLimited, Refused, SignInNeeded, Unanswered, Unavailable
from elite8.core.platforms.answers import Failed
from elite8.core.settings import Settings

SECONDS = 60.0
TLS_PORT = 465
"""Where TLS begins with the first byte (RFC 8314); elsewhere STARTTLS is asked for."""
OWN = {"localhost", "127.0.0.1"}
"""This machine's own server, which nobody else hears: it needs no TLS."""
GO_ON, TAKEN, CLOSING, FINAL = 354, 250, 421, 500
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
WIDE = policy.SMTP.clone(max_line_length=998, cte_type="7bit")
"""On a narrower line a long List-Unsubscribe becomes an encoded word, which no provider reads.

Seven bits: no server on the way has to write the letter anew, which breaks its signature.
"""
DOTS = re.compile(rb"^\.", re.MULTILINE)
NO_SUCH = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
"""Nobody is there (RFC 3463, 3.2; RFC 7505). 5.1.0 and 5.1.4 do not say so."""
OF_SENDER = {"5.1.7", "5.1.8"}
"""The sender's address is wrong, which many servers say only of the recipient (RFC 3463, 3.2)."""
ADDRESSES = re.compile(r"\S*@\S*")
ANSWERED = {2, 4, 5}
"""First digits of what ends a letter (RFC 5321, 4.2.1)."""


class NoSuchAddress(Failed):
    """The server knows no such person: nobody writes there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who is told what: `text` is the whole letter, `link` ends their emails."""

    sender: str
    returns_to: str
    to: str
    subject: str
    text: str
    link: str
    language: str
    name: str
    list_id: str
    at: datetime


def written(said: Envelope) -> bytes:
    """Return the letter as it goes over the line, each header on one."""
    letter = EmailMessage(policy=WIDE)
    letter["From"], letter["To"], letter["Subject"] = said.sender, said.to, said.subject
    letter["Date"] = format_datetime(said.at)
    letter["Message-ID"] = said.name
    letter["List-Unsubscribe"] = f"<{said.link}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter["List-ID"] = f"<{said.list_id}>"
    letter["Content-Language"] = said.language
    letter.set_content(said.text)
    letter.add_alternative(drawn(said), subtype="html")
    return letter.as_bytes(policy=WIDE)


def drawn(said: Envelope) -> str:
    """Return the letter as HTML: the same words, addresses as links, nothing fetched."""
    lines = html.escape(said.text).split("\n")
    linked = (re.sub(r"(https://[^\s<]+)", r'<a href="\1">\1</a>', one) for one in lines)
    body = "<br>\n".join(linked)
    return (
        f'<!doctype html>\n<html lang="{said.language}"><meta charset="utf-8">'
        f"<title>{html.escape(said.subject)}</title>\n<body><p>{body}</p></body></html>\n"
    )


def bare(address: str) -> str:
    """Return the address of `Name <address>`; none is Refused."""
    found = parseaddr(address)[1]
    if "@" not in found or not found.isascii() or any(sign.isspace() for sign in found):
        raise Refused("an address in phase2/messages_config.json is none: name@example.org")
    return found


@dataclass(slots=True)
class Post:
    """A line to the mail server on which we are signed in."""

    line: smtplib.SMTP

    def put(self, said: Envelope) -> str:
        """Hand one letter over and return what the server said.

        One that cannot be written is Refused before a word is said. A no before the letter is
        `Refused` (that person's: `Failed`), a not now `RateLimited`; no answer, or one that is
        none, once the letter was sent is `Unanswered`. A broken line before that is `Unavailable`.
        """
        try:
            raw = DOTS.sub(b"..", written(said)) + b".\r\n"
            said.to.encode("ascii")
        except ValueError as wrong:
            raise Refused(f"this letter cannot be written ({type(wrong).__name__})") from None
        try:
            with suppress(smtplib.SMTPServerDisconnected):
                self.line.rset()
            self._check(*self.line.mail(bare(said.returns_to)), whose="the sender")
            self._check(*self.line.rcpt(said.to), whose="")
            self._check(*self.line.docmd("DATA"), whose="", good=GO_ON)
        except smtplib.SMTPServerDisconnected as cut:
            raise Unavailable("the mail server hung up; nothing was sent") from cut
        except OSError as broken:
            raise Unavailable(f"the mail server is gone ({type(broken).__name__})") from None
        try:
            self.line.send(raw)
            code, answer = self.line.getreply()
        except (smtplib.SMTPException, OSError) as lost:
            self.line.close()
            raise Unanswered(
                f"the mail server did not say whether it took the letter ({type(lost).__name__})"
            ) from None
        if code // 100 not in ANSWERED:
            self.line.close()
            raise Unanswered("the mail server's answer to the letter is none")
        self._check(code, answer, whose="")
        return ADDRESSES.sub("…", printable(answer.decode("utf-8", "replace")))[:200]

    def _check(self, code: int, answer: bytes, *, whose: str, good: int = TAKEN) -> None:
        """Raise what an answer means; nothing for a good one."""
        if code == good or (good == TAKEN and code // 100 == 2):  # noqa: PLR2004  # RFC 5321, 4.2.1
            return
        enhanced = ENHANCED.search(answer.decode("utf-8", "replace"))
        status = enhanced[0] if enhanced else ""
        said = f"{code} {status}".strip()
        if code == CLOSING:
            raise Unavailable(f"the mail server closes ({said}); try later")
        if code < FINAL:
            raise RateLimited(f"the mail server says not now ({said})")
        if whose or status in OF_SENDER:
            raise Refused(f"the mail server refuses {whose or 'the sender'} ({said})")
        if status in NO_SUCH:
            raise NoSuchAddress(f"the mail server knows no such address ({said})")
        raise Failed(f"the mail server refuses it ({said})")


def is_implicit(settings: Settings) -> bool:
    """Return whether TLS begins with the first byte."""
    auto = settings.smtp_tls == "auto" and settings.smtp_port == TLS_PORT
    return auto or settings.smtp_tls == "implicit"


@contextmanager
def opened(settings: Settings) -> Iterator[Post]:
    """Give a line on which we are signed in; trouble on the way there is in our words."""
    try:
        line = connected(settings)
    except smtplib.SMTPAuthenticationError:
        raise SignInNeeded("the mail server refuses ELITE8_SMTP_USER or its password") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused("the mail server offers no TLS, or no sign-in; name one that does") from None
    except ssl.SSLCertVerificationError as wrong:
        raise Refused(
            f"the certificate of {settings.smtp_host} is not to be trusted "
            f"({wrong.verify_message}); nothing was sent"
        ) from None
    except (smtplib.SMTPException, OSError) as broken:
        words = f"the mail server {settings.smtp_host} did not answer ({type(broken).__name__})"
        raise Unavailable(words) from None
    try:
        yield Post(line)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            line.quit()


def connected(settings: Settings) -> smtplib.SMTP:
    """Return a line that nobody reads, signed in; this machine's own server needs no TLS."""
    host, port, trust = settings.smtp_host, settings.smtp_port, ssl.create_default_context()
    line: smtplib.SMTP
    implicit = is_implicit(settings)
    if implicit:
        line = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=trust)
    else:
        line = smtplib.SMTP(host, port, timeout=SECONDS)
    try:
        if not implicit and (host not in OWN or settings.smtp_tls == "starttls"):
            line.starttls(context=trust)
        if settings.smtp_user and settings.smtp_password:
            line.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        else:
            line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line
