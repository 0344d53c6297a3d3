"""Rules as dated data, and what they say about a post. Passing them is no legal clearance."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from elite8.core.domain.character import Identifier, Network, Strict, Text
from elite8.core.domain.check import CHECKS, CheckName, Facts, Terms
from elite8.core.domain.network import NetworkRules

STALE_AFTER = timedelta(days=180)
OPERATORS = "social/social_config.json"
"""The source of limits that the operator chose."""
UNALTERABLE: tuple[CheckName, ...] = (
    "ai_flag_is_set",
    "caption_says_ai",
    "marks_are_whole",
    "rating_is_sfw",
    "performer_is_adult",
    "no_minor_words",
    "no_listed_site",
)
"""Checks that block everywhere and that no edit of the file takes away (compliance section 8)."""
NEED_WORDS: tuple[CheckName, ...] = (
    "no_listed_site",
    "label_stands_early",
    "label_among_first_tags",
    "label_is_first_word",
    "seen_by_listed",
)

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,47}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Severity = Literal["block", "warn", "note"]


class Scope(Strict):
    """Where a rule holds; what is left out holds everywhere."""

    networks: tuple[Network, ...] = ()
    regions: tuple[Region, ...] = Field(default=(), description="The audience's; ISO 3166.")
    other_regions: tuple[Region, ...] = Field(default=(), description="Everywhere but there.")
    content: Literal["any", "commercial"] = "any"

    def holds(self, facts: Facts) -> bool:
        """Return whether a post is one of those meant."""
        return (
            (not self.networks or facts.network in self.networks)
            and (not self.regions or facts.region in self.regions)
            and facts.region not in self.other_regions
            and (self.content == "any" or facts.sells)
        )


class Rule(Terms):
    """One rule; `reason` says what it asks for."""

    id: RuleId
    scope: Scope = Scope()
    check: CheckName
    severity: Severity
    reason: Text
    lists: tuple[Identifier, ...] = Field(default=(), description="Lists that add to `words`.")
    source: Text
    as_of: date
    confidence: Literal["confirmed", "inferred"]

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Refuse a rule whose check would have nothing to look for."""
        if self.check in NEED_WORDS and not (self.words or self.lists):
            raise ValueError(f"rule '{self.id}' needs words or lists")
        bounded = self.what and (self.least is not None or self.most is not None)
        if self.check == "within_limits" and not bounded:
            raise ValueError(f"rule '{self.id}' needs what, and least or most")
        return self


class SiteList(Strict):
    """Domains that several rules look for."""

    source: Text
    as_of: date
    sites: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")], ...] = (
        Field(min_length=1)
    )


class RuleBook(Strict):
    """config/compliance/rules.json."""

    lists: dict[Identifier, SiteList] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse ids that stand twice, lists nobody knows, and a book without what always holds."""
        ids = [rule.id for rule in self.rules]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"the rule '{twice[0]}' stands twice")
        named = {name for rule in self.rules for name in rule.lists}
        if strange := sorted(named - set(self.lists)):
            raise ValueError(f"there is no list '{strange[0]}'")
        always = {r.check for r in self.rules if r.severity == "block" and r.scope == Scope()}
        if lacking := [check for check in UNALTERABLE if check not in always]:
            raise ValueError(f"a rule with the check '{lacking[0]}' must block everywhere")
        return self

    @cached_property
    def filled(self) -> tuple[Rule, ...]:
        """The rules, their lists' sites in `words`; each is as old as its oldest part."""
        return tuple(map(self._filled, self.rules))

    def _filled(self, rule: Rule) -> Rule:
        lists = [self.lists[name] for name in rule.lists]
        words = (*rule.words, *(site for each in lists for site in each.sites))
        oldest = min((rule.as_of, *(each.as_of for each in lists)))
        return rule.model_copy(update={"words": words, "as_of": oldest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one rule says of one post; `reason` is a sentence."""

    rule: str
    verdict: Literal["pass", "warn", "block", "note"]
    reason: str
    source: str
    as_of: date


@lru_cache(maxsize=64)
def limits_of(network: Network, rules: NetworkRules, today: date) -> tuple[Rule, ...]:
    """Return a network's limits as rules: the operator's, dated today, then its own."""
    scope = Scope(networks=(network,))
    own = Rule(
        id=f"{network}-own-seconds",
        scope=scope,
        check="within_limits",
        severity="block",
        reason="the video is no longer than you want there",
        what="seconds",
        most=rules.longest_seconds,
        source=OPERATORS,
        as_of=today,
        confidence="confirmed",
    )
    tags = {"id": f"{network}-own-hashtags", "what": "hashtags", "most": rules.hashtags_at_most}
    tags["most"] = max(rules.hashtags_at_most, 1)
    tags["reason"] = "no more hashtags than you want there; the AI tag always stays"
    limits = (
        Rule(
            id=f"{network}-{limit.what.replace('_', '-')}",
            scope=scope,
            check="within_limits",
            severity=limit.severity,
            reason=f"the post is within what {network} takes",
            what=limit.what,
            most=limit.value,
            source=limit.source,
            as_of=limit.as_of,
            confidence="confirmed",
        )
        for limit in rules.limits
    )
    return (own, own.model_copy(update=tags), *limits)


def judge(rules: Iterable[Rule], facts: Facts, today: date) -> tuple[Verdict, ...]:
    """Return what each rule that holds for this post says, in their order.

    A rule that was read more than 180 days before `today` is followed by a warning to read again.
    """
    holding = (rule for rule in rules if rule.scope.holds(facts))
    return tuple(said for rule in holding for said in _said(rule, facts, today))


def _said(rule: Rule, facts: Facts, today: date) -> Iterator[Verdict]:
    found = CHECKS[rule.check](rule, facts)
    reason = f"{rule.reason}: {found}" if found else rule.reason
    yield Verdict(
        rule=rule.id,
        verdict=rule.severity if found else "pass",
        reason=reason,
        source=rule.source,
        as_of=rule.as_of,
    )
    if today - rule.as_of > STALE_AFTER:
        yield Verdict(
            rule=rule.id,
            verdict="warn",
            reason=f"re-check: this was read on {rule.as_of}, over 180 days ago",
            source=rule.source,
            as_of=rule.as_of,
        )
