"""`elite8 monitor web`: the page alone, without the daemon."""

import signal
import threading
from types import FrameType

from elite8.cli import output
from elite8.core.errors import ConfigError

HERE = "127.0.0.1:8088"


def serve(listen: str, *, as_json: bool) -> None:
    """Answer until a signal says stop; a taken address is Unavailable."""
    from elite8.core.settings import known_address
    from elite8.core.studio import open_studio
    from elite8.web.site import Site, url_of

    studio = open_studio()
    try:
        where = known_address(listen or studio.settings.web_listen or HERE)
    except ValueError as wrong:
        raise ConfigError(f"--listen: {wrong}") from None
    site = Site(lambda: studio, listen=where)
    site.check()
    _ = studio.database.engine  # opened by two threads at once it would be two
    ends = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ends.set()

    with site.bind() as line:
        url = url_of(line)
        output.answer("monitor web", {"url": url}, as_json=as_json, table=lambda: url)
        output.flush()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        site.start(line)
        ends.wait()
        site.stop(2.0)
