from dataclasses import replace
from pathlib import Path

import pytest

from elite8.core.errors import ConfigError
from elite8.core.production import ffmpeg
from elite8.core.production.probe import Media, complaints, probe

FINISHED = Media(
    size_bytes=1,
    duration=15.0,
    faststart=True,
    is_whole=True,
    width=1080,
    height=1920,
    rotation=0,
    pixel_aspect=1,
    video_codec="AVC",
    profile="High",
    chroma="4:2:0",
    depth=8,
    fps=30,
    constant_fps=True,
    audio_codec="AAC",
    sample_rate=48000,
    channels=2,
)


def make_film(path: Path, *, flags: str = "+faststart", sound: bool = True) -> Path:
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=1", "-c:a", "aac", "-ac", "2") if sound else ()
    ffmpeg.run(
        (
            *("-nostdin", "-loglevel", "error"),
            *("-f", "lavfi", "-i", "color=gray:s=1080x1920:r=30:d=1"),
            *tone,
            *("-c:v", "libx264", "-preset", "superfast", "-profile:v", "high"),
            *("-pix_fmt", "yuv420p", "-movflags", flags, f"file:{path}"),
        )
    )
    return path


def test_a_finished_video_has_no_complaints() -> None:
    assert complaints(FINISHED, seconds=15.4) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(FINISHED, width=1920, height=1080), "size is 1920x1080"),
        (replace(FINISHED, rotation=90), "rotation is 90"),
        (replace(FINISHED, pixel_aspect=1.333), "pixel aspect is 1.333"),
        (replace(FINISHED, video_codec="HEVC", profile="Main"), "video codec is HEVC Main"),
        (replace(FINISHED, profile="Baseline"), "video codec is AVC Baseline"),
        (replace(FINISHED, chroma="4:4:4"), "pixels is 4:4:4 8 bit"),
        (replace(FINISHED, depth=10), "pixels is 4:2:0 10 bit"),
        (replace(FINISHED, fps=25), "frame rate is 25 constant"),
        (replace(FINISHED, constant_fps=False), "frame rate is 30 variable"),
        (replace(FINISHED, audio_codec=""), "audio codec is none"),
        (replace(FINISHED, sample_rate=44100), "sample rate is 44100"),
        (replace(FINISHED, channels=1), "channels is 1"),
        (replace(FINISHED, faststart=False), "index stands at the end"),
        (replace(FINISHED, is_whole=False), "breaks off"),
        (replace(FINISHED, duration=15.6), "lasts 15.60 s, not 15.00 s"),
        (replace(FINISHED, duration=14.4), "lasts 14.40 s, not 15.00 s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_difference_is_one_complaint(changed: Media, said: str) -> None:
    (complaint,) = complaints(changed, seconds=15.0)
    assert said in complaint


def test_a_length_nobody_asked_for_is_no_complaint() -> None:
    assert complaints(replace(FINISHED, duration=3), seconds=None) == ()


@pytest.mark.media
def test_a_finished_film_is_read_as_one(tmp_path: Path) -> None:
    media = probe(make_film(tmp_path / "film.mp4"))
    assert complaints(media, seconds=1.0) == ()
    assert media.size_bytes == (tmp_path / "film.mp4").stat().st_size


@pytest.mark.media
def test_a_late_index_and_a_missing_sound_are_seen(tmp_path: Path) -> None:
    media = probe(make_film(tmp_path / "film.mp4", flags="0", sound=False))
    assert (media.faststart, media.audio_codec, media.channels) == (False, "", 0)


@pytest.mark.media
def test_a_film_cut_short_is_not_whole(tmp_path: Path) -> None:
    path = make_film(tmp_path / "film.mp4")
    path.write_bytes(path.read_bytes()[:-2000])
    assert not probe(path).is_whole


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"\xff\xd8\xff\xe0"])
def test_what_is_no_video_is_a_clear_complaint(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"film\.mp4 is not a video"):
        probe(path)


def test_a_missing_file_is_a_clear_complaint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not there"):
        probe(tmp_path / "none.mp4")
