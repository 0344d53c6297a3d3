"""Where sign-ins lie and which key seals them; what speaks to networks is not loaded."""

from dataclasses import dataclass

from elite8.core import places
from elite8.core.storage import keys, sign_ins
from elite8.core.storage.tokens import TokenStore
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """Where the key that sign-ins are encrypted with comes from; never the key.

    `there`: it is; otherwise it is made at the first sign-in.
    """

    source: keys.Source
    place: str
    there: bool


def key(studio: Studio) -> keys.Key:
    """Return the key in force; one is made where there is none."""
    settings = studio.settings
    given = settings.token_key.get_secret_value() if settings.token_key else None
    return keys.find(settings.token_key_from, given, places.environment(), settings.state_dir)


def store(studio: Studio) -> TokenStore:
    """Return where tokens are kept."""
    return sealed_by(studio, key(studio))


def sealed_by(studio: Studio, opens: keys.Key) -> TokenStore:
    """Return where tokens are kept, as a key opens them."""
    state = studio.settings.state_dir
    return TokenStore(state, opens, sign_ins.drawer(studio.database, state))


def key_in_use(studio: Studio) -> KeyShown:
    """Return which key is in force, having tried it; none is made by looking."""
    settings = studio.settings
    given = settings.token_key.get_secret_value() if settings.token_key else None
    wanted, environment = settings.token_key_from, places.environment()
    place = keys.missing(wanted, given, environment, settings.state_dir)
    if place:
        source = keys.source(wanted, given, environment)
        return KeyShown(source=source, place=place, there=False)
    found = keys.find(wanted, given, environment, settings.state_dir)
    found.cipher()
    return KeyShown(source=found.source, place=found.place, there=True)


def new_key() -> str:
    """Return a fresh key for ELITE8_TOKEN_KEY."""
    return keys.new()
