"""Roles that administrators create, clone and delete without anybody's approval: each is a request like any other, recorded and written
by the same workflow, and the answer waits for what became of it.
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.changes.base import ALREADY_SO, Reading, Spec
from chalicelib.changes.role_create import RoleCreateSpec
from chalicelib.changes.role_delete import RoleDeleteSpec
from chalicelib.changes.whole_role import WholeRole, read
from chalicelib.core.arn import Arn, parse_role_arn, role_arn
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import InvalidInput, NotFound, Upstream
from chalicelib.requests.approval.by_permission import wants_more
from chalicelib.requests.await_outcome import OutcomeWaiter
from chalicelib.requests.create_request import RequestCreator, Submission
from chalicelib.requests.models import Request
from chalicelib.requests.results import success
from chalicelib.requests.role_life.allowed import Allowed
from chalicelib.requests.role_life.models import CloneWish, NewRoleWish, RoleCreatorConfig, RoleGone, RoleMade
from chalicelib.requests.role_life.rules import cloned, new_role, told_of_clone, told_of_new
from chalicelib.requests.rules import Person
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, State
from chalicelib.requests.wire import ActionResult


class RoleLife:
    def __init__(
        self,
        *,
        creator: RequestCreator,
        outcomes: OutcomeWaiter,
        aws: Reading,
        config: RoleCreatorConfig,
        partition: str,
    ) -> None:
        self._creator = creator
        self._outcomes = outcomes
        self._aws = aws
        self._config = config
        self._partition = partition

    def create(self, wish: NewRoleWish, person: Person, allowed: Allowed, key: str | None) -> RoleMade:
        """Raises InvalidInput, Forbidden or Upstream; what AWS refuses is said in the answer."""
        arn = self._arn(wish.account_id, wish.role_name)
        allowed(Permission.CREATE_ROLES, arn)
        whole = new_role(arn, wish, self._config)
        return self._made(arn, whole, told_of_new(arn, whole), person, ["create", wish.model_dump(mode="json")], key)

    def clone(self, wish: CloneWish, person: Person, allowed: Allowed, key: str | None) -> RoleMade:
        """Raises NotFound for an original that is not there or not shown to them, and what `create` raises."""
        arn = self._arn(wish.dest_account_id, wish.dest_role_name)
        allowed(Permission.CREATE_ROLES, arn)
        source = self._existing(wish.account_id, wish.role_name, person)
        whole = cloned(source, read(source, self._aws.principals)[1], arn, wish.options, self._config)
        return self._made(arn, whole, told_of_clone(arn, whole), person, ["clone", wish.model_dump(mode="json")], key)

    def delete(self, account_id: str, name: str, person: Person, allowed: Allowed, key: str | None) -> RoleGone:
        """Raises NotFound, Forbidden, InvalidInput, or Upstream when it was not deleted."""
        allowed(Permission.DELETE_IAM_PRINCIPALS, self._arn(account_id, name))
        arn = self._existing(account_id, name, person)
        allowed(Permission.DELETE_IAM_PRINCIPALS, arn)
        try:
            request = self._done(
                RoleDeleteSpec(principal_arn=arn), Permission.DELETE_IAM_PRINCIPALS, person, ["delete", arn], key
            )
        except InvalidInput as error:
            if error.reason == ALREADY_SO:
                raise NotFound(error.message, reason="unknown_role") from error
            raise
        if request.head.state not in {State.APPLIED} | UNDER_WAY | UNDECIDED:
            raise Upstream(_why_not(request), reason="not_deleted")
        status = {State.APPLIED: "success"}.get(request.head.state, request.head.state.value)
        message = f"Role {arn} successfully deleted" if request.head.state is State.APPLIED else _so_far(request)
        return RoleGone(
            status=status, message=message, role=Arn.parse(arn).name, account=account_id, request_id=request.head.id
        )

    def _made(
        self, arn: str, whole: WholeRole, told: Sequence[str], person: Person, asked: Any, key: str | None
    ) -> RoleMade:
        spec = RoleCreateSpec(principal_arn=arn, document=whole.content)
        try:
            request = self._done(spec, Permission.CREATE_ROLES, person, asked, key)
        except InvalidInput as error:
            if error.reason not in {"role_exists", ALREADY_SO}:
                raise
            return _answer([_failure(error.message)], None)
        state = request.head.state
        if state is State.APPLIED:
            return _answer([success(message) for message in told], request)
        if state in UNDER_WAY | UNDECIDED:
            return _answer([ActionResult(status="error", message=_so_far(request))], request)
        return _answer([_failure(_why_not(request))], request)

    def _done(self, spec: Spec, permission: Permission, person: Person, asked: Any, key: str | None) -> Request:
        """As far as it has come when nobody waits any longer."""
        submission = Submission(
            wishes=(spec,),
            justification=f"Done directly by {person.user}, who holds {permission}.",
            auto_approve=True,
            asked=asked,
            permission=permission,
        )
        return self._outcomes.wait(self._creator.create(submission, person, key))

    def _arn(self, account_id: str, name: str) -> str:
        return str(parse_role_arn(role_arn(self._partition, account_id, name)))

    def _existing(self, account_id: str, name: str, person: Person) -> str:
        """The role's ARN, whatever its path: names are unique in an account."""
        arn = self._arn(account_id, name)
        missing = NotFound(f"There is no role {name} in account {account_id}.", reason="unknown_role")
        try:
            found = self._aws.principals.find(arn).arn
        except NotFound as error:
            found = str(error.extra.get("arn", ""))
            if not found:
                raise missing from error
        if not person.sees(found):
            raise missing
        return found


def _answer(results: list[ActionResult], request: Request | None) -> RoleMade:
    errors = sum(result.status == "error" for result in results)
    return RoleMade(
        errors=errors,
        role_created="false" if errors else "true",
        action_results=results,
        request_id=request.head.id if request else None,
    )


def _failure(message: str) -> ActionResult:
    return ActionResult(status="error", message=message)


def _so_far(request: Request) -> str:
    if request.head.state in UNDECIDED:
        findings = "; ".join(finding.title for finding in request.revision.findings if wants_more([finding]))
        return f"Somebody else must approve this first ({findings}). It waits as request {request.head.id}."
    return f"It is not done yet. Request {request.head.id} shows what becomes of it."


def _why_not(request: Request) -> str:
    reasons = [record.error for record in request.records if record.error]
    return "; ".join(reasons) or f"Request {request.head.id} is {request.head.state}."
