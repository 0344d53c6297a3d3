"""The simulator itself: who may ask, what is never asked, and what is answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from threading import RLock
from typing import Any
from uuid import uuid4

from elite8.core.simulators import control
from elite8.core.simulators.a2e.account import Account, Media, Start
from elite8.core.simulators.a2e.calls import Call, find
from elite8.core.simulators.a2e.faults import envelope, wrong_answer
from elite8.core.simulators.a2e.forms import NEVER
from elite8.core.simulators.a2e.ledger import Entry
from elite8.core.simulators.a2e.rules import No, require, written, wrong
from elite8.core.simulators.a2e.shelf import HOSTS, STRANGE_HOST, key_at
from elite8.core.simulators.wire import Lost, Reply, Request, html_reply, json_reply

SIMULATED_KEY = "sk_simulated.a2e.key-only"
BASE_URL = "https://video.a2e.ai"
NEVER_CALLED = (
    "/user/exchangeDiamonds",
    "/userVideoTwin/continueTraining",
    "/userVideoTwin/continueTranining",
)
"""They spend what cannot be had back: api/a2e.md 4.4, 10.1."""


class A2ESimulator:
    """A2E for one account, in memory; safe to be asked by several threads.

    `violations` says in words what was asked for that our side promises never to ask.
    """

    def __init__(  # noqa: PLR0913  # what an account begins with
        self,
        *,
        clock: Callable[[], datetime],
        media: Media,
        key: str = SIMULATED_KEY,
        coins: int = 1800,
        work_seconds: float = 3.0,
        base_url: str = BASE_URL,
    ) -> None:
        self._lock = RLock()
        self._key = key
        self._account = Account(clock=clock, media=media, coins=coins, work_seconds=work_seconds)
        self.base_url = base_url

    @property
    def base_url(self) -> str:
        """Where results and uploads are said to be: under it when it is a loopback address."""
        return self._account.shelf.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._account.shelf.base_url = url

    @property
    def starts(self) -> list[Start]:
        """Every accepted start, in order."""
        return list(self._account.starts)

    @property
    def coins(self) -> int:
        """The balance now; failed tasks are refunded first."""
        return self._settled().ledger.coins

    @property
    def history(self) -> list[Entry]:
        """Every charge and refund so far, in the order they were booked."""
        return list(self._settled().ledger.entries)

    @property
    def violations(self) -> list[str]:
        """What was asked for that is never to be asked."""
        return list(self._account.violations)

    def misbehave(self, fault: str, *, at: str = "", times: int = 1) -> None:
        """Let a fault of `FAULTS` happen `times` times at paths that contain `at`.

        An unknown fault is a ValueError that names the known ones.
        """
        with self._lock:
            self._account.faults.add(fault, at, times)

    def spend(self, coins: int, type_: str) -> None:
        """Charge something that this program did not ask for, as A2E's own page can."""
        with self._lock:
            account = self._settled()
            account.ledger.charge(coins, type_=type_, at=account.clock())

    def handle(self, request: Request) -> Reply:
        """Answer one request, dated by this clock; `Lost` when the answer is not to arrive."""
        reply = self._answer(request)
        date = format_datetime(self._account.clock(), usegmt=True)
        return replace(reply, headers={"Date": date, **reply.headers})

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            if request.path.startswith("/_simulator/"):
                return control.answer(request, self._seen, self.misbehave)
            key = _file_key(request)
            path = f"/{key}" if key else request.path
            if self._account.faults.take("lost-before", path):
                raise Lost("cut before anything was accepted")
            self._settled()
            reply = self._file(request, key) if key else self._call(request)
            if self._account.faults.take("lost-after", path):
                raise Lost("cut after everything was done")
            return reply

    def _settled(self) -> Account:
        with self._lock:
            self._account.settle()
            return self._account

    def _file(self, request: Request, key: str) -> Reply:
        account = self._account
        if "authorization" in request.headers:
            account.violations.append(f"{request.path}: the token was sent to storage")
        reply = wrong_answer(account.faults, f"/{key}", starts=False)
        return reply or account.shelf.answer(request, key)

    def _call(self, request: Request) -> Reply:
        account = self._account
        missing = html_reply(f"Cannot {request.method} {request.path}", status=404)  # [C14]
        if request.host == STRANGE_HOST:
            return missing
        try:
            self._forbid_path(request)
            found = find(request.method, request.path)
            if found is None:
                return missing
            self._authorize(request)
            call, named = found
            fields = self._fields(request, call) | named
            reply = wrong_answer(account.faults, request.path, starts=call.start)
            data = None if reply else call.act(account, fields)
        except No as no:
            more = {"errors": no.errors} if no.errors else {}
            return envelope(no.code, no.text, no.status, **more)
        return reply or json_reply({"code": 0, "data": data, "trace_id": str(uuid4())})

    def _authorize(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self._key}":
            raise No(401, 401, "unauthorized: the token is invalid")  # [S]

    def _fields(self, request: Request, call: Call) -> dict[str, Any]:
        """Return the checked fields of a request: a POST's body, else the query."""
        if request.method != "POST":
            require(call.form, request.query)
            return dict(request.query)
        require({}, request.query)
        body = _object(request)
        self._forbid_fields(request.path, body)
        require(call.form, body)
        return body

    def _forbid_path(self, request: Request) -> None:
        if request.path.endswith(NEVER_CALLED):
            self._violated(f"{request.path}: is never called")

    def _forbid_fields(self, path: str, body: Mapping[str, Any]) -> None:
        inner = body.get("requestBody")
        for fields in (body, inner if isinstance(inner, dict) else {}):
            for name in NEVER.keys() & fields.keys():
                self._violated(f"{path}: {name} {NEVER[name]}")
            if fields.get("force_generate", False) is not False:
                self._violated(f"{path}: force_generate switches a check off")

    def _violated(self, what: str) -> None:
        self._account.violations.append(what)
        raise wrong(what)

    def _seen(self) -> dict[str, object]:
        starts = [
            {
                "endpoint": start.endpoint,
                "name": start.name,
                "task_id": start.task_id,
                "coins": start.coins,
                "at": written(start.at),
            }
            for start in self.starts
        ]
        history = [entry.row() for entry in self.history]
        return {
            "coins": self.coins,
            "starts": starts,
            "history": history,
            "violations": self.violations,
        }


def _file_key(request: Request) -> str:
    """Return the key of the file a request is for, by its host or by its path."""
    kind = request.path.split("/")[1]
    return key_at(request.host, request.path) or (request.path[1:] if kind in HOSTS else "")


def _object(request: Request) -> dict[str, Any]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise wrong("the body must be application/json")
    try:
        body = json.loads(request.body)
    except ValueError:
        raise wrong("the body is not JSON") from None
    if not isinstance(body, dict):
        raise wrong("the body must be an object")
    return body
