"""Money: whole minor units and a currency, never a fraction; shared out to the last cent."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

MINOR = {
    **dict.fromkeys(("USD", "EUR", "GBP", "BRL", "MXN", "AUD", "IDR", "CAD", "CHF", "CNY"), 2),
    **dict.fromkeys(("JPY", "KRW"), 0),
}
"""Digits after the point. Source: ISO 4217, as of 2026-11; a currency that is not here is refused.

IDR has two there and none in practice (regions.md section 1): an export has its own reason.
"""
MOST = 10**15
"""Minor units of one movement: what is more is a slip of the pen."""


def minor(written: str, currency: str) -> int:
    """Return an amount as minor units; more digits than the currency has are a ValueError."""
    try:
        value = Decimal(written.strip())
        scaled = value.scaleb(MINOR[currency]) if value.is_finite() else None
    except InvalidOperation:
        scaled = None
    if scaled is None:
        raise ValueError(f"'{written[:30]}' is not an amount; write 9.99, with a point")
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{written[:30]} has more digits than {currency} has ({MINOR[currency]})")
    if abs(scaled) > MOST:
        raise ValueError(f"{written[:30]} is more than anybody pays")
    return int(scaled)


def told(amount: int, currency: str) -> str:
    """Return an amount for people: 1,234.50 USD."""
    return f"{bare(amount, currency)} {currency}"


def bare(amount: int, currency: str) -> str:
    """Return an amount where its currency stands elsewhere: 1,234.50."""
    digits = MINOR.get(currency, 2)
    return f"{Decimal(amount).scaleb(-digits):,.{digits}f}"


def apportion(amount: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return `amount` shared out by whole weights, summing to it exactly (largest remainder).

    Equal remainders: the first gets it. What is paid back is shared as what was paid.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative, and one of them is more than nothing")
    size = abs(amount)
    exact = [Fraction(size * weight, whole) for weight in weights]
    parts = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: size - sum(parts)]:
        parts[at] += 1
    return tuple(part if amount >= 0 else -part for part in parts)
