"""What is posted, read no further than it may be long."""

from starlette.exceptions import HTTPException
from starlette.requests import Request


async def read(request: Request, most: int) -> bytes:
    """Return the body; one that is longer is refused before it is all here."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)
