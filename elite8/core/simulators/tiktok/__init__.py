"""TikTok as api/tiktok.md describes it, in memory: it asks, counts, refuses and breaks like it.

Marks in this package: [DP], [MT], [P1741] and the like are the sources that page names; INFERRED
is for what it calls I, and for what we chose where it is silent.
"""

from elite8.core.simulators.tiktok.creators import Creator
from elite8.core.simulators.tiktok.faults import FAIL_REASONS, FAULTS
from elite8.core.simulators.tiktok.login import CLIENT_KEY, CLIENT_SECRET, SCOPES
from elite8.core.simulators.tiktok.publications import Post
from elite8.core.simulators.tiktok.service import TikTokSimulator

__all__ = [
    "CLIENT_KEY",
    "CLIENT_SECRET",
    "FAIL_REASONS",
    "FAULTS",
    "SCOPES",
    "Creator",
    "Post",
    "TikTokSimulator",
]
