"""Table `directory`, what accounts tell of themselves: one partition, so that one query lists them all."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action

from chalicelib.accounts.facts import AccountFacts
from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_PARTITION = "ACCOUNT_FACTS"


class FactsRow(Table):
    suffix = "directory"

    body = UnicodeAttribute(null=True)
    observed_at = NumberAttribute(null=True)


class FactsStore:
    def all(self) -> dict[str, AccountFacts]:
        """By account id."""
        with translated("what accounts tell of themselves"):
            return {row.sk: AccountFacts.model_validate_json(row.body) for row in FactsRow.query(_PARTITION)}

    def find(self, account_id: str) -> AccountFacts | None:
        with translated(f"what account {account_id} tells of itself"):
            try:
                return AccountFacts.model_validate_json(FactsRow.get(_PARTITION, account_id).body)
            except DoesNotExist:
                return None

    def put(self, facts: AccountFacts) -> bool:
        """Whether it was written: an older observation never replaces a newer one."""
        newer = FactsRow.observed_at.does_not_exist() | (FactsRow.observed_at <= facts.checked_at)
        actions: list[Action] = [FactsRow.body.set(facts.model_dump_json()), FactsRow.observed_at.set(facts.checked_at)]
        try:
            with translated(f"what account {facts.account_id} tells of itself"):
                FactsRow(_PARTITION, facts.account_id).update(actions=actions, condition=newer)
        except Conflict:
            return False
        return True
