"""What the calls work on: the creators, their publications, and what befalls them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from elite8.core.simulators.faults import Faults
from elite8.core.simulators.tiktok.creators import Creator, Limits, new_creator
from elite8.core.simulators.tiktok.faults import FAIL_REASONS, FAULTS
from elite8.core.simulators.tiktok.publications import DIRECT, INBOX, LATE, Publication
from elite8.core.simulators.tiktok.rules import No

DAY = timedelta(days=1)
POSTS_A_DAY = 15  # [GL]: about that many
PENDING_DRAFTS = 5  # [UP]
UNAUDITED_USERS = 5  # [GL]
FIRST_POST_ID = 7678907398077074697
"""19 digits, and no float holds one exactly [P1984]."""


class Platform:
    """TikTok's side of one app; not safe for threads by itself."""

    def __init__(
        self, *, clock: Callable[[], datetime], processing_seconds: float, audited: bool
    ) -> None:
        self.clock = clock
        self.processing = timedelta(seconds=processing_seconds)
        self.audited = audited
        self.base_url = ""
        self.faults = Faults(FAULTS, {"processing-failed": FAIL_REASONS})
        self.limits = Limits()
        self.creators: dict[str, Creator] = {}
        self.publications: dict[str, Publication] = {}
        self.verified_urls: list[str] = []
        self.violations: list[str] = []

    def creator(self, open_id: str) -> Creator:
        """Return a person's account."""
        return self.creators.setdefault(open_id, new_creator(open_id))

    def begin(self, publication: Publication) -> None:
        """Keep an accepted init; a video to be fetched is worked on at once."""
        self.publications[publication.publish_id] = publication
        if publication.pulled:
            self.work(publication)

    def work(self, publication: Publication) -> None:
        """Begin the processing of a video; this is where faults befall it."""
        path = publication.path
        publication.done_at = self.clock() + self.processing
        publication.visible_after = self.processing  # INFERRED: the id comes a little later [ST]
        if self.faults.take("late-visibility", path):
            publication.visible_after = LATE
        publication.stuck = self.faults.take("processing-stuck", path)
        if reason := self.faults.why("processing-failed", path):
            publication.fail_reason = reason
        elif self._too_long(publication):
            publication.fail_reason = "duration_check_failed"  # [ST]

    def _too_long(self, publication: Publication) -> bool:
        most = self.creator(publication.open_id).max_video_post_duration_sec
        return publication.mode == DIRECT and publication.seconds > most

    def of_today(self, mode: str) -> Iterable[Publication]:
        """Return the inits of the last 24 hours that did not fail."""
        now = self.clock()
        for publication in self.publications.values():
            recent = publication.mode == mode and now - publication.made_at < DAY
            if recent and not publication.failed(now):
                yield publication

    def require_direct(self, creator: Creator) -> None:
        """Raise `No` unless this creator may post directly now."""
        today = list(self.of_today(DIRECT))
        active = {publication.open_id for publication in today}
        mine = sum(publication.open_id == creator.open_id for publication in today)
        if creator.banned:
            raise banned()
        if mine >= POSTS_A_DAY:
            raise spam()
        if not self.audited and len(active - {creator.open_id}) >= UNAUDITED_USERS:
            raise full()

    def require_room(self, creator: Creator) -> None:
        """Raise `No` when five drafts are pending; unsent ones count too (INFERRED)."""
        if creator.banned:
            raise banned()
        pending = [
            draft
            for draft in self.of_today(INBOX)
            if draft.open_id == creator.open_id and draft.finished_at is None
        ]
        if len(pending) >= PENDING_DRAFTS:
            raise pending_share()

    def owns(self, url: str) -> bool:
        """Say whether the app verified this URL's domain (with subdomains) or prefix [MT]."""
        host = urlsplit(url).hostname or ""
        for verified in self.verified_urls:
            if url.startswith(verified) if "/" in verified else _under(host, verified):
                return True
        return False

    def violated(self, what: str) -> None:
        """Write down what our side promises never to do."""
        self.violations.append(what)


def _under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def banned() -> No:
    """Return the refusal of a banned creator [DP]."""
    return No("spam_risk_user_banned_from_posting", "the user is banned from making posts", 403)


def spam() -> No:
    """Return the refusal of a creator whose posts of the day are used up [DP]."""
    return No("spam_risk_too_many_posts", "the daily post cap from the API is reached", 403)


def pending_share() -> No:
    """Return the refusal of one more draft [UP]."""
    text = "the user has too many pending shares in the last 24 hours"
    return No("spam_risk_too_many_pending_share", text, 403)


def full() -> No:
    """Return the refusal of one more creator of this app today [DP]."""
    return No("reached_active_user_cap", "the daily quota for active users is reached", 403)
