"""The operator's chat on Telegram: asks and orders from the couch, by the same verbs as the CLI."""

from elite8.bot.run import Bot

__all__ = ["Bot"]
