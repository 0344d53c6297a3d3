"""A stage for rehearsals: this studio's copy, on a clock of its own, among simulated networks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from pydantic import SecretStr

from elite8.core import http
from elite8.core.clock import utc_now
from elite8.core.domain.fault import Fault
from elite8.core.domain.post import PostStatus
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.operations import accounts, finish, generate, library
from elite8.core.operations.brief import Brief, plan_one
from elite8.core.scratch import folder as own_folder
from elite8.core.settings import Settings
from elite8.core.simulators.cast import SECRETS
from elite8.core.simulators.weather import PORTS, Killed, World
from elite8.core.storage import accounts as kept_accounts
from elite8.core.storage import maintenance, posts, videos
from elite8.core.storage.database import Database, Session
from elite8.core.studio import Studio

SECONDS = 3.0
"""Length of the one video that is really filmed; all others are it."""
FACTS = ("path", "cover", "sha256", "size_bytes", "seconds", "voice", "script")
"""What a video has of the one that stands for it."""
OWN = (
    *("cache_dir", "config_dir", "time_zone", "log_level", "log_format", "ffmpeg", "pictures"),
    *("signing_certificate", "signing_key"),
)
"""The operator's settings that a rehearsal goes by: none leads away from this machine."""


@dataclass
class VirtualClock:
    """A clock that stands until it is moved."""

    now: datetime

    def __call__(self) -> datetime:
        """Return now."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Go on by so much."""
        self.now += timedelta(seconds=seconds)


class SameBytes(dict[tuple[str, date], Any]):
    """What bytes carry, whatever the day: a rehearsal does not look at them again each day."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__((key[0], date.min))  # type: ignore[index]  # such a key

    def __getitem__(self, key: tuple[str, date]) -> Any:  # noqa: ANN401  # what was verified
        return super().__getitem__((key[0], date.min))

    def __setitem__(self, key: tuple[str, date], value: Any) -> None:  # noqa: ANN401  # same
        super().__setitem__((key[0], date.min), value)


class Mortal(Database):
    """A database that a killed process reaches no more."""

    dead = False

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session, unless the process is dead; what it did before its end stays."""
        if self.dead:
            raise Killed
        with super().transaction() as session:
            yield session


@dataclass
class Stage:
    """A rehearsal's studio, its clock and its networks; `people` are who is signed in where."""

    studio: Studio
    clock: VirtualClock
    world: World
    rng: Random
    master: Video
    people: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)

    @property
    def database(self) -> Mortal:
        """The scratch database."""
        found: Mortal = vars(self.studio)["database"]
        return found

    def die(self) -> None:
        """Have nothing of this process reach the database any more."""
        self.database.dead = True

    def sign_in(self, network: str) -> None:
        """Sign in everybody of a network, as the operator would."""
        for number, characters, regions in self.people.get(network, ()):
            shown: list[str] = []
            accounts.login(
                self.studio,
                network,
                characters=tuple(characters.split()),
                regions=tuple(regions.split()),
                show=shown.append,
                paste=partial(self.world.agree, network, number, shown),
            )

    def film(self, video: Video) -> None:
        """Have a planned video finished: the bytes are those of the one that was really filmed."""
        facts = {name: getattr(self.master, name) for name in FACTS}
        with self.studio.database.transaction() as session:
            claimed = generate.claim(self.studio, session, video.id)
            if claimed is not None:
                videos.move(session, claimed, VideoStatus.GENERATED)
                videos.move(
                    session, claimed, VideoStatus.FINISHED, finished_at=self.clock(), **facts
                )

    def tear(self, video: Video, why: str) -> None:
        """Have the making of a video fail."""
        with self.studio.database.transaction() as session:
            claimed = generate.claim(self.studio, session, video.id)
            if claimed is not None:
                videos.move(session, claimed, VideoStatus.FAILED, failure=why)


@contextmanager
def staged(
    studio: Studio, first: datetime, faults: Sequence[Fault], seed: int, master: Video | None = None
) -> Iterator[Stage]:
    """Open a stage at `first`; what happens on it leaves no trace outside.

    `master` is a finished video to stand for all; without it one is filmed here.
    """
    clock, rng = VirtualClock(first), Random(f"rehearsal:{seed}")  # noqa: S311  # no secrecy
    with own_folder() as folder, http.hurried():
        world = World(clock, rng)
        opened = scratch(studio, Path(folder), clock, world)
        with closing(opened.database):
            found = the_one(opened, master)
            stage = Stage(studio=opened, clock=clock, world=world, rng=rng, master=found)
            invite(stage)
            if studio.settings.media_url:
                stand_in(stage)
            world.on_kill, world.faults = stage.die, faults
            yield stage


def scratch(studio: Studio, folder: Path, clock: VirtualClock, world: World) -> Studio:
    """Return the studio on a copy of its database, with folders of its own.

    Of its settings it has those alone that lead nowhere: no address, account or key.
    """
    file = folder / "state" / "elite8.db"
    file.parent.mkdir(parents=True)
    if studio.database.file and studio.database.file.exists():
        maintenance.backup(studio.database, file)
    wanted: Mapping[str, object] = {
        **nothing_of_theirs(),
        "state_dir": file.parent,
        "outbox_dir": folder / "outbox",
        "database_url": SecretStr(f"sqlite:///{file}"),
        "token_key": SecretStr(accounts.new_key()),
        "token_key_from": "environment",
        **{
            name: SecretStr(value) if name.endswith(SECRETS) else value
            for name, value in world.settings().items()
        },
    }
    settings = studio.settings.model_copy(update=wanted)
    opened = replace(studio, settings=settings, clock=clock, transport=world, pause=clock.advance)
    vars(opened)["database"] = Mortal(settings.database_url.get_secret_value(), durable=False)
    if studio.database.file is None:
        maintenance.copy_rows(studio.database, opened.database)
    vars(opened)["verified"] = SameBytes()
    today = utc_now().date()
    for known, found in studio.verified.items():
        if known[1] == today:  # a certificate may have ended since another day
            opened.verified[known] = found
    return opened


def nothing_of_theirs() -> dict[str, object]:
    """Return the settings as where nothing is set, but for those that a rehearsal goes by."""
    fields = Settings.model_fields.items()
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields
        if name not in OWN
    }


def film_one(studio: Studio) -> Video:
    """Return one really filmed and marked short video."""
    performer = studio.config.roster.characters[0]
    brief = Brief(characters=(performer.id,), seed=1, seconds=SECONDS, engine="local")
    made = generate.make(studio, plan_one(studio, brief, performer, 0), lambda *_: None)
    return library.find(studio, made.id)


def the_one(studio: Studio, master: Video | None) -> Video:
    """Return the video that stands for all, looked at today: its certificate is of today."""
    now = replace(studio, clock=utc_now)
    vars(now).update({name: vars(studio)[name] for name in ("database", "verified")})
    found = master or film_one(now)
    finish.verified(now, Path(found.path), found.sha256)
    return found


def stand_in(stage: Stage) -> None:
    """Have the one film stand for those that lie on another machine: no store is asked here."""
    with stage.studio.database.transaction() as session:
        for post, video in posts.open_ones(session):
            waits = (post.status, video.status) == (PostStatus.WAITING, VideoStatus.FINISHED)
            if waits and not Path(video.path).is_file():
                for name in FACTS:
                    setattr(video, name, getattr(stage.master, name))


def invite(stage: Stage) -> None:
    """Sign in a simulated person for every account, or one on each network when there is none."""
    with stage.studio.database.transaction() as session:
        for network in PORTS:
            there = kept_accounts.every(session, network)
            for number, account in enumerate(there):
                account.handle = stage.world.handle_of(network, number)
            stage.people[network] = [
                (number, account.characters, account.regions)
                for number, account in enumerate(there)
            ] or [(0, "", "")]
    for network in PORTS:
        stage.sign_in(network)
