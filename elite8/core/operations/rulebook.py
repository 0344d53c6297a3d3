"""The rules, for people: which hold for viewers of a region, and which should be read again."""

from dataclasses import dataclass
from datetime import date

from elite8.core.domain.rule import is_stale, of_region
from elite8.core.studio import Studio


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleShown:
    """A rule; `stale`: it was read more than 180 days ago. `action` is publish, message or both."""

    id: str
    severity: str
    action: str
    content: str
    reason: str
    source: str
    as_of: date
    confidence: str
    stale: bool


def rules_of(studio: Studio, region: str) -> tuple[RuleShown, ...]:
    """Return the rules that hold for viewers of a region, two capital letters, in their order."""
    today = studio.clock().date()
    return tuple(
        RuleShown(
            id=rule.id,
            severity=rule.severity,
            action=rule.scope.action,
            content=rule.scope.content,
            reason=rule.reason,
            source=rule.source,
            as_of=rule.as_of,
            confidence=rule.confidence,
            stale=is_stale(rule, today),
        )
        for rule in of_region(studio.config.rules.filled, region)
    )
