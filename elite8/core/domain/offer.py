"""An offer in words that say all of it: what it is, until when, what it costs after, how to end it.

What the operator writes stands above; these sentences are put together from the terms themselves,
so that no text can promise what the code does not do.
"""

import calendar
import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from elite8.core.domain import money
from elite8.core.domain.campaign import By, Campaign, OfferKind
from elite8.core.domain.claim import days_said
from elite8.core.domain.offering import LinePlan, OfferWords
from elite8.core.domain.trial import LEAST_HELD, MOST_HELD
from elite8.core.domain.winback import COOL_DOWN, MOST_A_YEAR
from elite8.core.domain.wording import fold

SHORTEST = timedelta(hours=24)
"""An offer that ends sooner would be over before it is day everywhere."""
MONTH_DAYS = 365.25 / 12
RELATIVE = re.compile(
    r"\b(?:today|tonight|tomorrow|heute|morgen|hoje|amanhã|amanha|hoy|mañana|manana)\b"
    r"|今日|本日|明日|\b\d+\s?(?:h|hours?|stunden?|horas?|minutes?|minuten|minutos)\b|\d+時間"
)
"""A time that is another one for each reader; in folded text."""
MONTH_NAMES = {
    name: number
    for number, names in enumerate(
        (
            *("jan ene", "feb fev", "mar mär", "apr abr", "may mai", "jun", "jul", "aug ago"),
            *("sep set", "oct out okt", "nov", "dec dez dic"),
        ),
        start=1,
    )
    for name in names.split()
}
BOUNDS = {
    "percent": (1, 99),
    "months": (1, 12),
    "days": (1, 90),
    "window_days": (7, 180),
    "lapsed_least": (0, 730),
    "lapsed_most": (1, 730),
}


def told(one: Campaign, words: OfferWords, start: date) -> str:
    """Return the whole offer in words; `start` is the day its example begins on."""
    facts = {
        "percent": one.percent,
        "months": one.months,
        "days": one.days,
        "bonus": one.bonus,
        "code": one.code,
        "price": money.told(reduced(one), one.currency),
        "after": money.told(one.price_after_minor, one.currency),
        "agree": one.agree,
        "cancel": one.cancel,
        "start": start.isoformat(),
        "first": first_full(one, start).isoformat(),
        "deadline": moment(one.deadline, one.zone) if one.deadline else "",
    }
    lines = [getattr(words, one.kind)]
    if one.kind == OfferKind.LIMITED_OFFER and one.percent:
        lines.append(words.discount)
    lines += [words.code] if one.code else []
    lines += [words.until] if one.deadline else []
    lines += [words.renews] if one.renews else [words.ends]
    lines += [words.agree] if one.agree else []
    lines += [words.cancel] if one.renews else []
    return "\n".join(line.format(**facts) for line in lines)


def moment(at: datetime, zone: str) -> str:
    """Return an instant as people read it, its zone named."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def reduced(one: Campaign) -> int:
    """Return the price of a month while the discount holds, rounded up: nobody pays more."""
    return -(-one.price_after_minor * (100 - (one.percent or 0)) // 100)


def first_full(one: Campaign, start: date) -> date:
    """Return the day on which who starts on `start` first pays the price after."""
    if one.kind == OfferKind.FREE_ACCESS:
        return start + timedelta(days=one.days or 0)
    return months_on(start, one.months or 0) if one.percent else start


def months_on(day: date, months: int) -> date:
    """Return the same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def forgone(one: Campaign) -> float:
    """Return what is not charged of one who takes the offer, in minor units."""
    if one.kind == OfferKind.FREE_ACCESS:
        return one.price_after_minor * (one.days or 0) / MONTH_DAYS
    return float((one.price_after_minor - reduced(one)) * (one.months or 0))


def line_cost(plan: LinePlan, messages: int) -> float | None:
    """Return what so many messages cost in yen: their share of the month's fee, and what is over.

    None where the plan does not have so many.
    """
    over = max(messages - plan.messages, 0)
    if over and plan.overage_yen is None:
        return None
    share = plan.yen_a_month * (messages - over) / plan.messages
    return share + over * (plan.overage_yen or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a campaign may cost, in minor units: messages, and what is not charged.

    `expected` if as many come back as hoped, `most` if all whom it reaches do.
    """

    messages: float
    expected: float
    most: float


def cost(one: Campaign, treated: int, message: float) -> Cost:
    """Return what a campaign to so many may cost, at `message` minor units a message."""
    each = forgone(one) + one.bonus_cost
    return Cost(
        messages=treated * message,
        expected=treated * (message + one.hoped * each),
        most=treated * (message + each),
    )


def complaints(one: Campaign, now: datetime) -> tuple[str, ...]:
    """Return what is wrong with a campaign before it is kept, in words; empty for nothing."""
    return tuple(filter(None, (*numbers(one), *terms(one), *deadlines(one, now))))


def numbers(one: Campaign) -> tuple[str, ...]:
    """Return which numbers are out of bounds."""
    found = []
    for name, (least, most) in BOUNDS.items():
        value = getattr(one, name)
        if value is not None and not least <= value <= most:
            found.append(f"{name.replace('_', ' ')} is from {least} to {most}, not {value}")
    if one.hold_out is not None and not LEAST_HELD <= one.hold_out <= MOST_HELD:
        found.append(f"from {LEAST_HELD:.0%} to {MOST_HELD:.0%} are held out")
    if one.cool_down_days < COOL_DOWN.days:
        found.append(f"two winbacks of one person are {COOL_DOWN.days} days apart, or more")
    if not 1 <= one.most_a_year <= MOST_A_YEAR:
        found.append(f"nobody gets more than {MOST_A_YEAR} winbacks a year")
    if not 0 < one.hoped <= 1 or not 0 <= one.base < one.hoped:
        found.append("the rate that is hoped for lies above the one without an offer, up to 1")
    if not 0 <= one.worthwhile < 1:
        found.append("a worthwhile effect is from 0 to 1, as 0.01")
    amounts = (one.message_cost or 0.0, one.bonus_cost, float(one.budget_minor or 0))
    if one.price_after_minor <= 0 or any(not math.isfinite(n) or n < 0 for n in amounts):
        found.append("the price after is more than 0, and no cost is less")
    return tuple(found)


def terms(one: Campaign) -> tuple[str, ...]:
    """Return what an offer of its kind lacks."""
    needs = {
        OfferKind.DISCOUNT: ("percent", "months"),
        OfferKind.FREE_ACCESS: ("days",),
        OfferKind.LIMITED_OFFER: ("bonus", "deadline"),
    }
    kind = OfferKind(one.kind)
    found = [f"a {kind} needs --{name}" for name in needs[kind] if not getattr(one, name)]
    if kind == OfferKind.LIMITED_OFFER and bool(one.percent) != bool(one.months):
        found.append("--percent goes with --months")
    if one.renews and not one.cancel:
        found.append("an offer that renews says how to end it: --cancel-how")
    if one.renews and kind == OfferKind.FREE_ACCESS and not one.agree:
        found.append(
            "free access that turns into a charge needs a consent of its own: say with 'agree' "
            "where people give it, or 'ends'"
        )
    if one.channel == By.EMAIL and not one.subject:
        found.append("an email needs --subject")
    return tuple(found)


def deadlines(one: Campaign, now: datetime) -> tuple[str, ...]:
    """Return what is made up about the end of an offer."""
    found = []
    if one.deadline and one.deadline < now + SHORTEST:
        found.append("the deadline is less than 24 hours away")
    if one.deadline and one.deadline > now + timedelta(days=one.window_days):
        found.append("the deadline lies after the window in which coming back counts")
    if one.deadline and one.code and one.code_ends is None:
        found.append("say when the code really stops working: --code-ends")
    if (one.code_ends or one.deadline) != one.deadline:
        says = moment(one.deadline, one.zone) if one.deadline else "no day"
        ends = moment(one.code_ends, one.zone) if one.code_ends else ""
        found.append(f"a fake deadline: the text says {says}, and the code ends {ends}")
    found += elsewhere(one)
    return tuple(found)


def elsewhere(one: Campaign) -> list[str]:
    """Return what the operator's own words say of an end that is not the offer's."""
    written = f"{one.subject}\n{one.text}\n{one.bonus}"
    last = one.deadline.astimezone(ZoneInfo(one.zone)).date() if one.deadline else None
    strange = [said for said in days_said(written) if not may_mean(said, last)]
    if hurried := RELATIVE.search(fold(written)):
        strange.append(hurried[0])
    return [
        f"the text says '{said}', which is not when the offer ends; leave days out: the sentence "
        "with the deadline is put under it"
        for said in strange[:1]
    ]


def may_mean(said: str, last: date | None) -> bool:
    """Return whether what reads like a day is that of the deadline, or no day at all."""
    numbers = [int(digits) for digits in re.findall(r"\d+", said)]
    if len(numbers) == 3:  # noqa: PLR2004  # year, month, day
        return last is not None and numbers == [last.year, last.month, last.day]
    if len(numbers) == 1:
        month = next((n for name, n in MONTH_NAMES.items() if name in said), 0)
        return last is not None and (month, numbers[0]) == (last.month, last.day)
    ways = [pair for pair in (tuple(numbers), tuple(numbers[::-1])) if is_day(*pair)]
    return not ways or (last is not None and (last.month, last.day) in ways)


def is_day(month: int, day: int) -> bool:
    """Return whether a year has this day."""
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2024, month)[1]  # noqa: PLR2004  # a leap year
