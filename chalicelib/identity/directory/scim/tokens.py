"""Bearer tokens of clients that push: only their hashes are kept, in Secrets Manager."""

import hashlib
import hmac
from collections.abc import Callable

from pydantic import Field, ValidationError, field_validator

from chalicelib.core.errors import Misconfigured, NotAuthenticated
from chalicelib.core.model import Frozen

SECRET = "directory-scim"  # noqa: S105 the end of a secret's name
_SHORTEST, _LONGEST = 32, 1_000
_REFUSAL = "The bearer token is missing or not known."


class Token(Frozen):
    """`name` is what the audit log calls the client."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class _Secret(Frozen):
    tokens: tuple[Token, ...] = Field(min_length=1, max_length=4)

    @field_validator("tokens")
    @classmethod
    def _each_once(cls, tokens: tuple[Token, ...]) -> tuple[Token, ...]:
        if len({token.sha256 for token in tokens}) != len(tokens):
            message = "one token stands twice"
            raise ValueError(message)
        return tokens


class ScimTokens:
    """Several may live at once, so that a rotation interrupts nothing. `switched_on`: whether `scim` is a configured source."""

    def __init__(self, *, secret: Callable[[str], str], switched_on: bool) -> None:
        self._secret = secret
        self._switched_on = switched_on

    def client(self, authorization: str) -> str:
        """The name of the client whose token the header brings. Raises NotAuthenticated; Misconfigured for an unfit secret.

        Every hash is compared, each in constant time.
        """
        if not self._switched_on:
            raise NotAuthenticated("SCIM is switched off: directory.sources does not name scim.", reason="scim_off")
        kind, _, token = authorization.strip().partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not _SHORTEST <= len(token) <= _LONGEST:
            raise NotAuthenticated(_REFUSAL, reason="bad_push_token")
        digest = hashlib.sha256(token.encode()).hexdigest()
        hits = [one.name for one in self._tokens() if hmac.compare_digest(one.sha256.encode(), digest.encode())]
        if not hits:
            raise NotAuthenticated(_REFUSAL, reason="bad_push_token")
        return hits[0]

    def _tokens(self) -> tuple[Token, ...]:
        text = self._secret(SECRET)
        try:
            return _Secret.model_validate_json(text).tokens
        except ValidationError:
            raise Misconfigured(
                f"The secret ...{SECRET} must be JSON like "
                "{'tokens': [{'name': 'okta', 'sha256': '<hex of SHA-256 of the token>'}]}, at most four, each once."
            ) from None
