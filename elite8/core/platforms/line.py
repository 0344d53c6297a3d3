"""One account's line to a network."""

from collections.abc import Callable
from typing import Generic, TypeVar

import httpx

Bases = TypeVar("Bases")


class Line(Generic[Bases]):
    """Whoever speaks to a network for one account, at `bases`.

    `token` gives an access token that is good now, a fresh one when the one in use was refused;
    `pause` waits; `me` is what the network calls the account, "" while that is not known.
    """

    def __init__(
        self,
        client: httpx.Client,
        bases: Bases,
        token: Callable[[bool], str],
        pause: Callable[[float], None],
        me: str = "",
    ) -> None:
        self._client = client
        self._bases = bases
        self._token = token
        self._pause = pause
        self._me = me

    def followers(self) -> int | None:
        """Return how many follow the account: nobody knows, unless the network tells."""
        return None
