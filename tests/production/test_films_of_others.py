"""Attacks by files that others made: what is called a film and is something else, or too much."""

import struct
import zlib
from pathlib import Path

import pytest

from elite8.core.domain.job import Family, Job
from elite8.core.errors import ConfigError, Refused
from elite8.core.operations import fetch
from elite8.core.production import dress, ffmpeg, probe, stills

QUIET = ("-nostdin", "-loglevel", "error", "-f", "lavfi")
PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1.0,\npart.ts\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile part.ts\n"
REMOTE = CONCAT.replace("part.ts", "http://169.254.169.254/latest")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A film of this machine that nobody meant to give away."""
    tone = ("-i", "sine=d=0.3", "-c:a", "aac", f"file:{tmp_path / 'part.ts'}")
    seen = ("-f", "lavfi", "-i", "testsrc=d=0.3:s=32x32", "-c:v", "libx264")
    ffmpeg.run((*QUIET, *tone[:2], *seen, *tone[2:]))
    return tmp_path


@pytest.mark.media
@pytest.mark.parametrize("script", [PLAYLIST, CONCAT, REMOTE])
def test_a_list_of_files_that_is_called_a_film_reads_none_of_them(
    script: str, secret: Path
) -> None:
    film = secret / "result.mp4"
    film.write_text(script, encoding="utf-8")
    with pytest.raises(ConfigError, match="not a video file"):
        probe.probe(film)
    with pytest.raises(Refused):
        dress.listen(film)
    with pytest.raises(Refused):
        stills.still(film, 8, 8)


@pytest.mark.media
@pytest.mark.parametrize("asked", ["testsrc=d=1000:r=1:s=16x16", "testsrc=d=0.1:s=8192x8192"])
def test_a_result_without_measure_is_refused_before_it_is_decoded(
    asked: str, tmp_path: Path
) -> None:
    film = tmp_path / "result.mp4"
    shape = ("-c:v", "libx264", "-preset", "ultrafast", "-frames:v", "1000", f"file:{film}")
    ffmpeg.run((*QUIET, "-i", asked, *shape))
    assert film.stat().st_size < 1 << 20
    with pytest.raises(Refused, match="not a whole video"):
        fetch.check(Job(family=Family.AVATAR_VIDEO), film)  # type: ignore[call-arg]  # its kind is enough


def png(width: int, height: int) -> bytes:
    """Return a whole PNG of one bit a pixel, all black: it packs a thousandfold."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        packed = kind + body
        return struct.pack(">I", len(body)) + packed + struct.pack(">I", zlib.crc32(packed))

    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_gigabytes_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "result.png"
    file.write_bytes(png(40_000, 20_000))
    assert file.stat().st_size < 1 << 20
    assert probe.pixels(file) == 800_000_000
    assert not probe.is_picture(file)


def test_a_picture_is_one_and_a_page_in_its_place_is_none(tmp_path: Path) -> None:
    file = tmp_path / "result.png"
    file.write_bytes(png(64, 64))
    assert probe.is_picture(file)
    file.write_bytes(b"<html>expired</html>")
    assert not probe.is_picture(file)
