"""Alerts: rules as data, and what becomes of one from the first bad value to its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import Field as Key
from pydantic import StringConstraints, ValidationInfo, field_validator, model_validator
from sqlalchemy import Column, Index, Text
from sqlmodel import Field

from elite8.core.domain.character import Strict
from elite8.core.domain.columns import Kept, UtcDateTime
from elite8.core.domain.identity import new_id
from elite8.core.domain.metric import METRICS, Value

Severity = Literal["info", "warning", "critical"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
Route = Literal["telegram", "email", "webhook"]
RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Rule(Strict):
    """One rule: which metric is bad when, for how long, how bad that is, and who is told."""

    name: RuleName
    metric: str = Key(pattern=r"^elite8_[a-z0-9_]+$", description="A metric of `monitor metrics`.")
    labels: dict[str, str] = Key(default={}, description="Only values with these labels.")
    above: float | None = Key(default=None, description="Bad when the value is above this.")
    below: float | None = Key(default=None, description="Bad when the value is below this.")
    clear: float | None = Key(
        default=None, description="Good again only past this, against flapping; else the limit."
    )
    for_minutes: float = Key(default=0, ge=0, le=10080, description="Bad so long before it fires.")
    cooldown_minutes: float = Key(
        default=60, ge=0, le=10080, description="Nobody is told twice within this."
    )
    severity: Severity
    routes: tuple[Route, ...] = Key(description="Who is told; empty: it is only shown.")
    says: str = Key(
        min_length=3,
        max_length=200,
        description="With {value} and label names; {value:post|posts} is the word for so many.",
    )
    do: str = Key(min_length=3, max_length=200, description="What to do next.")

    @field_validator("says", "do")
    @classmethod
    def puts_in_names_alone(cls, words: str, told: ValidationInfo) -> str:
        """Refuse braces with anything but a name in them: `{value.…}` reaches into the program."""
        try:
            parts = [*Formatter().parse(words)]
        except ValueError as wrong:
            raise ValueError(
                f"{wrong}; what shall stand there as it is, is written twice"
            ) from None
        for _, name, how, conversion in parts:
            reaches = name is not None and not name.isidentifier()
            formed = told.field_name == "do" and how  # of words, which no format of numbers fits
            if reaches or conversion or "{" in (how or "") or formed:
                raise ValueError(f"'{{{name}}}': only a name stands in braces, as {{value}}")
        return words

    @model_validator(mode="after")
    def has_one_limit(self) -> Self:
        """Refuse a rule without a limit, with two, or whose `clear` is on the bad side."""
        if (self.above is None) == (self.below is None):
            raise ValueError("a rule has either above or below")
        if self.clear is not None and self.is_bad(self.clear):
            raise ValueError("clear is itself a bad value")
        return self

    def is_of(self, value: Value) -> bool:
        """Return whether a value is of the rule's metric and labels."""
        there = dict(value.labels).items()
        return value.metric == self.metric and self.labels.items() <= there

    def is_bad(self, value: float) -> bool:
        """Return whether a value breaks the limit."""
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below

    def is_worse(self, value: float, before: float) -> bool:
        """Return whether there is one more of what rings at one, as of posts that are stuck."""
        metric = METRICS.get(self.metric)
        counts = metric is not None and metric.each and self.above is not None and self.above < 1
        return counts and value > before

    def is_good_again(self, value: float) -> bool:
        """Return whether a value ends what has fired: it is past `clear`."""
        if self.clear is None:
            return not self.is_bad(value)
        return value <= self.clear if self.above is not None else value >= self.clear


class AlertConfig(Strict):
    """config/monitoring/alert_config.json."""

    keep_days: int = Key(ge=1, le=3650, description="How long the history of alerts is kept.")
    ping_url: str = Key(
        default="", pattern=r"^(https://\S+)?$", description="Asked while all is well; empty: not."
    )
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def once(self) -> Self:
        """Refuse a name that stands twice."""
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two rules are called '{twice}'")
        return self

    def named(self, name: str) -> Rule | None:
        """Return the rule, `None` when there is none of this name."""
        return next((rule for rule in self.rules if rule.name == name), None)


class AlertState(StrEnum):
    """Where an alert is; `resolved` is its end, and the next one begins anew."""

    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


OPEN = (AlertState.FIRING, AlertState.ACKNOWLEDGED)


class Alert(Kept, table=True):
    """A row of `alert`, one for each rule and subject; it stays when it ends, for `told_at`."""

    rule: str = Field(primary_key=True, max_length=40)
    subject: str = Field(primary_key=True, max_length=160)
    state: str = Field(max_length=16)
    severity: str = Field(max_length=16)
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    fired_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    told_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    acknowledged_by: str = Field(default="", max_length=64)
    value: float
    message: str = Field(max_length=400)


class AlertEvent(Kept, table=True):
    """A row of `alert_event`: what happened to an alert when, never changed."""

    __tablename__ = "alert_event"
    __table_args__ = (Index("alert_event_at", "at"),)

    id: str = Field(primary_key=True, max_length=26)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    rule: str = Field(max_length=40)
    subject: str = Field(max_length=160)
    what: str = Field(max_length=16)
    severity: str = Field(max_length=16)
    who: str = Field(default="", max_length=64)
    message: str = Field(sa_column=Column(Text, nullable=False))


class Silence(Kept, table=True):
    """A row of `silence`: nobody is told of a rule until then; `subject` "" is all of it."""

    id: str = Field(primary_key=True, max_length=26)
    rule: str = Field(max_length=40)
    subject: str = Field(default="", max_length=160)
    until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    why: str = Field(default="", max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What became of an alert at one look: `what` happened, and whether somebody is told."""

    alert: Alert
    what: AlertState
    tell: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A value of a rule's metric: what it is about, and the words for it."""

    subject: str
    value: float
    message: str


def look(
    rule: Rule, alert: Alert | None, seen: Seen, now: datetime
) -> tuple[Alert | None, Turn | None]:
    """Return the alert after one more value of its metric, and what happened, if anything did.

    One that never fired leaves no row when the value is good again.
    """
    live = alert is not None and alert.state != AlertState.RESOLVED
    if alert is None or not live:
        if not rule.is_bad(seen.value):
            return alert, None
        alert = begun(rule, alert, seen, now)
    before, alert.value = alert.value, seen.value
    alert.message, alert.severity = seen.message, rule.severity
    if alert.state == AlertState.PENDING:
        return pended(rule, alert, now)
    if rule.is_good_again(seen.value):
        return alert, ended(alert, now)
    return alert, fired(rule, alert, now) if rule.is_worse(seen.value, before) else None


def begun(rule: Rule, before: Alert | None, seen: Seen, now: datetime) -> Alert:
    """Return a pending alert: a new one, or the one that was over, which knows who was told."""
    facts: dict[str, Any] = {
        "since": now,
        "changed_at": now,
        "fired_at": None,
        "acknowledged_by": "",
    }
    facts |= {"state": AlertState.PENDING, "severity": rule.severity}
    facts |= {"value": seen.value, "message": seen.message}
    alert = before or Alert(rule=rule.name, subject=seen.subject, **facts)
    for name, known in facts.items():
        setattr(alert, name, known)
    return alert


def pended(rule: Rule, alert: Alert, now: datetime) -> tuple[Alert | None, Turn | None]:
    """Return what becomes of a pending one: it fires after a while, or was nothing."""
    if not rule.is_bad(alert.value):
        return nothing(alert, now), None
    if now - alert.since < timedelta(minutes=rule.for_minutes):
        return alert, None
    return alert, fired(rule, alert, now)


def fired(rule: Rule, alert: Alert, now: datetime) -> Turn:
    """Have an alert fire, or fire anew with more than somebody looks after.

    Who was told within the cooldown is told when that is over.
    """
    cooldown = timedelta(minutes=rule.cooldown_minutes)
    tell = alert.told_at is None or now - alert.told_at >= cooldown
    alert.state, alert.fired_at, alert.changed_at = AlertState.FIRING, now, now
    alert.acknowledged_by = ""
    return Turn(alert=alert, what=AlertState.FIRING, tell=tell)


def nothing(alert: Alert, now: datetime) -> Alert | None:
    """Return what stays of one that never fired: who was told of the one before, else `None`."""
    alert.state, alert.changed_at = AlertState.RESOLVED, now
    return alert if alert.told_at else None


def ended(alert: Alert, now: datetime) -> Turn:
    """End an alert that fired; who was told that it began is told that it ended."""
    tell = alert.told_at is not None and alert.told_at >= alert.since
    alert.state, alert.changed_at = AlertState.RESOLVED, now
    return Turn(alert=alert, what=AlertState.RESOLVED, tell=tell)


def new_event(turn: Turn, now: datetime, who: str = "") -> AlertEvent:
    """Return the line of the history for what happened."""
    alert = turn.alert
    return AlertEvent(
        id=new_id(now),
        at=now,
        rule=alert.rule,
        subject=alert.subject,
        what=turn.what,
        severity=alert.severity,
        who=who,
        message=alert.message,
    )


def worst(severities: Iterable[str]) -> str:
    """Return the worst of them, `info` of none."""
    ranked: dict[str, int] = {name: rank for rank, name in enumerate(SEVERITIES)}
    return max(severities, key=lambda name: ranked[name], default="info")
