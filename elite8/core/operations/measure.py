"""Read what published posts have done, less and less often; safe to run twice at once."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

from elite8.core import http, log
from elite8.core.domain.account import Account
from elite8.core.domain.reading import Counts, Taken, new_reading, point
from elite8.core.errors import Elite8Error, Refused, SignInNeeded
from elite8.core.operations import accounts, egress
from elite8.core.platforms.site import Network
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import readings
from elite8.core.storage.database import Session
from elite8.core.storage.readings import Due
from elite8.core.studio import Studio

AT_ONCE = 4
NOT_SHOWN = "the network does not show the post; it has no numbers"
COUNTS = tuple(Counts.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What became of a due reading; `error` is the class's code, "" for none.

    `taken` is `None` when nothing was read; it is due then as before. What kept several posts of an
    account from being read is said once: `posts` is how many, `post` then "".
    """

    post: str
    network: str
    account: str
    posts: int = 1
    taken: Taken | None = None
    message: str = ""
    error: str = ""
    exit_code: int = 0


def run(studio: Studio, *, limit: int = 200, at_once: int = AT_ONCE) -> tuple[Measured, ...]:
    """Take every reading that is due, up to `limit` an account; one's trouble touches no other."""
    now = studio.shared_now()
    with studio.database.transaction() as session:
        due = readings.due(session, now=now)
    speakers: dict[tuple[str, str], list[Due]] = {}
    for one in due:
        if name_of(one):
            speakers.setdefault((one.network, one.account), []).append(one)
    with ThreadPoolExecutor(max_workers=at_once) as workers:
        told = workers.map(lambda posts: of_account(studio, posts[:limit]), speakers.values())
        return tuple(one for found in told for one in found)


def of_post(session: Session, post_id: str) -> tuple[Taken, ...]:
    """Return the readings of a post, newest first."""
    found = readings.of_post(session, post_id)
    return tuple(Taken(at=row.at, **{name: getattr(row, name) for name in COUNTS}) for row in found)


def name_of(due: Due) -> str:
    """Return what its network calls the public post, "" while that is not known.

    TikTok names a post some time after it is out: then it is in the proof that it was seen.
    """
    if due.network != "tiktok" or due.remote_id.isdecimal():
        return due.remote_id
    proof = json.loads(due.proof or "{}")
    seen = str(proof.get("id", "")) if isinstance(proof, dict) else ""
    return seen if seen.isdecimal() else ""


def of_account(studio: Studio, due: Sequence[Due]) -> list[Measured]:
    """Read posts of one account."""
    try:
        account = speaker(studio, due[0])
        with http.open_client(transport=egress.line(studio, account)) as client:
            return answers(studio, accounts.opened(studio, account, client), due)
    except Elite8Error as trouble:
        return failed(due, trouble)
    except Exception as fault:  # noqa: BLE001  # it touches no other account
        return broken(due, fault)


def speaker(studio: Studio, due: Due) -> Account:
    """Return the account the post went out by; one that is signed out is SignInNeeded."""
    with studio.database.transaction() as session:
        found = kept_accounts.get(session, due.account)
    if found is None or found.unlinked_at is not None:
        raise SignInNeeded(
            f"the {due.network} account of post {due.id} is signed out; "
            f"run: elite8 accounts login {due.network}"
        )
    return found


def answers(studio: Studio, network: Network, due: Sequence[Due]) -> list[Measured]:
    """Ask for as many posts as go into one call, and so on until one is not answered."""
    found: list[Measured] = []
    for first in range(0, len(due), network.together):
        asked = due[first : first + network.together]
        try:
            names = [name_of(one) for one in asked]
            found += keep(studio, asked, network.measure(names, now=studio.clock()))
        except Refused as no:  # it is about these
            found += failed(asked, no)
        except Elite8Error as trouble:
            return found + failed(due[first:], trouble)
        except Exception as fault:  # noqa: BLE001  # it touches no other post
            found += broken(asked, fault)
    return found


def keep(studio: Studio, asked: Sequence[Due], told: Mapping[str, Counts]) -> list[Measured]:
    """Keep what an answer says; a post that another process has read since then is left out."""
    at = studio.shared_now()
    with studio.database.transaction() as session:
        return [found for one in asked if (found := kept(session, one, told, at))]


def kept(session: Session, due: Due, told: Mapping[str, Counts], at: datetime) -> Measured | None:
    """Keep one reading; `None` when there is one of this point already."""
    name = name_of(due)
    counts = asdict(told.get(name, Counts()))
    reading = new_reading(at=at, post_id=due.id, **counts)
    if not readings.add(session, reading, since=point(due.published_at, at) or due.point):
        return None
    log.get().info("post.measured", post=due.id, network=due.network, views=counts["views"])
    return Measured(
        post=due.id,
        network=due.network,
        account=due.account,
        taken=Taken(at=at, **counts),
        message="" if name in told else NOT_SHOWN,
    )


def failed(due: Sequence[Due], trouble: Elite8Error) -> list[Measured]:
    """Return why posts of one account were not read."""
    first, alone = due[0], len(due) == 1
    return [
        Measured(
            post=first.id if alone else "",
            network=first.network,
            account=first.account,
            posts=len(due),
            message=str(trouble),
            error=trouble.code,
            exit_code=trouble.exit_code,
        )
    ]


def broken(due: Sequence[Due], fault: Exception) -> list[Measured]:
    """Return the posts that met a fault of ours, whose trace goes to the log, or of the store."""
    return failed(due, log.broken("measure.broke", fault, posts=[one.id for one in due]))
