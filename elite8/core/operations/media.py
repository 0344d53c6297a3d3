"""Finished films where every machine finds them, and at hand where they go out from."""

from dataclasses import dataclass, replace
from pathlib import Path

from elite8.core import log
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.video import Video
from elite8.core.errors import ConfigError, Elite8Error, Withheld
from elite8.core.storage import videos
from elite8.core.storage.media import Shelf, hashed
from elite8.core.studio import Studio

FILM, COVER = ".mp4", ".jpg"
FETCHED = "fetched"
"""The folder of the state folder that holds what was fetched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What became of one film: `put`, `there` already, `elsewhere` (made by another machine)."""

    video: str
    state: str


def shelf(studio: Studio) -> Shelf | None:
    """Return the store of films, `None` where they stay on their machine."""
    url = studio.settings.media_url
    if not url:
        return None
    known: Shelf | None = studio.remembered.get("shelf")
    if known is None or known.url != url:
        known = studio.remembered["shelf"] = Shelf(url, options(studio))
    return known


def options(studio: Studio) -> dict[str, object]:
    """Return what the library needs beside the URL; keys it takes from where AWS's tools do."""
    own = studio.settings
    if not own.media_url.startswith("s3:"):
        return {}
    patience = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}
    found: dict[str, object] = {"config_kwargs": patience, "skip_instance_cache": True}
    if own.media_endpoint:
        found["endpoint_url"] = own.media_endpoint
    if own.media_key and own.media_secret:
        found |= {"key": own.media_key, "secret": own.media_secret.get_secret_value()}
    return found


def share(studio: Studio, film: Path, cover: Path, sha256: str) -> bool:
    """Put a finished film and its cover into the store, if there is one; return whether it was new.

    A cover is called by its own hash as well: the row of a film has only the film's.
    """
    store = shelf(studio)
    if store is None:
        return False
    new = store.put(cover, sha256, f"-{hashed(cover)}{COVER}")
    return store.put(film, sha256, FILM) or new


def try_to_share(studio: Studio, film: Path, cover: Path, sha256: str) -> None:
    """Put a film into the store; what keeps it out is told, and the film is finished as well."""
    try:
        share(studio, film, cover, sha256)
    except Elite8Error as trouble:
        then = "elite8 generate share"
        log.get().warning("media.not_shared", sha256=sha256, message=str(trouble), then=then)


def lay_by(studio: Studio, clip: Path, sha256: str) -> None:
    """Put a clip that was paid for into the store, so that any machine can finish it."""
    try:
        if store := shelf(studio):
            store.put(clip, sha256, clip.suffix)
    except Elite8Error as trouble:  # A2E keeps it for three days
        log.get().warning("media.not_laid_by", sha256=sha256, message=str(trouble))


def laid_by(studio: Studio, sha256: str, to: Path) -> bool:
    """Fetch what was laid by; return whether the store had it."""
    try:
        if store := shelf(studio):
            store.get(sha256, to.suffix, to, sha256)
            return True
    except (Elite8Error, FileNotFoundError) as trouble:
        log.get().info("media.not_fetched", sha256=sha256, message=str(trouble))
    return False


def share_all(studio: Studio) -> tuple[Shared, ...]:
    """Put every finished film of this machine into the store; a second run puts none."""
    if shelf(studio) is None:
        raise ConfigError("no store is named: set ELITE8_MEDIA_URL, as s3://BUCKET/FOLDER")
    with studio.database.transaction() as session:
        found = videos.finished(session)
    return tuple(Shared(video=video.id, state=shared(studio, video)) for video in found)


def shared(studio: Studio, video: Video) -> str:
    """Put one film into the store and say what came of it."""
    film, cover = Path(video.path), Path(video.cover)
    if not (film.is_file() and cover.is_file()):
        return "elsewhere"
    return "put" if share(studio, film, cover, video.sha256) else "there"


def at_hand(studio: Studio, ready: Rendition) -> Rendition:
    """Return what goes out with its files on this machine, fetched by hash where they are not.

    Withheld, which is no try, where they are on another machine and in no store.
    """
    if ready.video.is_file() and ready.cover.is_file():
        return ready
    store = shelf(studio)
    if store is None:
        return ready
    folder = studio.settings.state_dir / FETCHED
    film, cover = folder / f"{ready.sha256}{FILM}", folder / f"{ready.sha256}{COVER}"
    try:
        fetch(store, ready.sha256, film, cover)
    except FileNotFoundError:
        raise Withheld(
            f"the film of post {ready.post_id} is neither here nor in {store.name}; run, where it "
            "was made: elite8 generate share"
        ) from None
    return replace(ready, video=film, cover=cover)


def files(studio: Studio, ready: Rendition, *, began: bool) -> Rendition:
    """Return `at_hand`; what may be out is asked about whatever keeps its film away."""
    try:
        return at_hand(studio, ready)
    except Elite8Error:
        if began:
            return ready
        raise


def cover_of(studio: Studio, video: Video) -> Path:
    """Return a cover on this machine, fetched where it is not; a missing one as its row has it."""
    here, store = Path(video.cover), shelf(studio)
    if here.is_file() or store is None:
        return here
    folder = studio.settings.state_dir / FETCHED
    cover = folder / f"{video.sha256}{COVER}"
    try:
        fetch(store, video.sha256, folder / f"{video.sha256}{FILM}", cover)
    except FileNotFoundError:
        return here
    return cover


def fetch(store: Shelf, sha256: str, film: Path, cover: Path) -> None:
    """Have a film and its cover here; FileNotFoundError where the store has them not."""
    if not cover.is_file():
        names = [name for name in store.names(sha256, "-") if name.endswith(COVER)]
        if not names:
            raise FileNotFoundError(sha256)
        store.get(sha256, names[0], cover, names[0].removeprefix("-").removesuffix(COVER))
    if not film.is_file():
        store.get(sha256, FILM, film, sha256)
        log.get().info("media.fetched", sha256=sha256, size=film.stat().st_size)
