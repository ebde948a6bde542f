"""Whose access key is this? Reads moto's own books, which sit in this process."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.trust_policy import Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OUTSIDE_ACCOUNT = "123456789012"
"""moto's account for keys that it never minted, such as `test`."""


@dataclass(frozen=True)
class _Extras:
    """What a role session carries and moto does not keep."""

    source_identity: str
    tags: Mapping[str, str]
    transitive: frozenset[str]
    policies: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


class Callers:
    def __init__(self) -> None:
        self._extras: dict[str, _Extras] = {}

    def remember(
        self,
        access_key_id: str,
        source_identity: str,
        tags: Mapping[str, str],
        transitive: frozenset[str],
        policies: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        """Source identity, tags and session policies of a session that has just been minted."""
        self._extras[access_key_id] = _Extras(source_identity, dict(tags), transitive, policies)

    def session_policies(self, access_key_id: str) -> tuple[Mapping[str, Any], ...]:
        """None for a session that is bound by its role alone."""
        found = self._extras.get(access_key_id)
        return found.policies if found else ()

    def of(self, environ: "WSGIEnvironment") -> Caller:
        return self.by_key(access_key_id(environ))

    def by_key(self, key: str) -> Caller:
        """The role session or user that the key belongs to; a key that nobody minted is a user of moto's own account."""
        return self._role_session(key) or _user(key) or _stranger(key)

    def _role_session(self, key: str) -> Caller | None:
        from moto.sts.models import sts_backends

        for account_id, partitions in list(sts_backends.items()):
            for backend in list(partitions.values()):
                session: Any = backend.get_assumed_role_from_access_key(key)
                if session is None:
                    continue
                extras = self._extras.get(key, _Extras("", {}, frozenset()))
                arn = session.arn
                return Caller(
                    arn=arn,
                    account_id=account_id,
                    kind="AssumedRole",
                    names=frozenset({arn, session.role_arn, _root(arn, account_id)}),
                    user_id=session.user_id,
                    source_identity=extras.source_identity,
                    tags=extras.tags,
                    transitive=extras.transitive,
                )
        return None


def access_key_id(environ: "WSGIEnvironment") -> str:
    """The key that signed the request, or nothing."""
    found = re.search(r"Credential=([^/,]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return found[1] if found else ""


def find_role(arn: str) -> Any:
    """Moto's role with exactly this ARN, path included; None when there is none."""
    from moto.iam.models import iam_backends

    _, partition, _, _, account_id, _ = arn.split(":", 5)
    if account_id not in iam_backends or partition not in iam_backends[account_id]:
        return None
    roles = list(iam_backends[account_id][partition].roles.values())
    return next((role for role in roles if role.arn == arn), None)


def _user(key: str) -> Caller | None:
    from moto.iam.models import iam_backends

    for account_id, partitions in list(iam_backends.items()):
        for backend in list(partitions.values()):
            for user in list(backend.users.values()):
                if any(one.access_key_id == key for one in user.access_keys):
                    return _as_user(user.arn, account_id, user.id)
            if key in backend.access_keys:
                return _as_user(f"arn:{backend.partition}:iam::{account_id}:root", account_id, account_id)
    return None


def _stranger(key: str) -> Caller:
    return _as_user(f"arn:aws:iam::{OUTSIDE_ACCOUNT}:user/{key or 'anonymous'}", OUTSIDE_ACCOUNT, key)


def _as_user(arn: str, account_id: str, user_id: str) -> Caller:
    return Caller(
        arn=arn,
        account_id=account_id,
        kind="User",
        names=frozenset({arn, _root(arn, account_id)}),
        user_id=user_id,
    )


def _root(arn: str, account_id: str) -> str:
    return f"arn:{arn.split(':')[1]}:iam::{account_id}:root"
