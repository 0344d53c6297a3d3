"""One account's line to a network."""

from collections.abc import Callable
from typing import Generic, TypeVar

import httpx

Bases = TypeVar("Bases")


class Line(Generic[Bases]):
    """Whoever speaks to a network for one account, at `bases`.

    `token` gives an access token that is good now, a fresh one when asked to; `pause` waits.
    """

    def __init__(
        self,
        client: httpx.Client,
        bases: Bases,
        token: Callable[[bool], str],
        pause: Callable[[float], None],
    ) -> None:
        self._client = client
        self._bases = bases
        self._token = token
        self._pause = pause
