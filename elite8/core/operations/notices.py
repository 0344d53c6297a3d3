"""Words for the operator: kept first, then sent by each route until it has taken them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from elite8.core import log
from elite8.core.domain.notice import STALE, Notice, NoticeState, new_notice
from elite8.core.errors import ConfigError, Elite8Error, RateLimited, Unavailable
from elite8.core.storage import notices
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
Send = Callable[[Studio, Notice], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of a notice; `why` is "" when its route has taken it."""

    route: str
    title: str
    why: str


def keep(  # noqa: PLR0913  # the notice's own facts
    studio: Studio,
    session: Session,
    at: datetime | None = None,
    /,
    *,
    kind: str,
    severity: str,
    title: str,
    words: str,
    route: str,
    about: str = "",
) -> None:
    """Keep a notice, of now or `at`, for a route that is set up; it goes out at `first_due`."""
    if not is_set_up(studio, route, kind):
        return
    facts = {"kind": kind, "severity": severity, "title": title, "words": words, "about": about}
    notice = new_notice(at=at or studio.clock(), route=route, **facts)
    notice.due_at = first_due(studio, notice)
    notices.add(session, notice)


def is_set_up(studio: Studio, route: str, kind: str) -> bool:
    """Return whether anybody is told of this kind by a route."""
    settings = studio.settings
    if route == "telegram":
        told = studio.config.telegram
        return bool(settings.telegram_token and told.chats and kind in told.kinds)
    if route == "email":
        return bool(settings.smtp_host and settings.smtp_to)
    return settings.webhook_url is not None


def first_due(studio: Studio, notice: Notice) -> datetime:
    """Return when a notice is to go out: by night only what is critical does."""
    return notice.at if notice.severity == "critical" else after_quiet(studio, notice.at)


def after_quiet(studio: Studio, at: datetime) -> datetime:
    """Return when quiet hours are over, or `at` when they are not on."""
    quiet, here = studio.config.telegram.quiet, at.astimezone(studio.settings.zone)
    start, end = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end)
    now = here.time().replace(tzinfo=None)
    is_on = start <= now < end if start <= end else now >= start or now < end
    if not is_on:
        return at
    day = here.date() + timedelta(days=int(now >= end))
    return datetime.combine(day, end, studio.settings.zone).astimezone(at.tzinfo)


def deliver(studio: Studio) -> tuple[Delivered, ...]:
    """Send what is due by its route; one's trouble touches no other, what failed waits longer."""
    studio.only_real("sends anything")
    now = studio.clock()
    with studio.database.transaction() as session:
        notices.give_up_stale(session, now)
        due = notices.due(session, now)
    return tuple(done for one in due if (done := send(studio, one)) is not None)


def send(studio: Studio, notice: Notice) -> Delivered | None:
    """Send one notice; `None` when another process does."""
    now = studio.clock()
    with studio.database.transaction() as session:
        if not notices.claim(session, notice, now):
            return None
    try:
        ROUTES[notice.route](studio, notice)
        facts: dict[str, object] = {"state": NoticeState.SENT, "failure": ""}
    except Elite8Error as trouble:
        facts = failed(studio, notice, trouble)
        log.get().warning("notice.unsent", route=notice.route, why=str(trouble))
    except Exception as fault:  # noqa: BLE001  # it keeps no other notice
        facts = failed(studio, notice, Unavailable(f"a fault of ours ({type(fault).__name__})"))
        log.get().error("notice.broke", route=notice.route, exc_info=fault)
    with studio.database.transaction() as session:
        notices.settle(session, notice, **facts)
    return Delivered(route=notice.route, title=notice.title, why=str(facts["failure"]))


def failed(studio: Studio, notice: Notice, trouble: Elite8Error) -> dict[str, object]:
    """Return what becomes of a notice that was not taken: it waits, twice as long up to an hour.

    After half a day of that it is given up.
    """
    now = studio.clock()
    wait = min(FIRST_WAIT * 2 ** min(notice.tries, 10), LONGEST_WAIT)
    if isinstance(trouble, RateLimited) and trouble.retry_after:
        wait = max(wait, timedelta(seconds=trouble.retry_after))
    over = now - first_due(studio, notice) >= STALE
    state = NoticeState.GIVEN_UP if over else NoticeState.WAITING
    due = now + wait if notice.severity == "critical" else after_quiet(studio, now + wait)
    return {"state": state, "failure": str(trouble)[:300], "due_at": due}


def test(studio: Studio, route: str) -> Delivered:
    """Send a word by a route now; one that is not set up is a ConfigError that says how to."""
    studio.only_real("sends anything")
    if route not in ROUTES:
        raise ConfigError(f"no route '{route[:20]}'; choose {', '.join(ROUTES)}")
    if not is_set_up(studio, route, "alert"):
        raise ConfigError(f"{route} is not set up: {HOW[route]}")
    notice = new_notice(
        at=studio.clock(),
        route=route,
        kind="alert",
        severity="info",
        title="elite8 says hello",
        words="This is a test: notices come here.",
    )
    ROUTES[route](studio, notice)
    return Delivered(route=route, title=notice.title, why="")


def by_telegram(studio: Studio, notice: Notice) -> None:
    """Send a notice to those of the operator's chats that do not have it.

    A card that nobody waits for any more is left out.
    """
    from elite8.core.notify import telegram

    card = None
    with studio.database.transaction() as session:
        there = notices.arrived(session, notice.id)
    chats = [chat for chat in studio.config.telegram.chats if chat not in there]
    if notice.about:
        from elite8.core.operations import decisions

        card = decisions.card_of(studio, notice.about)
        if card is None:
            return

    def took(chat: int) -> None:
        with studio.database.transaction() as session:
            notices.arrive(session, notice.id, chat)

    telegram.send(studio.settings, chats, notice, studio.transport, card, took)


def by_email(studio: Studio, notice: Notice) -> None:
    """Send a notice as a letter."""
    from elite8.core.notify import email

    email.send(studio.settings, notice)


def by_webhook(studio: Studio, notice: Notice) -> None:
    """Post a notice to the operator's address."""
    from elite8.core.notify import webhook

    webhook.send(studio.settings, notice, studio.transport)


ROUTES: Mapping[str, Send] = {"telegram": by_telegram, "email": by_email, "webhook": by_webhook}
HOW = {
    "telegram": "set ELITE8_TELEGRAM_TOKEN, and chats in monitoring/telegram_config.json",
    "email": "set ELITE8_SMTP_HOST and ELITE8_SMTP_TO",
    "webhook": "set ELITE8_WEBHOOK_URL and ELITE8_WEBHOOK_SECRET",
}
