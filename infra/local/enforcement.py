"""Policy enforcement of the embedded AWS, once it is switched on: moto's, but by resource, and with root users."""

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from infra.local.callers import access_key_id
from infra.local.conditions import Context, glob, hold, listed
from infra.local.interpreter import replaced
from infra.local.targets import Request, Target, targets
from infra.local.trust_policy import is_about

if TYPE_CHECKING:
    from botocore.credentials import Credentials

_ALWAYS_ALLOWED = "sts:GetCallerIdentity"
_JSON_SERVICES = {
    "config",
    "dynamodb",
    "events",
    "kms",
    "lambda",
    "logs",
    "organizations",
    "secretsmanager",
    "sqs",
    "states",
}
"""To whose clients moto's refusal, which is XML, would be an unknown error."""


SessionPolicies = Callable[[str], tuple[Mapping[str, Any], ...]]
"""Of the session that an access key belongs to; none for a session that is bound by its role alone."""


def permits(documents: Iterable[Mapping[str, Any]], target: Target, context: Context | None = None) -> bool:
    """True when a statement of the policies allows and none denies."""
    known = _context() if context is None else context
    allowed = False
    for document in documents:
        for statement in listed(document.get("Statement")):
            denies = statement.get("Effect") == "Deny"
            if not is_about(statement, target.action) or not _covers(statement, target.resource):
                continue
            if not hold(statement, known, doubt=denies):
                continue
            if denies:
                return False
            allowed = allowed or statement.get("Effect") == "Allow"
    return allowed


def _covers(statement: Mapping[str, Any], resource: str) -> bool:
    if not resource:
        return True
    if "NotResource" in statement:
        return not any(glob(pattern, resource) for pattern in listed(statement["NotResource"]))
    return any(glob(pattern, resource) for pattern in listed(statement.get("Resource")))


@contextmanager
def by_resource(root_keys: Mapping[str, str], session_policies: SessionPolicies = lambda _: ()) -> Iterator[None]:
    """While inside, moto decides with `permits`. `root_keys` are access keys of root users with their secrets.

    A session needs the word of its role and, if it has policies of its own, of these too.
    """
    from moto.iam import access_control

    moto_keys = access_control.create_access_key

    def access_key(account_id: str, partition: str, access_key_id: str, headers: Any) -> Any:
        if access_key_id in root_keys:
            return _RootKey(account_id, access_key_id, root_keys[access_key_id])
        return moto_keys(account_id=account_id, partition=partition, access_key_id=access_key_id, headers=headers)

    with ExitStack() as patches:
        patches.enter_context(replaced(access_control, "create_access_key", access_key))
        checking = functools.partialmethod(_check, session_policies=session_policies)
        patches.enter_context(replaced(access_control.IAMRequestBase, "check_action_permitted", checking))
        yield


def _context() -> Context:
    """What the embedded AWS knows of every call: it comes from this machine, by a person or a function."""
    now = datetime.now(UTC).isoformat()
    return {
        "aws:SecureTransport": ["true"],
        "aws:SourceIp": ["127.0.0.1"],
        "aws:ViaAWSService": ["false"],
        "aws:CurrentTime": [now],
    }


class _RootKey:
    """The key of an account's root user, in the words of moto's classes for keys."""

    def __init__(self, account_id: str, access_key_id: str, secret_access_key: str) -> None:
        self._access_key_id = access_key_id
        self._secret_access_key = secret_access_key
        self.arn = f"arn:aws:iam::{account_id}:root"

    def create_credentials(self) -> "Credentials":
        from botocore.credentials import Credentials

        return Credentials(self._access_key_id, self._secret_access_key)

    def collect_policies(self) -> list[str]:
        return ['{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}']


def _check(self: Any, resource: str, *, session_policies: SessionPolicies) -> None:
    if self._action == _ALWAYS_ALLOWED:
        return
    service, _, operation = self._action.partition(":")
    body = self._body if isinstance(self._body, bytes) else str(self._body or "").encode()
    partition = self.backend.partition
    request = Request(
        service, operation, self.account_id, self._region, partition, body, _form(self._data), resource, self._path
    )
    documents = [_document(policy) for policy in self._access_key.collect_policies()]
    bounds = session_policies(access_key_id({"HTTP_AUTHORIZATION": str(self._headers.get("Authorization", ""))}))
    levels: list[list[Mapping[str, Any]]] = [[*documents], *([[*bounds]] if bounds else [])]
    refused = next((one for one in targets(request) if not all(permits(level, one) for level in levels)), None)
    if refused is None:
        return
    if service in _JSON_SERVICES:
        from moto.core.exceptions import JsonRESTError

        on = f" on resource: {refused.resource}" if refused.resource else ""
        raise JsonRESTError(
            "AccessDeniedException", f"User: {self._access_key.arn} is not authorized to perform: {refused.action}{on}"
        )
    self._raise_access_denied()


def _form(data: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(value[-1] if isinstance(value, list) else value) for name, value in (data or {}).items()}


def _document(policy: Any) -> dict[str, Any]:
    """Of what moto keeps: text, a row with text, or a managed policy with versions."""
    if hasattr(policy, "versions"):
        text = next(version.document for version in policy.versions if version.is_default)
    else:
        text = policy if isinstance(policy, str) else policy["policy_document"]
    document: dict[str, Any] = json.loads(text)
    return document
