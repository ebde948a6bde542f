"""How an identity provider is spoken to: with verified TLS, for a short time, and not for long."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chalicelib.core.errors import Misconfigured, Upstream
from chalicelib.identity.oidc.http import ProviderHttp
from tests.support.oidc import ec_key

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"


@contextmanager
def listening(serve: Callable[[socket.socket, Event], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback that does with each connection what the test wants; its port."""
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.02)

        def accept() -> None:
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    try:
                        wrapped = context.wrap_socket(connection, server_side=True) if context else connection
                        wrapped.recv(10_000)
                        serve(wrapped, done)
                        wrapped.close()
                    except OSError:
                        continue

        thread = Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            done.set()
            thread.join()


def silent(_: socket.socket, done: Event) -> None:
    done.wait()


def dripping(connection: socket.socket, done: Event) -> None:
    connection.sendall(HEAD)
    while not done.wait(0.02):
        connection.sendall(b" ")


def good(connection: socket.socket, _: Event) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"a": 1 }')


@pytest.mark.parametrize("serve", [silent, dripping])
def test_an_answer_that_does_not_end_is_given_up(serve: Callable[[socket.socket, Event], None]) -> None:
    with listening(serve) as port, pytest.raises(Upstream) as refused:
        ProviderHttp(seconds=0.2).post(f"http://127.0.0.1:{port}/", "token", b"a=b", {})
    assert refused.value.reason == "provider_down"


def test_a_connection_that_breaks_at_once_is_tried_again_and_a_code_is_never_sent_twice() -> None:
    seen: list[int] = []

    def breaking_once(connection: socket.socket, done: Event) -> None:
        seen.append(1)
        if len(seen) > 1:
            good(connection, done)

    with listening(breaking_once) as port:
        assert ProviderHttp().get(f"http://127.0.0.1:{port}/", "discovery") == {"a": 1}
        seen.clear()
        with pytest.raises(Upstream):
            ProviderHttp().post(f"http://127.0.0.1:{port}/", "token", b"a=b", {})
    assert len(seen) == 1


def test_nobody_there_is_an_outage_that_does_not_tell_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Upstream) as refused:
        ProviderHttp().get(f"http://127.0.0.1:{port}/?code=secret", "discovery")
    assert "secret" not in refused.value.message
    assert refused.value.__cause__ is None


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path: Path) -> tuple[str, ssl.SSLContext]:
        """A certificate for 127.0.0.1 that nobody vouches for, and a server's context with it."""
        key = ec_key("tls")
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        today = dt.datetime.now(dt.UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), 1)
            .not_valid_before(today - dt.timedelta(days=1))
            .not_valid_after(today + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        pem = made.public_bytes(Encoding.PEM)
        file = tmp_path / "server.pem"
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return pem.decode(), context

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, certificate: tuple[str, ssl.SSLContext]) -> None:
        with listening(good, certificate[1]) as port, pytest.raises(Upstream) as refused:
            ProviderHttp().get(f"https://127.0.0.1:{port}/", "discovery")
        assert refused.value.reason == "provider_down"

    def test_the_companys_own_authority_may_be_configured(self, certificate: tuple[str, ssl.SSLContext]) -> None:
        pem, context = certificate
        with listening(good, context) as port:
            assert ProviderHttp(pem).get(f"https://127.0.0.1:{port}/", "discovery") == {"a": 1}

    def test_a_certificate_for_another_name_is_refused(self, certificate: tuple[str, ssl.SSLContext]) -> None:
        pem, context = certificate
        with listening(good, context) as port, pytest.raises(Upstream):
            ProviderHttp(pem).get(f"https://localhost:{port}/", "discovery")

    @pytest.mark.parametrize("pem", ["no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])
    def test_what_is_no_certificate_is_said_to_be_none(self, pem: str) -> None:
        with pytest.raises(Misconfigured, match="ca_certificates"):
            ProviderHttp(pem).get("https://127.0.0.1:1/", "discovery")
