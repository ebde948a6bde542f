"""Acme's plugin beside requests and role pages: its rule approves, its chat hears, its links are shown."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from tests.integration.plugins.conftest import PLUGIN
from tests.support.aws import aws_tables
from tests.support.estate import FIRST, estate
from tests.support.http import ScriptedServer
from tests.support.request_world import APP, EVE, SPOKE, document, world


def said(chat: ScriptedServer) -> list[str]:
    return [json.loads(request.body)["text"] for request in chat.received]


@pytest.mark.parametrize(
    ("stage", "actions", "state"),
    [
        ("test", ["s3:GetObject"], "applied"),
        ("test", ["s3:PutObject"], "pending"),
        ("prod", ["s3:GetObject"], "pending"),
    ],
)
def test_a_rule_approves_reading_outside_production_and_the_chat_hears_of_it(
    acme: ModuleType, chat: ScriptedServer, tmp_path: Path, stage: str, actions: list[str], state: str
) -> None:
    chat.received.clear()
    with pytest.MonkeyPatch.context() as patches, world(patches, tmp_path) as shop:
        shop.plugins = (acme,)
        shop.configure(requests={"auto_approval": True})
        with shop.boundary.unguarded():
            AccountStore().put(Account(account_id=SPOKE, name="payments", environment=stage), shop.clock.now())
        request_id = shop.requested(
            asked={
                "changes": {
                    "changes": [
                        {
                            "principal": {"principal_type": "AwsResource", "principal_arn": APP},
                            "change_type": "inline_policy",
                            "action": "attach",
                            "policy_name": "export",
                            "policy": {"policy_document": document(*actions)},
                        }
                    ]
                },
                "justification": "nightly export",
            }
        )
        assert shop.state(request_id) == state
        rulings = [ruling.rule for ruling in shop.find(request_id).rulings]
        assert rulings == ([f"{PLUGIN}: acme_reading"] if state == "applied" else [])
        shop.tick()
    lines = said(chat)
    assert lines[0].startswith(f"user:{EVE}: request for {APP} created. http://")
    kinds = [line.split()[4].rstrip(".") for line in lines]
    assert kinds == (["created", "approved", "applied"] if state == "applied" else ["created"])


def test_a_role_page_has_the_links_of_the_plugin(acme: ModuleType, tmp_path: Path, on_our_tables: None) -> None:
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches, CONSOLEME_PLUGINS=PLUGIN),
        estate(patches, tmp_path) as running,
    ):
        running.configure(accounts={"sources": ["plugins"]})
        running.create_role(FIRST, "app")
        running.begin("run")
        running.sync(FIRST, "run")
        notes = running.role_page(FIRST, "app").page.notes
    assert [(note.title, note.text, note.url) for note in notes] == [
        ("Runbook", "app", "https://wiki.acme.example/runbooks/app"),
        ("Team", "This account belongs to payments.", None),
    ]


def test_emergency_roles_are_for_whoever_is_on_call_and_the_reason_is_the_plugins(
    acme: ModuleType, tmp_path: Path, on_our_tables: None
) -> None:
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches, CONSOLEME_PLUGINS=PLUGIN),
        estate(patches, tmp_path) as running,
    ):
        running.configure(accounts={"sources": ["plugins"]})
        mine, other = running.create_role(FIRST, "break-glass", Path="/emergency/"), running.create_role(FIRST, "app")
        running.begin("run")
        running.sync(FIRST, "run")
        assert running.rights("group:on-call") == {mine}
        assert other not in running.rights("group:on-call")
        page = running.role_page(FIRST, "break-glass")
    (why,) = page.authorized
    assert (why.identity, why.source) == ("group:on-call", "plugin acme_consoleme.plugin: emergency")
