"""Print how often what is planted in a simulated year is found within its stated interval.

Run: `PYTHONPATH=. python tests/acceptance/simulated_years.py --seeds 200`. Each planted number has
to be in its 95 % interval in 90 % of the years, and without any effect of the offer the verdict
"works" may stand in 5 % of them; else the exit code is 1. A year takes two thirds of a second.
"""

import argparse
import sys

from tests.domain.simulated_year import LIFT, PLANTED, SOUGHT, study

RECOVERED, FALSE_ALARMS = 0.90, 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    found = study(range(asked.first, asked.first + asked.seeds))
    print(f"{found.years} years; of each the share in which the interval has what was planted")
    for name in SOUGHT:
        print(f"  {name:16} {found.recovered(name):6.1%}")
    at_once = found.at_once / found.years
    print(f"  the {len(PLANTED)} drivers of leaving, all at once in the wider ones {at_once:.1%}")
    alarms = found.verdicts_of_nothing["works"] / found.years
    print(f"an offer that brings back {LIFT:.0%} more: {dict(found.verdicts)}")
    print(f"one that does nothing: {dict(found.verdicts_of_nothing)}; works {alarms:.1%}")
    good = at_once >= RECOVERED and all(found.recovered(name) >= RECOVERED for name in SOUGHT)
    return 0 if good and alarms <= FALSE_ALARMS else 1


if __name__ == "__main__":
    sys.exit(main())
