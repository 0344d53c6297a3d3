"""The side door: a test in another process looks and interferes; no token is asked for."""

import json
from collections.abc import Callable, Mapping

from elite8.core.simulators.wire import Reply, Request, html_reply, json_reply


def answer(
    request: Request, seen: Callable[[], Mapping[str, object]], misbehave: Callable[..., None]
) -> Reply:
    """Tell what the simulator has seen, or let a fault happen."""
    if (request.method, request.path) == ("GET", "/_simulator/seen"):
        return json_reply(seen())
    if (request.method, request.path) == ("POST", "/_simulator/misbehave"):
        try:
            wish = json.loads(request.body)
            at, times = str(wish.get("at", "")), int(wish.get("times", 1))
            misbehave(str(wish["fault"]), at=at, times=times)
        except (AttributeError, KeyError, TypeError, ValueError) as trouble:
            return json_reply({"error": str(trouble)}, status=400)
        return json_reply({"done": True})
    return html_reply(f"Cannot {request.method} {request.path}", status=404)
