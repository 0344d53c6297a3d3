"""What a person types or a performer says: words, sums, instants, links, captions."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from elite8.core import clock
from elite8.core.config import Config
from elite8.core.domain import cron, link, money, script, text, wall, wording
from elite8.core.errors import Elite8Error
from elite8.core.operations import cells
from elite8.core.production import xmp
from elite8.core.production.local import captions
from tests.fuzz.target import Target

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
ORDER = re.compile(r"(?<!\\)[{}]|\\[^{}]|[\r\n]")
"""What a renderer of captions would obey: braces without a backslash, any other backslash."""
SAID = (
    b"Hello there! Three steps today. #AI #VTuber https://example.com/a?b=c",
    "初音さん、こんにちは。今日は三つ。#バーチャル".encode(),
    "a\u0301\u200d👩‍👩‍👧‍👦 🇯🇵 {\\an8} <b>& \x1b[31m \u202e".encode(),
)


def each(*reads: Callable[[str], object]) -> Callable[[bytes], None]:
    """Return what hands a text to each; how these say that it is wrong is caught."""

    def run(data: bytes) -> None:
        given = data.decode("utf-8", "replace")
        for read in reads:
            try:
                read(given)
            except (ValueError, Elite8Error):
                continue

    return run


def caption(given: str) -> None:
    """Shorten and clean a caption; what comes out keeps what is promised."""
    for limit in (0, 1, 10, 100):
        for measure in (text.seen, text.utf16, text.utf8, text.weighted):
            if measure(text.shorten(given, limit, measure)) > limit:
                raise AssertionError("longer than asked for")
    plain = text.printable(given)
    if text.printable(plain) != plain:
        raise AssertionError("what is printable is not")
    text.clean_hashtags(given.split())
    text.hashtags_in(given)
    text.links_in(given)
    text.names_domain(given, "example.com")


def spoken(given: str) -> None:
    """Make lines of what is to be said, and burn them in: one event a line, none of them ours."""
    for language in ("en", "ja"):
        lines = script.split_text(given, language)
        shown = [captions.showable(one.text).translate(captions.ESCAPED) for one in lines]
        if any(ORDER.search(one) for one in shown):
            raise AssertionError("a caption can give orders to the renderer")


def marked(given: str) -> None:
    """Write a text into XMP and read it back: what was printable is there as it was."""
    xmp.parse(given.encode("utf-8", "replace"))
    kept = "".join(one for one in text.printable(given) if one.isprintable())
    facts = xmp.Facts(performer=kept, language="en", sentence=kept, version=kept)
    read = xmp.parse(xmp.packet(facts))
    if read is None or read.description.split() != kept.split():
        raise AssertionError("the mark cannot be read back")


def targets(config: Config) -> Iterator[Target]:
    """Yield a target for each kind of text."""
    words = config.words
    yield Target("text.caption", SAID, each(caption, lambda said: wording.find(said, words)))
    yield Target("text.spoken", SAID, each(spoken))
    yield Target("text.xmp", (b"<x/>", *SAID), each(marked))
    links = (b"https://example.com/a?b=c#d", b"http://[::1]:80/", b"https://\xe2\x84\xa2.x/%zz")
    yield Target(
        "text.link",
        links,
        each(
            lambda said: link.clean_target(said, not_to="https://ours.example"),
            lambda said: link.with_utm(link.clean_target(said), {"utm_source": "a b"}),
        ),
    )
    sums = (
        b"1,234.56",
        "\uffe5\uff11,\uff12\uff13\uff14".encode(),
        b"-0",
        b"1e999",
        b"1e999999999999",
        b"NaN",
        b"9" * 60,
    )
    yield Target(
        "text.money",
        sums,
        each(
            *(lambda said, c=c: money.minor(said, c) for c in ("USD", "JPY")),
            *(lambda said, d=d: cells.money(said, "USD", d, "amount") for d in (".", ",")),
            lambda said: cells.whole_number(said, "count"),
            lambda said: cells.number(said, ".", "share"),
            lambda said: cells.truth(said, "renews"),
        ),
    )
    times = (
        *(b"2026-12-01 18:00", b"18:00", b"tomorrow 9:00", b"0001-01-01 00:00", b"2 days", b"3s"),
        *(b"9" * 9000, b"Asia/Tokyo", b"a" + b"/b" * 1500),
    )
    yield Target(
        "text.time",
        times,
        each(
            lambda said: wall.instant(said, TOKYO, NOW),
            lambda said: wall.instant_past(said, TOKYO, NOW),
            wall.length,
            clock.fast_clock,
            cells.zone_of,
        ),
    )
    yield Target(
        "text.cron", (b"*/5 * * * *", b"0 9 1-5/2 * 0", b"61 * * * *"), each(cron.known_cron)
    )
