"""The provider of `provider.cjs`, started for a test and stopped with it; and keys such as providers sign with."""

import datetime as dt
import functools
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

_PROGRAM = Path(__file__).with_name("provider.cjs")


@dataclass(frozen=True)
class Pair:
    """PEM texts."""

    private_key: str
    certificate: str

    @property
    def bare(self) -> str:
        """The certificate as metadata has it."""
        return "".join(self.certificate.splitlines()[1:-1])


@functools.cache
def pair(name: str, days: int = 365) -> Pair:
    """A key of that name, one for the whole run, and a certificate that it signs itself."""
    key = rsa.generate_private_key(65_537, 2_048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Pair(private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode())


@dataclass(frozen=True)
class SamlProvider:
    url: str

    @property
    def entity_id(self) -> str:
        return f"{self.url}/metadata"

    def call(self, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}{path}", data, timeout=20) as answer:  # noqa: S310 loopback
            return json.loads(answer.read())

    def answer(self, url: str, name: str, *groups: str) -> dict[str, Any]:
        """What the browser would post after signing in there: `action` and `fields`. `url` is where we sent the browser."""
        query = dict(parse_qsl(urlsplit(url).query))
        found: dict[str, Any] = self.call("/answer", {"person": {"name": name, "groups": groups}, "query": query})
        return found

    def keys(self, *, signing: int, published: list[int]) -> None:
        """Which of its keys signs, and of which the metadata has the certificates."""
        self.call("/keys", {"signing": signing, "published": published})

    def serves(self, metadata: str) -> None:
        """The service that it signs people in to."""
        self.call("/service", {"metadata": metadata})

    def sign_outs(self) -> list[str]:
        """The names in the sign-outs that reached it."""
        found: list[str] = self.call("/sign-outs")
        return found


@contextmanager
def saml_provider(service_metadata: str = "", people: Mapping[str, list[str]] | None = None) -> Iterator[SamlProvider]:
    """`people` by name, with their groups: who may be chosen on its page. It has the keys `old` and `new` and begins with the old."""
    node = shutil.which("node")
    assert node is not None, "Node is needed; the Makefile says which."
    keys = [{"private_key": one.private_key, "certificate": one.bare} for one in (pair("old"), pair("new"))]
    told = {"keys": keys, "people": people or {}, "service": service_metadata}
    with subprocess.Popen([node, str(_PROGRAM)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        yield SamlProvider(process.stdout.readline().strip())
        process.stdin.close()
        process.wait(timeout=10)
