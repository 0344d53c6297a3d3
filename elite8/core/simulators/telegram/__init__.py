"""Telegram's Bot API as api/messaging.md D describes it, in memory, and the people who chat there.

Marks in this package: [BA] is core.telegram.org/bots/api (Bot API 10.1, by the copy that page
names), [FAQ] core.telegram.org/bots/faq on limits, [WH] core.telegram.org/bots/webhooks, [ERR] the
answers collected at github.com/TelegramBotAPI/errors; read 2026-11. INFERRED is what we chose where
all are silent.
"""

from elite8.core.simulators.telegram.people import Seen
from elite8.core.simulators.telegram.service import SIMULATED_TOKEN, TelegramSimulator

__all__ = ["SIMULATED_TOKEN", "Seen", "TelegramSimulator"]
