"""Sending a message, by whichever channel it is for."""

from dataclasses import replace

from elite8.core.errors import Elite8Error
from elite8.core.operations import email_mail, line_mail, mailings
from elite8.core.operations.mailings import Looked, MailingShown
from elite8.core.studio import Studio


def look(studio: Studio, reference: str) -> Looked:
    """Return whom a message would reach now; LINE looks at it too and says what is left."""
    found = mailings.look(studio, reference)
    if found.mailing.channel != "line":
        return found
    return replace(found, left=line_mail.validate(studio, reference).left)


def send(studio: Studio, reference: str, limit: int) -> tuple[MailingShown, Elite8Error | None]:
    """Send a message; return how many got it, and what kept it from going on."""
    with studio.database.transaction() as session:
        mailing = mailings.named(session, reference)
    by = {"line": line_mail.send, "email": email_mail.send}
    trouble: Elite8Error | None = None
    try:
        by[mailing.channel](studio, mailing.id, limit)
    except Elite8Error as no:
        trouble = no
    return mailings.shown(studio, mailing), trouble
