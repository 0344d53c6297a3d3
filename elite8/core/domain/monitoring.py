"""What is measured for how long, and what the operator is told where."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from elite8.core.domain.character import Strict

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Kind = Literal["alert", "approval", "credits", "daily", "failure", "video", "weekly"]


class SnapshotRules(Strict):
    """How long the console can look back, and how closely."""

    fine_days: int = Field(ge=0, le=14, description="Days in which every minute is kept.")
    every_minutes: int = Field(ge=2, le=1440, description="After them one of so many minutes.")
    keep_days: int = Field(ge=1, le=400, description="Days of snapshots; older ones go.")


class MetricsConfig(Strict):
    """config/monitoring/metrics_config.json."""

    keep_fine_days: int = Field(ge=1, le=31, description="Days of five-minute values.")
    keep_hours_days: int = Field(ge=2, le=400, description="Days of hourly values.")
    keep_days: int = Field(ge=3, le=4000, description="Days of daily values.")
    keep_notices_days: int = Field(ge=1, le=400, description="Days of notices that were sent.")
    snapshots: SnapshotRules = Field(
        default=SnapshotRules(fine_days=2, every_minutes=15, keep_days=30),
        description="What the console's time machine keeps.",
    )


class Quiet(Strict):
    """When only what is critical is sent, in the operator's zone; `start` = `end` is never."""

    start: Clock
    end: Clock


class TelegramConfig(Strict):
    """config/monitoring/telegram_config.json."""

    chats: tuple[int, ...] = Field(description="Ids of the chats that are told, and may ask.")
    people: tuple[int, ...] = Field(
        default=(), description="Ids of who may ask in a group; in a group nobody else is heard."
    )
    kinds: tuple[Kind, ...] = Field(description="Of what they are told.")
    quiet: Quiet


class WebConfig(Strict):
    """config/monitoring/web_config.json."""

    actions: bool = Field(description="Whether alerts can be acknowledged on the page.")
    session_hours: int = Field(ge=1, le=720, description="How long a sign-in lasts.")
    trust_proxy: bool = Field(
        description="Whether a proxy of yours says who asks, in X-Forwarded-For."
    )
