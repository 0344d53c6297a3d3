"""Which touches get the credit for money: three models beside each other, each to the cent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from elite8.core.domain.event import NOWHERE, Origin
from elite8.core.domain.money import apportion

Model = Literal["last", "first", "position"]
MODELS: tuple[Model, ...] = get_args(Model)
ENDS, MIDDLE = 40, 20
"""Of a hundred, what the first and the last touch get each, and what all between share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """A person came by something of ours: a click, a lead or a subscription with a known post."""

    at: datetime
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money of a person in minor units, negative when paid back; `counts_from` looks backwards.

    What is paid back counts from when it was paid, so that it is taken from who had got it.
    """

    person: str
    amount: int
    currency: str
    counts_from: datetime
    origin: Origin = NOWHERE


def within(touches: Sequence[Touch], payment: Payment, days: int) -> tuple[Touch, ...]:
    """Return the touches of the days before a payment, its own instant included, oldest first."""
    since = payment.counts_from - timedelta(days=days)
    found = [one for one in touches if since <= one.at <= payment.counts_from]
    return tuple(sorted(found, key=lambda one: one.at))


def last(n: int) -> tuple[int, ...]:
    """Give all to the last touch."""
    return (*([0] * (n - 1)), 1)


def first(n: int) -> tuple[int, ...]:
    """Give all to the first touch."""
    return (1, *([0] * (n - 1)))


def position(n: int) -> tuple[int, ...]:
    """Give 40 of 100 to the first and to the last, 20 to all between; of two, half to each."""
    if n <= 2:  # noqa: PLR2004  # nothing is between
        return (1,) * n
    between = n - 2
    return (ENDS * between, *([MIDDLE] * between), ENDS * between)


WEIGHTS: Mapping[Model, Callable[[int], tuple[int, ...]]] = {
    "last": last,
    "first": first,
    "position": position,
}


def credited(
    payment: Payment, touches: Sequence[Touch], model: Model, days: int
) -> tuple[tuple[Origin, int], ...]:
    """Return who gets how much of a payment, summing to it exactly.

    Where the payment itself says it came from is its last touch; without any touch in time it
    stays unknown.
    """
    found = within(touches, payment, days)
    own = Touch(at=payment.counts_from, origin=payment.origin)
    if payment.origin != NOWHERE and own not in found:
        found = (*found, own)
    if not found:
        return ((NOWHERE, payment.amount),)
    parts = apportion(payment.amount, WEIGHTS[model](len(found)))
    return tuple((one.origin, part) for one, part in zip(found, parts, strict=True) if part)
