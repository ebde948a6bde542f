"""A note to whoever can do something about a deny: the owner of the principal, and the person whose session it was."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from urllib.parse import quote

from chalicelib.core.arn import Arn
from chalicelib.core.canonical import content_hash
from chalicelib.core.principals import fold
from chalicelib.inventory.denies.models import DeniesConfig, Deny
from chalicelib.notifications.models import Button, Note
from chalicelib.notifications.rules import Known, recipients_of

KIND = "cloudtrail_generated_policy"
_HOUR = 3600
_KEY = 32
_RESOURCE = 200
"""Characters of a resource's name in the text: people recognise it, and a key of S3 may be long."""


class Post(Protocol):
    def post(self, note: Note) -> None: ...


class TellOwner:
    def __init__(
        self,
        *,
        post: Post,
        owner_of: Callable[[str], str | None],
        knows: Callable[[Iterable[str]], Mapping[str, Known]],
        config: DeniesConfig,
        keep_hours: int,
    ) -> None:
        self._post = post
        self._owner_of = owner_of
        self._knows = knows
        self._config = config
        self._keep_hours = keep_hours

    def tell(self, deny: Deny) -> bool:
        """Whether there is anybody to tell. May be repeated. Raises Throttled or Upstream."""
        if not self._config.notify or deny.suggestion is None:
            return False
        owner = self._owner_of(deny.principal)
        names = {fold(name) for name in (owner or "", deny.source_identity) if fold(name)}
        recipients = recipients_of(owner, deny.source_identity, self._config.also_notify, self._knows(names))
        if not recipients:
            return False
        self._post.post(note_of(deny, recipients, self._keep_hours))
        return True


def note_of(deny: Deny, recipients: frozenset[str], keep_hours: int) -> Note:
    """One for each principal, action and resource: roles of the same name in several accounts are told apart."""
    principal = Arn.parse(deny.principal)
    resource = deny.resource if len(deny.resource) <= _RESOURCE else f"{deny.resource[:_RESOURCE]}…"
    return Note(
        key=content_hash([KIND, deny.principal, deny.action, deny.resource])[:_KEY],
        kind=KIND,
        recipients=recipients,
        event_time=deny.at,
        expires_at=deny.at + keep_hours * _HOUR,
        header=f"Access denied to {principal.name}",
        message=(
            f"**{_plain(principal.name)}** in account {principal.account} was denied `{_plain(deny.action)}` on `{_plain(resource)}`. "
            "A policy that allows just that is ready for review."
        ),
        buttons=(Button(uri=request_uri(deny), text="Review and ask for it"),),
        details={
            "event_call": deny.event_call,
            "principal": deny.principal,
            "action": deny.action,
            "resource": resource,
        },
    )


def request_uri(deny: Deny) -> str:
    """Where the policy is put into a request, in the words of ConsoleMe's links. Whoever reads it checks it again: it is no authority."""
    wanted = {"role": deny.principal, "updated_policy": json.dumps(deny.suggestion)}
    encoded = base64.b64encode(json.dumps(wanted).encode()).decode()
    return f"/selfservice?encoded_request={quote(encoded, safe='')}"


def _plain(text: str) -> str:
    """Without what means something in Markdown inside of backticks or asterisks: keys of S3 are called as callers like."""
    return "".join(sign if sign.isprintable() and sign not in "`*" else " " for sign in text)
