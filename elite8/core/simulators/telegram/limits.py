"""How fast may be sent: thirty a second in all, one a second a chat, twenty a minute a group."""

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta

from elite8.core.simulators.telegram.rules import No

OVERALL = (30, timedelta(seconds=1))  # "no more than about 30 messages per second" [FAQ]
GROUP = (20, timedelta(minutes=1))  # "not ... more than 20 messages per minute" in a group [FAQ]
CHAT = (5, timedelta(seconds=5))
"""One message a second in a chat; short bursts pass [FAQ], how short is INFERRED."""


class Limits:
    """What was sent lately."""

    def __init__(self) -> None:
        self._sent: defaultdict[object, deque[datetime]] = defaultdict(deque)

    def count(self, chat: int, now: datetime) -> None:
        """Count one more message; one too many is refused with how long to wait [BA]."""
        rules: dict[object, tuple[int, timedelta]] = {"all": OVERALL, chat: CHAT}
        if chat < 0:
            rules["group", chat] = GROUP
        for key, (most, span) in rules.items():
            lately = self._sent[key]
            while lately and lately[0] <= now - span:
                lately.popleft()
            if len(lately) >= most:
                wait = max(1, math.ceil((lately[0] + span - now).total_seconds()))
                raise No(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        for key in rules:
            self._sent[key].append(now)
