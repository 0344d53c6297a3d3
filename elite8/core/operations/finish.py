"""Mark a filmed video, and read back what a file carries."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from elite8 import __version__
from elite8.core import scratch
from elite8.core.domain.character import Character, Language
from elite8.core.errors import Refused
from elite8.core.operations.signing import signing_key
from elite8.core.production import marks, probe, xmp
from elite8.core.production.local import captions, fonts
from elite8.core.production.marks import ExpectedLabel, Marks
from elite8.core.production.probe import Media
from elite8.core.production.xmp import Facts
from elite8.core.studio import Studio

NEUTRAL = "#ffffff"
"""The label's own colour does not change with the performer; only its words do."""
MOST_KNOWN = 512
"""Files whose marks are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a file carries; `missing` has a sentence for each thing that keeps it from going out."""

    file: Path
    media: Media
    marks: Marks
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield check, verdict and what was found, for people."""
        label, plain, signed = self.marks.label, self.marks.xmp, self.marks.credential
        seen = label is not None and not any("label" in line for line in self.missing)
        yield "on-screen label", verdict(ok=seen), "" if label is None else f"match {label:.2f}"
        yield "XMP", verdict(ok=bool(plain and plain.says_ai)), plain.source if plain else ""
        whole = bool(signed and signed.is_whole)
        yield "C2PA", verdict(ok=whole), f"{signed.state}, {signed.issuer}" if signed else ""
        faults = probe.complaints(self.media, seconds=None)
        yield "format", "WRONG" if faults else "ok", self.media_line()

    def media_line(self) -> str:
        """Return the format in one line."""
        m = self.media
        return f"{m.width}x{m.height}, {m.duration:.2f} s, {m.size_bytes / 1e6:.1f} MB"


def verdict(*, ok: bool) -> str:
    """Return the verdict in words; colour is never the only signal."""
    return "ok" if ok else "MISSING"


def facts(studio: Studio, character: Character, language: Language) -> Facts:
    """Return what the marks of this character's videos say."""
    return Facts(
        performer=character.name,
        language=language,
        sentence=studio.config.disclosure.words(language).caption_sentence,
        version=__version__,
    )


def mark(
    studio: Studio, filmed: Path, target: Path, character: Character, language: Language
) -> str:
    """Write the marked video to `target`, whole or not at all; return the SHA-256 of its bytes."""
    return marks.mark(filmed, target, signing_key(studio), facts(studio, character, language))


def mark_cover(studio: Studio, jpeg: bytes, character: Character, language: Language) -> bytes:
    """Return the cover with its XMP mark."""
    return xmp.embed_jpeg(jpeg, facts(studio, character, language))


def label(studio: Studio, language: Language) -> captions.Label:
    """Return the on-screen label in `language`."""
    disclosure = studio.config.disclosure
    return captions.Label(text=disclosure.words(language).on_screen, seconds=disclosure.seconds)


def verify(studio: Studio, file: Path) -> Verified:
    """Return what `file` carries: on-screen label, XMP, C2PA, format.

    The label is looked for in the language that the XMP names, else in every one.
    """
    media = probe.probe(file)
    plain = xmp.read(file)
    named = [code for code in get_args(Language) if plain and plain.language == code]
    best = max(
        (_with_label(studio, file, media, code) for code in named or get_args(Language)),
        key=lambda found: found.label or 0.0,
    )
    return Verified(
        file=file,
        media=media,
        marks=best,
        missing=(*best.complaints, *probe.complaints(media, seconds=None)),
        notes=best.notes,
    )


def verified(studio: Studio, file: Path, sha256: str) -> Verified:
    """Return what `file` carries, remembered by its bytes; a file that is gone is Refused.

    So is a video without one, as in a synthetic studio. Bytes other than those of `sha256` are
    missing something whatever their marks.
    """
    if not file.name:
        raise Refused("the video has no file; make it again")
    try:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, "sha256").hexdigest()
    except FileNotFoundError:
        raise Refused(f"{file} is gone; make the video again") from None
    known = (found, studio.clock().date())
    if known not in studio.verified:
        if len(studio.verified) >= MOST_KNOWN:
            studio.verified.clear()
        studio.verified[known] = verify(studio, file)
    seen: Verified = studio.verified[known]
    if found == sha256:
        return seen
    changed = "it is not the file that was finished; make the video again"
    return replace(seen, file=file, missing=(changed, *seen.missing))


def _with_label(studio: Studio, file: Path, media: Media, language: Language) -> Marks:
    shown = label(studio, language)
    with scratch.folder() as half:
        subtitles = Path(half) / "label.ass"
        captions.write_ass((), label=shown, language=language, accent=NEUTRAL, path=subtitles)
        expected = ExpectedLabel(
            subtitles=subtitles,
            fonts=fonts.folder(),
            seconds=min(shown.seconds, media.duration),
            program=studio.settings.ffmpeg,
        )
        return marks.verify(file, now=studio.clock(), label=expected)
