"""Who may ask: the two logins, their scopes, codes and tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe

from elite8.core.clock import Clock
from elite8.core.simulators.instagram.refusals import (
    TOKEN_EXPIRED,
    TOKEN_INVALID,
    No,
    bad_token,
    wrong,
)

CODE_LIFE = timedelta(hours=1)  # C:BL
SHORT_LIFE = timedelta(hours=1)  # C:BL, C:AT; the same for the Facebook login is INFERRED
LONG_LIFE = timedelta(days=60)  # C:AT, C:LL
REFRESH_AGE = timedelta(hours=24)  # C:RF


class Login(StrEnum):
    """The two flavours, never mixed in one app (C:AR)."""

    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"


class Right(StrEnum):
    """What a call needs its token to be allowed."""

    BASIC = "basic"
    PUBLISH = "publish"
    COMMENTS = "comments"
    INSIGHTS = "insights"
    PAGES = "pages"


APP_IDS: Mapping[Login, str] = {
    Login.INSTAGRAM: "880000000000001",
    Login.FACEBOOK: "770000000000001",
}
"""The Instagram app ID is not the Meta app ID (C:BL)."""
APP_SECRETS: Mapping[Login, str] = {
    Login.INSTAGRAM: "simulated-instagram-app-secret",
    Login.FACEBOOK: "simulated-meta-app-secret",
}
NEEDS: Mapping[Login, Mapping[Right, frozenset[str]]] = {
    Login.INSTAGRAM: {  # C:BL; insights by its page
        Right.BASIC: frozenset({"instagram_business_basic"}),
        Right.PUBLISH: frozenset({"instagram_business_content_publish"}),
        Right.COMMENTS: frozenset({"instagram_business_manage_comments"}),
        Right.INSIGHTS: frozenset({"instagram_business_manage_insights"}),
        Right.PAGES: frozenset(),
    },
    Login.FACEBOOK: {  # C:CP, C:UM, C:CM
        Right.BASIC: frozenset({"instagram_basic", "pages_read_engagement"}),
        Right.PUBLISH: frozenset({"instagram_content_publish"}),
        Right.COMMENTS: frozenset({"instagram_manage_comments"}),
        Right.INSIGHTS: frozenset({"instagram_manage_insights"}),
        Right.PAGES: frozenset({"pages_show_list"}),
    },
}
ROLE_SCOPES = frozenset({"ads_management", "ads_read"})  # roles from Business Manager (C:CP)
SCOPES: Mapping[Login, frozenset[str]] = {
    login: frozenset().union(*needs.values()) for login, needs in NEEDS.items()
}
"""Every scope a login asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What the consent page hands to the redirect address, once."""

    value: str
    user_id: str
    login: Login
    redirect_uri: str
    scopes: frozenset[str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token; `until` is None for a Page token that time does not end."""

    value: str
    user_id: str
    login: Login
    scopes: frozenset[str]
    at: datetime
    until: datetime | None
    long: bool = True
    page: bool = False

    def require(self, right: Right) -> None:
        """Raise `No` unless the token was granted what a call needs: code 10 (C:GE)."""
        basic = NEEDS[self.login][Right.BASIC] if right is not Right.PAGES else frozenset()
        missing = (NEEDS[self.login][right] | basic) - self.scopes
        if missing:
            text = f"Application does not have permission: {', '.join(sorted(missing))}"
            raise No(10, text)


class Tokens:
    """Every code and token that was handed out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}

    def code(
        self, *, user_id: str, login: Login, redirect_uri: str, scopes: frozenset[str]
    ) -> Code:
        """Return a fresh code."""
        made = Code(
            value=f"AQ{token_urlsafe(24)}",
            user_id=user_id,
            login=login,
            redirect_uri=redirect_uri,
            scopes=scopes,
            at=self._clock(),
        )
        self._codes[made.value] = made
        return made

    def redeem(self, value: str, login: Login, redirect_uri: str) -> Code:
        """Return a code and forget it: one hour, single use, the same redirect address (C:BL)."""
        code = self._codes.pop(value, None)
        if code is None or code.login is not login:
            raise wrong("This authorization code has been used or is unknown")
        if self._clock() >= code.at + CODE_LIFE:
            raise wrong("This authorization code has expired")
        if code.redirect_uri != redirect_uri:
            raise wrong("Error validating verification code: redirect_uri is not identical")
        return code

    def issue(
        self, *, user_id: str, login: Login, scopes: frozenset[str], long: bool = True
    ) -> Token:
        """Return a fresh user token."""
        now = self._clock()
        prefix = "IG" if login is Login.INSTAGRAM else "EA"
        return self._keep(
            Token(
                value=f"{prefix}{token_urlsafe(30)}",
                user_id=user_id,
                login=login,
                scopes=scopes,
                at=now,
                until=now + (LONG_LIFE if long else SHORT_LIFE),
                long=long,
            )
        )

    def page(self, user: Token, user_id: str) -> Token:
        """Return the token of the Page of `user_id`; "" is a Page without an account.

        It outlives time when its user's token is long (INFERRED).
        """
        return self._keep(
            Token(
                value=f"EAPage{token_urlsafe(30)}",
                user_id=user_id,
                login=user.login,
                scopes=user.scopes,
                at=self._clock(),
                until=None if user.long else user.until,
                page=True,
            )
        )

    def find(self, value: str, login: Login | None = None) -> Token:
        """Return a valid token; of the other login, unknown or expired it is refused."""
        token = self._tokens.get(value)
        if token is None or (login is not None and token.login is not login):
            raise bad_token(TOKEN_INVALID)
        if token.until is not None and self._clock() >= token.until:
            raise bad_token(TOKEN_EXPIRED)
        return token

    def exchange(self, token: Token) -> Token:
        """Return the long token of a short one; a long Instagram one is refused (INFERRED)."""
        if token.page or (token.long and token.login is Login.INSTAGRAM):
            raise wrong("Only a short-lived token can be exchanged")
        return self.issue(user_id=token.user_id, login=token.login, scopes=token.scopes)

    def refresh(self, token: Token) -> Token:
        """Return a token for another 60 days: long, a day old, with the basic scope (C:RF)."""
        if not token.long:
            raise wrong("Only a long-lived token can be refreshed")
        if self._clock() < token.at + REFRESH_AGE:
            raise wrong("The token is not 24 hours old")
        token.require(Right.BASIC)
        return self.issue(user_id=token.user_id, login=token.login, scopes=token.scopes)

    def _keep(self, token: Token) -> Token:
        self._tokens[token.value] = token
        return token
