"""What one try asks of a network: method, place, status and request id, never a query or a body."""

import json
from typing import Any

from elite8.core import http

MOST = 60
"""Calls that are kept of one try, the last ones."""
REQUEST_IDS = ("x-tt-logid", "x-fb-trace-id", "x-fb-request-id")
"""How the networks name an answer for their support: read off live answers 2026-11."""
LONGEST = 120


class Trail:
    """The calls of one try, in order."""

    def __init__(self) -> None:
        self._calls: list[dict[str, Any]] = []

    def follow(self, client: Any) -> None:  # noqa: ANN401  # httpx has its owners
        """Have every call of `client` noted."""
        client.event_hooks = {"request": [self._asked], "response": [self._heard]}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sent: a call is noted before it is."""
        return not self._calls

    def as_json(self) -> str:
        """Return the calls; one without a status was not answered."""
        return json.dumps(self._calls[-MOST:])

    def _asked(self, request: Any) -> None:  # noqa: ANN401  # same
        place = f"{request.url.host}{request.url.path}"
        for secret in http.hidden(request):
            place = place.replace(secret, "***")
        place = place[:LONGEST]
        self._calls.append({"method": request.method, "place": place, "status": None, "id": ""})

    def _heard(self, response: Any) -> None:  # noqa: ANN401  # same
        found = (response.headers.get(name, "") for name in REQUEST_IDS)
        name = next(filter(None, found), "")
        self._calls[-1] |= {"status": response.status_code, "id": name[:LONGEST]}
