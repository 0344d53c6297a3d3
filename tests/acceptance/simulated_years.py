"""Print how often what is planted in a simulated year is found within its stated interval.

Run: `PYTHONPATH=. python tests/acceptance/simulated_years.py --seeds 200`. Each planted number has
to be in its 95 % interval in 90 % of the years, and without any effect of the offer the verdict
"works" may stand in 5 % of them; else the exit code is 1. Two hundred seeds take some four minutes.
"""

import argparse
import sys

from tests.domain.simulated_year import PLANTED, Study, study

EFFECT = 0.12
RECOVERED, FALSE_ALARMS = 0.90, 0.05


def told(whole: Study) -> bool:
    """Print each number's share of years, and return whether all are high enough."""
    good = True
    for name in (*PLANTED, "effect", "value"):
        share = whole.recovered(name)
        good &= share >= RECOVERED
        print(f"  {name:16} {share:6.1%} of years within the interval")
    print(f"  all {len(PLANTED)} drivers together {whole.all_drivers / whole.years:6.1%}")
    print(f"  verdicts {dict(whole.verdicts)}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.seeds)
    print(f"{asked.seeds} years, the offer brings back {EFFECT:.0%} more of those it reaches")
    good = told(study(seeds, EFFECT))
    print(f"{asked.seeds} years, the offer does nothing")
    nothing = study(seeds, 0.0)
    good &= told(nothing)
    alarms = nothing.verdicts["works"] / nothing.years
    print(f"  'works' without an effect {alarms:.1%} (at most {FALSE_ALARMS:.0%})")
    return 0 if good and alarms <= FALSE_ALARMS else 1


if __name__ == "__main__":
    sys.exit(main())
