"""Which way an account's calls go: through the proxy of its region, or directly.

The budget is looked at before anything is sent. Whatever keeps a call from the proxy, it goes
directly: a post is worth more than where it came out.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from elite8.core import http, log
from elite8.core.domain.account import Account
from elite8.core.domain.proxy import (
    DIRECT,
    FAILED,
    REASONS,
    SPANS,
    Outcome,
    Use,
    cost,
    first_day,
    new_use,
    password,
    session_of,
)
from elite8.core.errors import ConfigError
from elite8.core.storage import traffic
from elite8.core.storage.database import Session
from elite8.core.studio import Studio
from elite8.core.tunnel import Egress, Exit, Nowhere

if TYPE_CHECKING:
    import httpx

DOMAIN_RESTS = timedelta(days=1)
"""How long a host that the provider refuses is not asked for again."""


def line(studio: Studio, account: Account) -> "httpx.BaseTransport | None":
    """Return what a client of this account sends by; `None`: directly, as any other."""
    found = studio.config.proxy.exit_of(account.regions)
    if found is None:
        return studio.transport
    region, way = found
    try:
        out = exit_to(studio, way.country, account.id, studio.config.proxy.hosts)
    except ConfigError as wrong:
        log.get().warning("proxy.not_set_up", region=region, message=str(wrong))
        return studio.transport
    return opened(studio, out, Book(studio=studio, region=region, account=account.id))


def opened(studio: Studio, out: Exit, book: "Book") -> "httpx.BaseTransport":
    """Return the way out through a proxy."""
    plain = studio.transport or http.directly()
    return Egress(out, book, plain, http.trust(), http.LONGEST_ANSWER)


def only(out: Exit, book: "Book") -> "httpx.Client":
    """Return a client whose calls go through the proxy or not at all."""
    return http.open_client(
        transport=Egress(out, book, Nowhere(), http.trust(), http.LONGEST_ANSWER)
    )


def exit_to(studio: Studio, country: str, whose: str, hosts: tuple[str, ...]) -> Exit:
    """Return the way out in a country, always the same for `whose`; not set up is ConfigError."""
    user, secret = studio.settings.iproyal_username, studio.settings.iproyal_password
    if user is None or secret is None:
        raise ConfigError("the proxy needs ELITE8_IPROYAL_USERNAME and ELITE8_IPROYAL_PASSWORD")
    decided, name = studio.config.proxy, user.get_secret_value()
    if not name.isascii() or not name.isprintable() or ":" in name:
        raise ConfigError("ELITE8_IPROYAL_USERNAME has signs that no sign-in to a proxy takes")
    try:
        words = password(
            secret.get_secret_value(),
            country=country,
            session=session_of(whose),
            lifetime=f"{decided.sticky_minutes}m",
        )
    except ValueError as wrong:
        raise ConfigError(f"ELITE8_IPROYAL_PASSWORD: {wrong}") from None
    return Exit(
        host=decided.host, port=decided.port, user=name, password=words, hosts=frozenset(hosts)
    )


@dataclass
class Book:
    """What one client uses of the proxy, a row for each host and day; what went by is told once.

    An `urgent` one asks also where the proxy failed a moment ago. `rows` are today's, `before` what
    earlier days have of a line that is open over midnight.
    """

    studio: Studio
    region: str
    account: str
    urgent: bool = False
    rows: dict[str, str] = field(default_factory=dict)
    before: dict[str, tuple[int, int]] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)

    def hold(self, host: str, size: int) -> bool:
        """Return whether a body of that size may go through now; what it may take is held.

        Where that cannot be told, it may not.
        """
        try:
            against = self.held(host, cost(size), self.studio.clock())
        except Exception as fault:  # noqa: BLE001  # nothing was sent: the call goes directly
            log.get().error("proxy.not_held", host=host, exc_info=fault)
            return False
        if against is not None:
            self.tell(host, against)
        return against is None

    def held(self, host: str, need: int, now: datetime) -> Outcome | None:
        """Hold what a call may take; return what keeps it from going through, if anything."""
        with self.studio.database.transaction() as session:
            traffic.alone(session)
            against = self.against(session, host, need, now)
            if against is None:
                self.todays(session, host, now).held += need
            elif (host, against) not in self.told:
                refused = new_use(now, self.region, self.account, host, outcome=against)
                traffic.add(session, refused)
        return against

    def todays(self, session: Session, host: str, now: datetime) -> Use:
        """Return the row that bytes of now belong to; what a day before it has stays there."""
        row = traffic.get(session, self.rows.get(host, ""))
        if row is not None and row.day == first_day("day", now):
            return row
        if row is not None:
            up, down = self.before.get(host, (0, 0))
            self.before[host] = up + row.up, down + row.down
            row.held = 0
        new = new_use(now, self.region, self.account, host)
        traffic.add(session, new)
        self.rows[host] = new.id
        return new

    def more(self, host: str, size: int) -> None:
        """Hold so much more for an answer that is longer than was thought.

        Where that cannot be written, it is counted when it has come.
        """
        try:
            with self.studio.database.transaction() as session:
                if row := traffic.get(session, self.rows[host]):
                    row.held += size
        except Exception as fault:  # noqa: BLE001  # the answer comes all the same
            log.get().error("proxy.not_held", host=host, exc_info=fault)

    def against(self, session: Session, host: str, need: int, now: datetime) -> Outcome | None:
        """Return what keeps a call from going through, `None` for nothing."""
        if self.urgent:
            return None if has_room(self.studio, session, need, now) else Outcome.BUDGET
        if rests(self.studio, session, self.region, now):
            return Outcome.REST
        refused = traffic.since(session, (Outcome.DOMAIN,), now - DOMAIN_RESTS)
        if any(name == host for _, name, _, _ in refused):
            return Outcome.REST
        return None if has_room(self.studio, session, need, now) else Outcome.BUDGET

    def settle(self, host: str, up: int, down: int, *, exact: bool, outcome: str) -> None:
        """Write down what a host has cost by now; nothing is held any more.

        Where that cannot be written, what was held stays, and the call itself goes on.
        """
        try:
            with self.studio.database.transaction() as session:
                now = self.studio.clock()
                row = self.todays(session, host, now)
                past = self.before.get(host, (0, 0))
                row.up, row.down, row.held = up - past[0], down - past[1], 0
                row.exact, row.outcome = exact, outcome
                row.at = now if outcome else row.at
        except Exception as fault:  # noqa: BLE001  # the answer is here, and must not be lost
            log.get().error("proxy.not_settled", host=host, exc_info=fault)
        if outcome:
            self.tell(host, Outcome(outcome))

    def tell(self, host: str, outcome: Outcome) -> None:
        """Say once why a host's calls do not go through."""
        if (host, outcome) not in self.told:
            self.told.add((host, outcome))
            direct = outcome in DIRECT and not self.urgent
            log.get().warning(
                "proxy.direct" if direct else "proxy.failed",
                region=self.region,
                host=host,
                message=REASONS[outcome] + ("; it goes directly" if direct else ""),
            )


def rests(studio: Studio, session: Session, region: str, now: datetime) -> bool:
    """Return whether the proxy failed a moment ago, so that it is left alone."""
    last = traffic.newest(session, region)
    rest = timedelta(minutes=studio.config.proxy.rest_minutes)
    return last is not None and last.outcome in FAILED and timedelta(0) <= now - last.at < rest


def has_room(studio: Studio, session: Session, need: int, now: datetime) -> bool:
    """Return whether the day and the month have room for so many bytes, the reserve left alone."""
    decided = studio.config.proxy
    return all(
        traffic.used(session, first_day(span, now)) + need <= decided.usable(span) for span in SPANS
    )
