"""Accounts that plugins list: believed whole, or not at all."""

import pytest

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.accounts.sources.plugins import PluginAccounts
from chalicelib.core.errors import PluginFailed
from chalicelib.core.hooks import ListedAccount
from tests.support.plugins import calls, plugin

ONE, TWO = "1" * 12, "2" * 12


def listed(*accounts: object) -> PluginAccounts:
    return PluginAccounts(calls(plugin("acme", account_source=lambda: accounts)))


def test_what_a_plugin_says_of_an_account_is_what_is_known_of_it() -> None:
    said = ListedAccount(ONE, "payments", "prod", "team@example.com", "Prod", {"tier": "1"})
    assert list(listed(said, ListedAccount(TWO, active=False)).accounts()) == [
        Account(
            account_id=ONE,
            name="payments",
            environment="prod",
            owner="team@example.com",
            ou_path="Prod",
            tags={"tier": "1"},
        ),
        Account(account_id=TWO, name=TWO, status=AccountStatus.SUSPENDED),
    ]


@pytest.mark.parametrize("account_id", ["", "12", ONE + "1", "\uff11" * 12, "payments"])
def test_what_is_no_account_is_a_failure_with_the_plugins_name(account_id: str) -> None:
    with pytest.raises(PluginFailed, match=f"The plugin acme lists '{account_id[:50]}', which is no account"):
        list(listed(ListedAccount(ONE), ListedAccount(account_id)).accounts())


def test_a_plugin_that_fails_has_listed_nothing() -> None:
    with pytest.raises(PluginFailed):
        list(PluginAccounts(calls(plugin("acme", account_source=lambda: 1 / 0))).accounts())


def test_without_plugins_there_are_none() -> None:
    assert list(PluginAccounts(calls()).accounts()) == []
