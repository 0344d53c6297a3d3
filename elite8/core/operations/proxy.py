"""What the proxy is used for: how much is left, where it comes out, what the provider counts."""

from dataclasses import dataclass, replace
from datetime import datetime

from elite8.core import iproyal, log
from elite8.core.domain.proxy import REASONS, SPANS, Balance, Exit, Outcome, Use, first_day
from elite8.core.errors import ConfigError, Elite8Error
from elite8.core.operations import egress, usage
from elite8.core.storage import accounts, traffic
from elite8.core.storage.database import Session
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """How a region's accounts go out; `last` is "" while all is well, `seen` where a test was."""

    region: str
    on: bool
    country: str
    accounts: int
    up: int
    down: int
    held: int
    last: str
    seen: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The proxy at a glance. `direct`: region, reason and how many lines of the last day."""

    on: bool
    missing: str
    spans: tuple[usage.Span, ...]
    estimated: int
    regions: tuple[Region, ...]
    direct: tuple[tuple[str, str, int], ...]
    hosts: tuple[str, ...]
    provider: usage.Drift | None
    notes: tuple[str, ...]


def status(studio: Studio, *, ask: bool) -> Status:
    """Return how it goes; with `ask`, the provider is asked what is left."""
    notes = []
    if ask and studio.settings.iproyal_token is not None:
        try:
            reconcile(studio)
        except Elite8Error as trouble:
            notes.append(str(trouble))
    now, decided = studio.clock(), studio.config.proxy
    month = first_day("month", now)
    with studio.database.transaction() as session:
        found = Status(
            on=decided.on and any(one.on for one in decided.regions.values()),
            missing=missing(studio),
            spans=tuple(usage.span(studio, session, name, now) for name in SPANS),
            estimated=traffic.estimated(session, month),
            regions=tuple(region(studio, session, *one) for one in decided.regions.items()),
            direct=usage.direct(session, now),
            hosts=decided.hosts,
            provider=usage.drift(traffic.balances(session)),
            notes=(),
        )
    if found.provider and is_off(studio, found.provider):
        notes.append(words_of(found.provider))
    return replace(found, notes=tuple(notes))


def missing(studio: Studio) -> str:
    """Return why nothing can go through the proxy, "" for no reason."""
    try:
        egress.exit_to(studio, "us", "", studio.config.proxy.hosts)
    except ConfigError as wrong:
        return str(wrong)
    return ""


def region(studio: Studio, session: Session, name: str, way: Exit) -> Region:
    """Return how one region goes."""
    month = first_day("month", studio.clock())
    sums = {one: found for one, *found in traffic.by_region(session, month)}
    up, down, held = sums.get(name, (0, 0, 0))
    last, seen = traffic.newest(session, name), traffic.seen(session, name)
    return Region(
        region=name,
        on=way.on,
        country=way.country,
        accounts=sum(one.regions.upper().split() == [name] for one in accounts.every(session)),
        up=up,
        down=down,
        held=held,
        last=REASONS[Outcome(last.outcome)] if last and last.outcome else "",
        seen=seen.country if seen else "",
        seen_at=seen.at if seen else None,
    )


def reconcile(studio: Studio) -> usage.Drift:
    """Ask the provider what is left and keep it beside our count; nothing is corrected."""
    left = iproyal.traffic_left(studio.settings, studio.transport)
    with studio.database.transaction() as session:
        ours = traffic.everything(session)
        traffic.note(session, Balance(at=studio.clock(), left_gb=left, ours=ours))
        found = usage.drift(traffic.balances(session))
    if found is None:
        raise ValueError("what was just kept is there")
    if is_off(studio, found):
        log.get().warning("proxy.drift", message=words_of(found))
    return found


def is_off(studio: Studio, found: usage.Drift) -> bool:
    """Return whether the counts are further from each other than they may be."""
    return found.ratio is not None and found.ratio > studio.config.proxy.drift_percent / 100


def words_of(found: usage.Drift) -> str:
    """Return the sentence about counts that differ."""
    return (
        f"since {found.since:%Y-%m-%d %H:%M} UTC the provider counts {found.theirs / 1e6:.1f} MB, "
        f"we {found.ours / 1e6:.1f} MB: ask IPRoyal, and see who else uses the sign-in"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a test found: in which country a region's accounts come out, and what asking cost."""

    region: str
    wanted: str
    country: str
    up: int
    down: int
    exact: bool
    says: str

    @property
    def good(self) -> bool:
        """Whether it comes out where it should."""
        return self.country == self.wanted


def test(studio: Studio, name: str) -> tuple[Seen, ...]:
    """Ask through the proxy, live, where a region comes out; "": each that is on.

    It is asked as the region's first account would, and counts like any use.
    """
    regions = studio.config.proxy.regions
    if name and name not in regions:
        raise ConfigError(f"no region '{name[:20]}'; there are {', '.join(regions) or 'none'}")
    wanted = (name,) if name else tuple(one for one, way in regions.items() if way.on)
    return tuple(tested(studio, one, regions[one]) for one in wanted)


def tested(studio: Studio, name: str, way: Exit) -> Seen:
    """Ask where one region comes out."""
    decided = studio.config.proxy
    if not decided.echo_url:
        raise ConfigError("say in iproyal_config.json, echo_url, which site tells the country")
    host = decided.echo_url.removeprefix("https://").partition("/")[0]
    with studio.database.transaction() as session:
        whose = [one.id for one in accounts.every(session) if one.regions.upper() == name]
    account = (whose or [f"test of {name}"])[0]
    out = egress.exit_to(studio, way.country, account, (host,))
    book = egress.Book(studio=studio, region=name, account=account, urgent=True)
    country, says = "", ""
    with egress.only(out, book) as client:
        try:
            country = iproyal.country_seen(client, decided.echo_url, decided.echo_key)
        except Elite8Error as trouble:
            says = str(trouble)
    return told(
        studio,
        book,
        host,
        Seen(region=name, wanted=way.country, country=country, up=0, down=0, exact=True, says=says),
    )


def told(studio: Studio, book: egress.Book, host: str, found: Seen) -> Seen:
    """Keep where a test came out, and return it with what it cost and what is to be said."""
    use = None
    with studio.database.transaction() as session:
        if use := traffic.get(session, book.rows.get(host, "")):
            use.country = found.country
    says = "it comes out where it should"
    if not found.good:
        says = f"it comes out in {found.country}, not in {found.wanted}: tell IPRoyal"
    if not found.country:
        why = [REASONS[Outcome(outcome)] for _, outcome in book.told]
        says = "; ".join((*why, found.says))
    cost = (use.up, use.down, use.exact) if isinstance(use, Use) else (0, 0, True)
    return replace(found, up=cost[0], down=cost[1], exact=cost[2], says=says)
