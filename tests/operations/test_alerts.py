"""Every rule rings, is damped, acknowledged and over; told once, to those who are set up."""

import re
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import select

from elite8.core.config import Config
from elite8.core.domain.alert import AlertState, Rule
from elite8.core.domain.metric import METRICS, Value, value
from elite8.core.domain.notice import Notice
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import alerts
from elite8.core.studio import Studio

CONFIG = Config(Path(__file__).parents[2] / "config")
RULES = {rule.name: rule for rule in CONFIG.alerts.rules}


@pytest.fixture
def told(studio: Studio) -> Studio:
    """A studio with a webhook, so that notices are kept; it is by day, nothing is quiet."""
    hook = {"webhook_url": SecretStr("https://example.com"), "webhook_secret": SecretStr("s" * 20)}
    return replace(studio, settings=studio.settings.model_copy(update=hook))


def of(rule: Rule, number: float, **labels: str) -> Value:
    """A value of the rule's metric, with labels as the rule wants them."""
    names = METRICS[rule.metric].labels
    return Value(
        rule.metric,
        number,
        tuple((name, labels.get(name, rule.labels.get(name, "x"))) for name in names),
    )


def bad(rule: Rule, **labels: str) -> Value:
    limit = rule.above if rule.above is not None else rule.below
    assert limit is not None
    return of(rule, limit + (1 if rule.above is not None else -1), **labels)


def good(rule: Rule) -> Value:
    edge = rule.clear if rule.clear is not None else rule.above
    edge = rule.below if edge is None else edge
    assert edge is not None
    return of(rule, edge + (-0.001 if rule.above is not None else 0.001))


def only(studio: Studio, rule: Rule) -> Studio:
    """The studio with this rule alone."""
    config = copy(studio.config)
    vars(config)["alerts"] = config.alerts.model_copy(update={"rules": (rule,)})
    return replace(studio, config=config)


def notices(studio: Studio) -> list[str]:
    with studio.database.transaction() as session:
        return [one.title for one in session.exec(select(Notice).order_by(Notice.id))]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_rings_is_damped_acknowledged_and_over(told: Studio, clock: Any, name: str) -> None:
    rule = RULES[name]
    here = only(told, rule)
    routes = len([route for route in rule.routes if route == "webhook"])
    assert alerts.evaluate(here, [good(rule)]) == ()
    assert alerts.ringing(here, everything=True) == ()
    first = alerts.evaluate(here, [bad(rule)])
    if rule.for_minutes:
        assert first == ()
        assert [one.state for one in alerts.ringing(here, everything=True)] == ["pending"]
        clock.advance(minutes=rule.for_minutes)
        first = alerts.evaluate(here, [bad(rule)])
    assert [turn.what for turn in first] == [AlertState.FIRING]
    assert alerts.evaluate(here, [bad(rule)]) == ()
    assert len(notices(here)) == routes
    found = alerts.acknowledge(here, name, "", "somebody")
    assert [(one.state, one.acknowledged_by) for one in found] == [("acknowledged", "somebody")]
    assert alerts.acknowledge(here, name, "", "another")[0].acknowledged_by == "somebody"
    assert [turn.what for turn in alerts.evaluate(here, [good(rule)])] == [AlertState.RESOLVED]
    assert len(notices(here)) == 2 * routes
    alerts.evaluate(here, [bad(rule)])
    clock.advance(minutes=rule.for_minutes)
    again = alerts.evaluate(here, [bad(rule)])
    within = rule.for_minutes < rule.cooldown_minutes
    if within:
        assert len(notices(here)) == 2 * routes
    assert alerts.ringing(here)[0].state == "firing"
    assert all(not turn.tell for turn in again) or not within
    words = alerts.ringing(here)[0]
    assert "{" not in words.message + words.do
    story = [one.what for one in alerts.history(here, days=30, limit=50)]
    assert story[-3:] == ["resolved", "acknowledged", "firing"]


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.clear is not None])
def test_a_value_between_the_limits_neither_rings_nor_ends(
    told: Studio, clock: Any, name: str
) -> None:
    rule = RULES[name]
    here = only(told, rule)
    limit = rule.above if rule.above is not None else rule.below
    assert limit is not None
    assert rule.clear is not None
    between = of(rule, (limit + rule.clear) / 2)
    assert alerts.evaluate(here, [between]) == ()
    alerts.evaluate(here, [bad(rule)])
    clock.advance(minutes=rule.for_minutes)
    alerts.evaluate(here, [bad(rule)])
    assert alerts.evaluate(here, [between]) == ()
    assert [one.state for one in alerts.ringing(here)] == ["firing"]


def test_what_rings_again_within_its_cooldown_is_told_when_that_is_over(
    told: Studio, clock: Any
) -> None:
    rule = RULES["sign-in-broken"]
    here = only(told, rule)
    for number in (bad(rule), good(rule), bad(rule)):
        alerts.evaluate(here, [number])
        clock.advance(minutes=1)
    assert notices(here) == ["critical: sign-in-broken", "1 over"]
    clock.advance(minutes=rule.cooldown_minutes)
    for _ in range(3):
        alerts.evaluate(here, [bad(rule)])
        clock.advance(minutes=1)
    assert notices(here) == ["critical: sign-in-broken", "1 over", "critical: sign-in-broken"]
    alerts.evaluate(here, [good(rule)])
    assert notices(here)[-1] == "1 over"


def test_what_began_in_a_silence_is_told_when_that_is_over(told: Studio, clock: Any) -> None:
    rule = RULES["sign-in-broken"]
    here = only(told, rule)
    alerts.hush(here, rule.name, "", timedelta(hours=8), "at work on it")
    alerts.evaluate(here, [bad(rule)])
    clock.advance(hours=7)
    alerts.evaluate(here, [bad(rule)])
    assert notices(here) == []
    clock.advance(hours=2)
    alerts.evaluate(here, [bad(rule)])
    alerts.evaluate(here, [bad(rule)])
    assert notices(here) == ["critical: sign-in-broken"]


def test_what_ended_in_a_silence_is_told_to_be_over_when_that_is(told: Studio, clock: Any) -> None:
    rule = RULES["sign-in-broken"]
    here = only(told, rule)
    alerts.evaluate(here, [bad(rule)])
    alerts.hush(here, rule.name, "", timedelta(hours=8), "at work on it")
    clock.advance(hours=7)
    alerts.evaluate(here, [good(rule)])
    clock.advance(minutes=1)
    alerts.evaluate(here, [good(rule)])
    assert notices(here) == ["critical: sign-in-broken"]
    for _ in range(3):
        clock.advance(hours=2)
        alerts.evaluate(here, [good(rule)])
    assert notices(here) == ["critical: sign-in-broken", "1 over"]


def test_by_a_clock_that_goes_on_as_rules_are_looked_at_all_is_told_once(
    told: Studio, clock: Any
) -> None:
    def ticking() -> datetime:
        clock.advance(seconds=0.001)
        return clock()  # type: ignore[no-any-return]  # the fixture's

    rule = RULES["sign-in-broken"]
    here = replace(only(told, rule), clock=ticking)
    for number in (*[bad(rule)] * 4, *[good(rule)] * 3):
        alerts.evaluate(here, [number])
        clock.advance(minutes=rule.cooldown_minutes + 1)
    assert notices(here) == ["critical: sign-in-broken", "1 over"]


def test_what_is_bad_too_shortly_leaves_no_trace(told: Studio, clock: Any) -> None:
    rule = RULES["cpu-busy"]
    here = only(told, rule)
    alerts.evaluate(here, [bad(rule)])
    clock.advance(minutes=14)
    alerts.evaluate(here, [good(rule)])
    assert alerts.ringing(here, everything=True) == ()
    assert alerts.history(here, days=1, limit=5) == ()
    clock.advance(minutes=2)
    assert alerts.evaluate(here, [bad(rule)]) == ()


def test_what_happens_at_once_is_one_notice(told: Studio) -> None:
    rules = [RULES[name] for name in ("posts-fail", "posts-keep-failing", "sign-in-broken")]
    turns = alerts.evaluate(told, [bad(rule) for rule in rules[1:]])
    assert len(turns) == 3
    assert notices(told) == ["3 alerts"]


def test_each_subject_rings_by_itself(told: Studio) -> None:
    rule = RULES["sign-in-broken"]
    here = only(told, rule)
    alerts.evaluate(here, [bad(rule, network="tiktok")])
    turns = alerts.evaluate(here, [bad(rule, network="tiktok"), bad(rule, network="youtube")])
    assert [turn.alert.subject for turn in turns] == ["network=youtube"]
    assert "elite8 accounts login youtube" in alerts.ringing(here)[1].do


def test_a_value_that_is_gone_ends_its_alert(told: Studio) -> None:
    rule = RULES["sign-in-ends"]
    here = only(told, rule)
    alerts.evaluate(here, [bad(rule)])
    assert [turn.what for turn in alerts.evaluate(here, [])] == [AlertState.RESOLVED]


def test_a_rule_that_is_taken_out_ends_its_alerts(told: Studio) -> None:
    alerts.evaluate(only(told, RULES["posts-fail"]), [bad(RULES["posts-fail"])])
    alerts.evaluate(only(told, RULES["cpu-busy"]), [])
    assert alerts.ringing(told) == ()


def test_a_silent_rule_is_listed_and_told_to_nobody(told: Studio, clock: Any) -> None:
    rule = RULES["posts-fail"]
    here = only(told, rule)
    alerts.hush(here, rule.name, "", timedelta(hours=2), "we know")
    alerts.evaluate(here, [bad(rule)])
    assert [one.silent for one in alerts.ringing(here)] == [True]
    assert notices(here) == []
    alerts.evaluate(here, [good(rule)])
    clock.advance(hours=3)
    alerts.evaluate(here, [bad(rule)])
    assert notices(here) == ["warning: posts-fail"]


def test_only_what_fires_can_be_acknowledged(told: Studio) -> None:
    with pytest.raises(Refused, match="nothing of 'posts-fail' fires"):
        alerts.acknowledge(told, "posts-fail", "", "me")
    with pytest.raises(ConfigError, match="choose"):
        alerts.hush(told, "nonsense", "", timedelta(hours=1), "")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"elite8_cpu_ratio"', '"elite8_cpu_ratoi"', "no metric"),
        ("the processor is {value:.0%} busy", "the {network} is busy", "no 'network'"),
        ("the processor is {value:.0%} busy", "the {value.secret} is busy", "says: .*only a name"),
        ('"labels": {\n        "status"', '"labels": {\n        "colour"', "has no colour"),
    ],
)
def test_a_rule_that_cannot_be_meant_says_where(
    studio: Studio, edited_config: Callable[..., Path], old: str, new: str, says: str
) -> None:
    folder = edited_config("monitoring/alert_config.json", old, new)
    with pytest.raises(ConfigError, match=says):
        alerts.check_words(replace(studio, config=Config(folder)))


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"above": 1, "below": 2}, "either above or below"),
        ({}, "either above or below"),
        ({"above": 1, "clear": 2}, "clear is itself a bad value"),
    ],
)
def test_limits_that_contradict_each_other_are_refused(limits: dict[str, float], says: str) -> None:
    facts = {"name": "it", "metric": "elite8_cpu_ratio", "severity": "info", "routes": []}
    with pytest.raises(ValueError, match=says):
        Rule.model_validate(facts | limits | {"says": "hello", "do": "look"})


REACHES = "{value.__format__.__globals__[Studio].a2e.func.__globals__[places].os.environ}"


@pytest.mark.parametrize("name", ["says", "do"])
@pytest.mark.parametrize(
    "words", [REACHES, "{value[0]}", "{value:{value.real}}", "{value!r}", "jq {}", "a { alone", "}"]
)
def test_words_of_a_rule_put_in_names_and_reach_for_nothing(name: str, words: str) -> None:
    facts = {"name": "it", "metric": "elite8_cpu_ratio", "severity": "info", "routes": []}
    known = {"above": 1, "says": "{value:.0%} and {{}}", "do": "ask {network}, {{}}"}
    Rule.model_validate(facts | known)
    with pytest.raises(ValueError, match=name):
        Rule.model_validate(facts | known | {name: words})


def test_advice_forms_no_word_as_a_number() -> None:
    """It is filled in where alerts are listed: what breaks there, breaks all of them."""
    facts = {"name": "it", "metric": "elite8_cpu_ratio", "severity": "info", "routes": []}
    with pytest.raises(ValueError, match="only a name"):
        Rule.model_validate(facts | {"above": 1, "says": "hello", "do": "ask {network:d}"})


def test_what_cannot_be_seen_ends_nothing(told: Studio) -> None:
    rule = RULES["sign-in-ends"]
    here = only(told, rule)
    alerts.evaluate(here, [bad(rule)])
    blind = value("elite8_collector_broken", 1, collector="work")
    assert alerts.evaluate(here, [blind]) == ()
    assert [one.state for one in alerts.ringing(here)] == ["firing"]
    seeing = value("elite8_collector_broken", 0, collector="work")
    assert [turn.what for turn in alerts.evaluate(here, [seeing])] == [AlertState.RESOLVED]


def test_the_cooldown_outlives_a_pending_one_whose_value_goes(told: Studio, clock: Any) -> None:
    rule = RULES["cpu-busy"]
    here = only(told, rule)
    for _ in range(2):
        alerts.evaluate(here, [bad(rule)])
        clock.advance(minutes=rule.for_minutes)
    alerts.evaluate(here, [good(rule)])
    alerts.evaluate(here, [bad(rule)])
    alerts.evaluate(here, [])
    alerts.evaluate(here, [bad(rule)])
    clock.advance(minutes=rule.for_minutes)
    (turn,) = alerts.evaluate(here, [bad(rule)])
    assert (turn.what, turn.tell) == (AlertState.FIRING, False)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("alert", '"ping_url": ""', '"ping_url": "http://example.com https://x"'),
        ("alert", '"name": "cpu-busy"', '"name": "CPU cpu-busy now"'),
        ("alert", '"elite8_cpu_ratio"', '"x elite8_cpu_ratio"'),
        ("telegram", '"start": "23:00"', '"start": "23:00 or so"'),
    ],
)
def test_a_key_is_read_whole(
    edited_config: Callable[..., Path], file: str, old: str, new: str
) -> None:
    config = Config(edited_config(f"monitoring/{file}_config.json", old, new))
    with pytest.raises(ConfigError, match="pattern"):
        _ = getattr(config, {"alert": "alerts"}.get(file, file))


@pytest.mark.parametrize(("count", "says"), [(1, "1 TikTok account cannot post"),
                                             (2, "2 TikTok accounts cannot post")])  # fmt: skip
def test_a_word_agrees_with_its_number(studio: Studio, count: int, says: str) -> None:
    alerts.evaluate(studio, [value("elite8_accounts_broken", count, network="tiktok")])
    assert [one.message for one in alerts.ringing(studio)] == [says]


def test_no_rule_says_one_with_the_word_for_several(studio: Studio) -> None:
    """Of rules that can ring at one."""
    of_many = re.compile(r"^1 (x )?\w+s\b")
    for rule in studio.config.alerts.rules:
        if rule.is_bad(1.0) and "{value:.0f}" in rule.says:
            assert not of_many.match(alerts.said(studio, rule, of(rule, 1.0))), rule.name


def several(rule: Rule, *numbers: float) -> list[list[Value]]:
    return [[of(rule, number)] for number in numbers]


def test_one_more_of_what_is_counted_is_told_when_the_cooldown_is_over(
    told: Studio, clock: Any
) -> None:
    rule = RULES["post-stuck"]
    here = only(told, rule)
    for seen in several(rule, *[1] * 20, *[2] * 120, *[1] * 60, *[9] * 60):
        alerts.evaluate(here, seen)
        clock.advance(minutes=2)
    with here.database.transaction() as session:
        said = [one.words.split("\n")[0] for one in session.exec(select(Notice))]
    assert [words.split()[1] for words in said] == ["1", "2", "9"]
    alerts.evaluate(here, [of(rule, 0)])
    assert notices(here)[-1] == "1 over"


def test_one_more_of_what_is_counted_ends_an_acknowledgement(told: Studio, clock: Any) -> None:
    rule = RULES["sign-in-broken"]
    here = only(told, rule)
    alerts.evaluate(here, [of(rule, 1)])
    alerts.acknowledge(here, rule.name, "", "somebody")
    alerts.evaluate(here, [of(rule, 1)])
    assert [one.acknowledged_by for one in alerts.ringing(here)] == ["somebody"]
    clock.advance(minutes=5)
    alerts.evaluate(here, [of(rule, 2)])
    assert [(one.state, one.acknowledged_by) for one in alerts.ringing(here)] == [("firing", "")]
    alerts.evaluate(here, [of(rule, 0)])
    assert notices(here) == ["critical: sign-in-broken", "1 over"]


@pytest.mark.parametrize(("name", "numbers"), [("task-fails", (3, 4, 5)), ("cpu-busy", (0.91, 1))])
def test_what_only_grows_worse_is_told_once(
    told: Studio, clock: Any, name: str, numbers: tuple[float, ...]
) -> None:
    rule = RULES[name]
    here = only(told, rule)
    for seen in several(rule, *numbers, *numbers, *numbers):
        alerts.evaluate(here, seen)
        clock.advance(hours=7)
    assert len(notices(here)) == 1
