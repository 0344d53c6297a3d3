"""The key that videos are signed with; looking at it loads nothing that makes videos."""

from elite8.core.errors import ConfigError
from elite8.core.production import credentials
from elite8.core.production.credentials import CERTIFICATE, SigningKey
from elite8.core.studio import Studio


def signing_key(studio: Studio) -> SigningKey:
    """Return the operator's key when one is set, else the one generated on first use."""
    settings, now = studio.settings, studio.clock()
    pair = (settings.signing_certificate, settings.signing_key)
    if pair[0] and pair[1]:
        return credentials.load(pair[0], pair[1], now=now)
    if any(pair):
        raise ConfigError(
            "set ELITE8_SIGNING_CERTIFICATE and ELITE8_SIGNING_KEY together, or neither"
        )
    keys = settings.state_dir / "keys"
    older = (keys / CERTIFICATE).exists()  # other keys lie there too since then
    return credentials.generate(keys if older else keys / "signing", now=now)


def has_signing_key(studio: Studio) -> bool:
    """Return whether there is a key to sign with, without making one."""
    keys = studio.settings.state_dir / "keys"
    made = (folder / CERTIFICATE for folder in (keys, keys / "signing"))
    return bool(studio.settings.signing_key) or any(file.exists() for file in made)
