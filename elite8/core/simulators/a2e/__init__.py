"""A2E as api/a2e.md describes it, in memory: it charges, works, refuses and breaks like it.

Marks in this package: [S], [D:...] and [Cn] are the sources that page names; INFERRED is its word
(or ours, where it is silent) for what nobody has seen on the real service.
"""

from elite8.core.simulators.a2e.account import Media, Start
from elite8.core.simulators.a2e.faults import FAULTS
from elite8.core.simulators.a2e.ledger import Entry
from elite8.core.simulators.a2e.service import SIMULATED_KEY, A2ESimulator

__all__ = ["FAULTS", "SIMULATED_KEY", "A2ESimulator", "Entry", "Media", "Start"]
