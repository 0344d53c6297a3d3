"""All marks of a finished video: written last, and read back from the very bytes to be uploaded."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elite8.core import scratch
from elite8.core.errors import Refused
from elite8.core.production import credentials, ffmpeg, xmp
from elite8.core.production.credentials import Credential, SigningKey
from elite8.core.production.xmp import Facts, XmpMark

Grey = NDArray[np.uint8]

LABEL_SEEN = 0.8
"""Correlation from which a label counts as there; measured 2026-11 at 1080x1920 on a test card,
noise, black and white: its own at least 0.93, another language's at most 0.43, none 0.05."""
LOOKS_PER_SECOND = 2
COVERS = 0.4
"""Opacity from which a pixel is the label's own: its text, its outline, a half-clear plate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedLabel:
    """The label that should be on the screen for `seconds`, as the ASS file that draws it alone.

    `program` is another FFmpeg than the packaged one.
    """

    subtitles: Path
    fonts: Path | None
    seconds: float
    width: int = 1080
    height: int = 1920
    program: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was read back; `label` is the worst correlation seen, `None` when nobody looked.

    `complaints` forbid publishing, `notes` do not.
    """

    xmp: XmpMark | None
    credential: Credential | None
    label: float | None
    complaints: tuple[str, ...]
    notes: tuple[str, ...]


def mark(source: Path, target: Path, key: SigningKey, facts: Facts) -> str:
    """Write `source` with both marks to `target`, whole or not at all; return its SHA-256.

    XMP comes first: the credentials' hash covers it, and nothing may be written after them.
    """
    with scratch.folder("marks", target.parent) as folder:
        plain, signed = Path(folder, "plain.mp4"), Path(folder, "signed.mp4")
        shutil.copyfile(source, plain)
        xmp.embed(plain, facts)
        credentials.sign(plain, signed, key, facts)
        digest = _sealed(signed)
        signed.replace(target)
    return digest


def _sealed(path: Path) -> str:
    """Return the SHA-256 of `path`, its bytes safely on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(
    path: Path, *, now: datetime, label: ExpectedLabel | None = None, serial: str | None = None
) -> Marks:
    """Return the marks of the MP4 at `path`; `serial` is of the certificate it should bear."""
    plain, credential = xmp.read(path), credentials.read(path)
    score = None if label is None else label_score(path, label)
    complaints = [*_about_xmp(plain), *_about_credential(credential, now, serial)]
    if score is not None and score < LABEL_SEEN:
        complaints.append("the on-screen AI label is missing, or not the one expected")
    return Marks(
        xmp=plain,
        credential=credential,
        label=score,
        complaints=tuple(complaints),
        notes=_notes(credential),
    )


def _about_xmp(found: XmpMark | None) -> Iterator[str]:
    if found is None:
        yield "the XMP mark is missing"
    elif not found.says_ai:
        yield f"the XMP mark does not say that AI made it: {found.source or 'no source'}"


def _about_credential(found: Credential | None, now: datetime, serial: str | None) -> Iterator[str]:
    if found is None:
        yield "the Content Credentials are missing"
        return
    if not found.is_whole:
        yield f"the Content Credentials do not hold: {', '.join(found.problems) or found.state}"
    elif found.source not in {each.uri for each in xmp.DigitalSource}:
        yield "the Content Credentials do not say that AI made it"
    if found.expires is not None and found.expires <= now:
        yield f"the signing certificate ended on {found.expires:%Y-%m-%d}"
    if serial is not None and found.serial != serial:
        yield "the Content Credentials are signed with another certificate than ours"


def _notes(found: Credential | None) -> tuple[str, ...]:
    if found is None or not found.is_whole or found.is_trusted:
        return ()
    return ("the signer is not on a public list: the signature proves integrity, not identity",)


def label_score(path: Path, expected: ExpectedLabel) -> float:
    """Return how well the label is seen while it should be: 1 is perfect, 0 is none.

    It is the worst of several looks, so that a label that goes too early counts as missing. The
    label's own pixels (text, outline, plate) are compared, not the picture around them.
    """
    drawn, own = _drawn(expected)
    if not own.any():
        raise Refused(f"{expected.subtitles} draws no label; its font may be missing")
    rows, columns = (np.flatnonzero(own.any(axis=axis)) for axis in (1, 0))
    area = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    looks = _looks(path, expected, area)
    wanted, mask = drawn[area], own[area]
    return min((_correlation(look[mask], wanted[mask]) for look in looks), default=0.0)


def _drawn(expected: ExpectedLabel) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the label on mid grey, and which pixels are its own.

    Drawn on black and on white, the two differ by what shines through.
    """
    size = f"{expected.width}x{expected.height}"
    grounds = [f"color={name}:s={size}:r=1:d=1" for name in ("black", "white")]
    draw = f"setpts=PTS+{expected.seconds / 2}/TB,{_subtitles(expected)},format=gray"
    done = ffmpeg.run(
        (
            *("-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", grounds[0]),
            *("-f", "lavfi", "-i", grounds[1]),
            *("-filter_complex", f"[0]{draw}[a];[1]{draw}[b];[a][b]vstack"),
            *("-frames:v", "1", "-f", "rawvideo", "pipe:1"),
        ),
        program=expected.program,
    )
    shape = 2, expected.height, expected.width
    on_black, on_white = np.frombuffer(done.stdout, dtype=np.uint8).reshape(shape).astype(float)
    return (on_black + on_white) / 2, on_white - on_black < 255 * (1 - COVERS)


def _subtitles(expected: ExpectedLabel) -> str:
    fonts = "" if expected.fonts is None else f":fontsdir={ffmpeg.quote(str(expected.fonts))}"
    return f"ass=filename={ffmpeg.quote(str(expected.subtitles))}{fonts}"


def _looks(path: Path, expected: ExpectedLabel, area: tuple[slice, slice]) -> Grey:
    """Return what the video shows in `area`, several times while the label should be there."""
    height, width = (each.stop - each.start for each in area)
    view = (
        f"fps={LOOKS_PER_SECOND},scale={expected.width}:{expected.height},format=gray,"
        f"crop={width}:{height}:{area[1].start}:{area[0].start}"
    )
    done = ffmpeg.run(
        (
            *("-nostdin", "-loglevel", "error", "-t", f"{expected.seconds}", *ffmpeg.read(path)),
            *("-map", "0:v:0", "-vf", view, "-f", "rawvideo", "pipe:1"),
        ),
        program=expected.program,
    )
    return np.frombuffer(done.stdout, dtype=np.uint8).reshape(-1, height, width)


def _correlation(seen: Grey, wanted: NDArray[np.float64]) -> float:
    """Return Pearson's r of two sets of pixels; 0 when one of them is flat."""
    one, other = seen - seen.mean(), wanted - wanted.mean()
    size = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / size if size else 0.0
