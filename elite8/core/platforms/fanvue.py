"""Fanvue, read only: who subscribes, who follows, and every payment, by its official API.

Source: Fanvue's API reference (api.fanvue.com/docs, pages users/me, subscribers, followers,
insights/earnings; stored copies of 2026-02), its own starter app for the sign-in
(github fanvue/fanvue-app-starter, README and src/lib/oauth.ts), subscribers.md section 1 for limit
and cents. `transactionOrderId` and insights/spending are second-hand (github
Inoue-AI/Fanvue-Python-SDK). INFERRED is said where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from elite8.core import http
from elite8.core.domain.money import MOST
from elite8.core.domain.permission import permission
from elite8.core.domain.rendition import Owner
from elite8.core.errors import Elite8Error, Refused, SignInNeeded, Unavailable
from elite8.core.platforms import answers
from elite8.core.platforms.answers import count, instant, record, records
from elite8.core.platforms.line import Line
from elite8.core.platforms.oauth import Provider
from elite8.core.platforms.site import Site

VERSION = "2025-06-26"
"""Sent as X-Fanvue-API-Version with every call; without it: 400."""
SYSTEM = ("openid", "offline_access", "offline")
SCOPES = permission("fanvue").scopes
PAGE = 50
"""The most a page holds."""
PACE = 0.6
"""Seconds between two calls: 100 in 60 s are allowed."""
WHERE = "Fanvue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Where Fanvue is; the simulator's are the same. `redirect`: where its page leads back to."""

    api: str = "https://api.fanvue.com"
    consent: str = "https://auth.fanvue.com"
    redirect: str = ""

    @classmethod
    def at(cls, url: str) -> "Bases":
        """Return the simulator's."""
        return cls(api=url, consent=url)

    @property
    def provider(self) -> Provider:
        """Return how one signs in: PKCE, the app in a header, scopes as the app has them."""
        return Provider(
            authorize=f"{self.consent}/oauth2/auth",
            token=f"{self.consent}/oauth2/token",
            scopes=(*SYSTEM, *SCOPES),
            redirect=self.redirect,
            basic=True,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fan:
    """Somebody who subscribes, follows or paid; `uuid` stays, the handle may change."""

    uuid: str = field(repr=False)
    handle: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment, or one paid back; cents. `fan` is None where nobody's subscriber paid.

    What is None is an amount that is no whole number of cents, or a time that is none.
    """

    at: datetime | None
    gross: int | None
    net: int | None
    currency: str
    source: str
    fan: Fan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """One page of people, by their number; `more`: there is a next one."""

    fans: tuple[Fan, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """One page of payments; `cursor` leads to the next one, "" on the last."""

    rows: tuple[Payment, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many subscribe and follow, as the account's own page says; `None`: it does not."""

    subscribers: int | None
    followers: int | None


class Fanvue(Line[Bases]):
    """One creator."""

    def whose(self) -> Owner:
        """Return the creator; somebody who is none is Refused."""
        me = self._get("/users/me")
        if not me.get("uuid"):
            raise Unavailable("Fanvue did not say who is signed in; try later")
        if me.get("isCreator") is False:
            raise Refused("this Fanvue account is no creator's; sign in with the creator's own")
        return Owner(id=str(me["uuid"])[:64], name=str(me.get("handle") or ""))

    def told(self) -> Told:
        """Return how many there are."""
        counts = record(self._get("/users/me").get("fanCounts"))
        return Told(
            subscribers=count(counts.get("subscribersCount")),
            followers=count(counts.get("followersCount")),
        )

    def followers(self) -> int | None:
        """Return how many follow the creator."""
        return self.told().followers

    def people(self, kind: str, page: int) -> People:
        """Return one page of `subscribers` or `followers`, pages counted from 1."""
        found = self._get(f"/{kind}", page=str(page), size=str(PAGE))
        fans = tuple(fan for one in records(found.get("data")) if (fan := fan_of(one)))
        return People(fans=fans, more=record(found.get("pagination")).get("hasMore") is True)

    def payments(self, kind: str, since: datetime | None, until: datetime, cursor: str) -> Payments:
        """Return one page of `earnings`, or of `spending`: what was paid back."""
        query = {"endDate": written(until), "size": str(PAGE)}
        query |= {"startDate": written(since)} if since else {}
        query |= {"cursor": cursor} if cursor else {}
        found = self._get(f"/insights/{kind}", **query)
        following = str(found.get("nextCursor") or "")
        return Payments(rows=tuple(map(payment, records(found.get("data")))), cursor=following)

    def _get(self, path: str, **query: str) -> Mapping[str, Any]:
        """Return the answer to a question; a stale token is renewed once."""
        self._pause(PACE)

        def send(*, fresh: bool = False) -> httpx.Response:
            headers = {
                "Authorization": f"Bearer {self._token(fresh)}",
                "X-Fanvue-API-Version": VERSION,
            }
            return self._client.get(f"{self._bases.api}{path}", params=query, headers=headers)

        answer = http.read(send)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            answer = http.read(lambda: send(fresh=True))
        if answer.is_error:
            raise refusal(answer)
        return answers.object_of(answer, WHERE)


def refusal(answer: httpx.Response) -> Elite8Error:
    """Return Fanvue's no by its status; its words are not documented and not repeated."""
    status = answer.status_code
    if status == httpx.codes.UNAUTHORIZED:
        return SignInNeeded("Fanvue refuses the sign-in; run: elite8 accounts login fanvue")
    if status == httpx.codes.FORBIDDEN:
        return SignInNeeded(
            f"Fanvue does not allow that: give your app the scopes {', '.join(SCOPES)} at "
            "fanvue.com/developers, then run: elite8 accounts login fanvue"
        )
    if status == httpx.codes.GONE:
        return Refused(f"Fanvue no longer speaks version {VERSION} of its API; upgrade elite8")
    if answer.is_server_error:
        return Unavailable(f"Fanvue answers {status}; try later")
    if status == httpx.codes.NOT_FOUND:
        return NotThere("Fanvue has no such list for this app")
    return Refused(f"Fanvue does not take the question ({status})")


class NotThere(Refused):
    """A list that this app or this version of the API does not have."""


def fan_of(told: object) -> Fan | None:
    """Return a person; `None` for nobody: a referral or an affiliate has none."""
    found = record(told)
    if not found.get("uuid"):
        return None
    return Fan(uuid=str(found["uuid"]), handle=str(found.get("handle") or ""))


def payment(told: Mapping[str, Any]) -> Payment:
    """Return a payment; a currency that is not said is dollars (subscribers.md 2)."""
    return Payment(
        at=instant(told.get("date")),
        gross=cents(told.get("gross")),
        net=cents(told.get("net")),
        currency=str(told.get("currency") or "USD").upper(),
        source=str(told.get("source") or ""),
        fan=fan_of(told.get("user")),
    )


def cents(value: object) -> int | None:
    """Return a whole number of cents, which Fanvue may write as 999.0; else `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) <= MOST and value == int(value) else None


def written(at: datetime) -> str:
    """Return an instant as Fanvue reads it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


SITE = Site(name="fanvue", bases=Bases, network=Fanvue, also={"redirect": "fanvue_redirect"})
