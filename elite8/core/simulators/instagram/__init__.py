"""Instagram as api/instagram.md describes it, in memory: both logins, Reels and their traps.

Marks in this package: C:XX, P#### and the like are the sources that page names; INFERRED is its
word (its I, or ours where it is silent) for what no source confirms.
"""

from elite8.core.simulators.instagram.faults import FAULTS
from elite8.core.simulators.instagram.network import Account, Post
from elite8.core.simulators.instagram.service import InstagramSimulator
from elite8.core.simulators.instagram.tokens import APP_IDS, APP_SECRETS, SCOPES, Login

__all__ = [
    "APP_IDS",
    "APP_SECRETS",
    "FAULTS",
    "SCOPES",
    "Account",
    "InstagramSimulator",
    "Login",
    "Post",
]
