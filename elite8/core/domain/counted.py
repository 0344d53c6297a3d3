"""What is counted on the way from a look to money, in words; nothing heavy is loaded for it."""

NAMES = {
    "view": "views",
    "engagement": "reactions",
    "click": "clicks",
    "lead": "leads",
    "subscribe": "subscribers",
    "money": "payers",
}
FEW = "<10"
"""What stands where a number of people is not told."""
UNKNOWN = "-"


def percent(value: float | None) -> str:
    """Return a share in percent, with as many digits as tell it."""
    return UNKNOWN if value is None else f"{digits(value)}%"


def between(low: float | None, high: float | None) -> str:
    """Return an interval, nothing when there is none."""
    return "" if low is None or high is None else f"{digits(low)}-{digits(high)}%"


def digits(value: float) -> str:
    """Return hundred times a share: two digits after the point below ten, then one."""
    return f"{value * 100:.1f}" if value >= 0.09995 else f"{value * 100:.2f}"  # noqa: PLR2004  # ten in a hundred


def count(value: int | None, *, hidden: bool = False) -> str:
    """Return a number, that it is under ten people, or that nobody counts it."""
    if hidden:
        return FEW
    return UNKNOWN if value is None else f"{value:,}"


def of(hits: int | None, n: int | None, names: tuple[str, str], *, hidden: bool = False) -> str:
    """Return so many of so many: 72 clicks of 4,816 views; without numbers, what of what.

    Reactions stand in a column of their own.
    """
    first, second = (NAMES[name] for name in names)
    if names[0] == "engagement" and hits is not None and n is not None:
        return f"{hits:,} of {n:,} {second}"
    if hidden:
        return f"{FEW} {first} of {second}"
    if hits is None or n is None:
        return f"{first} of {second}"
    return f"{hits:,} {first} of {n:,} {second}"
