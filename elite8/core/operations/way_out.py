"""Links in emails: the one that ends them, and the second yes; each alone says whose and which."""

import hmac
import re

from elite8.core.domain.identity import ALPHABET, LENGTH
from elite8.core.errors import Refused
from elite8.core.operations import consents
from elite8.core.storage import people
from elite8.core.storage.vault import Vault
from elite8.core.studio import Studio

NO, YES = "/u/", "/c/"
"""Where a no and a second yes are said."""
SIGNED = 32
"""Hexadecimal digits of the signature: 128 bits."""
PURPOSES = {"m": "marketing", "s": "service"}
TOKEN = re.compile(rf"([{ALPHABET}]{{{LENGTH}}})([ms])([0-9a-f]{{{SIGNED}}})")


def link(studio: Studio, safe: Vault, person: str, purpose: str, place: str = NO) -> str:
    """Return the address for one person; without a public page that answers it is Refused."""
    if not studio.settings.web_url:
        raise Refused(
            "emails carry a link that ends them, and mail providers call it: serve the page to the "
            "world and set ELITE8_WEB_URL (docs/how-to/email.md)"
        )
    if studio.settings.web_token is None:
        raise Refused(
            f"emails carry a link that ends them, and {studio.settings.web_url} answers nobody "
            "without a token: set ELITE8_WEB_TOKEN (docs/how-to/web.md)"
        )
    name = person + purpose[0]
    return f"{studio.settings.web_url}{place}{name}{signature(safe, place, name)}"


def signature(safe: Vault, place: str, name: str) -> str:
    """Return what only we can work out."""
    return safe.signed(f"{place} {name}")[:SIGNED]


def read(studio: Studio, token: str, place: str = NO) -> tuple[str, str] | None:
    """Return the person's key and the purpose of a link; `None` for one that is not ours.

    Anybody may ask, as often as they like: it waits for no writer, and none waits for it.
    """
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    with studio.looking.database.transaction() as session:
        if people.get(session, found[1]) is None:
            return None
        ours = signature(consents.opened(studio, session), place, found[1] + found[2])
    if not hmac.compare_digest(ours, found[3]):
        return None
    return found[1], PURPOSES[found[2]]


def take(studio: Studio, token: str, via: str) -> bool:
    """End what a link is for, at once; return whether it is one of ours. Twice harms nothing."""
    found = read(studio, token)
    if found is None:
        return False
    person, purpose = found
    consents.withdraw(studio, person, channel="email", purpose=purpose, via=via)
    return True


def agree(studio: Studio, token: str) -> bool:
    """Note the second yes of a link; return whether it is ours and was waited for."""
    found = read(studio, token, YES)
    if found is None:
        return False
    person, purpose = found
    try:
        consents.confirm(studio, person, "email", purpose, "link in the email that asked")
    except Refused:
        return False
    return True
