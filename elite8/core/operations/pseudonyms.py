"""Who somebody is, as a word that says nothing: the seam to whoever keeps people's records."""

import hashlib
import hmac

from elite8.core.storage import keys
from elite8.core.studio import Studio

KEY_FILE = "people.key"
LENGTH = 32


def pseudonym(studio: Studio, platform: str, name: str) -> str:
    """Return a person's pseudonym: the same for the same name on a platform, by our own key.

    Without the key file nobody can try names until one fits; who has it can, so it is kept like a
    token. A platform's own id is better than a handle, which its owner may change.
    """
    key = keys.own(studio.settings.state_dir, KEY_FILE).value
    text = f"{platform.strip().casefold()}\0{name.strip().casefold()}".encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:LENGTH]
