"""Films shared by their hash: whole, the same bytes, and nothing that only asks is held up."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from elite8.core import scratch
from elite8.core.domain.rendition import Rendition
from elite8.core.domain.video import Video, VideoStatus
from elite8.core.errors import ConfigError, Refused, Unavailable, Withheld
from elite8.core.operations import media
from elite8.core.operations.chores import half_done
from elite8.core.settings import Settings
from elite8.core.storage import videos
from elite8.core.storage.media import Shelf, beside, hashed
from elite8.core.studio import Studio

BYTES = b"a film" * 1000


@pytest.fixture
def reached(studio: Studio, tmp_path: Path) -> Studio:
    url = f"file://{tmp_path}/share"
    return replace(studio, settings=studio.settings.model_copy(update={"media_url": url}))


@pytest.fixture
def made(tmp_path: Path) -> Rendition:
    film, cover = tmp_path / "film.mp4", tmp_path / "film.jpg"
    film.write_bytes(BYTES)
    cover.write_bytes(b"a cover")
    sha = hashed(film)
    facts = {"post_id": "p", "video_id": "v", "character": "miyuki", "folder": "f", "facts": {}}
    return Rendition(video=film, cover=cover, sha256=sha, wording=None, **facts)  # type: ignore[arg-type]  # no words


def gone(made: Rendition) -> Rendition:
    """Return what is made as another machine knows it."""
    made.video.unlink()
    made.cover.unlink()
    return made


def test_a_film_is_put_once_and_fetched_by_its_hash(reached: Studio, made: Rendition) -> None:
    assert media.share(reached, made.video, made.cover, made.sha256)
    assert not media.share(reached, made.video, made.cover, made.sha256)
    here = media.at_hand(reached, made)
    assert here is made, "what is here is sent from here"
    there = media.at_hand(reached, gone(made))
    assert (there.video.read_bytes(), there.cover.read_bytes()) == (BYTES, b"a cover")
    assert there.video.parent == reached.settings.state_dir / "fetched"
    assert [one.suffix for one in sorted(there.video.parent.iterdir())] == [".jpg", ".mp4"]


def test_what_a_killed_process_was_fetching_is_swept(reached: Studio) -> None:
    folder = reached.settings.state_dir / "fetched"
    folder.mkdir()
    handle, mine = beside(folder / "film.mp4")
    os.close(handle)
    gone = Path(mine.replace(f"-{os.getpid()}-", "-999999999-"))
    gone.touch()
    scratch.sweep(half_done(reached))
    assert [*folder.iterdir()] == [Path(mine)]


@pytest.mark.parametrize("which", ["*.mp4", "*.jpg"])
def test_other_bytes_than_were_finished_go_nowhere(
    reached: Studio, made: Rendition, tmp_path: Path, which: str
) -> None:
    media.share(reached, made.video, made.cover, made.sha256)
    (kept,) = (tmp_path / "share").rglob(which)
    kept.write_bytes(b"another")
    with pytest.raises(Refused, match="other bytes than were finished"):
        media.at_hand(reached, gone(made))
    assert not list((reached.settings.state_dir / "fetched").rglob("*.part"))
    ready = media.files(reached, made, began=True)
    assert ready is made, "what may be out is asked about all the same"


def test_a_film_that_is_nowhere_waits_and_that_is_no_try(reached: Studio, made: Rendition) -> None:
    with pytest.raises(Withheld, match="run, where it was made: elite8 generate share"):
        media.at_hand(reached, gone(made))


def test_a_store_that_is_away_is_told_and_hides_no_film(
    reached: Studio, made: Rendition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "share").write_text("a file where a folder should be")
    media.try_to_share(reached, made.video, made.cover, made.sha256)
    assert "media.not_shared" in capsys.readouterr().out
    with pytest.raises(Unavailable, match="is it there"):
        Shelf(reached.settings.media_url).put(made.video, made.sha256, ".mp4")


def test_without_a_store_nothing_changes(studio: Studio, made: Rendition) -> None:
    assert not media.share(studio, made.video, made.cover, made.sha256)
    assert media.at_hand(studio, gone(made)) is made
    with pytest.raises(ConfigError, match="set ELITE8_MEDIA_URL"):
        media.share_all(studio)


def test_all_films_of_this_machine_are_shared(
    reached: Studio, made: Rendition, make_video: Callable[..., Video]
) -> None:
    for path in (str(made.video), "/elsewhere.mp4"):
        video = make_video()
        video.status, video.path, video.sha256 = VideoStatus.FINISHED, path, made.sha256
        video.cover = str(made.cover)
        with reached.database.transaction() as session:
            videos.add(session, video)
    assert [one.state for one in media.share_all(reached)] == ["put", "elsewhere"]
    assert [one.state for one in media.share_all(reached)] == ["there", "elsewhere"]
    with reached.database.transaction() as session:
        video = videos.finished(session)[0]
        gone(made)
        assert media.cover_of(reached, video).read_bytes() == b"a cover"


@pytest.mark.parametrize(
    "url", ["films", "s3://key:secret@bucket/films", "s3://bucket", "file:///"]
)
def test_a_wrong_place_is_told(url: str) -> None:
    with pytest.raises(ValueError, match="write s3://BUCKET/FOLDER"):
        Settings(media_url=url)


def test_the_secret_is_only_in_what_signs(studio: Studio) -> None:
    own = {"media_url": "s3://films/x", "media_key": "id", "media_secret": SecretStr("hunter2")}
    signed = replace(studio, settings=studio.settings.model_copy(update=own))
    found = media.shelf(signed)
    assert found
    assert "hunter2" not in f"{found!r} {found.name} {signed!r}"
    assert media.options(signed)["secret"] == "hunter2"
