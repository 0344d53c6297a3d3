"""What a platform's module says of itself, and what every network can be asked."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from elite8.core.domain.network import NetworkRules
from elite8.core.domain.reading import Counts
from elite8.core.domain.rendition import Owner, Published, Rendition, Seen

Keep = Callable[[str], None]
"""Commits the handle by which the network knows the post, before anything else is sent."""


class Network(Protocol):
    """One account on one network."""

    together: int

    def whose(self) -> Owner:
        """Return whom the account speaks for."""

    def publish(self, ready: Rendition, keep: Keep, rules: NetworkRules) -> Published:
        """Send the post; how the network knows it is kept before it can be out."""

    def reconcile(  # noqa: PLR0913  # what is known of the earlier try
        self,
        ready: Rendition,
        handle: str,
        keep: Keep,
        *,
        since: datetime,
        now: datetime,
        taken: Collection[str] = (),
        alone: bool = True,
        began: datetime | None = None,
    ) -> Published | None:
        """Return where an earlier try's post is; `None` is proof that there is none."""

    def look_up(self, remote_id: str) -> Seen:
        """Return how others see the post."""

    def measure(self, remote_ids: Sequence[str], *, now: datetime) -> dict[str, Counts]:
        """Return what up to `together` posts have done; what is not shown is left out."""

    def followers(self) -> int | None:
        """Return how many follow the account; `None` when the network does not say."""

    def cover(self, remote_id: str, file: Path) -> None:
        """Set the picture of a post that is out, where the network takes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One network: where it is, and what speaks to it.

    A token that is pasted is made at `page` and lasts `lasts`, `None` for ever; one that `renews`
    is made longer by itself. A token that ends within `margin` is renewed before it is used.
    `also`: fields of the bases that come from settings, by the setting's name.
    """

    name: str
    bases: Any
    network: Any
    page: str = ""
    lasts: timedelta | None = None
    renews: bool = True
    margin: timedelta = timedelta(minutes=5)
    also: Mapping[str, str] = field(default_factory=dict)
