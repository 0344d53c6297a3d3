"""The outbox: whole or not at all, once, and only the bytes that were checked."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from elite8.core.domain.network import Wording
from elite8.core.domain.rendition import Rendition
from elite8.core.errors import ConfigError, Refused
from elite8.core.platforms.outbox import Outbox


@pytest.fixture
def rendition(tmp_path: Path) -> Rendition:
    video, cover = tmp_path / "v.mp4", tmp_path / "c.jpg"
    video.write_bytes(b"video" * 1000)
    cover.write_bytes(b"cover")
    return Rendition(
        post_id="p1",
        video_id="v1",
        character="miyuki",
        folder="2026-11-23-miyuki-p1",
        video=video,
        cover=cover,
        sha256=hashlib.sha256(video.read_bytes()).hexdigest(),
        wording=Wording(title="T", caption="Hallo こんにちは\n#AI", hashtags=("AI",)),
        facts={"language": "de"},
    )


def test_a_post_has_video_cover_caption_and_sidecar(tmp_path: Path, rendition: Rendition) -> None:
    where = Path(Outbox(tmp_path / "out").publish(rendition).url)
    assert {p.name for p in where.iterdir()} == {
        "video.mp4",
        "cover.jpg",
        "caption.txt",
        "post.json",
    }
    assert (where / "caption.txt").read_text("utf-8") == "Hallo こんにちは\n#AI\n"
    sidecar = json.loads((where / "post.json").read_text("utf-8"))
    assert sidecar["sha256"] == hashlib.sha256((where / "video.mp4").read_bytes()).hexdigest()


def test_a_second_time_changes_nothing(tmp_path: Path, rendition: Rendition) -> None:
    outbox = Outbox(tmp_path / "out")
    first = outbox.publish(rendition)
    before = {p: p.stat().st_mtime_ns for p in Path(first.url).iterdir()}
    assert outbox.publish(rendition) == first
    assert {p: p.stat().st_mtime_ns for p in Path(first.url).iterdir()} == before


def test_other_bytes_than_the_checked_ones_are_refused(
    tmp_path: Path, rendition: Rendition
) -> None:
    rendition.video.write_bytes(b"changed")
    with pytest.raises(Refused, match="not the file that was checked"):
        Outbox(tmp_path / "out").publish(rendition)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, rendition: Rendition) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        Outbox(tmp_path / "out").publish(replace(rendition, cover=tmp_path / "gone.jpg"))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_of_another_post_is_not_touched(tmp_path: Path, rendition: Rendition) -> None:
    outbox = Outbox(tmp_path / "out")
    outbox.publish(rendition)
    with pytest.raises(Refused, match="another post"):
        outbox.publish(replace(rendition, post_id="p2"))


def test_absence_is_proven_before_sending(tmp_path: Path, rendition: Rendition) -> None:
    outbox = Outbox(tmp_path / "out")
    assert outbox.reconcile(rendition) is None
    outbox.publish(rendition)
    assert outbox.reconcile(rendition) is not None


def test_an_outbox_that_is_a_file_is_one_sentence(tmp_path: Path, rendition: Rendition) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        Outbox(tmp_path / "out").publish(rendition)
