"""What a face may begin before it has read what is wanted; nothing heavy is imported here."""

from elite8.core.production.local.booth import called as voice_called

__all__ = ["voice_called"]
