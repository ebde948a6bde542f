"""Signatures by a key that never leaves KMS."""

from typing import Any

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AppError

_HOW: Any = {"MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
_INVALID = "KMSInvalidSignatureException"


class Signer:
    """`key` is an ARN or an alias of an ECC_NIST_P256 key."""

    def __init__(self, sessions: Sessions, key: str) -> None:
        self._sessions = sessions
        self._key = key

    def sign(self, digest: bytes) -> bytes:
        """Of a SHA-256 digest. Raises AccessDeniedByAws, NotFound, Throttled or Upstream."""
        with translated("to sign"):
            answer = self._sessions.client("kms").sign(KeyId=self._key, Message=digest, **_HOW)
        return answer["Signature"]

    def is_genuine(self, digest: bytes, signature: bytes) -> bool:
        """Raises what `sign` raises."""
        try:
            with translated("to verify a signature"):
                answer = self._sessions.client("kms").verify(
                    KeyId=self._key, Message=digest, Signature=signature, **_HOW
                )
        except AppError as error:
            if error.reason == _INVALID:
                return False
            raise
        return answer["SignatureValid"]
