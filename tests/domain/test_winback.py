"""Whom a winback may speak to: each refusal by itself, and who came back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from elite8.core.domain import winback
from elite8.core.domain.winback import Candidate

TODAY = date(2026, 11, 26)
FINE = Candidate(
    standing="churned",
    consents=True,
    opted_out=False,
    erased=False,
    charged_back=False,
    complained=False,
    adult=True,
    contact_allowed=True,
)


def ago(*days: int) -> tuple[date, ...]:
    return tuple(TODAY - timedelta(days=n) for n in days)


def test_who_lapsed_and_consents_may_be_spoken_to() -> None:
    assert winback.refusals(FINE, TODAY) == ()
    assert winback.refusals(replace(FINE, winbacks=ago(60, 365, 400)), TODAY) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"standing": "active"}, "has not lapsed"),
        ({"standing": "pending"}, "has not lapsed"),
        ({"consents": False}, "no consent for this channel"),
        ({"opted_out": True}, "opted out"),
        ({"erased": True}, "erased"),
        ({"charged_back": True}, "charged a payment back"),
        ({"complained": True}, "complained"),
        ({"adult": False}, "not known to be adult"),
        ({"adult": None}, "not known to be adult"),
        ({"contact_allowed": False}, "the platform does not allow contact"),
        ({"winbacks": ago(59)}, "a winback less than 60 days ago"),
        ({"winbacks": ago(100, 364)}, "two winbacks within a year"),
    ],
)
def test_each_reason_refuses_by_itself(change: dict[str, Any], reason: str) -> None:
    assert winback.refusals(replace(FINE, **change), TODAY) == (reason,)


def test_who_came_back_is_of_those_whose_ninety_days_are_over() -> None:
    long, late, short = TODAY - timedelta(days=200), TODAY - timedelta(days=90), TODAY
    found = winback.came_back(
        (
            (long, long + timedelta(days=90)),
            (long, long + timedelta(days=91)),
            (late, None),
            (short, short),
            (TODAY - timedelta(days=89), TODAY),
        ),
        TODAY,
    )
    assert (found.count, found.of) == (1, 3)
    assert winback.came_back((), TODAY).rate is None


@pytest.mark.parametrize(
    ("word", "born", "adult"),
    [
        ("adult", None, True),
        ("unknown", None, None),
        ("minor", None, False),
        ("unknown", 2007, True),
        ("adult", 2007, True),
        ("adult", 2008, False),  # eighteen this year, on a day that nobody knows
        ("adult", 2012, False),
        ("minor", 1990, False),
    ],
)
def test_no_word_makes_an_adult_of_who_was_born_too_late(
    word: str, born: int | None, *, adult: bool | None
) -> None:
    assert winback.is_adult(word, born, TODAY) is adult
