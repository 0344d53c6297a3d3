"""The plain mark: an XMP packet saying that a file was made by AI, in an MP4 or a JPEG.

It is written before the Content Credentials, whose hash covers it.
"""

import os
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from elite8.core.errors import ConfigError, Refused

XMP_BOX = bytes.fromhex("BE7ACFCB97A942E89C71999491E3AFAC")
"""Source: Adobe, XMP specification part 3, section 1.2.8 (MPEG-4)."""
C2PA_BOX = bytes.fromhex("D8FEC3D61B0E483C92975828877EC481")
"""Source: C2PA technical specification, section A.5 (BMFF-based formats)."""
JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
MOST_BOXES = 10_000
MOST_BYTES = 1 << 20
APP0 = 0xE0
SEGMENT_BYTES = 0xFFFF - 2


class DigitalSource(StrEnum):
    """How IPTC names the origin of a picture or a film.

    Strictly our film is a composite: pictures drawn by an algorithm, a voice from a trained model.
    `TRAINED` is the default all the same: it is the value that every network documents as the one
    it labels, nothing in the film came from a camera, and it discloses more rather than less.
    """

    TRAINED = "trainedAlgorithmicMedia"
    COMPOSITE = "compositeWithTrainedAlgorithmicMedia"
    ALGORITHMIC = "algorithmicMedia"

    @property
    def uri(self) -> str:
        """The term's address in the IPTC vocabulary."""
        return VOCABULARY + self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What both marks say; `sentence` is the disclosure in `language`."""

    performer: str
    language: str
    sentence: str
    version: str
    source: DigitalSource = DigitalSource.TRAINED


@dataclass(frozen=True, slots=True, kw_only=True)
class XmpMark:
    """What a packet says; empty where it says nothing. `source` is the vocabulary's address."""

    source: str
    creator: str
    tool: str
    language: str
    description: str
    subjects: tuple[str, ...]

    @property
    def says_ai(self) -> bool:
        """Whether it names an origin that networks take for AI."""
        return self.source in {each.uri for each in DigitalSource}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A top-level part of an MP4; its payload lies from `start` to `end`, `user` names a uuid."""

    kind: bytes
    start: int
    end: int
    open_ended: bool
    user: bytes


def packet(facts: Facts) -> bytes:
    """Return the XMP packet that says `facts`, in UTF-8."""
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    subjects = _items("Bag", facts.performer, "fictional character")
    text = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF{names}><rdf:Description rdf:about="">'
        f"<Iptc4xmpExt:DigitalSourceType>{facts.source.uri}</Iptc4xmpExt:DigitalSourceType>"
        f"<xmp:CreatorTool>elite8 {escape(facts.version)}</xmp:CreatorTool>"
        f"<dc:creator>{_items('Seq', 'elite8')}</dc:creator>"
        f"<dc:language>{_items('Bag', facts.language)}</dc:language>"
        f"<dc:subject>{subjects}</dc:subject>"
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{escape(facts.sentence)}</rdf:li>'
        "</rdf:Alt></dc:description>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    return text.encode()


def _items(kind: str, *texts: str) -> str:
    lines = "".join(f"<rdf:li>{escape(text)}</rdf:li>" for text in texts)
    return f"<rdf:{kind}>{lines}</rdf:{kind}>"


def parse(packet: bytes) -> XmpMark | None:
    """Return what `packet` says, or `None` when it is not XMP that can be read safely."""
    # Without a document type there are no entities, so nothing can expand. None hides in other
    # letters: in MP4 and JPEG a packet is UTF-8 (part 3, 1.2.8), and what has a NUL is UTF-16.
    if len(packet) > MOST_BYTES or b"<!" in packet or b"\0" in packet:
        return None
    try:
        root = ET.fromstring(packet.decode())  # noqa: S314  small, and free of entities: said above
    except (ET.ParseError, ValueError, LookupError):
        return None
    tree = list(root.iter(_name("rdf", "Description")))
    if not tree:
        return None
    source = _values(tree, "Iptc4xmpExt", "DigitalSourceType")
    return XmpMark(
        source=_first(source),
        creator=_first(_values(tree, "dc", "creator")),
        tool=_first(_values(tree, "xmp", "CreatorTool")),
        language=_first(_values(tree, "dc", "language")),
        description=_first(_values(tree, "dc", "description")),
        subjects=_values(tree, "dc", "subject"),
    )


def _name(prefix: str, local: str) -> str:
    return f"{{{NAMESPACES[prefix]}}}{local}"


def _values(tree: list[ET.Element], prefix: str, local: str) -> tuple[str, ...]:
    """Return a property's texts; XMP allows it as an attribute, an element or a list."""
    name = _name(prefix, local)
    found = [each.get(name) or "" for each in tree]
    for owner in (each for parent in tree for each in parent.findall(name)):
        found += [owner.text or "", owner.get(_name("rdf", "resource")) or ""]
        found += [item.text or "" for item in owner.iter(_name("rdf", "li"))]
    return tuple(text.strip() for text in found if text.strip())


def _first(texts: tuple[str, ...]) -> str:
    return texts[0] if texts else ""


def embed(path: Path, facts: Facts) -> None:
    """Append the XMP box to the MP4 at `path`, whole or not at all.

    A file that carries XMP or Content Credentials already is `Refused`: a second packet would
    contradict the first, and one byte after the credentials makes them invalid.
    """
    found = boxes(path)
    for user, name in ((C2PA_BOX, "Content Credentials"), (XMP_BOX, "an XMP mark")):
        if any(box.user == user for box in found):
            raise Refused(f"{path} already carries {name}; mark the file that has no marks yet")
    if found[-1].open_ended:
        raise Refused(f"{path}: its last part has no length; remux it before it is marked")
    payload = packet(facts)
    box = (24 + len(payload)).to_bytes(4, "big") + b"uuid" + XMP_BOX + payload
    with path.open("r+b") as file:
        before = file.seek(0, os.SEEK_END)
        try:
            file.write(box)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise


def read(path: Path) -> XmpMark | None:
    """Return the XMP mark of the MP4 at `path`, or `None` when it carries none that can be read."""
    for box in boxes(path):
        if box.user == XMP_BOX and box.end - box.start <= MOST_BYTES:
            with _opened(path) as file:
                file.seek(box.start)
                return parse(file.read(box.end - box.start))
    return None


def boxes(path: Path) -> tuple[Box, ...]:
    """Return the top-level boxes of the MP4 at `path`; a broken chain is a ConfigError."""
    with _opened(path) as file:
        size = file.seek(0, os.SEEK_END)
        found = tuple(_boxes(file, size, path))
    if not found or found[0].kind != b"ftyp":
        raise ConfigError(f"{path} is not an MP4 file")
    return found


def _boxes(file: BinaryIO, size: int, path: Path) -> Iterator[Box]:
    at = 0
    for _ in range(MOST_BOXES):
        if at == size:
            return
        file.seek(at)
        header = file.read(32)
        length, kind, start = int.from_bytes(header[:4], "big"), header[4:8], at + 8
        end = at + length if length else size
        if length == 1:
            start, end = at + 16, at + int.from_bytes(header[8:16], "big")
        user = header[start - at : start - at + 16] if kind == b"uuid" else b""
        start += 16 if kind == b"uuid" else 0
        if len(header) < 8 or not start <= end <= size:  # noqa: PLR2004  ISO 14496-12, 4.2
            raise ConfigError(f"{path} is not a whole MP4 file: it breaks off at byte {at}")
        yield Box(kind=kind, start=start, end=end, open_ended=length == 0, user=user)
        at = end
    raise ConfigError(f"{path} is not a sound MP4 file: more than {MOST_BOXES} parts")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error


def embed_jpeg(data: bytes, facts: Facts) -> bytes:
    """Return the JPEG `data` with the XMP mark; one that is marked already is `Refused`."""
    segments = tuple(_segments(data))
    if any(payload.startswith(JPEG_XMP) for _, _, payload in segments):
        raise Refused("the cover already carries an XMP mark; mark the one that has none yet")
    payload = JPEG_XMP + packet(facts)
    if len(payload) > SEGMENT_BYTES:
        raise Refused("the cover's XMP mark is longer than a JPEG can hold; shorten its sentence")
    # JFIF wants its own segment first; XMP follows it.
    at = next((end for marker, end, _ in segments if marker == APP0), 2)
    segment = b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload
    return data[:at] + segment + data[at:]


def read_jpeg(data: bytes) -> XmpMark | None:
    """Return the XMP mark of the JPEG `data`, or `None`."""
    for _, _, payload in _segments(data):
        if payload.startswith(JPEG_XMP):
            return parse(payload.removeprefix(JPEG_XMP))
    return None


def _segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield marker, end and payload of the segments before the picture's own bytes."""
    if data[:2] != b"\xff\xd8":
        raise ConfigError("the cover is not a JPEG picture")
    at = 2
    while (head := data[at : at + 4])[:1] == b"\xff" and head[1:2] not in {b"\xda", b"\xd9"}:
        length = int.from_bytes(head[2:4], "big")
        end = at + 2 + length
        if len(head) < 4 or length < 2 or end > len(data):  # noqa: PLR2004  ITU T.81, B.1.1.4
            raise ConfigError("the cover is not a whole JPEG picture")
        yield head[1], end, data[at + 4 : end]
        at = end
