"""A process in the foreground, until a signal says stop."""

import signal
from collections.abc import Callable
from queue import Empty, SimpleQueue

from elite8.memory import give_back, keep_little

CLOCK = 30.0
"""Seconds between two times that memory is given back, and that `idle` is called."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def stay(
    start: Callable[[], None],
    reload: Callable[[], object],
    stop: Callable[[], bool],
    idle: Callable[[], None] = lambda: None,
) -> bool:
    """Start; `reload` on SIGHUP, `stop` on SIGTERM and Ctrl-C; return what `stop` returned."""
    keep_little()
    came: SimpleQueue[int] = SimpleQueue()
    for number in SIGNALS:
        signal.signal(number, lambda number, _frame: came.put(number))
    start()
    while True:
        try:
            sent = came.get(timeout=CLOCK)
        except Empty:
            idle()
            give_back()
            continue
        if sent != signal.SIGHUP:
            return stop()
        reload()
