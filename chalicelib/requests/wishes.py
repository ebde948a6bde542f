"""From what clients send to wishes."""

import re
import secrets
import string

from chalicelib.changes.base import Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.end_asked import end_asked
from chalicelib.requests.rules import Person
from chalicelib.requests.wire import WishedChange, WishedChanges

_UNFIT_FOR_NAMES = re.compile(r"[^\w+=,.@-]", re.ASCII)
_MAILBOX_LIMIT = 64
_LETTERS = 4


def wishes_of(asked: WishedChanges, person: Person, now: int) -> tuple[Spec, ...]:
    """Raises InvalidInput naming what does not do."""
    return tuple(_wish(change, person, now) for change in asked.changes)


def _wish(change: WishedChange, person: Person, now: int) -> Spec:
    kind = change_type(change.change_type)
    if change.principal.principal_type != "AwsResource":
        raise InvalidInput(
            f"principal_type: {change.principal.principal_type[:50]} is not supported; AwsResource is.",
            reason="principal_type_not_supported",
        )
    if not change.principal.principal_arn:
        raise InvalidInput("principal_arn: say which role is to be changed.", reason="no_principal_arn")
    until = end_asked(change.expiration_date, change.until, now)
    wish: Spec = kind.from_wire(change.principal.principal_arn, change.model_dump(), _name(person, now))
    return wish.model_copy(update={"until": until})


def _name(person: Person, now: int) -> str:
    """A name for a policy that was given none, as ConsoleMe makes it."""
    mailbox = _UNFIT_FOR_NAMES.sub("", person.user.partition("@")[0])[:_MAILBOX_LIMIT]
    letters = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_LETTERS))
    return f"cm_{mailbox}_{now}_{letters}"
