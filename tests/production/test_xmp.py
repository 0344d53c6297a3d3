import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from elite8.core.errors import ConfigError, Refused
from elite8.core.production import xmp
from elite8.core.production.xmp import C2PA_BOX, XMP_BOX, DigitalSource, Facts

FACTS = Facts(
    performer="Miyuki & <Co>", language="ja", sentence="AIで生成された「架空」の人", version="1.2"
)
FTYP = (16).to_bytes(4, "big") + b"ftypisom" + bytes(4)
SMALLEST_JPEG = b"\xff\xd8\xff\xe0\x00\x04AB\xff\xda\x00\x02\x00\xff\xd9"


def box(kind: bytes, payload: bytes) -> bytes:
    return (8 + len(payload)).to_bytes(4, "big") + kind + payload


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(FTYP + box(b"moov", b"index") + box(b"mdat", b"pictures"))
    return path


def test_what_was_embedded_is_read_back(film: Path) -> None:
    xmp.embed(film, FACTS)
    mark = xmp.read(film)
    assert mark is not None
    assert mark.says_ai
    assert mark.source.endswith("/trainedAlgorithmicMedia")
    assert (mark.creator, mark.tool, mark.language) == ("elite8", "elite8 1.2", "ja")
    assert mark.description == FACTS.sentence
    assert mark.subjects == ("Miyuki & <Co>", "fictional character")


def test_embedding_changes_no_byte_that_was_there(film: Path) -> None:
    before = film.read_bytes()
    xmp.embed(film, FACTS)
    assert film.read_bytes().startswith(before)


@pytest.mark.parametrize("source", DigitalSource)
def test_each_origin_is_written_as_its_address(film: Path, source: DigitalSource) -> None:
    facts = Facts(performer="A", language="en", sentence="AI", version="1", source=source)
    xmp.embed(film, facts)
    mark = xmp.read(film)
    assert mark is not None
    assert mark.source == source.uri


@pytest.mark.parametrize(
    ("user", "name"), [(C2PA_BOX, "Content Credentials"), (XMP_BOX, "an XMP mark")]
)
def test_a_marked_file_is_refused_and_left_alone(film: Path, user: bytes, name: str) -> None:
    film.write_bytes(film.read_bytes() + box(b"uuid", user + b"<x/>"))
    before = film.read_bytes()
    with pytest.raises(Refused, match=name):
        xmp.embed(film, FACTS)
    assert film.read_bytes() == before


def test_a_last_part_without_a_length_is_refused(film: Path) -> None:
    film.write_bytes(FTYP + bytes(4) + b"mdat and so on")
    with pytest.raises(Refused, match="no length"):
        xmp.embed(film, FACTS)


def test_a_file_without_the_mark_has_none(film: Path) -> None:
    assert xmp.read(film) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"junk" * 30,
        FTYP[:7],
        FTYP + b"\0\0\0\x07moov",
        FTYP + b"\0\0\0\x00",
        FTYP + b"\x7f\xff\xff\xffmdat",
        FTYP + b"\0\0\0\x01mdat" + b"\xff" * 8,
        FTYP + b"\0\0\0\x01mdat" + bytes(8),
        FTYP + b"\0\0\0\x10uuid" + bytes(8),
        FTYP + box(b"free", b"") * 10_001,
    ],
)
def test_a_broken_file_is_one_clear_complaint(film: Path, content: bytes) -> None:
    film.write_bytes(content)
    with pytest.raises(ConfigError, match=r"film\.mp4 is not"):
        xmp.read(film)


def test_a_missing_file_is_one_clear_complaint(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        xmp.read(tmp_path / "none.mp4")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes_never_get_past_a_clear_answer(
    film: Path, content: bytes, has_start: bool
) -> None:
    film.write_bytes(FTYP * has_start + content)
    with suppress(ConfigError):
        assert xmp.read(film) is None


@given(st.binary(max_size=300))
@example(b"<_></_>")
def test_a_random_packet_is_no_mark(content: bytes) -> None:
    assert xmp.parse(content) is None


def test_a_packet_with_entities_is_not_read() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xmp.packet(FACTS)
    assert xmp.parse(bomb) is None


@pytest.mark.parametrize("letters", ["utf-16", "utf-16-be", "cp037"])
def test_entities_hide_in_no_other_letters(letters: str) -> None:
    rdf, dc = xmp.NAMESPACES["rdf"], xmp.NAMESPACES["dc"]
    bomb = (
        f'<?xml version="1.0" encoding="{letters}"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        f'<r:RDF xmlns:r="{rdf}" xmlns:d="{dc}"><r:Description>'
        "<d:creator>&a;</d:creator></r:Description></r:RDF>"
    )
    assert xmp.parse(bomb.encode(letters)) is None


def test_a_huge_packet_is_not_read(film: Path) -> None:
    film.write_bytes(FTYP + box(b"uuid", XMP_BOX + bytes(xmp.MOST_BYTES)))
    assert xmp.read(film) is None


def test_an_origin_written_as_an_attribute_is_read() -> None:
    rdf, iptc = xmp.NAMESPACES["rdf"], xmp.NAMESPACES["Iptc4xmpExt"]
    root = ET.Element(f"{{{rdf}}}RDF")
    ET.SubElement(root, f"{{{rdf}}}Description", {f"{{{iptc}}}DigitalSourceType": "x"})
    mark = xmp.parse(ET.tostring(root))
    assert mark is not None
    assert (mark.source, mark.says_ai) == ("x", False)


def test_a_cover_carries_the_mark_after_its_first_segment() -> None:
    marked = xmp.embed_jpeg(SMALLEST_JPEG, FACTS)
    mark = xmp.read_jpeg(marked)
    assert mark is not None
    assert mark.description == FACTS.sentence
    assert marked.startswith(SMALLEST_JPEG[:8])
    assert marked.endswith(SMALLEST_JPEG[8:])


def test_a_cover_marked_twice_is_refused() -> None:
    with pytest.raises(Refused, match="already"):
        xmp.embed_jpeg(xmp.embed_jpeg(SMALLEST_JPEG, FACTS), FACTS)


def test_a_cover_mark_too_long_for_a_jpeg_is_refused() -> None:
    facts = Facts(performer="A", language="en", sentence="AI" * 40_000, version="1")
    with pytest.raises(Refused, match="longer"):
        xmp.embed_jpeg(SMALLEST_JPEG, facts)


def test_an_unmarked_cover_has_none() -> None:
    assert xmp.read_jpeg(SMALLEST_JPEG) is None


@pytest.mark.parametrize("data", [b"", b"PNG", b"\xff\xd8\xff\xe1\x00", b"\xff\xd8\xff\xe1\0\x01"])
def test_a_cover_that_is_no_jpeg_is_a_clear_complaint(data: bytes) -> None:
    with pytest.raises(ConfigError, match="JPEG"):
        xmp.embed_jpeg(data, FACTS)


@given(st.binary(max_size=100))
def test_random_cover_bytes_never_get_past_a_clear_answer(content: bytes) -> None:
    with suppress(ConfigError):
        assert xmp.read_jpeg(b"\xff\xd8" + content) is None
