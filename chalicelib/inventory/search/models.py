"""What is searched, what is asked, and what is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from chalicelib.core.model import Frozen

TERM_LIMIT = 500
"""Characters of a value that somebody searches for."""
PAGE_LIMIT = 10_000
"""Rows in one page: Lambda's answers end at 6 MB, and Weep asks for five thousand."""


AS_BEFORE = -1
"""The number of errors in a change that tells nothing of them."""


@dataclass(frozen=True, slots=True)
class SearchRow:
    """A resource as tables and search boxes show it. `technology` is AWS Config's type, or `managed_policy`.

    `account_id` is where the resource is, also when its ARN does not say so. `tags` are lines of `key=value`. `config_id` is AWS Config's
    word for it where its row links there; empty otherwise.
    """

    arn: str
    name: str
    account_id: str
    technology: str
    region: str = ""
    owner: str = ""
    tags: str = ""
    templated: str = ""
    errors: int = 0
    observed_at: int = 0
    config_id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A resource as it was seen at an epoch second: its row, or None when it was gone."""

    arn: str
    observed_at: int
    row: SearchRow | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    account_id: str
    name: str


class Column(StrEnum):
    """Columns that can be filtered; all but `tags` can be sorted by."""

    ARN = "arn"
    NAME = "name"
    ACCOUNT_ID = "account_id"
    ACCOUNT_NAME = "account_name"
    TECHNOLOGY = "technology"
    REGION = "region"
    OWNER = "owner"
    TAGS = "tags"
    TEMPLATED = "templated"
    ERRORS = "errors"


class Operator(StrEnum):
    """`matches` is a regular expression that is searched without case. All compare without case; `between` leaves out its ends."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    CONTAINS = "contains"
    NOT_CONTAINS = "not_contains"
    STARTS_WITH = "starts_with"
    MATCHES = "matches"
    BETWEEN = "between"


class Condition(Frozen):
    """One filter; a row must fit all of a query's. `low` and `high` belong to `between`."""

    column: Column
    operator: Operator
    value: str = Field(default="", max_length=TERM_LIMIT)
    low: int = 0
    high: int = 0


Place = tuple[str | int, str]
"""Sort value and ARN of a row: a page begins behind it."""


class Search(Frozen):
    """A query: all conditions, and the text somewhere in ARN, owner or tags."""

    text: str = Field(default="", max_length=TERM_LIMIT)
    conditions: tuple[Condition, ...] = Field(default=(), max_length=20)
    sort: Column = Column.ARN
    descending: bool = False
    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT)
    after: Place | None = None
    """Of the last row that was shown."""


class ExportForm(StrEnum):
    CSV = "csv"
    JSON = "json"


class ExportSearch(Frozen):
    """A query as a whole file. `after` is where its next part begins."""

    text: str = Field(default="", max_length=TERM_LIMIT)
    conditions: tuple[Condition, ...] = Field(default=(), max_length=20)
    sort: Column = Column.ARN
    descending: bool = False
    form: ExportForm = ExportForm.CSV
    after: Place | None = None


class Found(Frozen):
    """A page of rows. Both counts are exact; `more` tells whether another page follows."""

    rows: tuple[SearchRow, ...]
    total: int
    matching: int
    more: bool


class SearchReport(Frozen):
    """What a build came to; `published` is false when nothing changed or another builder was faster. `size` in bytes."""

    published: bool
    generation: int = 0
    rows: int = 0
    size: int = 0
    changes: int = 0
    whole: bool = False


Sees = Callable[[str, str], bool]
"""Whether the reader sees a resource: account id and ARN."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees: all of `accounts`, and of `partly` what `sees` says."""

    accounts: frozenset[str]
    partly: frozenset[str] = frozenset()
    sees: Sees = lambda _account, _arn: False

    def shows(self, account_id: str, arn: str) -> bool:
        return account_id in self.accounts or (account_id in self.partly and self.sees(account_id, arn))


class Suggestion(Frozen):
    """`rank`: 0 exact, 1 prefix, 2 word, 3 substring."""

    rank: int
    row: SearchRow
