"""A save on the laptop cloud, each function under the policy file that it ships with: enough to work."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import LaptopCloud
from infra.local.journeys.visitor import Visitor
from infra.local.options import Options
from tests.support.configuration_world import ADA, EDDI

CONFIG = "/api/v2/dynamic_config"
CONFIGURATION = """
deployment:
  administrators: ["group:admins"]
  hub: {account_id: "123456789012"}
  spoke: {role_name: ConsoleMe}
  regions: [us-east-1]
accounts: {sources: [static], static: {"123456789012": {name: default_account}}}
groups: {can_edit_config: ["group:editors"]}
"""
PEOPLE = [{"email": ADA, "groups": ["admins"]}, {"email": EDDI, "groups": ["editors"]}]
ROLE = "arn:aws:iam::123456789012:role/reader"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopCloud]:
    folder = tmp_path_factory.mktemp("laptop")
    config, people = folder / "configuration.yaml", folder / "people.json"
    config.write_text(CONFIGURATION, encoding="utf-8")
    people.write_text(json.dumps(PEOPLE), encoding="utf-8")
    options = Options(config=Path(config), people=people, enforce=True, per_function=True, schedules=False)
    with LaptopCloud(options) as running:
        yield running


def visitor(cloud: LaptopCloud, user: str) -> Visitor:
    found = Visitor(cloud.url, "tests", browser=True)
    found.sign_in(user)
    return found


def test_an_editor_saves_and_what_follows_is_done_by_the_functions_own_rights(cloud: LaptopCloud) -> None:
    eddi = visitor(cloud, EDDI)
    before = eddi.get(CONFIG).expect(200)
    assert "deployment:" in before["deployment"]
    assert "deployment:" not in before["dynamicConfig"]
    mapping = f"authorization: {{group_mapping: {{'user:{ADA}': {{roles: ['{ROLE}']}}}}}}\n"
    text = before["dynamicConfig"] + mapping
    preview = eddi.post(f"{CONFIG}/preview", {"new_config": text}).expect(200)
    assert next(effect["text"] for effect in preview["effects"]) == "1 role more for 1 person known so far."
    wish: dict[str, Any] = {"new_config": text, "existing_sha256": before["sha256"], "comment": "a first one"}
    saved = eddi.post(CONFIG, wish).expect(200)
    assert (saved["status"], saved["applied"], saved["version"]["number"]) == ("success", True, 1)
    assert eddi.post(CONFIG, wish).expect(200) == saved
    answer = cloud.invoke("follow_configuration", cloud.scheduler.event("follow_configuration"))
    assert (answer.failed, answer.payload) == (False, {"version": 1, "done": True, "busy": False})


def test_the_history_is_read_and_an_administrator_takes_a_version_up_again(cloud: LaptopCloud) -> None:
    ada = visitor(cloud, ADA)
    now = ada.get(CONFIG).expect(200)
    second = ada.post(CONFIG, {"new_config": "groups: {}\n", "existing_sha256": now["sha256"]}).expect(200)
    body = {"version": second["version"]["number"] - 1, "existing_sha256": second["newsha56"]}
    back = ada.post(f"{CONFIG}/rollback", body).expect(200)
    assert back["newConfig"] == now["dynamicConfig"]
    versions = ada.get(f"{CONFIG}/versions").expect(200)["versions"]
    assert [version["action"] for version in versions][:2] == ["rollback", "save"]
    assert ada.get(f"{CONFIG}/versions/{versions[0]['number']}?against=1").status == 200
