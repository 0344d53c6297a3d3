from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from elite8.core.domain.character import LANGUAGES
from elite8.core.domain.disclosure import Disclosure
from elite8.core.errors import ConfigError, Refused
from elite8.core.production import credentials, ffmpeg, marks
from elite8.core.production.credentials import SigningKey
from elite8.core.production.local import captions, fonts
from elite8.core.production.marks import ExpectedLabel
from elite8.core.production.xmp import Facts

NOW = datetime.now(UTC)  # the C2PA library has no other clock than the machine's
FACTS = Facts(
    performer="Miyuki", language="en", sentence="This video is AI-generated.", version="1"
)
DISCLOSURE = Disclosure.model_validate_json(
    (Path(__file__).parents[2] / "config/compliance/disclosure.json").read_text(encoding="utf-8")
)
SECONDS = 4

pytestmark = pytest.mark.media


def write_label(path: Path, text: str, seconds: float = SECONDS) -> ExpectedLabel:
    label = captions.Label(text=text, seconds=seconds)
    captions.write_ass((), label=label, language="en", accent="#ffffff", path=path)
    return ExpectedLabel(
        subtitles=path, fonts=fonts.folder(), seconds=seconds, width=540, height=960
    )


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExpectedLabel]:
    folder = tmp_path_factory.mktemp("labels")
    return {
        name: write_label(folder / f"{name}.ass", words.on_screen)
        for name, words in DISCLOSURE.languages
    }


@pytest.fixture(scope="module")
def films(
    tmp_path_factory: pytest.TempPathFactory, labels: dict[str, ExpectedLabel]
) -> dict[str, Path]:
    """A restless film under each label, and one without."""
    folder = tmp_path_factory.mktemp("films")
    found = {name: folder / f"{name}.mp4" for name in (*labels, "none")}
    for name, path in found.items():
        burn = ("-vf", marks._subtitles(labels[name])) if name in labels else ()
        ffmpeg.run(
            (
                *("-nostdin", "-loglevel", "error"),
                *("-f", "lavfi", "-i", "testsrc2=s=540x960:r=15:d=6"),
                *burn,
                *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p"),
                *("-movflags", "+faststart", f"file:{path}"),
            )
        )
    return found


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return credentials.generate(tmp_path_factory.mktemp("state") / "signing", now=NOW)


@pytest.fixture(scope="module")
def marked(
    tmp_path_factory: pytest.TempPathFactory, films: dict[str, Path], key: SigningKey
) -> Path:
    path = tmp_path_factory.mktemp("marked") / "film.mp4"
    marks.mark(films["en"], path, key, FACTS)
    return path


def test_a_marked_film_has_all_its_marks(
    marked: Path, labels: dict[str, ExpectedLabel], key: SigningKey
) -> None:
    found = marks.verify(marked, now=NOW, label=labels["en"], serial=key.serial)
    assert found.complaints == ()
    assert found.xmp is not None
    assert found.xmp.language == "en"
    assert found.label is not None
    assert found.label > 0.9
    assert "integrity, not identity" in found.notes[0]


def test_marking_returns_the_hash_of_the_bytes_and_leaves_nothing_else(
    films: dict[str, Path], key: SigningKey, tmp_path: Path
) -> None:
    before = films["none"].read_bytes()
    digest = marks.mark(films["none"], tmp_path / "film.mp4", key, FACTS)
    assert digest == sha256((tmp_path / "film.mp4").read_bytes()).hexdigest()
    assert [each.name for each in tmp_path.iterdir()] == ["film.mp4"]
    assert films["none"].read_bytes() == before


def test_marking_that_fails_leaves_the_old_file(
    films: dict[str, Path], key: SigningKey, tmp_path: Path
) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    with pytest.raises(ConfigError, match="could not be signed"):
        marks.mark(films["none"], target, replace(key, private_key=b"junk"), FACTS)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_film_is_not_marked_twice(marked: Path, key: SigningKey, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="already carries"):
        marks.mark(marked, tmp_path / "again.mp4", key, FACTS)


def test_a_stream_copy_loses_both_marks_and_each_is_named(marked: Path, tmp_path: Path) -> None:
    stripped = tmp_path / "stripped.mp4"
    ffmpeg.run(("-nostdin", "-loglevel", "error", "-i", f"{marked}", "-c", "copy", f"{stripped}"))
    found = marks.verify(stripped, now=NOW)
    assert found.complaints == (
        "the XMP mark is missing",
        "the Content Credentials are missing",
    )


def test_xmp_taken_out_later_breaks_the_credentials_too(marked: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(marked.read_bytes().replace(b"trainedAlgo", b"digitalCapt"))
    about_xmp, about_credentials = marks.verify(changed, now=NOW).complaints
    assert "does not say that AI made it" in about_xmp
    assert "assertion.bmffHash.mismatch" in about_credentials


def test_a_certificate_that_has_ended_is_named(marked: Path) -> None:
    found = marks.verify(marked, now=NOW + timedelta(days=6 * 365))
    assert "the signing certificate ended on" in found.complaints[0]


def test_a_film_signed_by_another_is_named(marked: Path) -> None:
    found = marks.verify(marked, now=NOW, serial="abc123")
    assert "another certificate than ours" in found.complaints[0]


@pytest.mark.parametrize("name", ["none", "ja", "pt", "de", "es"])
def test_no_label_or_one_in_another_language_is_not_taken_for_it(
    films: dict[str, Path], labels: dict[str, ExpectedLabel], name: str
) -> None:
    assert marks.label_score(films[name], labels["en"]) < 0.6


def test_a_label_that_goes_early_counts_as_missing(films: dict[str, Path], tmp_path: Path) -> None:
    whole = write_label(tmp_path / "whole.ass", DISCLOSURE.words("en").on_screen, seconds=6)
    assert marks.label_score(films["en"], whole) < marks.LABEL_SEEN


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_label_is_seen_in_its_own_film(
    films: dict[str, Path], labels: dict[str, ExpectedLabel], name: str
) -> None:
    assert marks.label_score(films[name], labels[name]) > 0.9


def test_a_missing_label_is_a_complaint(
    films: dict[str, Path], labels: dict[str, ExpectedLabel]
) -> None:
    found = marks.verify(films["none"], now=NOW, label=labels["en"])
    assert any("on-screen AI label" in each for each in found.complaints)


def test_an_expected_label_that_draws_nothing_is_refused(
    films: dict[str, Path], labels: dict[str, ExpectedLabel], tmp_path: Path
) -> None:
    lines = labels["en"].subtitles.read_text(encoding="utf-8").splitlines()
    empty = tmp_path / "empty.ass"
    empty.write_text("\n".join(line for line in lines if not line.startswith("Dialogue")))
    with pytest.raises(Refused, match="draws no label"):
        marks.label_score(films["en"], replace(labels["en"], subtitles=empty))
