"""The people: what their accounts allow, and how often a token may ask."""

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.simulators.tiktok.faults import slow_down

PUBLIC = "PUBLIC_TO_EVERYONE"
SELF_ONLY = "SELF_ONLY"
MUTUAL = "MUTUAL_FOLLOW_FRIENDS"
FOLLOWERS = "FOLLOWER_OF_CREATOR"
PRIVACY_LEVELS = (PUBLIC, MUTUAL, FOLLOWERS, SELF_ONLY)  # [DP]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Creator:
    """One account; `declines` are the scopes its person does not grant.

    `followers` are those who came by no post of ours.
    """

    open_id: str
    username: str
    nickname: str
    private: bool = False
    comment_disabled: bool = False
    duet_disabled: bool = False
    stitch_disabled: bool = False
    max_video_post_duration_sec: int = 600  # at most 10 minutes [MT]
    banned: bool = False
    declines: frozenset[str] = frozenset()
    followers: int = 120

    @property
    def privacy_level_options(self) -> list[str]:
        """What may be chosen: it depends on the account being public [CI]."""
        return [FOLLOWERS if self.private else PUBLIC, MUTUAL, SELF_ONLY]

    def forbids(self, act: str) -> bool:
        """Say whether comment, duet or stitch is off; private accounts have no last two [CI]."""
        by_account = self.private and act in {"duet", "stitch"}
        return by_account or bool(getattr(self, f"{act}_disabled"))


def new_creator(open_id: str) -> Creator:
    """Return the account of a person seen for the first time: a public one."""
    name = open_id.replace("-", ".").replace("_", ".")
    return Creator(open_id=open_id, username=name, nickname=name.replace(".", " ").title())


class Limits:
    """Calls per minute and token, as a sliding window [DP], [RL]."""

    def __init__(self) -> None:
        self._calls: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def count(self, what: str, token: str, most: int, now: datetime) -> None:
        """Count one call; one too many is refused and not counted (INFERRED)."""
        calls = self._calls[what, token]
        while calls and now - calls[0] >= MINUTE:
            calls.popleft()
        if len(calls) >= most:
            raise slow_down()
        calls.append(now)
