"""What rings: rules looked at against values, told once, acknowledged, silenced, resolved."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core import log
from elite8.core.domain.alert import (
    OPEN,
    Alert,
    AlertState,
    Rule,
    Seen,
    Silence,
    Turn,
    ended,
    look,
    new_event,
    nothing,
    worst,
)
from elite8.core.domain.destination import label
from elite8.core.domain.identity import new_id
from elite8.core.domain.metric import METRICS, Value
from elite8.core.domain.notice import NoticeState
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import notices
from elite8.core.storage import alerts, held
from elite8.core.storage import notices as kept_notices
from elite8.core.storage.database import Session
from elite8.core.studio import Studio

Key = tuple[str, str]
BROKEN = "elite8_collector_broken"
"""What is not seen is not over: while this is 1 anywhere, no alert ends by its value's absence."""
UNITS = ((86400, "days"), (3600, "hours"), (60, "minutes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ringing:
    """An alert for people; `silent`: nobody is told."""

    rule: str
    subject: str
    state: str
    severity: str
    since: datetime
    fired_at: datetime | None
    message: str
    do: str
    acknowledged_by: str
    silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A line of the history."""

    at: datetime
    rule: str
    subject: str
    what: str
    severity: str
    who: str
    message: str


def evaluate(studio: Studio, values: Sequence[Value]) -> tuple[Turn, ...]:
    """Look at every rule once; what begins or ends to ring is kept, and told together."""
    now, rules = studio.clock(), studio.config.alerts.rules
    with studio.database.transaction() as session:
        held.alone(session, "alerts")
        known = {(one.rule, one.subject): one for one in alerts.every(session)}
        quiet = alerts.silences(session, now)
        turns = [
            turn for rule in rules for turn in of_rule(studio, session, rule, values, known, now)
        ]
        if not any(one.metric == BROKEN and one.value for one in values):
            turns += absent(session, rules, values, known, now)
        told = [turn for turn in turns if turn.tell and not is_silent(quiet, turn.alert)]
        unhear(session, rules)
        told += untold(session, rules, quiet, now)
        told += overs(known.values(), alerts.silences_over(session, now), quiet)
        for turn in told:
            turn.alert.told_at = now
        announce(studio, session, told, now)
    for turn in turns:
        log.get().warning("alert", what=turn.what, rule=turn.alert.rule, about=turn.alert.message)
    return tuple(turns)


def of_rule(  # noqa: PLR0913, PLR0917  # a rule, its values, and the one instant of the look
    studio: Studio,
    session: Session,
    rule: Rule,
    values: Sequence[Value],
    known: Mapping[Key, Alert],
    now: datetime,
) -> Iterator[Turn]:
    """Yield what happens to the alerts of one rule whose values are there."""
    for one in filter(rule.is_of, values):
        seen = Seen(subject=one.subject, value=one.value, message=said(studio, rule, one))
        before = known.get((rule.name, one.subject))
        after, turn = look(rule, before, seen, now)
        yield from kept(session, before, after, turn, now)


def kept(
    session: Session, before: Alert | None, after: Alert | None, turn: Turn | None, now: datetime
) -> Iterator[Turn]:
    """Keep an alert as it is now, and yield what happened."""
    if after is not None:
        alerts.keep(session, after)
    elif before is not None:
        alerts.drop(session, before)
    if turn is not None:
        alerts.tell(session, new_event(turn, now))
        yield turn


def gone(session: Session, alert: Alert, now: datetime) -> Iterator[Turn]:
    """End an alert whose value is there no more."""
    if alert.state == AlertState.PENDING:
        yield from kept(session, alert, nothing(alert, now), None, now)
    elif alert.state in OPEN:
        yield from kept(session, alert, alert, ended(alert, now), now)


def absent(
    session: Session,
    rules: Sequence[Rule],
    values: Sequence[Value],
    known: Mapping[Key, Alert],
    now: datetime,
) -> list[Turn]:
    """End alerts whose value is gone, or whose rule was taken out; all values were collected."""
    there = {(rule.name, one.subject) for rule in rules for one in filter(rule.is_of, values)}
    lost = [alert for key, alert in known.items() if key not in there]
    return [turn for alert in lost for turn in gone(session, alert, now)]


def unhear(session: Session, rules: Sequence[Rule]) -> None:
    """Have what rings still count as untold where each route has given up the notice of it.

    That notice was made at the instant at which the alert was told.
    """
    routes = {rule.name: rule.routes for rule in rules}
    ringing = [one for one in alerts.live(session) if one.state == AlertState.FIRING]
    told = {one.told_at for one in ringing if one.told_at}
    fates = kept_notices.fates(session, "alert", told) if told else ()
    for one in ringing:
        mine = routes.get(one.rule, ())
        ends = {end for at, route, end in fates if at == one.told_at and route in mine}
        if ends == {NoticeState.GIVEN_UP}:
            one.told_at = None


def untold(
    session: Session, rules: Sequence[Rule], quiet: Sequence[Silence], now: datetime
) -> list[Turn]:
    """Return what began to ring within a cooldown or a silence, and rings still when that is over.

    Who was told "over" would else take it to be over for as long as it lasts.
    """
    waits = {rule.name: timedelta(minutes=rule.cooldown_minutes) for rule in rules}
    return [
        Turn(alert=one, what=AlertState.FIRING, tell=True)
        for one in alerts.live(session)
        if one.state == AlertState.FIRING
        and one.rule in waits
        and one.fired_at is not None
        and one.fired_at < now
        and (one.told_at is None or one.told_at < one.fired_at)
        and (one.told_at is None or now - one.told_at >= waits[one.rule])
        and not is_silent(quiet, one)
    ]


def overs(known: Iterable[Alert], over: Sequence[Silence], quiet: Sequence[Silence]) -> list[Turn]:
    """Return what was told that it rings, and ended in a silence that is over."""
    return [
        Turn(alert=one, what=AlertState.RESOLVED, tell=True)
        for one in known
        if one.state == AlertState.RESOLVED
        and one.told_at is not None
        and one.since <= one.told_at < one.changed_at
        and is_silent([each for each in over if each.until > one.changed_at], one)
        and not is_silent(quiet, one)
    ]


class Number(float):
    """A value in words: `{value:post|posts}` is the word for one or for more."""

    def __format__(self, spec: str) -> str:
        """Return the number as any other, or the word that agrees with it."""
        one, bar, more = spec.partition("|")
        if not bar:
            return super().__format__(spec)
        return one if f"{self:.0f}" == "1" else more


def said(studio: Studio, rule: Rule, one: Value) -> str:
    """Return the words of a rule for a value, in which a network is called as people call it."""
    when = studio.clock() + timedelta(seconds=min(max(one.value, -3e8), 3e9))
    facts = {
        **{name: label(told) if name == "network" else told for name, told in one.labels},
        "value": Number(one.value),
        "when": f"{when.astimezone(studio.settings.zone):%a %Y-%m-%d %H:%M %Z}",
        "duration": lasting(one.value),
        "days": f"{one.value / 86400:.0f}",
    }
    return rule.says.format_map(facts)[:400]


def lasting(seconds: float) -> str:
    """Return a length of time in its largest unit, as "3 hours"."""
    for size, name in UNITS:
        if abs(seconds) >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"


def check_words(studio: Studio) -> None:
    """Refuse a rule of an unknown metric or label, or whose words name what is not there."""
    where = studio.config.folder / "monitoring" / "alert_config.json"
    for rule in studio.config.alerts.rules:
        metric = METRICS.get(rule.metric)
        if metric is None:
            raise ConfigError(f"{where}: {rule.name}: no metric '{rule.metric}'")
        if strange := set(rule.labels) - set(metric.labels):
            raise ConfigError(f"{where}: {rule.name}: {rule.metric} has no {', '.join(strange)}")
        sample = Value(rule.metric, 1.0, tuple((name, "x") for name in metric.labels))
        try:
            said(studio, rule, sample)
        except (KeyError, ValueError, IndexError, AttributeError) as wrong:
            raise ConfigError(f"{where}: {rule.name}: says: no {wrong} to put in") from None


def is_silent(quiet: Iterable[Silence], alert: Alert) -> bool:
    """Return whether nobody is told of an alert now."""
    return any(one.rule == alert.rule and one.subject in ("", alert.subject) for one in quiet)


def announce(studio: Studio, session: Session, turns: Sequence[Turn], now: datetime) -> None:
    """Tell all that happened at once in one notice a route, made `now`."""
    by_route: dict[str, list[Turn]] = {}
    for turn in turns:
        rule = studio.config.alerts.named(turn.alert.rule)
        for route in rule.routes if rule else ():
            by_route.setdefault(route, []).append(turn)
    for name, group in by_route.items():
        words = "\n\n".join(line(studio, turn) for turn in group)
        rings = [turn for turn in group if turn.what == AlertState.FIRING]
        severity = worst(turn.alert.severity for turn in rings)
        title = headline(rings, len(group) - len(rings))
        facts = {"severity": severity, "title": title, "words": words}
        notices.keep(studio, session, now, kind="alert", route=name, **facts)


def headline(rings: Sequence[Turn], over: int) -> str:
    """Return what a notice is about, in a line."""
    parts = [f"{len(rings)} alerts" if len(rings) > 1 else turn_name(rings)] if rings else []
    parts += [f"{over} over"] if over else []
    return ", ".join(parts)


def turn_name(rings: Sequence[Turn]) -> str:
    """Return the one that rings."""
    alert = rings[0].alert
    return f"{alert.severity}: {alert.rule}"


def line(studio: Studio, turn: Turn) -> str:
    """Return what happened, in words, and what to do."""
    if turn.what == AlertState.RESOLVED:
        return f"over: {turn.alert.message}"
    rule = studio.config.alerts.named(turn.alert.rule)
    return f"{turn.alert.severity}: {turn.alert.message}\n{advice(rule, turn.alert)}"


def advice(rule: Rule | None, alert: Alert) -> str:
    """Return what to do about an alert, its labels filled in."""
    if rule is None:
        return ""
    facts = dict(part.split("=", 1) for part in alert.subject.split() if "=" in part)
    return rule.do.format_map(Known(facts))


class Known(dict[str, str]):
    """Labels; one that is not there stays as it was written."""

    def __missing__(self, name: str) -> str:
        """Return the name as it stands in the words."""
        return f"{{{name}}}"


def ringing(studio: Studio, *, everything: bool = False) -> tuple[Ringing, ...]:
    """Return the alerts that fire, with `everything` also those that are pending."""
    now = studio.clock()
    with studio.database.transaction() as session:
        quiet = alerts.silences(session, now)
        found = [one for one in alerts.live(session) if everything or one.state in OPEN]
        return tuple(shown(studio, one, quiet) for one in found)


def shown(studio: Studio, alert: Alert, quiet: Iterable[Silence]) -> Ringing:
    """Return an alert for people."""
    same = ("rule", "subject", "state", "severity", "since", "fired_at", "message")
    return Ringing(
        **{name: getattr(alert, name) for name in same},
        do=advice(studio.config.alerts.named(alert.rule), alert),
        acknowledged_by=alert.acknowledged_by,
        silent=is_silent(quiet, alert),
    )


def acknowledge(studio: Studio, rule: str, subject: str, who: str) -> tuple[Ringing, ...]:
    """Say that somebody looks after it; a second time changes nothing, none there is Refused."""
    now = studio.clock()
    with studio.database.transaction() as session:
        held.alone(session, "alerts")
        found = [
            one
            for one in alerts.live(session)
            if one.rule == rule and one.state in OPEN and subject in ("", one.subject)
        ]
        if not found:
            raise Refused(f"nothing of '{rule[:40]}' fires; see: elite8 monitor alerts list")
        for one in found:
            if one.state == AlertState.ACKNOWLEDGED:
                continue
            one.state, one.acknowledged_by, one.changed_at = AlertState.ACKNOWLEDGED, who[:64], now
            alerts.keep(session, one)
            turn = Turn(alert=one, what=AlertState.ACKNOWLEDGED, tell=False)
            alerts.tell(session, new_event(turn, now, who[:64]))
        return tuple(shown(studio, one, ()) for one in found)


def hush(studio: Studio, rule: str, subject: str, lasts: timedelta, why: str) -> datetime:
    """Tell nobody of a rule for a while; return until when."""
    if studio.config.alerts.named(rule) is None:
        names = ", ".join(one.name for one in studio.config.alerts.rules)
        raise ConfigError(f"no rule '{rule[:40]}'; choose {names}")
    until = studio.clock() + lasts
    one = Silence(id=new_id(until), rule=rule, subject=subject, until=until, why=why[:200])
    with studio.database.transaction() as session:
        alerts.silence(session, one)
    return until


def history(studio: Studio, *, days: int, rule: str = "", limit: int) -> tuple[Happened, ...]:
    """Return what happened, the newest first."""
    since = studio.clock() - timedelta(days=days)
    names = tuple(Happened.__dataclass_fields__)
    with studio.database.transaction() as session:
        found = alerts.history(session, since=since, rule=rule, limit=limit)
        return tuple(Happened(**{name: getattr(one, name) for name in names}) for one in found)
