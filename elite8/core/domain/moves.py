"""What moved MRR from one instant to another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What became of MRR, in whole minor units of one currency; every amount is 0 or more.

    start + new + reactivation + expansion - contraction - churned is end, to the last unit.
    """

    start: int
    new: int
    reactivation: int
    expansion: int
    contraction: int
    churned: int
    end: int

    def __post_init__(self) -> None:
        gained = self.new + self.reactivation + self.expansion
        if self.start + gained - self.contraction - self.churned != self.end:
            raise ValueError("movements do not add up to the end")
