"""Money: whole minor units and a currency, never a fraction; shared out to the last cent."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

TWO = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
    USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""
NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE = "BHD IQD JOD KWD LYD OMR TND"
MINOR = {
    code: digits for digits, some in ((2, TWO), (0, NONE), (3, THREE)) for code in some.split()
}
"""Digits after the point of money in use; funds, metals and test codes left out.

Source: ISO 4217, list one, as of 2026-01. IDR has two there and none in practice (regions.md
section 1): an export has its own reason.
"""
MOST = 10**12
"""Minor units of one movement: what is more is a slip of the pen, and a BIGINT sums up millions."""


def known_currency(code: str) -> str:
    """Return the code of a currency that is there; any other is a ValueError."""
    if code not in MINOR:
        raise ValueError(f"no currency '{code[:10]}' in ISO 4217; write one like EUR")
    return code


def minor(written: str, currency: str) -> int:
    """Return an amount as minor units; more digits than the currency has are a ValueError."""
    try:
        value = Decimal(written.strip())
        scaled = value.scaleb(MINOR[currency]) if value.is_finite() else None
    except ArithmeticError:  # no number, or one of a billion digits
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
