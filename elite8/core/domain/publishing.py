"""How publishing goes on while nobody looks: delays, approval, what a stop does to what is due."""

from typing import Literal, get_args

from pydantic import Field

from elite8.core.domain.character import Network, Strict

Alarming = Literal["waiting", "publishing", "uncertain", "refused", "hidden"]


class PublishingConfig(Strict):
    """config/publishing.json."""

    grace_seconds: int = Field(
        ge=0, le=3600, description="How long 'publish cancel' works before a post goes out."
    )
    stagger_minutes: int = Field(
        ge=0, le=120, description="Between networks for the same video (mission.md 1.5)."
    )
    auto_approve: dict[Network, bool | tuple[str, ...]] = Field(
        description="Whose posts go out unasked: true, false, or the performers' ids."
    )
    resume: Literal["spread", "skip"] = Field(
        description="What a resume does with what was missed: one after the other, or not at all."
    )
    alarm_minutes: dict[Alarming, int] = Field(
        description="How long a post may be in a state, past its due time, before it is named."
    )

    @property
    def asks_nobody(self) -> bool:
        """Whether no post anywhere needs an approval."""
        return all(self.auto_approve.get(to) is True for to in get_args(Network))

    def goes_unasked(self, network: Network, character: str) -> bool:
        """Return whether this performer's posts there need no approval."""
        allowed = self.auto_approve.get(network, False)
        return allowed if isinstance(allowed, bool) else character in allowed
