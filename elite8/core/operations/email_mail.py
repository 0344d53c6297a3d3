"""stub"""

from elite8.core.studio import Studio


def send(studio: Studio, reference: str, limit: int) -> None: ...
