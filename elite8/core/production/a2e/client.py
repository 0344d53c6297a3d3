"""Every call to A2E that this program makes; records in, records out.

There is no call here that exchanges diamonds, trains further or shares publicly.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import httpx
from pydantic import SecretStr

from elite8.core import http
from elite8.core.domain.character import Language
from elite8.core.domain.job import Family
from elite8.core.errors import Refused, Unanswered
from elite8.core.production.a2e import files, tasks
from elite8.core.production.a2e.orders import LONGEST_SPEECH, ROUTES, Order
from elite8.core.production.a2e.tasks import Task
from elite8.core.production.a2e.wire import Missing, Strange, Wire

Asked = ParamSpec("Asked")
Told = TypeVar("Told")

PAGE = 100
MOST_PAGES = 20
SLACK = timedelta(minutes=10)
"""How far the clocks of A2E's own machines may be apart, generously."""
PRICE_WORDS = ("coin", "credit", "cost", "price", "total", "amount")
COUNTRIES: Mapping[Language, tuple[str, str]] = {
    "en": ("en", "US"),
    "ja": ("ja", "JP"),
    "pt": ("pt", "BR"),
    "de": ("de", "DE"),
    "es": ("es", "MX"),
}
"""`country` and `region` of voice_list: api/a2e.md 9.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """A voice or an avatar at A2E; `group` is the voice's gender or the avatar's type."""

    id: str
    name: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A movement in A2E's own books: negative is spending."""

    id: str
    amount: int
    at: datetime
    kind: str


def _traced(method: Callable[Asked, Told]) -> Callable[Asked, Told]:
    """Have what `method` finds strange name the answer's trace id."""

    @wraps(method)
    def asked(*args: Asked.args, **kwargs: Asked.kwargs) -> Told:
        try:
            return method(*args, **kwargs)
        except Strange as odd:
            account = args[0]
            trace = account._wire.trace if isinstance(account, A2E) else ""  # noqa: SLF001
            raise Strange(f"{odd} (trace {trace})") from None

    return asked


class A2E:
    """One account at A2E."""

    def __init__(
        self,
        url: str,
        key: SecretStr,
        *,
        hosts: tuple[str, ...],
        interval: float = 0.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key.get_secret_value()}", "x-lang": "en-US"}
        self._wire = Wire(http.open_client(url, headers=headers, transport=transport), interval)
        self._files = files.Files(url, hosts, transport)

    @property
    def heard_at(self) -> datetime | None:
        """When A2E last answered, by its own clock; `None` when it did not say."""
        return self._wire.heard_at

    def close(self) -> None:
        """Hang up."""
        self._wire.close()
        self._files.close()

    @_traced
    def balance(self) -> int | None:
        """Return the credits left as A2E counts them; `None` when it does not tell."""
        try:
            data = self._wire.get("/api/v1/user/remainingCoins")
        except Missing:
            return None
        found = tasks.credits_of(data.get("coins")) if isinstance(data, dict) else None
        if found is None:
            raise Strange("A2E sent a balance without a number of coins")
        return found

    def quote(self, order: Order) -> int | None:
        """Return what the order would cost; `None` when no single number can be read.

        The field's name is unpublished: numbers whose key speaks of money must agree.
        """
        body = {"endpoint": ROUTES[order.family].start, "requestBody": order.named("quote")}
        try:
            data = self._wire.ask("/api/v1/generation/quote", body)
        except (Refused, Strange):
            return None
        found = {tasks.credits_of(price) for price in _prices(data)}
        return (found.pop() or None) if len(found) == 1 else None

    @_traced
    def charges(self, since: datetime) -> tuple[Charge, ...]:
        """Return A2E's books from `since` on, every page."""
        start = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
        path = "/api/v1/transactionRecord/creditsHistory"
        records: list[Mapping[str, Any]] = []
        for page in range(1, MOST_PAGES + 1):
            rows = tasks.rows(self._wire.get(path, pageNum=page, pageSize=PAGE, startDate=start))
            records += rows
            if len(rows) < PAGE:
                return tuple(_charge(record) for record in records)
        raise Strange(f"A2E's books since {start} are longer than {MOST_PAGES * PAGE} rows")

    @_traced
    def voices(self, language: Language) -> tuple[Remote, ...]:
        """Return the voices that speak `language`."""
        country, region = COUNTRIES[language]
        data = self._wire.get(
            "/api/v1/anchor/voice_list",
            country=country,
            region=region,
            voice_map_type="en-US",
        )
        return tuple(
            Remote(
                id=tasks.text(one, "value"),
                name=str(one.get("label") or ""),
                group=tasks.text(group, "value"),
            )
            for group in tasks.rows(data)
            for one in tasks.rows(group.get("children") or [])
        )

    @_traced
    def avatars(self, twin_id: str = "") -> tuple[Remote, ...]:
        """Return the account's avatars and A2E's own, or the one made by the training `twin_id`."""
        query = {"user_video_twin_id": twin_id, "type": "custom"} if twin_id else {}
        data = self._wire.get("/api/v1/anchor/character_list", **query)
        return tuple(
            Remote(
                id=tasks.text(one, "_id"),
                name=str(one.get("name") or ""),
                group=str(one.get("type") or ""),
            )
            for one in tasks.rows(data)
        )

    @_traced
    def speech(self, text: str, voice_id: str, rate: float = 1.0) -> str:
        """Return the URL of `text` said; at most 1000 characters. Asking again is harmless."""
        if len(text) > LONGEST_SPEECH:
            raise ValueError(f"{len(text)} characters are more than {LONGEST_SPEECH}")
        body = {"msg": text, "tts_id": voice_id, "speechRate": rate}
        data = self._wire.ask("/api/v1/video/send_tts", body)
        if not isinstance(data, str) or not data.startswith("http"):
            raise Strange("A2E sent no sound for the script")
        return data

    def start(self, order: Order, name: str) -> tuple[Task, str]:
        """Start the order once and return its task and the trace id.

        `Unanswered` when it may have begun; any other error when it has not.
        """
        path = ROUTES[order.family].start
        data, trace = self._wire.start(path, order.named(name))
        record = data[0] if isinstance(data, list) and len(data) == 1 else data
        if isinstance(record, Mapping) and record.get("_id"):
            return tasks.task(order.family, record), trace
        raise Unanswered(f"A2E accepted {path} without naming a task (trace {trace})")

    @_traced
    def look(self, family: Family, task_id: str) -> Task | None:
        """Return the task as it is now; `None` while A2E does not show it."""
        record = None
        with suppress(Missing):
            record = self._detail(family, task_id)
        if record is None:
            found = (task for task in self._newest(family) if task.id == task_id)
            return next(found, None)
        return tasks.task(family, record)

    def find(self, family: Family, name: str, since: datetime) -> Task | None:
        """Return the task that goes by `name`, looked for back to `since`."""
        return next((task for task in self.recent(family, since) if task.name == name), None)

    @_traced
    def recent(self, family: Family, since: datetime) -> tuple[Task, ...]:
        """Return the tasks A2E lists as created since then, give or take its clock."""
        found: list[Task] = []
        for task in self._newest(family):
            if task.created_at and task.created_at < since - SLACK:
                return tuple(found)
            found.append(task)
        if len(found) >= MOST_PAGES * PAGE:
            raise Strange(
                f"A2E lists more than {len(found)} tasks since {since:%Y-%m-%d %H:%M} UTC"
            )
        return tuple(found)

    def remove(self, family: Family, task_id: str) -> bool:
        """Delete a task; one still waiting in line is refunded. False when it is gone already."""
        try:
            if family == Family.AVATAR:
                self._wire.ask("/api/v1/userVideoTwin/remove", {"_id": task_id})
            else:
                base = ROUTES[family].start.rpartition("/")[0]
                self._wire.delete(f"{base}/{task_id}")
        except Missing:
            return False
        return True

    @_traced
    def upload(self, file: Path, content_type: str) -> str:
        """Return the public address of a copy of `file`, which A2E keeps about three days."""
        size = file.stat().st_size
        wish = {
            "key": f"elite8/{file.name}",
            "contentType": content_type,
            "contentLength": size,
            "expiresIn": 900,
        }
        data = self._wire.ask("/api/v1/r2/upload-presigned-url", wish)
        if not isinstance(data, Mapping) or not (data.get("uploadUrl") and data.get("cdnUrl")):
            raise Strange("A2E gave no place to upload to")
        self._files.put(str(data["uploadUrl"]), file, content_type)
        return str(data["cdnUrl"])

    def download(self, url: str, target: Path) -> str:
        """Write the result at `url` to `target`, whole, and return its SHA-256.

        A broken line is taken up where it broke. An address that ran out is `Missing`.
        """
        return self._files.get(url, target)

    def _detail(self, family: Family, task_id: str) -> object | None:
        if family == Family.AVATAR_VIDEO:
            try:
                data = self._wire.ask("/api/v1/video/awsResult", {"_id": task_id})
            except Missing:
                data = self._wire.get("/api/v1/video/detail", video_id=task_id)
        else:
            base = ROUTES[family].start.rpartition("/")[0]
            data = self._wire.get(f"{base}/{task_id}")
        return tasks.one(data, task_id)

    def _newest(self, family: Family) -> Iterator[Task]:
        route = ROUTES[family]
        for page in range(1, MOST_PAGES + 1):
            query = {route.page: page, "pageSize": PAGE}
            rows = tasks.rows(self._wire.get(route.records, **query))
            yield from (tasks.task(family, row) for row in rows)
            if len(rows) < PAGE:
                return


def _is_a_price(key: str) -> bool:
    return any(word in key.lower() for word in PRICE_WORDS)


def _prices(data: object) -> Iterator[object]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, Mapping | list):
                yield from _prices(value)
            elif isinstance(value, int | float) and _is_a_price(str(key)):
                yield value
    elif isinstance(data, list):
        for value in data:
            yield from _prices(value)


def _charge(record: Mapping[str, Any]) -> Charge:
    """Return one row of A2E's books; its field names are INFERRED, so others are an error."""
    amount, at = tasks.whole(record.get("amount")), tasks.instant(record.get("createdAt"))
    if amount is None or at is None:
        raise Strange("A2E's credit history has rows in a form this version does not know")
    kind = str(record.get("type") or record.get("description") or "")
    return Charge(id=str(record.get("_id") or ""), amount=amount, at=at, kind=kind)
