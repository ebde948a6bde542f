"""The provider of `provider.mjs`, started for a test and ended with it."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jwt.algorithms import RSAAlgorithm

from tests.support.oidc import rsa_key

_PROGRAM = Path(__file__).with_name("provider.mjs")
CLIENT_ID, CLIENT_SECRET = "consoleme", "a secret of the tests/with: odd letters"


@dataclass(frozen=True)
class OidcServer:
    url: str

    def serves(self, public_url: str) -> None:
        """Whose sign-ins it takes."""
        self._control(public_url=public_url)

    def rotate(self) -> None:
        """Signs with its other key from now on, and no longer publishes the one before."""
        self._control(signing=1)

    def _control(self, **told: Any) -> None:
        with urllib.request.urlopen(f"{self.url}/control", json.dumps(told).encode(), timeout=20) as answer:  # noqa: S310 loopback
            assert answer.status == 200


def _private_jwk(name: str) -> dict[str, Any]:
    """Without `key_ops`: the provider signs with it, and verifies the hint of a sign-out."""
    key = RSAAlgorithm.to_jwk(rsa_key(name), as_dict=True)
    return {word: value for word, value in key.items() if word != "key_ops"} | {"kid": name, "use": "sig"}


@contextmanager
def oidc_server(people: Mapping[str, list[str]]) -> Iterator[OidcServer]:
    """`people` by e-mail address, with their groups. Any password will do."""
    node = shutil.which("node")
    assert node is not None, "Node is needed; the Makefile says which."
    told = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "people": {name: {"name": name, "groups": groups} for name, groups in people.items()},
        "keys": [_private_jwk("before"), _private_jwk("after")],
    }
    with subprocess.Popen(
        [node, "--no-warnings", str(_PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        try:
            yield OidcServer(process.stdout.readline().strip())
        finally:
            process.stdin.close()
            process.wait(timeout=10)
