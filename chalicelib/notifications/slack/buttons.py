"""The value of a button: which request, which revision, and what was shown, sealed so that only we can have written it. Pure.

The seal is no authority: whoever presses the button is judged anew, and so is the request.
"""

import hashlib
import hmac

from pydantic import ValidationError

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.notifications.messages import Card

_MOST = 2000
"""Characters of a value that Slack takes."""


class Shown(Frozen):
    """What somebody saw who presses a button. `digest` is that of the card."""

    request_id: str
    revision: int
    revision_hash: str
    digest: str


class _Sealed(Frozen):
    shown: Shown
    seal: str


def sealed(card: Card, secret: str) -> str:
    shown = Shown(
        request_id=card.request_id, revision=card.revision, revision_hash=card.revision_hash, digest=card.shown
    )
    return _Sealed(shown=shown, seal=_seal(shown, secret)).model_dump_json()


def opened(value: str, secret: str) -> Shown:
    """Raises InvalidInput for what we have not written."""
    try:
        found = _Sealed.model_validate_json(value[:_MOST])
    except ValidationError:
        raise _forged() from None
    if not hmac.compare_digest(found.seal.encode(), _seal(found.shown, secret).encode()):
        raise _forged()
    return found.shown


def _forged() -> InvalidInput:
    return InvalidInput("This button is not ours. Open the request in the browser.", reason="forged_button")


def _seal(shown: Shown, secret: str) -> str:
    """By a key of its own: what signs posts signs nothing else."""
    key = hmac.new(secret.encode(), b"consoleme:button", hashlib.sha256).digest()
    return hmac.new(key, shown.model_dump_json().encode(), hashlib.sha256).hexdigest()
