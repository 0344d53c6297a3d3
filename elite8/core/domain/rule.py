"""Rules as dated data, and what they say about a post. Passing them is no legal clearance."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from elite8.core.domain.character import Identifier, Network, Strict, Text
from elite8.core.domain.check import CHECKS, CheckName, Facts, Terms
from elite8.core.domain.claim import PhraseList
from elite8.core.domain.message import (
    MESSAGE_CHECKS,
    Channel,
    MessageCheckName,
    MessageFacts,
)
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
ALWAYS_UNSAID = ("claims_to_be_human", "fake_scarcity", "fake_testimonials")
"""Phrases that block everywhere, in posts and in messages (compliance section 8, 9)."""
BEFORE_A_MESSAGE: tuple[MessageCheckName, ...] = (
    "consent_is_granted",
    "nobody_suppressed",
    "of_age_for_adult",
    "hour_is_not_quiet",
    "contacts_within",
    "message_says_ai",
    "has_opt_out",
)
"""Checks that keep back any message, and that no edit of the file takes away (section 8, 6)."""
JUDGES: Mapping[str, Callable[[Terms, Any], str]] = dict([*CHECKS.items(), *MESSAGE_CHECKS.items()])
BOTH: tuple[CheckName, ...] = (
    "rating_is_sfw",
    "no_minor_words",
    "no_listed_site",
    "no_claim",
    "urgency_has_a_day",
    "region_is_known",
    "always_said",
)
"""Checks of posts that messages can be asked as well."""
BOUNDED = ("hour_is_not_quiet", "contacts_within", "consent_is_fresh", "is_old_enough")
NEED_WORDS: tuple[CheckName, ...] = (
    "no_listed_site",
    "label_stands_early",
    "label_among_first_tags",
    "label_is_first_word",
    "seen_by_listed",
    "no_claim",
    "urgency_has_a_day",
)

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,47}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Severity = Literal["block", "warn", "note"]
Action = Literal["publish", "message", "both"]


class Scope(Strict):
    """Where a rule holds; what is left out holds everywhere."""

    networks: tuple[Network, ...] = ()
    regions: tuple[Region, ...] = Field(default=(), description="The audience's; ISO 3166.")
    other_regions: tuple[Region, ...] = Field(default=(), description="Everywhere but there.")
    content: Literal["any", "commercial", "adult"] = "any"
    action: Action = "publish"
    channels: tuple[Channel, ...] = Field(default=(), description="Of messages.")

    def holds(self, facts: Facts | MessageFacts) -> bool:
        """Return whether a post or a message is one of those meant."""
        return (
            self.action in (facts.action, "both")
            and (not self.networks or facts.network in self.networks)
            and self.holds_in(facts.region)
            and self._meant(facts)
        )

    def holds_in(self, region: str) -> bool:
        """Return whether it holds for viewers of a region."""
        return (not self.regions or region in self.regions) and region not in self.other_regions

    def _meant(self, facts: Facts | MessageFacts) -> bool:
        if isinstance(facts, MessageFacts):
            here = not self.channels or facts.channel in self.channels
            return here and (self.content == "any" or self._of(facts))
        return not self.channels and (self.content == "any" or self._of(facts))

    def _of(self, facts: Facts | MessageFacts) -> bool:
        if self.content == "commercial":
            return facts.sells
        return facts.adult if isinstance(facts, MessageFacts) else facts.rating != "sfw"


class Rule(Terms):
    """One rule; `reason` says what it asks for."""

    id: RuleId
    scope: Scope = Scope()
    check: CheckName | MessageCheckName
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
        if self.check in BOUNDED and self.least is None and self.most is None:
            raise ValueError(f"rule '{self.id}' needs least or most")
        return self

    @model_validator(mode="after")
    def of_its_kind(self) -> Self:
        """Refuse a check that the thing it would look at cannot answer."""
        of_messages = self.check in get_args(MessageCheckName)
        wanted = "message" if of_messages else "publish"
        action = self.scope.action
        if action != wanted and (of_messages or self.check not in BOTH):
            raise ValueError(f"rule '{self.id}': the check {self.check} is for {wanted} only")
        if self.scope.channels and action != "message":
            raise ValueError(f"rule '{self.id}': channels are of messages; say action message")
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
    phrases: dict[Identifier, PhraseList] = Field(default_factory=dict)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse ids that stand twice, lists nobody knows, and a book without what always holds."""
        ids = [rule.id for rule in self.rules]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"the rule '{twice[0]}' stands twice")
        named = {name for rule in self.rules for name in rule.lists}
        if strange := sorted(named - set(self.lists) - set(self.phrases)):
            raise ValueError(f"there is no list '{strange[0]}'")
        if lacking := [check for check in UNALTERABLE if check not in self._always("publish")]:
            raise ValueError(f"a rule with the check '{lacking[0]}' must block everywhere")
        return self

    @model_validator(mode="after")
    def careful(self) -> Self:
        """Refuse a book without what always holds for messages and for what is said."""
        kept = self._always("message")
        if lacking := [check for check in BEFORE_A_MESSAGE if check not in kept]:
            raise ValueError(f"a rule with the check '{lacking[0]}' must block every message")
        unsaid = {
            name
            for rule in self.rules
            if rule.check == "no_claim" and self._is_always(rule, "both")
            for name in rule.lists
        }
        if lacking_lists := [name for name in ALWAYS_UNSAID if name not in unsaid]:
            raise ValueError(f"a rule with the list '{lacking_lists[0]}' must block everywhere")
        return self

    def _always(self, action: Action) -> set[str]:
        return {rule.check for rule in self.rules if self._is_always(rule, action)}

    @staticmethod
    def _is_always(rule: Rule, action: Action) -> bool:
        everywhere = [Scope(action=action), Scope(action="both")]
        return rule.severity == "block" and rule.scope in everywhere

    @cached_property
    def version(self) -> str:
        """What stands for all of it as it is: the beginning of its SHA-256."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @cached_property
    def filled(self) -> tuple[Rule, ...]:
        """The rules, their lists' sites in `words`; each is as old as its oldest part."""
        return tuple(map(self._filled, self.rules))

    def _filled(self, rule: Rule) -> Rule:
        lists = [self.lists[name] for name in rule.lists if name in self.lists]
        said = [self.phrases[name] for name in rule.lists if name in self.phrases]
        sites = (site for each in lists for site in each.sites)
        phrases = (phrase for each in said for phrase in each.phrases)
        words = (*rule.words, *sites, *phrases)
        oldest = min((rule.as_of, *(each.as_of for each in lists), *(each.as_of for each in said)))
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


def is_stale(rule: Rule, today: date) -> bool:
    """Return whether a rule was read so long ago that it should be read again."""
    return today - rule.as_of > STALE_AFTER


def judge(rules: Iterable[Rule], facts: Facts | MessageFacts, today: date) -> tuple[Verdict, ...]:
    """Return what each rule that holds for this post or message says, in their order.

    A rule that was read more than 180 days before `today` is followed by a warning to read again.
    """
    holding = (rule for rule in rules if rule.scope.holds(facts))
    return tuple(said for rule in holding for said in _said(rule, facts, today))


def _said(rule: Rule, facts: Facts | MessageFacts, today: date) -> tuple[Verdict, ...]:
    found = JUDGES[rule.check](rule, facts)
    reason = f"wanted: {rule.reason}; found: {found}" if found else rule.reason
    said = Verdict(
        rule=rule.id,
        verdict=rule.severity if found else "pass",
        reason=reason,
        source=rule.source,
        as_of=rule.as_of,
    )
    if not is_stale(rule, today):
        return (said,)
    again = f"re-check: this was read on {rule.as_of}, over 180 days ago"
    return said, replace(said, verdict="warn", reason=again)
