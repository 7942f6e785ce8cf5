"""Images that are built once, and a certificate. Only `make test-containers` names these files and runs them."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.containers.project import BESIDE, Environment, bases, there, trouble


@pytest.fixture(scope="session")
def missing(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Images of programs beside the product that no registry gives. All others must be there; ours are built."""
    why = trouble()
    if why is not None:
        pytest.fail(why, pytrace=False)
    lost = [image for image in bases() if not there(image)]
    beside = set()
    for name in ("development", "production"):
        environment = Environment(name, variables(tmp_path_factory.mktemp(name)))
        for service, told in environment.settled().items():
            if "build" in told or told["image"].startswith("financial-dashboard") or there(told["image"]):
                continue
            beside.add(told["image"]) if service in BESIDE else lost.append(told["image"])
    if lost:
        pytest.fail(f"these images are neither here nor in a registry: {', '.join(lost)}", pytrace=False)
    return beside


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `production` must be told, with a certificate of our own for localhost."""
    folder = tmp_path_factory.mktemp("certificates")
    folder.chmod(0o755)
    _certificate(folder)
    return variables(folder)


@pytest.fixture(scope="session")
def images(missing: set[str], production: dict[str, str]) -> set[str]:
    """Ours, built; gives those that are missing."""
    Environment("production", production).compose("build")
    Environment("development").compose("build")
    return missing


def variables(certificates: Path) -> dict[str, str]:
    return {
        "PUBLIC_URL": "https://localhost",
        "CERTIFICATES": str(certificates),
        "GRAFANA_PASSWORD": secrets.token_urlsafe(16),
        "BIND_ADDRESS": "127.0.0.1",
    }


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "privkey.pem").write_bytes(pem)
    for path in folder.iterdir():
        os.chmod(path, 0o644)
