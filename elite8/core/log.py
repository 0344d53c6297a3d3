"""One log on stderr: columns on a terminal, JSON elsewhere, secrets blanked at the root."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from elite8.core import visible
from elite8.core.errors import Elite8Error, of_store
from elite8.core.lean import without

# What it would draw faults with; ours are drawn before it sees them.
with without("rich"), without("rich.traceback"), without("attr"):
    import structlog
    from structlog.typing import EventDict, Processor, WrappedLogger

SENSITIVE = re.compile(
    r"token|secret|password|api_?key|authorization|credential|cookie", re.IGNORECASE
)
URL_PASSWORD = re.compile(r"(?<=://)([^:/@\s]*):([^@/\s]+)@")
KEY = re.compile(r"\b(?:sk_|Bearer )[A-Za-z0-9._~+/=-]{8,}")
"""A2E's keys and any bearer token, also those of other programs (api/a2e.md 1; RFC 6750)."""
BLANK = "***"


def cleaner(known: Iterable[str] = ()) -> Callable[[object, str], object]:
    """Return what blanks values under sensitive names and `known` secrets anywhere."""
    secrets = tuple(sorted((s for s in known if s), key=len, reverse=True))

    def clean(value: object, name: str = "") -> object:
        if name and SENSITIVE.search(name):
            return BLANK
        if isinstance(value, dict):
            return {k: clean(v, str(k)) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [clean(v) for v in value]
        if isinstance(value, str):
            for secret in secrets:
                value = value.replace(secret, BLANK)
            return URL_PASSWORD.sub(rf"\1:{BLANK}@", KEY.sub(BLANK, value))
        return value

    return clean


def redact(known: Iterable[str] = ()) -> Processor:
    """Return a processor that blanks what is secret in what is logged."""
    clean = cleaner(known)

    def processor(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {k: clean(v, str(k)) for k, v in event.items()}

    return processor


def written(event: object, **how: Any) -> str:  # noqa: ANN401  # structlog's
    """Return an event as JSON that steers no terminal."""
    return visible.escaped(json.dumps(event, **how))


def readable(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Return the facts as words for a terminal, which they do not steer."""
    return {k: visible.harmless(v) if isinstance(v, str) else v for k, v in event.items()}


def event_first(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Return the facts with time, level and event in front, for people who read JSON."""
    front = ("timestamp", "level", "event")
    return {k: event[k] for k in front} | {k: v for k, v in event.items() if k not in front}


def configure(level: str, style: str, secrets: Iterable[str] = ()) -> None:
    """Set the process's log up once, at the face."""
    columns = style == "columns" or (style == "auto" and sys.stderr.isatty())
    last: tuple[Processor, ...] = (
        (readable, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()))
        if columns
        else (structlog.processors.JSONRenderer(written, ensure_ascii=False),)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact(secrets),
            event_first,
            *last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


@contextmanager
def silent() -> Iterator[None]:
    """Log nothing while the block runs."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def get() -> structlog.typing.FilteringBoundLogger:
    """Return the logger; one event is one noun and what befell it."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def broken(event: str, fault: Exception, **where: object) -> Elite8Error:
    """Return what a person is told of a fault: ours, whose trace is logged, or the database's.

    A database that is away or full breaks nothing of ours: it is told in words, without a trace.
    """
    if theirs := of_store(fault):
        return theirs
    get().error(event, **where, exc_info=fault)
    return Elite8Error(f"elite8 has a fault ({type(fault).__name__}); its trace is in the log")
