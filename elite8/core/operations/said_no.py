"""A no holds, also in a database from before it: each is noted beside the salt first."""

from elite8.core.domain.audit import Decision
from elite8.core.domain.consent import Consent, following, given_after, unsaid
from elite8.core.operations import audit
from elite8.core.storage import noes, people
from elite8.core.storage.database import Session
from elite8.core.storage.noes import No
from elite8.core.studio import Studio


def note(studio: Studio, session: Session, row: Consent) -> None:
    """Note outside the database that somebody ended a consent, before it has it."""
    if studio.drafts:
        return
    said = [
        No(
            digest=one.digest,
            channel=row.channel,
            purpose=row.purpose,
            at=row.withdrawn_at or studio.clock(),
            why=row.withdrawn_via,
        )
        for one in people.addresses(session, row.person_key, row.channel)
    ]
    noes.note(studio.settings.state_dir, said)


def shut(studio: Studio, session: Session, digest: str, reason: str) -> bool:
    """Have nobody write to an address any more; return whether that is new."""
    now = studio.clock()
    if not studio.drafts and people.suppressed(session, digest) is None:
        no = No(digest=digest, channel="", purpose="", at=now, why=reason)
        noes.note(studio.settings.state_dir, [no])
    return people.suppress(session, digest, now, reason)


def since(studio: Studio, session: Session) -> int:
    """Have every no that was noted hold in a database from before it; return how many are new.

    A yes that was said later stays. Of somebody whom that database does not know, the email address
    is closed: the yes before it may come in again with a list.
    """
    noted = sorted(noes.known(studio.settings.state_dir), key=lambda one: one.at)
    last = {(one.digest, one.channel, one.purpose): one for one in noted}
    if not last:
        return 0
    closed, held = people.all_closed(session), people.last_noes(session)
    open_still = [
        no
        for kind, no in last.items()
        if no.digest not in closed and not (kind in held and held[kind] >= no.at)
    ]
    return sum(holds_again(studio, session, no) for no in open_still)


def holds_again(studio: Studio, session: Session, no: No) -> bool:
    """Have one no hold; return whether it did not."""
    person = people.at(session, no.digest)
    subject = person.key if person else no.digest[:16]
    if not no.purpose or person is None:
        if no.purpose and no.channel != "email":
            return False
        new = people.suppress(session, no.digest, no.at, no.why[:16] or "withdrawn")
        return new and kept(studio, session, subject, "suppressed", no)
    story = people.story(session, person.key)
    same = [one for one in story if (one.channel, one.purpose) == (no.channel, no.purpose)]
    last = same[-1] if same else unsaid(person.key, no.channel, no.purpose)
    held = last.status == "withdrawn" and (last.withdrawn_at or no.at) >= no.at
    if held or given_after(story, last, no.at):
        return False
    ended = {"status": "withdrawn", "withdrawn_at": no.at, "withdrawn_via": no.why}
    session.add(following(last, now=studio.clock(), **ended))
    session.flush()
    return kept(studio, session, subject, "withdrawn", no)


def kept(studio: Studio, session: Session, subject: str, decision: str, no: No) -> bool:
    """Keep that a no of before holds again; return True."""
    detail = f"{no.channel} {no.purpose} {no.why}, noted {no.at:%Y-%m-%dT%H:%MZ}".strip()
    what = Decision(act="consent", subject=subject, decision=decision, detail=detail)
    audit.keep(studio, session, what)
    return True
