"""A2E: talking-avatar videos and the pictures behind them, for credits (api/a2e.md)."""

from elite8.core.production.a2e.client import A2E, SLACK, Charge, Remote
from elite8.core.production.a2e.orders import (
    LONGEST_SPEECH,
    Order,
    avatar,
    avatar_video,
    image_video,
    picture,
)
from elite8.core.production.a2e.tasks import Task
from elite8.core.production.a2e.wire import Missing, Strange

__all__ = [
    "A2E",
    "LONGEST_SPEECH",
    "SLACK",
    "Charge",
    "Missing",
    "Order",
    "Remote",
    "Strange",
    "Task",
    "avatar",
    "avatar_video",
    "image_video",
    "picture",
]
