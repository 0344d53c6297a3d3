"""The postman's round: doubts are settled, what waited for the day goes on, returns are read.

Nothing goes to anybody that an operator did not send with `subscribers mail send`.
"""

from collections import Counter

from elite8.core import log
from elite8.core.domain.mailing import DeliveryStatus, Mailing
from elite8.core.errors import Elite8Error, Withheld
from elite8.core.operations import bounces, email_mail, line_mail, mail, mailings
from elite8.core.platforms import line_messaging as line
from elite8.core.storage import people
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


def go(studio: Studio) -> Counter[str]:
    """Do a round and return what was done how often; one's trouble touches no other."""
    done: Counter[str] = Counter()
    with studio.database.transaction() as session:
        died, unknown = dead(studio, session), lost(studio, session)
    for mailing in died:
        email_mail.end_dead(studio, mailing)
    done["settled"] = settle(studio, unknown)
    done["sent"] = go_on(studio)
    for one in bounces.take_new(studio):
        done[f"came back: {one.kind}" if one.delivery else "not ours"] += 1
    return done


def lost(studio: Studio, session: Session) -> list[Mailing]:
    """Return the messages on LINE whose calls can still be settled by their keys."""
    if not studio.settings.line_channel_id or studio.settings.line_channel_secret is None:
        return []
    since = studio.clock() - line.REPEATS
    found = people.unfinished(session, "line", since, *line_mail.OPEN)
    return [one for one in found if not is_stopped(session, one)]


def dead(studio: Studio, session: Session) -> list[Mailing]:
    """Return the emails that a process began and never told of."""
    sending = DeliveryStatus.SENDING
    long_ago = studio.clock() - mail.HELD * 7
    found = people.unfinished(session, "email", long_ago, sending)
    gone = studio.clock() - email_mail.GONE
    return [
        one
        for one in found
        if any(row.at < gone for row in people.deliveries(session, one.id, sending))
    ]


def is_stopped(session: Session, mailing: Mailing) -> bool:
    """Return whether the stop key keeps a message back: it waits, and nothing is told."""
    try:
        mailings.check_stops(session, mailing)
    except Withheld:
        return True
    return False


def settle(studio: Studio, unknown: list[Mailing]) -> int:
    """Repeat calls to LINE whose answer is not known; return how many people are settled."""
    if not unknown:
        return 0
    before = in_doubt(studio, unknown)
    try:
        with line_mail.account(studio) as there:
            for mailing in unknown:
                try:
                    line_mail.settle(studio, there, mailing)
                except Elite8Error as trouble:
                    warn(mailing, trouble)
    except Elite8Error as trouble:
        warn(unknown[0], trouble)
    return before - in_doubt(studio, unknown)


def in_doubt(studio: Studio, some: list[Mailing]) -> int:
    """Return of how many people it is not known whether they got these."""
    with studio.database.transaction() as session:
        return sum(len(people.deliveries(session, one.id, *line_mail.OPEN)) for one in some)


def go_on(studio: Studio) -> int:
    """Send what waited for the day to those where it is day now; return to how many it went."""
    with studio.database.transaction() as session:
        waits = people.waiting(session)
    return sum(one_on(studio, mailing) for mailing in waits)


def one_on(studio: Studio, mailing: Mailing) -> int:
    """Send one message to whom it waited for; whoever is over is waited for no more."""
    now = studio.clock()
    try:
        with studio.database.transaction() as session:
            keys = people.waits_for(session, mailing.id, now)
            if not keys:
                people.hold(session, mailing.id, (), now)
            if not keys or is_stopped(session, mailing):
                return 0
            awake = {who.key for who, _ in mail.reach(studio, session, mailing, keys).people}
            before = len(people.got(session, mailing.id))
    except Elite8Error as trouble:  # a page that is not served any more, a salt that is gone
        warn(mailing, trouble)
        return 0
    if not awake:
        return 0
    met = mail.hand_over(studio, mailing, len(awake), awake)
    if met is not None:
        warn(mailing, met)
    with studio.database.transaction() as session:
        return len(people.got(session, mailing.id)) - before


def warn(mailing: Mailing, trouble: Elite8Error) -> None:
    """Say what kept a message from going on."""
    code, message = trouble.code, str(trouble)
    log.get().warning("message.trouble", mailing=mailing.id, code=code, message=message)
