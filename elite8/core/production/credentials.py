"""The signed mark: Content Credentials (C2PA), and the key they are signed with.

A certificate of our own making proves that no byte has changed since, not who we are: networks
may ignore a signer they do not know. An operator with a certificate from a known authority can
bring it. Everything here works without a network.
"""

import json
import os
import secrets
import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from elite8.core.errors import ConfigError, Refused
from elite8.core.production.xmp import C2PA_BOX, Facts, boxes

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

CERTIFICATE, PRIVATE_KEY = "certificate.pem", "key.pem"
LIFETIME = timedelta(days=5 * 365)
"""Ours. Without a time-stamp service a signature is believed only as long as its certificate."""
WARN_BEFORE = timedelta(days=30)
CLOCKS_DIFFER = timedelta(days=1)
UNTRUSTED = "signingCredential.untrusted"
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A certificate chain, its own certificate first, and its private key, which is never shown."""

    chain: bytes
    private_key: bytes = field(repr=False)
    serial: str
    expires: datetime

    def warning(self, now: datetime) -> str | None:
        """Return what to tell the operator when the certificate ends soon."""
        if self.expires - now > WARN_BEFORE:
            return None
        return f"the signing certificate ends on {self.expires:%Y-%m-%d}; renew it before then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What the credentials in a file say, and whether they hold.

    `state` is `Trusted`, `Valid` (whole, but the signer is unknown) or `Invalid`; `problems` are
    C2PA's own codes. `serial` is the certificate's number in lower-case hexadecimal.
    """

    state: str
    problems: tuple[str, ...]
    issuer: str
    serial: str
    expires: datetime | None
    generator: str
    actions: tuple[str, ...]
    source: str
    description: str

    @property
    def is_whole(self) -> bool:
        """Whether nothing has changed since it was signed."""
        return self.state in {"Valid", "Trusted"}

    @property
    def is_trusted(self) -> bool:
        """Whether the signer is on the reader's list of known authorities."""
        return self.state == "Trusted" and UNTRUSTED not in self.problems


def load(certificate: Path, key: Path, *, now: datetime) -> SigningKey:
    """Return the key in two PEM files; an unusable one is a ConfigError that shows none of it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    chain, secret = _contents(certificate), _contents(key)
    if key.stat().st_mode & 0o007:
        raise ConfigError(f"{key} can be read by everybody; run: chmod 600 {key}")
    try:
        leaf = x509.load_pem_x509_certificates(chain)[0]
    except ValueError:
        raise ConfigError(
            f"{certificate} holds no PEM certificate; name the chain's file"
        ) from None
    try:
        private = serialization.load_pem_private_key(secret, password=None)
    except (ValueError, TypeError):
        raise ConfigError(f"{key} holds no PEM key without a passphrase") from None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ConfigError(f"{key}: only P-256 (ES256) keys can sign; ask for a certificate on one")
    if private.public_key() != leaf.public_key():
        raise ConfigError(f"{key} does not belong to {certificate}; bring the two that match")
    if not leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc:
        raise ConfigError(
            f"{certificate} is good from {leaf.not_valid_before_utc:%Y-%m-%d} to "
            f"{leaf.not_valid_after_utc:%Y-%m-%d}, not today; renew it, or move away a folder of "
            "generated keys and a new one is made"
        )
    return SigningKey(
        chain=chain,
        private_key=_pem(private),
        serial=f"{leaf.serial_number:x}",
        expires=leaf.not_valid_after_utc,
    )


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error


def generate(folder: Path, *, now: datetime) -> SigningKey:
    """Return the key kept in `folder`, making it when there is none.

    Certificate and key appear together, by one rename: of two that make one at once, one wins and
    both use it. Nothing else may be put into `folder`.
    """
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
        made.mkdir(mode=0o700)
        try:
            _write_pair(made, now)
            made.rename(folder)
        except OSError:
            if not (folder / PRIVATE_KEY).exists():
                raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return load(folder / CERTIFICATE, folder / PRIVATE_KEY, now=now)


def _write_pair(folder: Path, now: datetime) -> None:
    """Write a chain of two and its key; the root's key is thrown away, so it signs nothing else."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate("elite8 local root", root_key, "elite8 local root", root_key, now)
    leaf = _certificate("elite8 local signer", key, "elite8 local root", root_key, now)
    chain = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (leaf, root))
    for name, content in ((CERTIFICATE, chain), (PRIVATE_KEY, _pem(key))):
        with open(folder / name, "xb", opener=_private) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _pem(key: "ec.EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _certificate(
    name: str,
    key: "ec.EllipticCurvePrivateKey",
    issuer: str,
    issuer_key: "ec.EllipticCurvePrivateKey",
    now: datetime,
) -> "x509.Certificate":
    """Return a certificate as C2PA wants it: technical specification, section 14.5.1."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    is_root = key is issuer_key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_distinguished(name))
        .issuer_name(_distinguished(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.BasicConstraints(is_root, 0 if is_root else None), critical=True)
        .add_extension(_usage(is_root=is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not is_root:
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(known, critical=False)
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _distinguished(name: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "elite8 (self-signed)"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _usage(*, is_root: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not is_root,
        key_cert_sign=is_root,
        crl_sign=is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def sign(source: Path, target: Path, key: SigningKey, facts: Facts) -> None:
    """Write `source` with Content Credentials to `target`; nothing may change the file after.

    A file that carries credentials already is `Refused`.
    """
    import c2pa

    if any(box.user == C2PA_BOX for box in boxes(source)):
        raise Refused(f"{source} already carries Content Credentials; sign the file without them")
    about = c2pa.C2paSignerInfo(
        alg=c2pa.C2paSigningAlg.ES256,
        sign_cert=key.chain,
        private_key=key.private_key,
        ta_url=None,  # a time-stamp service needs a network
    )
    try:
        with c2pa.Signer.from_info(about) as signer, c2pa.Builder(_manifest(facts)) as builder:
            builder.sign_file(source, target, signer)
    except c2pa.C2paError as error:
        target.unlink(missing_ok=True)
        raise ConfigError(f"{source} could not be signed: {_reason(error)}") from None


def _manifest(facts: Facts) -> dict[str, Any]:
    tool = {"name": "elite8", "version": facts.version}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": facts.source.uri,
        "description": facts.sentence,
        "softwareAgent": tool,
    }
    actions = {"label": "c2pa.actions.v2", "created": True, "data": {"actions": [created]}}
    return {
        "title": f"{facts.performer} (fictional character)",
        "format": "video/mp4",
        "claim_generator_info": [tool],
        "assertions": [actions],
    }


def _reason(error: Exception) -> str:
    """Return the library's first line; keys are handed to it in memory, so it cannot quote them."""
    return str(error).partition("\n")[0][:200]


def read(path: Path) -> Credential | None:
    """Return the Content Credentials of the MP4 at `path`, or `None` when it carries none.

    Ones too damaged to be read come back `Invalid`; no file or no MP4 is a ConfigError.
    """
    import c2pa

    if not any(box.user == C2PA_BOX for box in boxes(path)):
        return None
    try:
        with (
            c2pa.Settings.from_dict(OFFLINE) as settings,
            c2pa.Context(settings) as offline,
            c2pa.Reader(path, context=offline) as reader,
        ):
            state, active = reader.get_validation_state(), reader.get_active_manifest()
            manifests = json.loads(reader.crjson())["manifests"]
    except (c2pa.C2paError, ValueError) as error:
        return _damaged(_reason(error))
    found = (each for each in manifests if active and each["label"] == active["label"])
    return _credential(state or "Invalid", next(found, {}))


def _damaged(why: str) -> Credential:
    return Credential(
        state="Invalid",
        problems=(why,),
        issuer="",
        serial="",
        expires=None,
        generator="",
        actions=(),
        source="",
        description="",
    )


def _credential(state: str, manifest: dict[str, Any]) -> Credential:
    about = manifest.get("signature", {}).get("certificateInfo", {})
    ends = about.get("validity", {}).get("notAfter")
    found = manifest.get("assertions", {})
    actions = [
        each
        for label, content in found.items()
        if label.startswith("c2pa.actions")
        for each in content.get("actions", ())
    ]
    first = actions[0] if actions else {}
    failures = manifest.get("validationResults", {}).get("failure", ())
    return Credential(
        state=state,
        problems=tuple(each["code"] for each in failures),
        issuer=about.get("issuer", {}).get("O", ""),
        serial=about.get("serialNumber", "").lower().lstrip("0"),
        expires=datetime.fromisoformat(ends) if ends else None,
        generator=manifest.get("claim.v2", {}).get("claim_generator_info", {}).get("name", ""),
        actions=tuple(each["action"] for each in actions),
        source=first.get("digitalSourceType", ""),
        description=first.get("description", ""),
    )
