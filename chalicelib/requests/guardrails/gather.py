"""The facts that guardrails ask for, each read when it is asked for the first time."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress

from chalicelib.access.authorization import RoleTags
from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, NotFound
from chalicelib.inventory.models import RoleRecord
from chalicelib.inventory.resources.iam_managed_policy import ManagedPolicyRecord
from chalicelib.inventory.resources.iam_user import UserRecord
from chalicelib.inventory.store import ResourceStore
from chalicelib.requests.guardrails.actions import ActionData
from chalicelib.requests.guardrails.config import GuardrailsConfig
from chalicelib.requests.guardrails.reading import Held, standing_of, subjects_of
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Lint, Standing, Subject
from chalicelib.requests.models import PlannedChange

AwsDocuments = Callable[[str], Document]
"""What a policy that AWS manages says, by its ARN. Raises NotFound."""
_NEW_ROLE = "role_create"


class GatherFacts:
    def __init__(  # noqa: PLR0913 keywords, each where facts come from
        self,
        *,
        config: GuardrailsConfig,
        role_tags: RoleTags,
        accounts: AccountStore,
        resources: ResourceStore,
        aws_documents: AwsDocuments,
        actions: Callable[[], ActionData],
        lint: Callable[[Document], Sequence[Lint]],
        analyze: Callable[[Document, Kind], Sequence[Lint]],
        own: frozenset[str],
    ) -> None:
        self._config = config
        self._role_tags = role_tags
        self._accounts = accounts
        self._resources = resources
        self._aws_documents = aws_documents
        self._actions = actions
        self._lint = lint
        self._analyze = analyze
        self._own = own

    def __call__(self, changes: Sequence[PlannedChange]) -> tuple[tuple[Subject, ...], Facts]:
        subjects = subjects_of(changes, functools.cache(self.account_of), functools.cache(self._document))
        new = {change.target for change in changes if change.change_type == _NEW_ROLE}
        return subjects, self.facts(subjects, new)

    def facts(self, subjects: Sequence[Subject], new: Collection[str] = ()) -> Facts:
        """`new` are principals that the request makes: they have nothing yet."""

        def standing(principal: str) -> Standing:
            held = Held() if principal in new else self._held(principal)
            return standing_of(principal, held, subjects)

        return Facts(
            config=self._config,
            role_tags=self._role_tags,
            standing=functools.cache(standing),
            read_accounts=self._active,
            actions=self._actions,
            lint=self._lint,
            analyze=self._analyze,
            own=self._own,
        )

    def held(self, principal: str, name: str) -> Document | None:
        """What an inline policy of a principal says, as it was last read; None for none."""
        held = self._held(principal)
        return held.documents.get(name) if held else None

    def account_of(self, arn: str) -> str:
        """A bucket's ARN does not say it; the inventory may."""
        if account := Arn.parse(arn).account:
            return account
        known = self._resources.look(arn)
        return known[0] if known else ""

    def _active(self) -> Mapping[str, str]:
        return {
            account_id: record.account.organization_id or ""
            for account_id, record in self._accounts.all().items()
            if record.account.status is AccountStatus.ACTIVE
        }

    def _held(self, principal: str) -> Held | None:
        """Of a role or user as the inventory last read it; None for one that it does not know."""
        found = self._resources.read_many([principal]).get(principal)
        if found is None:
            return None
        kind = RoleRecord if Arn.parse(principal).is_iam_role else UserRecord
        record = kind.unpacked(found[1])
        documents: dict[str, Document] = {policy.name: policy.document for policy in record.inline_policies}
        return Held(
            {**documents, **self._managed([one.arn for one in record.attached_policies])}, record.permissions_boundary
        )

    def _managed(self, arns: Sequence[str]) -> Mapping[str, Document]:
        """One that nobody can read says nothing here."""
        own = [arn for arn in arns if Arn.parse(arn).is_iam("policy")]
        rows = self._resources.read_many(own) if own else {}
        documents: dict[str, Document] = {
            arn: ManagedPolicyRecord.unpacked(detail).document for arn, (_, detail) in rows.items()
        }
        for arn in arns:
            if arn not in own:
                with suppress(NotFound, AccessDeniedByAws):
                    documents[arn] = self._aws_documents(arn)
        return documents

    def _document(self, arn: str) -> Document | None:
        return self._managed([arn]).get(arn)
