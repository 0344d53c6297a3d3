"""Who may ask for what: consent codes, access tokens and refresh tokens of one client."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from elite8.core.simulators.youtube.refusals import Denied, No, forbidden

CLIENT_ID = "811-simulated.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-simulated"  # noqa: S105  opens nothing but this simulator
SCOPE = "https://www.googleapis.com/auth/"
PLAIN_SCOPES = ("youtube", "youtube.force-ssl", "youtubepartner")
UPLOADING = ("youtube.upload", *PLAIN_SCOPES)  # [C:DISC]
READING = ("youtube.readonly", *PLAIN_SCOPES)
WRITING = PLAIN_SCOPES
KNOWN_SCOPES = frozenset(
    SCOPE + name
    for name in (
        *("youtube.upload", "youtube.readonly", "yt-analytics.readonly"),
        *("yt-analytics-monetary.readonly", *PLAIN_SCOPES),
    )
)
DEFAULT_SCOPES = tuple(
    SCOPE + name for name in ("youtube.upload", "youtube.readonly", "yt-analytics.readonly")
)

ACCESS_SECONDS = 3599  # section 2.2
CODE_LIFE = timedelta(minutes=10)  # INFERRED
TESTING_LIFE = timedelta(days=7)  # [C:FACT], [C:GADS]
UNUSED_LIFE = timedelta(days=182)  # six months [C:FACT]
MOST_REFRESH_TOKENS = 100  # for one account and client [C:FACT]
DEAD = "Token has been expired or revoked."


def channel_of(user: str) -> str:
    """Return the same channel id for the same user, in every run."""
    return f"UC{hashlib.sha256(f'channel {user}'.encode()).hexdigest()[:22]}"


TEST_USERS: Mapping[str, str] = {
    user: channel_of(user) for user in (f"tester{number}@example.com" for number in range(1, 101))
}
"""Who may sign in while the app is in testing, and their channels; `login_hint` names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What the consent page hands back, and what must be shown to use it."""

    channel: str | None
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Grant:
    """One refresh token and what it stands for."""

    refresh: str
    channel: str
    scopes: tuple[str, ...]
    at: datetime
    used: datetime
    dead: bool = False


@dataclass(slots=True, kw_only=True)
class Access:
    """One access token."""

    grant: Grant
    until: datetime
    dead: bool = False

    @property
    def channel(self) -> str:
        """The channel it acts for."""
        return self.grant.channel

    def require(self, scopes: Iterable[str]) -> None:
        """Raise `No` unless one of these scopes was granted."""
        if not {SCOPE + name for name in scopes} & set(self.grant.scopes):
            text = "Request had insufficient authentication scopes."
            raise forbidden(text, "insufficientPermissions")


class Grants:
    """Every code and token there is."""

    def __init__(self, clock: Callable[[], datetime], *, testing: bool) -> None:
        self._clock = clock
        self.testing = testing
        self._codes: dict[str, Code] = {}
        self._grants: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}
        self._made = 0

    def channel_for(self, user: str) -> str | None:
        """Return the channel a user signs in with; while in testing only testers have one."""
        if self.testing:
            return TEST_USERS.get(user)
        return channel_of(user)

    def code(self, code: Code) -> str:
        """Keep a code and return its text."""
        text = self._text("4/0")
        self._codes[text] = code
        return text

    def take_code(self, text: str) -> Code:
        """Return a code, once; `Denied` when it is used, old or unknown."""
        code = self._codes.pop(text, None)
        if code is None or self._clock() >= code.at + CODE_LIFE:
            raise Denied(400, "invalid_grant", "Bad Request")
        return code

    def grant(self, channel: str, scopes: Iterable[str]) -> tuple[str, str]:
        """Return a new access token and refresh token; the oldest beyond 100 dies silently."""
        now = self._clock()
        refresh = self._text("1//0")
        grant = Grant(refresh=refresh, channel=channel, scopes=tuple(scopes), at=now, used=now)
        self._grants[refresh] = grant
        living = [one for one in self._grants.values() if one.channel == channel and not one.dead]
        for one in living[:-MOST_REFRESH_TOKENS]:
            one.dead = True
        return self._access_to(grant), refresh

    def refresh(self, text: str) -> tuple[str, Grant]:
        """Return a new access token of a living grant; the refresh token stays (INFERRED)."""
        grant, now = self._grants.get(text), self._clock()
        if grant is None or self._ran_out(grant, now):
            raise Denied(400, "invalid_grant", DEAD)
        grant.used = now
        return self._access_to(grant), grant

    def kill(self, text: str) -> None:
        """Let a refresh token be dead; one nobody has is none the wiser."""
        if text in self._grants:
            self._grants[text].dead = True

    def revoke(self, text: str) -> None:
        """Kill every token of the user this one belongs to [C:FACT2]."""
        access = self._access.get(text)
        known = access.grant if access else self._grants.get(text)
        if known is None or known.dead:
            raise Denied(400, "invalid_token", "Token expired or revoked")
        for grant in self._grants.values():
            grant.dead = grant.dead or grant.channel == known.channel

    def access(self, header: str) -> Access:
        """Return the access an Authorization header gives; `No` when it gives none."""
        kind, _, text = header.partition(" ")
        access = self._access.get(text) if kind == "Bearer" else None
        if access is None or access.dead or access.grant.dead or self._clock() >= access.until:
            raise unauthorized()
        return access

    def _ran_out(self, grant: Grant, now: datetime) -> bool:
        tested = self.testing and now >= grant.at + TESTING_LIFE
        return grant.dead or tested or now >= grant.used + UNUSED_LIFE

    def _access_to(self, grant: Grant) -> str:
        text = self._text("ya29.")
        until = self._clock() + timedelta(seconds=ACCESS_SECONDS)
        self._access[text] = Access(grant=grant, until=until)
        return text

    def _text(self, kind: str) -> str:
        self._made += 1
        return kind + hashlib.sha256(f"youtube token {self._made}".encode()).hexdigest()[:40]


def unauthorized() -> No:
    """Return the refusal of a missing or dead access token: 401, section 9."""
    return No(401, "authError", "Request had invalid authentication credentials.", "global")
