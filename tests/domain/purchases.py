"""CDNOW: every purchase of 2,357 people whose first was in early 1997, as the papers used it.

`data/cdnow.csv` is CDNOW_sample.txt of lifetimes 0.11.3 (MIT, data/cdnow.LICENSE; the data were
made public by Fader and Hardie at brucehardie.com/datasets), with days since 1997-01-01.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from elite8.core.domain import buying
from elite8.core.domain.arrays import Counts, Floats

FILE = Path(__file__).parent / "data" / "cdnow.csv"
CALIBRATED = (date(1997, 9, 30) - date(1997, 1, 1)).days
"""The last day of the 39 weeks that the papers fit."""


@dataclass(frozen=True, slots=True)
class Cdnow:
    """Each purchase; and what the first 39 weeks come to, an entry a person."""

    person: Counts
    day: Counts
    cents: Counts
    seen: buying.Purchases
    average: Floats


def cdnow() -> Cdnow:
    with FILE.open(encoding="utf-8") as lines:
        rows = np.array([[int(cell) for cell in row] for row in list(csv.reader(lines))[1:]])
    person, day, cents = rows.T
    people, seen = buying.summary(person, day, CALIBRATED)
    return Cdnow(person, day, cents, seen, repeat_spend(rows, people, seen))


def repeat_spend(rows: Counts, people: Counts, seen: buying.Purchases) -> Floats:
    """The mean of each one's repeat purchases in dollars: those of one day are one, 0 for none."""
    person, day, cents = rows[rows[:, 1] <= CALIBRATED].T
    begun = {one: day[person == one].min() for one in people}
    again = np.array([day[row] > begun[one] for row, one in enumerate(person)])
    spent = np.bincount(np.searchsorted(people, person[again]), cents[again], people.size) / 100
    return np.divide(spent, seen.frequency, out=np.zeros(people.size), where=seen.frequency > 0)
