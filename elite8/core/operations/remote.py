"""What the A2E account offers: voices and avatars."""

from dataclasses import dataclass
from typing import get_args

from elite8.core.domain.character import LANGUAGES, Language
from elite8.core.errors import ConfigError
from elite8.core.production.a2e import Remote
from elite8.core.storage import jobs
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarThere:
    """An avatar at A2E; `character` is whose it is, when we had it made or config names it."""

    id: str
    name: str
    kind: str
    character: str


def voices(studio: Studio, language: str) -> tuple[Remote, ...]:
    """Return A2E's voices for a language."""
    for known in get_args(Language):
        if language == known:
            return studio.a2e.voices(known)
    raise ConfigError(f"no language '{language[:20]}'; choose one of {', '.join(LANGUAGES)}")


def avatars(studio: Studio) -> tuple[AvatarThere, ...]:
    """Return the account's avatars and whose they are."""
    owners = {one.a2e.avatar_id: one.id for one in studio.config.roster.characters}
    with studio.database.transaction() as session:
        for character in studio.config.roster.characters:
            made = jobs.avatar(session, character.id)
            if made and made.result:
                owners[made.result] = character.id
    return tuple(
        AvatarThere(id=one.id, name=one.name, kind=one.group, character=owners.get(one.id, ""))
        for one in studio.a2e.avatars()
    )
