"""Discord's webhooks as api/messaging.md A describes them, in memory.

Marks in this package: C:DW, C:DRL and the like are the sources that page names; INFERRED is for
what it calls I, and for what we chose where it is silent.
"""

from elite8.core.simulators.discord.messages import Message
from elite8.core.simulators.discord.service import BOT_TOKEN, FAULTS, DiscordSimulator

__all__ = ["BOT_TOKEN", "FAULTS", "DiscordSimulator", "Message"]
