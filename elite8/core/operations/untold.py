"""What a list of who is at risk does not tell, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence

from elite8.core.domain.score import LEAST_COVERAGE
from elite8.core.operations.members import Members
from elite8.core.operations.shops import Customers
from elite8.core.operations.whole import Whole

GONE = 0.9
"""Chance of having left from which somebody who buys counts as gone, not as at risk (prior)."""


def notes(
    of: Whole, subscribed: Members, sold: Sequence[Customers], platform: str
) -> tuple[str, ...]:
    """Return all of it, of one platform or of all."""
    shops = [group for group in sold if platform in {"", group.shop.platform}]
    return (
        *models(of, subscribed, shops),
        *unlabelled(of, subscribed, shops, platform),
        *left_out(of, shops, platform),
    )


def models(of: Whole, subscribed: Members, sold: Sequence[Customers]) -> Iterator[str]:
    """Yield why no model judges."""
    if of.lacking:
        yield f"{of.lacking}; without it the rules judge alone, and a stake is one renewal"
    if subscribed.contracts and not of.judge.hazard:
        yield f"the rules judge who is subscribed: {of.learnt.why}"
    for group in sold:
        if group.shop.why and not of.lacking:
            yield f"the rules judge who buys on {group.shop.platform}: {group.shop.why}"


def unlabelled(
    of: Whole, subscribed: Members, sold: Sequence[Customers], platform: str
) -> Iterator[str]:
    """Yield on which platforms too little is observed for a label."""
    there = Counter(one.platform for one in subscribed.contracts)
    there.update({group.shop.platform: group.shop.buyers.subscriber.size for group in sold})
    for name, coverage in zip(of.now.platforms, of.now.coverages, strict=True):
        if coverage < LEAST_COVERAGE and there[name] and platform in {"", name}:
            yield (
                f"insufficient data on {name}: it shows {coverage:.0%} of what the score is made "
                f"of, {LEAST_COVERAGE:.0%} are needed for a label ({there[name]} people)"
            )


def left_out(of: Whole, sold: Sequence[Customers], platform: str) -> Iterator[str]:
    """Yield who is not judged at all."""
    stands = Counter(one.life.standing for one in of.contracts if platform in {"", one.platform})
    if stands["unknown"]:
        yield (
            f"{stands['unknown']} subscriptions are over by what is known of them, and nothing was "
            "heard of their account since; import a newer export to know who renewed"
        )
    if stands["paused"]:
        yield f"{stands['paused']} subscriptions are paused"
    gone = sum(int((group.risk.risk >= GONE).sum()) for group in sold if group.alive is not None)
    if gone:
        yield f"{gone} who bought have left with {GONE:.0%} or more: they are not at risk any more"
