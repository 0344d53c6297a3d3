"""YouTube as api/youtube.md describes it, in memory: sign-in, resumable uploads, lists, quota.

Marks in this package: [C:XX] are the sources that page names; INFERRED is its I (or ours, where
it is silent) for what nobody has seen confirmed on the real service.
"""

from elite8.core.simulators.youtube.faults import FAULTS
from elite8.core.simulators.youtube.grants import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEFAULT_SCOPES,
    SCOPE,
    TEST_USERS,
)
from elite8.core.simulators.youtube.service import YouTubeSimulator
from elite8.core.simulators.youtube.videos import Post

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "DEFAULT_SCOPES",
    "FAULTS",
    "SCOPE",
    "TEST_USERS",
    "Post",
    "YouTubeSimulator",
]
