import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from elite8.core.errors import ConfigError, Refused
from elite8.core.production import credentials, ffmpeg, xmp
from elite8.core.production.credentials import CERTIFICATE, PRIVATE_KEY, SigningKey
from elite8.core.production.xmp import Facts

NOW = datetime.now(UTC)  # the C2PA library has no other clock than the machine's
FACTS = Facts(
    performer="Miyuki", language="en", sentence="This video is AI-generated.", version="1"
)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return credentials.generate(tmp_path_factory.mktemp("state") / "signing", now=NOW)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    ffmpeg.run(
        (
            *("-nostdin", "-loglevel", "error"),
            *("-f", "lavfi", "-i", "testsrc2=s=180x320:r=30:d=1"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *("-movflags", "+faststart", f"file:{path}"),
        )
    )
    return path


@pytest.fixture
def signed(film: Path, key: SigningKey, tmp_path: Path) -> Path:
    path = tmp_path / "signed.mp4"
    credentials.sign(film, path, key, FACTS)
    return path


def test_a_generated_key_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "signing"
    credentials.generate(folder, now=NOW)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


def test_a_key_is_generated_once(tmp_path: Path) -> None:
    first = credentials.generate(tmp_path / "signing", now=NOW)
    assert credentials.generate(tmp_path / "signing", now=NOW) == first


def test_of_many_that_generate_at_once_all_use_one_whole_pair(tmp_path: Path) -> None:
    gate = threading.Barrier(4)

    def generate() -> SigningKey:
        gate.wait()
        return credentials.generate(tmp_path / "signing", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(generate) for _ in range(4)]]
    assert len({each.serial for each in found}) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["signing"]


def test_a_key_never_shows(key: SigningKey) -> None:
    assert "PRIVATE" in key.private_key.decode()
    assert "PRIVATE" not in repr(key)
    assert key.private_key.decode().splitlines()[1] not in f"{key!r} {key}"


def test_a_certificate_that_ends_soon_is_told(key: SigningKey) -> None:
    assert key.warning(NOW) is None
    assert "renew" in str(key.warning(key.expires - timedelta(days=29)))


@pytest.mark.parametrize("years", [-1, 6])
def test_a_certificate_out_of_its_time_is_refused(tmp_path: Path, years: int) -> None:
    credentials.generate(tmp_path / "signing", now=NOW)
    with pytest.raises(ConfigError, match="not today"):
        credentials.generate(tmp_path / "signing", now=NOW + timedelta(days=365 * years))


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        credentials.generate(tmp_path / name, now=NOW)
    with pytest.raises(ConfigError, match="does not belong"):
        credentials.load(tmp_path / "one" / CERTIFICATE, tmp_path / "two" / PRIVATE_KEY, now=NOW)


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    credentials.generate(tmp_path / "signing", now=NOW)
    (tmp_path / "signing" / PRIVATE_KEY).chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        credentials.generate(tmp_path / "signing", now=NOW)


@pytest.mark.parametrize("name", [CERTIFICATE, PRIVATE_KEY])
@pytest.mark.parametrize("content", [b"", b"S3CRET junk", b"-----BEGIN PRIVATE KEY-----\nS3CRET"])
def test_an_unusable_file_is_named_and_not_quoted(
    tmp_path: Path, name: str, content: bytes
) -> None:
    credentials.generate(tmp_path / "signing", now=NOW)
    (tmp_path / "signing" / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        credentials.generate(tmp_path / "signing", now=NOW)
    assert name in str(caught.value)
    assert "S3CRET" not in str(caught.value)


def test_a_missing_file_of_the_operator_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"mine\.pem cannot be read"):
        credentials.load(tmp_path / "mine.pem", tmp_path / "mine.key", now=NOW)


@pytest.mark.media
def test_a_signed_file_says_who_made_it_and_how(signed: Path, key: SigningKey) -> None:
    found = credentials.read(signed)
    assert found is not None
    assert found.is_whole
    assert not found.is_trusted
    assert (found.serial, found.expires) == (key.serial, key.expires)
    assert (found.generator, found.actions) == ("elite8", ("c2pa.created",))
    assert found.source.endswith("/trainedAlgorithmicMedia")
    assert found.description == FACTS.sentence


@pytest.mark.media
def test_an_unsigned_file_has_none(film: Path) -> None:
    assert credentials.read(film) is None


@pytest.mark.media
def test_a_file_that_is_signed_already_is_refused(
    signed: Path, key: SigningKey, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="already carries"):
        credentials.sign(signed, tmp_path / "again.mp4", key, FACTS)


@pytest.mark.media
def test_xmp_after_the_credentials_is_refused(signed: Path) -> None:
    with pytest.raises(Refused, match="Content Credentials"):
        xmp.embed(signed, FACTS)


@pytest.mark.media
def test_one_flipped_byte_of_the_picture_is_invalid(signed: Path) -> None:
    with signed.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        byte = file.read(1)[0]
        file.seek(-100, os.SEEK_END)
        file.write(bytes([byte ^ 1]))
    found = credentials.read(signed)
    assert found is not None
    assert found.state == "Invalid"
    assert "assertion.bmffHash.mismatch" in found.problems


@pytest.mark.media
def test_damaged_credentials_are_invalid_and_no_traceback(signed: Path) -> None:
    content = bytearray(signed.read_bytes())
    box = next(each for each in xmp.boxes(signed) if each.user == xmp.C2PA_BOX)
    content[box.start : box.end] = b"\xff" * (box.end - box.start)
    signed.write_bytes(content)
    found = credentials.read(signed)
    assert found is not None
    assert found.state == "Invalid"
    assert found.problems


@pytest.mark.media
def test_a_certificate_that_ended_signs_nothing_and_leaves_no_file(
    film: Path, tmp_path: Path
) -> None:
    then = NOW - timedelta(days=3000)
    old = credentials.generate(tmp_path / "signing", now=then)
    with pytest.raises(ConfigError, match="not valid at time of signing"):
        credentials.sign(film, tmp_path / "signed.mp4", old, FACTS)
    assert not (tmp_path / "signed.mp4").exists()
