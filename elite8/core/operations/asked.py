"""What was asked by chat, on record: begun once, ended as it did."""

from elite8.core.domain.chat import Asked, Outcome
from elite8.core.storage import chat
from elite8.core.studio import Studio


def begin(studio: Studio, asked: Asked) -> str:
    """Keep what is asked; return what became of it before, "" when it is new."""
    with studio.database.transaction() as session:
        before = chat.outcome(session, asked)
        return "" if not before and chat.begin(session, asked) else before or Outcome.BEGUN


def end(studio: Studio, asked: Asked, outcome: Outcome) -> None:
    """Note what became of it."""
    with studio.database.transaction() as session:
        chat.end(session, asked, outcome)


def note_stranger(studio: Studio, asked: Asked) -> None:
    """Keep that somebody wrote who may not."""
    asked.outcome = Outcome.STRANGER
    with studio.database.transaction() as session:
        chat.begin(session, asked)
