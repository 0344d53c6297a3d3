"""X as api/x.md describes it, in memory: it asks, counts, refuses and breaks like it.

Marks in this package: C:SPEC, C:OA and the like are the sources that page names; INFERRED is for
what it calls I, and for what we chose where it is silent.
"""

from elite8.core.simulators.x.login import CLIENT_ID, CLIENT_SECRET, SCOPES
from elite8.core.simulators.x.posts import Post
from elite8.core.simulators.x.service import FAULTS, XSimulator

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "FAULTS", "SCOPES", "Post", "XSimulator"]
