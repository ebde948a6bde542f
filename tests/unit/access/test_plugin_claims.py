"""What plugins claim for a role."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pluggy
import pytest

from chalicelib.access.plugin_claims import PluginClaims
from chalicelib.core.errors import PluginFailed
from chalicelib.core.roles import AuthorizedRole, RoleClaim
from chalicelib.plugins import hookspecs
from chalicelib.plugins.calls import Calls
from chalicelib.plugins.hookspecs import hookimpl
from tests.support.builders import authorized_role

ON_CALL = RoleClaim(identity="group:on-call", name="on call")


def claims(**plugins: Any) -> tuple[RoleClaim, ...]:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name, answer in plugins.items():
        manager.register(SimpleNamespace(eligible_identities=hookimpl(answer)), name)
    return PluginClaims(Calls(manager)).of(authorized_role(tags={"team": "payments"}))


def test_without_plugins_there_are_none() -> None:
    assert claims() == ()


def test_each_names_its_plugin() -> None:
    def by_tag(role: AuthorizedRole) -> Iterator[RoleClaim]:
        yield RoleClaim(identity=f"group:{role.tags['team']}", name="team")

    found = claims(rota=lambda role: [ON_CALL], teams=by_tag, silent=lambda role: None)
    assert {(one.identity, one.name) for one in found} == {
        ("group:on-call", "rota: on call"),
        ("group:payments", "teams: team"),
    }


@pytest.mark.parametrize("answer", ["group:on-call", [("group:on-call", "x")], 7])
def test_what_is_no_claim_fails_by_the_plugins_name(answer: Any) -> None:
    with pytest.raises(PluginFailed, match="rota"):
        claims(rota=lambda role: answer)


def test_what_a_plugin_raises_fails_by_its_name() -> None:
    def broken(role: AuthorizedRole) -> list[RoleClaim]:
        raise KeyError("team")

    with pytest.raises(PluginFailed, match="rota"):
        claims(rota=broken)
