"""Words to the operator by email, over TLS."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from elite8.core.domain.notice import Notice
from elite8.core.errors import Refused, SignInNeeded, Unavailable
from elite8.core.settings import Settings

SECONDS = 20.0
TLS_PORT = 465
"""Where TLS begins with the first byte (RFC 8314); elsewhere STARTTLS is asked for."""


def send(settings: Settings, notice: Notice) -> None:
    """Send a notice; its Message-ID is its own, so that one sent twice is seen to be one."""
    letter = written(settings, notice)
    with admitted(settings) as line:
        line.send_message(letter)


def greet(settings: Settings) -> None:
    """Sign in and out again, to see that the server lets us."""
    with admitted(settings) as line:
        line.noop()


@contextmanager
def admitted(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Give a line on which we are signed in; trouble is in our words."""
    try:
        with opened(settings) as line:
            if settings.smtp_user and settings.smtp_password:
                line.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            yield line
    except smtplib.SMTPAuthenticationError:
        raise SignInNeeded("the mail server refuses ELITE8_SMTP_USER or its password") from None
    except smtplib.SMTPRecipientsRefused:
        raise Refused("the mail server does not know ELITE8_SMTP_TO") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused("the mail server offers no TLS; name one that does") from None
    except ssl.SSLCertVerificationError as wrong:
        raise Refused(
            f"the certificate of {settings.smtp_host} is not to be trusted ({wrong.verify_message})"
        ) from None
    except smtplib.SMTPResponseException as no:
        kind = Unavailable if no.smtp_code < 500 else Refused  # noqa: PLR2004  # RFC 5321, 4.2.1
        raise kind(f"the mail server answers {no.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as broken:
        words = f"the mail server {settings.smtp_host} did not answer ({type(broken).__name__})"
        raise Unavailable(words) from None


def written(settings: Settings, notice: Notice) -> EmailMessage:
    """Return the letter."""
    letter = EmailMessage()
    sender = settings.smtp_from or settings.smtp_user or f"elite8@{settings.smtp_host}"
    letter["From"], letter["To"] = sender, settings.smtp_to
    letter["Subject"] = f"[elite8] {' '.join(notice.title.split())}"
    letter["Date"] = format_datetime(notice.at)
    domain = parseaddr(sender)[1].rpartition("@")[2] or settings.smtp_host
    letter["Message-ID"] = f"<{notice.id.lower()}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(notice.words)
    return letter


def opened(settings: Settings) -> smtplib.SMTP:
    """Return a line to the mail server that nobody reads; this machine's own needs no TLS."""
    trust = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    asked = settings.smtp_tls
    if asked == "implicit" or (asked == "auto" and port == TLS_PORT):
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=trust)
    line = smtplib.SMTP(host, port, timeout=SECONDS)
    if host not in {"localhost", "127.0.0.1"} or asked == "starttls":
        try:
            line.starttls(context=trust)
        except BaseException:
            line.close()
            raise
    return line
