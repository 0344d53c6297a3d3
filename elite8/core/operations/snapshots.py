"""The time machine: the scene as it was, kept each minute by whoever watches."""

import json
import lzma
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from elite8.core import log
from elite8.core.domain.snapshot import KeptScene
from elite8.core.errors import Refused
from elite8.core.operations.scene import Scene, scene, with_growth
from elite8.core.storage import snapshots
from elite8.core.studio import Studio, secrets_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1
"""Of how a scene is written; raised when one that was kept can be read no more."""
POINTS = 48
"""Values of the machine that are kept, of a day's 288; a chart in a terminal shows no more."""
FIGURES = 4
PAST_QUEUED = 100
PAST_EVENTS = 60
PAST_FILMS = 40
PAST_MOVEMENTS = 20
"""Rows that are kept of a scene: those further down were further up a moment before."""
LISTS = ("queue", "films", "accounts", "events", "ledger")
GROWN = ("steps", "stages", "places")
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 18, "lc": 4, "lp": 0, "pb": 0}]
"""A quarter smaller than zlib, whose window is shorter than a scene; some 3 MB while it packs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The scene that was taken `at` an instant and held, but for the clock, to `until`."""

    at: datetime
    until: datetime
    scene: Scene


def keep(studio: Studio) -> str:
    """Keep the scene as it is now; return "kept", or "still" when only the clock had changed.

    What holds is written again after `every_minutes`, so that thinning leaves one of each.
    """
    now, here = studio.clock(), with_growth(studio, scene(studio))
    plain = written(past(here), secrets_of(studio.settings))
    longest = timedelta(minutes=studio.config.metrics.snapshots.every_minutes)
    with studio.database.transaction() as session:
        last = snapshots.newest(session)
        if last and now - last.at < longest and is_same(last, plain):
            snapshots.still(session, last.at, now)
            return "still"
        row = KeptScene(at=now, until=now, version=VERSION, body=packed(plain))
        snapshots.keep(session, row)
    return "kept"


def past(here: Scene) -> Scene:
    """Return what is kept of a scene; whoever keeps it has just looked.

    Hashes of what may be approved are nothing to keep: nothing can be, there.
    """
    return replace(
        of_nobody(here),
        board=replace(here.board, watched_at=here.board.at),
        queue=tuple(replace(one, shown="") for one in here.queue[:PAST_QUEUED]),
        films=here.films[:PAST_FILMS],
        events=here.events[:PAST_EVENTS],
        ledger=here.ledger[:PAST_MOVEMENTS],
    )


def of_nobody(here: Scene) -> Scene:
    """Return a scene without rows of single people: no erasure could take them out of it again.

    Of what somebody asked about themselves it says no more whose it was.
    """
    people = here.subscribed
    if people is None:
        return here
    ahead = people.outlook and replace(people.outlook, people=())
    asked = tuple(replace(one, who="") for one in people.requests)
    return replace(here, subscribed=replace(people, outlook=ahead, endings=(), requests=asked))


def attempt(studio: Studio) -> None:
    """Keep the scene; a fault is told with its trace in the log, and the watch goes on."""
    try:
        keep(studio)
    except Exception as fault:  # noqa: BLE001  # a picture less is no reason to stop watching
        log.get().error("snapshot.failed", exc_info=fault)


def at(studio: Studio, instant: datetime) -> Snapshot | None:
    """Return the scene as it was then, `None` when none was kept by then."""
    with studio.looking.database.transaction() as session:
        return shown(snapshots.newest(session, by=instant))


def neighbour(studio: Studio, instant: datetime, step: int) -> Snapshot | None:
    """Return the snapshot that is `step` after one taken at `instant`, or before it if below 0."""
    if not step:
        return at(studio, instant)
    with studio.looking.database.transaction() as session:
        return shown(snapshots.beside(session, instant, step))


def span(studio: Studio) -> tuple[datetime, datetime] | None:
    """Return from when to when there are snapshots, `None` without any."""
    with studio.looking.database.transaction() as session:
        return snapshots.span(session)


def forget(studio: Studio) -> int:
    """Thin out what is older than the fine days, drop what is too old; return how many went."""
    rules, now = studio.config.metrics.snapshots, studio.clock()
    gone, span_seconds = now - timedelta(days=rules.keep_days), rules.every_minutes * 60
    with studio.database.transaction() as session:
        old = snapshots.instants(session, before=now - timedelta(days=rules.fine_days))
        first: dict[int, datetime] = {}
        for one in old:
            first.setdefault(int(one.timestamp()) // span_seconds, one)
        stays = set(first.values())
        return snapshots.drop(session, [one for one in old if one not in stays], before=gone)


@cache
def adapter() -> "TypeAdapter[Scene]":
    """Return what writes a scene and reads it again."""
    from pydantic import TypeAdapter

    from elite8.core.operations.growth import Growth  # noqa: F401  # pydantic finds them here
    from elite8.core.operations.subscribed import Subscribed  # noqa: F401  # where Scene names them

    return TypeAdapter(Scene)


def written(one: Scene, secrets: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a scene as plain data: no secret, no hash, the machine's values in few figures."""
    plain: dict[str, Any] = adapter().dump_python(one, mode="json")
    for gauge in plain["board"]["machine"]:
        every = max(1, -(-len(gauge["points"]) // POINTS))
        thinned = gauge["points"][::-1][::every][::-1]
        gauge["points"] = few_figures(thinned)
    if plain["growth"]:
        plain["growth"] = few_figures(plain["growth"])
    for post in plain["queue"]:
        post["sha256"] = ""  # of no use to the eye, and nothing packs worse
    return log.cleaner(secrets)(plain, "")  # type: ignore[return-value]  # a dict stays one


def few_figures(value: Any) -> Any:  # noqa: ANN401  # JSON
    """Return plain data with its fractions in as few figures as are read: the rest packs badly."""
    if isinstance(value, float):
        return float(f"{value:.{FIGURES}g}")
    if isinstance(value, dict):
        return {name: few_figures(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [few_figures(one) for one in value]
    return value


def read(plain: object) -> Scene:
    """Return the scene that was written; ValueError when it is none of ours."""
    return adapter().validate_python(plain)


def essence(plain: dict[str, Any]) -> dict[str, Any]:
    """Return a scene without what the clock alone changes."""
    board = {**plain["board"], "at": "", "watched_at": "", "machine": ()}
    checks = board["health"]["checks"]
    # The space that is free is told to a tenth of a gigabyte, and always moves a little.
    quiet = [one if one["name"] != "disk" else {**one, "says": ""} for one in checks]
    board["health"] = {**board["health"], "checks": quiet}
    return {**plain, "board": board}


def is_same(last: KeptScene, plain: dict[str, Any]) -> bool:
    """Return whether a scene is what was kept last, but for the clock."""
    return last.version == VERSION and essence(unpacked(last.body)) == essence(plain)


def packed(plain: dict[str, Any]) -> bytes:
    """Return plain data, packed: a list of records by columns, so that like stands beside like."""
    board = {**plain["board"], "slots": across(plain["board"]["slots"])}
    turned = plain | {name: across(plain[name]) for name in LISTS} | {"board": board}
    if grown := plain["growth"]:
        turned["growth"] = grown | {name: across(grown[name]) for name in GROWN}
    whole = json.dumps(turned, ensure_ascii=False, separators=(",", ":")).encode()
    return lzma.compress(whole, format=lzma.FORMAT_RAW, filters=PACKING)


def unpacked(body: bytes) -> dict[str, Any]:
    """Return what was packed."""
    whole = lzma.decompress(body, format=lzma.FORMAT_RAW, filters=PACKING)
    plain: dict[str, Any] = json.loads(whole)
    plain["board"]["slots"] = down(plain["board"]["slots"])
    if grown := plain.get("growth"):
        plain["growth"] = grown | {name: down(grown[name]) for name in GROWN}
    return plain | {name: down(plain[name]) for name in LISTS if name in plain}


def across(rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return records of the same fields as one record of lists."""
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {}


def down(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return the records again."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def shown(row: KeptScene | None) -> Snapshot | None:
    """Return a snapshot for people; one that another version wrote is Refused."""
    if row is None:
        return None
    try:
        if row.version != VERSION:
            raise ValueError  # noqa: TRY301  # told below, in the same words
        found = read(unpacked(row.body))
    except (ValueError, lzma.LZMAError, KeyError):
        raise Refused(
            f"what was kept at {row.at:%Y-%m-%d %H:%M} UTC was written by another version of elite8"
        ) from None
    return Snapshot(at=row.at, until=row.until, scene=found)
