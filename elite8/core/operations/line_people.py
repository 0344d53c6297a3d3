"""Friends of the LINE official account as subscribers, and their follows and unfollows as events.

Being listed is no consent: whom a message may reach is known by consents alone.
"""

from datetime import datetime

from elite8.core.domain.subscriber import PSEUDONYM, Act, SubscriberEvent
from elite8.core.errors import Refused
from elite8.core.operations import consents, direct, line_mail
from elite8.core.operations.direct import Fetched, Step
from elite8.core.operations.imports import native
from elite8.core.operations.mapping import Name
from elite8.core.operations.naming import Keeping, whose
from elite8.core.storage import bulk, vault
from elite8.core.studio import Studio

PLATFORM = "line"
ENDLESS = "LINE names the same page of friends again; fetch again later"


def fetch(studio: Studio, *, dry_run: bool = False, step: Step) -> Fetched:
    """Take in who is a friend now, page by page; who is known stays as they are."""
    with line_mail.account(studio) as there:
        account = there.name()
        intake = direct.begin(studio, PLATFORM, account, None, dry_run=dry_run)
        following, seen = "", set[str]()
        while True:
            step("friends", 0.5)
            ids, following = there.friends(following)
            intake.people([Name(PLATFORM, one, "") for one in ids], "friend")
            if not following:
                break
            if following in seen:
                raise Refused(ENDLESS)
            seen.add(following)
        friends = there.followers()
    if friends is not None:
        intake.notes.append(f"{friends} friends by LINE's insight: who ever added, less blocks")
    return intake.end()


def note(studio: Studio, user: str, act: Act, at: datetime, event: str) -> None:
    """Enter that somebody followed or left, once by the name LINE gave the event."""
    with studio.database.transaction() as session:
        safe = consents.opened(studio, session)
        keeping = Keeping(
            safe,
            lambda platform, name: vault.named(safe.salt, platform, name),
            studio.clock(),
            None,
        )
        name = Name(PLATFORM, user, "")
        person = whose(session, keeping, [name], lambda: {name: at}).people.get(name)
        if person is None:  # erased, and stays so
            return
        row = {
            "key": native(PLATFORM, event)[:PSEUDONYM],
            "subscriber_id": person.id,
            "character_id": "",
            "act": act,
            "at": at,
            "currency": "",
            "quantity": 1.0,
            "content": "",
            "about": "",
        }
        bulk.enter(session, SubscriberEvent, [row])
