"""A chat that is open."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from elite8.core.studio import Studio
    from tests.bot.chatting import Chat


@pytest.fixture
def chat(studio: "Studio", clock: Any) -> "Iterator[Chat]":
    from tests.bot.chatting import chatting

    with chatting(studio, clock) as opened:
        opened.ask("/start")
        yield opened
