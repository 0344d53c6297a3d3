"""Files an operator hands over: config, calendars, strings, imports, campaigns, letters."""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np

from elite8.core.config import FILES, Config, shape
from elite8.core.domain.wording import find
from elite8.core.operations import (
    bounces,
    consent_files,
    imports,
    letterbox,
    plan_file,
    profiles,
    recording,
    snapshots,
    strings,
    taking_in,
    winback_file,
)
from elite8.core.operations.taking_in import Order
from elite8.core.parsing import parse, texts_of
from elite8.core.production import probe
from elite8.core.studio import Studio
from tests.fuzz.target import Target

EXPORTS = Path(__file__).parents[1] / "operations" / "exports"
STANDINGS = ("fantia_supporters", "onlyfans_fans")
"""Exports that say who is subscribed, and not when it was so."""
CONFIG_NAMES = tuple(sorted(FILES))
EVENTS = (
    b"kind,at,person,platform,amount,currency,event_id\n"
    b"lead,2026-11-01T10:00:00Z,made_up_one,fanvue,,,1\n"
    b"purchase,2026-11-02 10:00,made_up_one,fanvue,9.99,USD,2\n"
)
EVENT_LINES = (
    b'{"kind": "click", "at": "2026-11-01T10:00:00Z", "count": "3"}\n'
    b'{"kind": "purchase", "at": "2026-11-01T10:00:00Z", "amount": "9,99", "currency": "EUR"}\n'
)
CONSENTS = (
    b"channel,address,evidence,consented_at,country,age\n"
    b"email,a@example.com,form/1,2026-11-01T10:00:00Z,GB,adult\n"
    b"line,U123,form/2,2026-11-01,JP,\n"
)
CAMPAIGN = b"""kind = "discount"
character = "miyuki"
platform = "fanvue"
text = "Come back."
price_after = "9.99"
deadline = 2026-12-10T18:00:00
"""
BOUNCE = b"""From: MAILER-DAEMON@example.com
To: bounce@example.com
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; a@example.com
Action: failed
Status: 5.1.1

--x
Content-Type: message/rfc822

Message-ID: <01M848QKV0MTM9FKH4EJHND2GT@example.com>

--x--
"""


def at(file: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
    """Return what writes the bytes to a file and has it read."""

    def run(data: bytes) -> object:
        file.write_bytes(data)
        return read(file)

    return run


def picture(kind: str) -> bytes:
    """Return a small picture, encoded as its file's name would have it."""
    return bytes(cv2.imencode(kind, np.zeros((4, 3, 3), np.uint8))[1])


def config_of(folder: Path, config: Config) -> Target:
    """Return the target of all config files: the first byte says which."""
    words = config.words

    def run(data: bytes) -> None:
        name = CONFIG_NAMES[(data[0] if data else 0) % len(CONFIG_NAMES)]
        file = folder / "config.json"
        file.write_bytes(data[1:])
        for _, text in texts_of(parse(file, shape(name)).model_dump()):
            find(text, words)

    whole = [(config.folder / name).read_bytes() for name in CONFIG_NAMES]
    return Target("file.config", tuple(bytes([n]) + one for n, one in enumerate(whole)), run)


def subscribers_of(folder: Path, studio: Studio) -> Iterator[Target]:
    """Yield a target for each profile of exports."""
    for file in sorted(EXPORTS.glob("*.csv")):
        order = Order(
            file=folder / file.name,
            profile=file.stem,
            zone="UTC",
            character="miyuki",
            exported_at="2026-11-22T09:00:00Z" if file.stem in STANDINGS else "",
        )

        def read(_: Path, order: Order = order) -> object:
            return taking_in.take(studio, order, dry_run=True)

        yield Target(f"file.{file.stem}", (file.read_bytes(),), at(order.file, read))


def calendar_of(folder: Path, studio: Studio) -> Iterator[Target]:
    """Yield calendars and texts to be translated: read, and compared with what is there."""
    planned = plan_file.export(studio, date(2026, 11, 23), 3)
    said = strings.export(studio, date(2026, 11, 23), 3)
    seeds = tuple(plan_file.written(planned, as_csv=way).encode() for way in (True, False))
    yield Target(
        "file.plan",
        seeds,
        at(folder / "plan.json", lambda file: plan_file.diff(studio, plan_file.read(file))),
    )
    yield Target(
        "file.strings",
        (strings.written(said).encode(),),
        at(folder / "strings.json", lambda file: strings.diff(studio, strings.read(file))),
    )


def targets(folder: Path, studio: Studio) -> Iterator[Target]:
    """Yield a target for each kind of file."""
    yield config_of(folder, studio.config)
    yield from subscribers_of(folder, studio)
    yield from calendar_of(folder, studio)
    for name, seed in (("events.csv", EVENTS), ("events.jsonl", EVENT_LINES)):
        yield Target(
            f"file.{name}",
            (seed,),
            at(
                folder / name, lambda file: imports.bring_in(studio, file, zone="UTC", dry_run=True)
            ),
        )
    yield Target(
        "file.consents",
        (CONSENTS,),
        at(folder / "consents.csv", lambda file: consent_files.load(studio.drafting, file)),
    )
    layouts = sorted((studio.config.folder / "subscribers").glob("*.toml"))
    yield Target(
        "file.profile",
        tuple(one.read_bytes() for one in layouts),
        at(folder / "profile.toml", profiles.read),
    )
    yield Target(
        "file.winback",
        (CAMPAIGN,),
        at(
            folder / "campaign.toml",
            lambda file: winback_file.wish(studio, "autumn", winback_file.read(file)),
        ),
    )
    yield Target(
        "file.picture", (picture(".png"), picture(".jpg")), at(folder / "picture", probe.size)
    )
    head = {"kind": recording.KIND, "version": snapshots.VERSION}
    lines = [head, {"at": "2026-11-23T09:00:00+00:00", "scene": {}}]
    packed = gzip.compress("\n".join(map(json.dumps, lines)).encode())
    yield Target("file.recording", (packed,), at(folder / "a.rec.gz", recording.opened))
    yield Target("file.letter", (BOUNCE,), bounces.read)
    yield Target(
        "file.mailbox",
        (b"From a@b Mon Nov 23 09:00:00 2026\n" + BOUNCE,),
        at(
            folder / "box.mbox",
            lambda file: [bounces.read(one) for one in letterbox.letters(file, BytesIO())],
        ),
    )
