"""What a video file is, as MediaInfo reads it: in this process, without decoding a frame."""

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from elite8.core.errors import ConfigError

WIDTH, HEIGHT, FPS = 1080, 1920, 30.0
SECONDS_OFF = 0.5
BOXES = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"}
MOST_PIXELS = 36_000_000
"""8K has 33 million."""
MOST_SECONDS = 900
"""No video of ours lasts a quarter of an hour; one that says so is not decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A video file; no sound is all zeros.

    `duration` in seconds, `rotation` in degrees, `profile` without its level; `chroma`
    is `4:2:0` for yuv420p; `is_whole` is false when the file breaks off.
    """

    size_bytes: int
    duration: float
    faststart: bool
    is_whole: bool
    width: int
    height: int
    rotation: float
    pixel_aspect: float
    video_codec: str
    profile: str
    chroma: str
    depth: int
    fps: float
    constant_fps: bool
    audio_codec: str
    sample_rate: int
    channels: int


def is_picture(file: Path) -> bool:
    """Return whether the file can be opened as a picture; one larger than 8K is not opened."""
    import cv2  # here alone is a picture decoded

    return 0 < pixels(file) <= MOST_PIXELS and cv2.imread(str(file)) is not None


def pixels(file: Path) -> int:
    """Return how many pixels a picture says it has, 0 of what is none; nothing is decoded."""
    width, height = size(file)
    return width * height


def size(file: Path) -> tuple[int, int]:
    """Return the width and height that a picture says it has, 0 of what is none; as `pixels`."""
    from pymediainfo import MediaInfo

    with file.open("rb") as content:
        if not content.read(12).startswith((b"\x89PNG", b"\xff\xd8\xff", b"RIFF")):
            return 0, 0
    parsed: Any = MediaInfo.parse(file)
    found = [track.to_data() for track in parsed.tracks if track.track_type == "Image"]
    sizes = [(int(_number(one, "width")), int(_number(one, "height"))) for one in found]
    return max(sizes, key=prod, default=(0, 0))


def is_film(file: Path) -> bool:
    """Return whether a file begins with a box of an MP4 (ISO/IEC 14496-12, 4.2).

    MediaInfo would follow a playlist to the files it names.
    """
    with file.open("rb") as content:
        return content.read(8)[4:] in BOXES


def probe(path: Path) -> Media:
    """Return what the file at `path` is; no file, or one without a picture, is a ConfigError."""
    from pymediainfo import MediaInfo

    if not path.is_file():
        raise ConfigError(f"{path} is not there, or is no file; make the video first")
    try:
        parsed: Any = MediaInfo.parse(path) if is_film(path) else None
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"{path} cannot be read; check who may read it") from error
    tracks: dict[str, dict[str, Any]] = {}
    for track in parsed.tracks if parsed else ():
        tracks.setdefault(track.track_type, track.to_data())
    if "Video" not in tracks:
        raise ConfigError(f"{path} is not a video file, or is cut before its pictures begin")
    return _media(tracks["General"], tracks["Video"], tracks.get("Audio", {}))


def _media(file: dict[str, Any], video: dict[str, Any], audio: dict[str, Any]) -> Media:
    return Media(
        size_bytes=int(_number(file, "file_size")),
        duration=_number(file, "duration") / 1000,
        faststart=file.get("isstreamable") == "Yes",
        is_whole=file.get("istruncated") != "Yes",
        width=int(_number(video, "width")),
        height=int(_number(video, "height")),
        rotation=_number(video, "rotation"),
        pixel_aspect=_number(video, "pixel_aspect_ratio"),
        video_codec=video.get("format", ""),
        profile=str(video.get("format_profile", "")).partition("@")[0],
        chroma=video.get("chroma_subsampling", ""),
        depth=int(_number(video, "bit_depth")),
        fps=_number(video, "frame_rate"),
        constant_fps=video.get("frame_rate_mode") == "CFR",
        audio_codec=audio.get("format", ""),
        sample_rate=int(_number(audio, "sampling_rate")),
        channels=int(_number(audio, "channel_s")),
    )


def _number(track: dict[str, Any], key: str) -> float:
    """Return a number MediaInfo gives as text, as a number or not at all (0)."""
    try:
        return float(track.get(key) or 0)
    except (TypeError, ValueError):
        return 0.0


def complaints(media: Media, *, seconds: float | None) -> tuple[str, ...]:
    """Return how `media` differs from a finished video, in sentences; empty when it is one.

    `seconds` is how long it was to be, `None` when nobody said.
    """
    wanted = (
        ("size", f"{media.width}x{media.height}", f"{WIDTH}x{HEIGHT}"),
        ("rotation", f"{media.rotation:g}", "0"),
        ("pixel aspect", f"{media.pixel_aspect:g}", "1"),
        ("video codec", f"{media.video_codec} {media.profile}", "AVC High"),
        ("pixels", f"{media.chroma} {media.depth} bit", "4:2:0 8 bit"),
        ("frame rate", _rate(media), f"{FPS:g} constant"),
        ("audio codec", media.audio_codec or "none", "AAC"),
        ("sample rate", str(media.sample_rate), "48000"),
        ("channels", str(media.channels), "2"),
    )
    found = [f"{what} is {is_}, not {should}" for what, is_, should in wanted if is_ != should]
    if not media.faststart:
        found.append("the index stands at the end, so it cannot play while it loads")
    if not media.is_whole:
        found.append("the file breaks off before its end")
    if seconds is not None and abs(media.duration - seconds) > SECONDS_OFF:
        found.append(f"it lasts {media.duration:.2f} s, not {seconds:.2f} s")
    return tuple(found)


def _rate(media: Media) -> str:
    return f"{media.fps:g} {'constant' if media.constant_fps else 'variable'}"
