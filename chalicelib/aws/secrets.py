"""Signing keys from Secrets Manager. They are never made here: a key of one process is worthless to the next."""

import json
from collections.abc import Mapping

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Upstream

_MAX_AGE = 300
_MIN_KEY_LENGTH = 32


class SigningKeys:
    """Two keys may live at once, so that a rotation signs nobody out: the first signs, all of them verify."""

    def __init__(self, sessions: Sessions, secret_name: str, clock: Clock) -> None:
        self._sessions = sessions
        self._secret_name = secret_name
        self._clock = clock
        self._keys: Mapping[str, str] = {}
        self._read_at = 0

    def all(self) -> Mapping[str, str]:
        """Key by kid, newest first; read again after five minutes. Raises Upstream when the secret is missing or unfit."""
        if not self._keys or self._clock.now() - self._read_at > _MAX_AGE:
            self._keys = self._read()
            self._read_at = self._clock.now()
        return self._keys

    def _read(self) -> Mapping[str, str]:
        with translated(f"to read the secret {self._secret_name}"):
            text = self._sessions.client("secretsmanager").get_secret_value(SecretId=self._secret_name)["SecretString"]
        try:
            keys = {str(entry["kid"]): str(entry["key"]) for entry in json.loads(text)["keys"]}
        except (ValueError, KeyError, TypeError) as error:
            raise Upstream(
                f"The secret {self._secret_name} must be JSON like {{'keys': [{{'kid': 'a', 'key': '...'}}]}}."
            ) from error
        if not keys or any(len(key) < _MIN_KEY_LENGTH for key in keys.values()):
            raise Upstream(f"Every key of the secret {self._secret_name} needs at least {_MIN_KEY_LENGTH} characters.")
        return keys
