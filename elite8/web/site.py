"""The server of the page: a thread with a loop of its own, beside whatever the process does."""

import logging
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from elite8.companions import Receive
from elite8.core import log
from elite8.core.errors import ConfigError, Unavailable
from elite8.core.studio import Studio
from elite8.web.door import is_here

if TYPE_CHECKING:
    import uvicorn

AGAIN = 30.0
"""Seconds after which an address that was taken is tried again."""
MOST_AT_ONCE = 100
"""Requests at one time; the next are told to come later."""


class Site:
    """The page of a studio, where `listen` or ELITE8_WEB_LISTEN says; nowhere when neither does.

    `studio` gives the studio as it is now: the daemon replaces it when its config is read again.
    """

    def __init__(
        self,
        studio: Callable[[], Studio],
        telegram: Receive | None = None,
        *,
        listen: str = "",
        again: float = AGAIN,
    ) -> None:
        self.studio, self.telegram, self.again = studio, telegram, again
        self.listen = listen or studio().settings.web_listen
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._ends = threading.Event()

    def start(self, line: socket.socket | None = None) -> None:
        """Answer from now on; an address that is taken or may not be used is told, no death.

        With a `line` that listens already, on that one and no other.
        """
        if not self.listen:
            return
        try:
            self.check()
        except ConfigError as wrong:
            log.get().error("web.refused", message=str(wrong))
            return
        does = self._serve if line is None else partial(self.run, line)
        self._thread = threading.Thread(target=does, name="web", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Refuse to be reached from elsewhere without a token."""
        settings = self.studio().settings
        if settings.web_token is not None:
            return
        if not is_here(self.host):
            raise ConfigError(
                f"{self.listen} is reached from other machines: set ELITE8_WEB_TOKEN, or listen "
                "on 127.0.0.1"
            )
        if settings.web_url:
            raise ConfigError(
                f"others reach the page by {settings.web_url}: set ELITE8_WEB_TOKEN, or unset "
                "ELITE8_WEB_URL"
            )

    @property
    def host(self) -> str:
        """The address without its port."""
        return self.listen.rpartition(":")[0].strip("[]")

    def bind(self) -> socket.socket:
        """Return a socket that listens there; a taken address is Unavailable."""
        host = "127.0.0.1" if self.host == "localhost" else self.host
        line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            line.bind((host, int(self.listen.rpartition(":")[2])))
            line.listen(MOST_AT_ONCE)
        except OSError as trouble:
            line.close()
            raise Unavailable(
                f"{self.listen} cannot be listened on: {trouble.strerror}; choose another"
            ) from None
        return line

    def run(self, line: socket.socket) -> None:
        """Answer on a socket until `stop`."""
        import uvicorn

        from elite8.web.app import Face
        from elite8.web.line import patient

        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # the guard tells what matters
        face = Face(self.studio, host=self.host, telegram=self.telegram)
        self._server = uvicorn.Server(
            uvicorn.Config(
                face.app(),
                http=patient(lambda: self.studio().config.web.trust_proxy),
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                interface="asgi3",
                proxy_headers=False,
                server_header=False,
                limit_concurrency=MOST_AT_ONCE,
                timeout_graceful_shutdown=1,
            )
        )
        if not self._ends.is_set():
            log.get().info("web.answers", address=url_of(line))
            self._server.run(sockets=[line])

    def _serve(self) -> None:
        told = ""
        while not self._ends.is_set():
            try:
                with self.bind() as line:
                    told = ""
                    self.run(line)
            except Unavailable as taken:
                if str(taken) != told:
                    log.get().warning("web.waits", message=str(taken))
                told = str(taken)
            except Exception as fault:  # noqa: BLE001  # the process has other work
                log.get().error("web.died", exc_info=fault)
            self._ends.wait(self.again)

    def stop(self, seconds: float) -> None:
        """Answer no more; what does not end within so many seconds is left to the process."""
        self._ends.set()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(seconds)


def url_of(line: socket.socket) -> str:
    """Return the address a browser opens."""
    host, port = line.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
