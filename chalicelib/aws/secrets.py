"""Signing keys from Secrets Manager. They are never made here: a key of one process is worthless to the next."""

from collections.abc import Mapping

from pydantic import Field, ValidationError, field_validator

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured, NotFound, Upstream
from chalicelib.core.model import Frozen
from chalicelib.observability import logger

_MAX_AGE = 300
_AGAIN_AFTER = 30
"""Seconds between two reads for the sake of a `kid` that is not known: a forged token must not cost a read each."""
_WITHOUT_ANSWER = 3600
"""Seconds for which known keys may go on while Secrets Manager does not answer."""


class _Key(Frozen):
    kid: str = Field(min_length=1)
    key: str = Field(min_length=32, repr=False)


class _Secret(Frozen):
    keys: tuple[_Key, ...] = Field(min_length=1)

    @field_validator("keys")
    @classmethod
    def _each_once(cls, keys: tuple[_Key, ...]) -> tuple[_Key, ...]:
        if len({entry.kid for entry in keys}) != len(keys):
            message = "two keys share one kid"
            raise ValueError(message)
        return keys


class SigningKeys:
    """Two keys may live at once, so that a rotation signs nobody out: the first signs, all of them verify."""

    def __init__(self, sessions: Sessions, secret_name: str, clock: Clock) -> None:
        self._sessions = sessions
        self._secret_name = secret_name
        self._clock = clock
        self._keys: Mapping[str, str] = {}
        self._read_at = 0
        self._asked_at = 0

    def all(self) -> Mapping[str, str]:
        """Key by kid, newest first; read again after five minutes. Raises Misconfigured when the secret is missing or unfit."""
        if not self._keys or self._clock.now() - self._read_at > _MAX_AGE:
            self._refresh()
        return self._keys

    def find(self, kid: str) -> str | None:
        """The key of that name. One that is not known may just have been made: the secret is then read again, at most twice
        a minute.
        """
        key = self.all().get(kid)
        if key is None and self._clock.now() - self._asked_at >= _AGAIN_AFTER:
            self._refresh()
            key = self._keys.get(kid)
        return key

    def _refresh(self) -> None:
        """Raises as `all` does, and Upstream when there is no answer and what is known is too old to go on with."""
        now = self._clock.now()
        if self._keys and now - self._asked_at < _AGAIN_AFTER and now - self._read_at <= _WITHOUT_ANSWER:
            return
        self._asked_at = now
        try:
            self._keys = self._read()
        except Misconfigured:
            self._keys = {}
            raise
        except Upstream as failure:
            if not self._keys or now - self._read_at > _WITHOUT_ANSWER:
                raise
            logger.warning("the signing keys could not be read again", extra={"cause": failure.message[:300]})
            return
        self._read_at = now

    def _read(self) -> Mapping[str, str]:
        try:
            with translated(f"to read the secret {self._secret_name}"):
                client = self._sessions.client("secretsmanager")
                text = client.get_secret_value(SecretId=self._secret_name).get("SecretString", "")
        except NotFound as missing:
            raise Misconfigured(
                f"The secret {self._secret_name} does not exist. The deployment's template makes it; "
                "CONSOLEME_SESSION_SECRET names another."
            ) from missing
        try:
            secret = _Secret.model_validate_json(text)
        except ValidationError:
            # Without the cause: its words hold the keys, and a traceback reaches the log.
            raise Misconfigured(
                f"The secret {self._secret_name} must be JSON like "
                "{'keys': [{'kid': 'a', 'key': '...'}]}, newest first, each key of at least 32 characters."
            ) from None
        return {entry.kid: entry.key for entry in secret.keys}


class SecretTexts:
    """Secrets that somebody put there by hand: a client's secret, a shared word. Read again after five minutes."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock
        self._read: dict[str, tuple[int, str]] = {}

    def text(self, name: str) -> str:
        """Raises Misconfigured when the secret is missing or empty, Upstream when Secrets Manager does not answer."""
        read_at, text = self._read.get(name, (0, ""))
        if not text or self._clock.now() - read_at > _MAX_AGE:
            text = self._read_text(name)
            self._read[name] = (self._clock.now(), text)
        return text

    def _read_text(self, name: str) -> str:
        try:
            with translated(f"to read the secret {name}"):
                answer = self._sessions.client("secretsmanager").get_secret_value(SecretId=name)
        except NotFound as missing:
            raise Misconfigured(f"The secret {name} does not exist. Create it in Secrets Manager.") from missing
        text = answer.get("SecretString", "").strip()
        if not text:
            raise Misconfigured(f"The secret {name} is empty.")
        return text
