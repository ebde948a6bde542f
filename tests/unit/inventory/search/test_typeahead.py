"""Roles by application, as ConsoleMe's search box shows them."""

from collections.abc import Iterator

import pytest

from chalicelib.access.selection import Application
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import AccountRow, SearchRow, Sight
from chalicelib.inventory.search.typeahead import ROLE, applications

ACCOUNT = "111111111111"
KNOWN = {
    "ledger": Application(roles=("arn:aws:iam::*:role/ledger-*", "arn:aws:iam::111111111111:role/team/a+b")),
    "export": Application(roles=("arn:aws:iam::*:role/*-export",)),
    "unused": Application(roles=("arn:aws:iam::*:role/nobody",)),
}


def row(name: str, technology: str = ROLE) -> SearchRow:
    return SearchRow(f"arn:aws:iam::{ACCOUNT}:role/{name}", name, ACCOUNT, technology)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    path = tmp_path_factory.mktemp("typeahead") / "index.sqlite"
    names = ("ledger-reader", "ledger-export", "team/a+b", "other-export", "reader", *(f"many-{n}" for n in range(3)))
    build(path, [*map(row, names), row("ledger-user", "AWS::IAM::User")], [AccountRow(ACCOUNT, "payments")])
    found = SearchIndex(path)
    yield found
    found.close()


def found(index: SearchIndex, text: str, sight: Sight | None = None) -> dict[str, list[str]]:
    groups = applications(index, text, KNOWN, sight)
    return {name: [one.title.partition(":role/")[2] for one in group.results] for name, group in groups.items()}


def test_an_application_is_found_by_its_name_with_all_of_its_roles(index: SearchIndex) -> None:
    assert found(index, "Ledg") == {
        "export": ["ledger-export"],
        "ledger": ["ledger-export", "ledger-reader", "team/a+b"],
    }
    assert found(index, "unused") == {}


def test_roles_are_found_by_their_arns_and_those_of_no_application_come_last(index: SearchIndex) -> None:
    assert found(index, "reader") == {"ledger": ["ledger-reader"], "Unknown App": ["reader"]}
    (group,) = applications(index, "many-1", KNOWN, None).values()
    assert (group.name, [one.description for one in group.results]) == ("Unknown App", ["payments"])


def test_what_somebody_does_not_see_is_in_no_group(index: SearchIndex) -> None:
    assert found(index, "ledger", Sight(frozenset())) == {}
