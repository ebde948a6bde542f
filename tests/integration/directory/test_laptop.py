"""The directory on the laptop cloud, each function under the policy file that it ships with: enough to work."""

import hashlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.cloud import LaptopCloud
from infra.local.journeys.visitor import Visitor
from infra.local.options import Options

TOKEN = "t" * 40
CONFIGURATION = """
deployment:
  administrators: ["group:admins"]
  hub: {account_id: "123456789012"}
  spoke: {role_name: ConsoleMe}
  regions: [us-east-1]
accounts: {sources: [static], static: {"123456789012": {name: default_account}}}
directory:
  sources: [static, scim]
  static:
    people:
      ada@example.com: {groups: [admins]}
      bo@example.com: {groups: [admins], suspended: true}
"""
PEOPLE = [{"email": "ada@example.com", "groups": ["x"]}, {"email": "bo@example.com"}, {"email": "cy@example.com"}]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopCloud]:
    folder = tmp_path_factory.mktemp("laptop")
    config, people = folder / "configuration.yaml", folder / "people.json"
    config.write_text(CONFIGURATION, encoding="utf-8")
    people.write_text(json.dumps(PEOPLE), encoding="utf-8")
    with LaptopCloud(
        Options(config=Path(config), people=people, enforce=True, per_function=True, schedules=False)
    ) as running:
        digest = hashlib.sha256(TOKEN.encode()).hexdigest()
        running.client("secretsmanager").create_secret(
            Name="consoleme-directory-scim", SecretString=json.dumps({"tokens": [{"name": "okta", "sha256": digest}]})
        )
        yield running


def synced(cloud: LaptopCloud) -> dict[str, Any]:
    """The report by source."""
    answer = cloud.invoke("sync_directory", cloud.scheduler.event("sync_directory"))
    assert not answer.failed, answer.payload
    return {one["source"]: one for one in answer.payload["sources"]}


def push(cloud: LaptopCloud, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    target = urlsplit(cloud.url)
    connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    try:
        connection.request(method, f"/scim/v2{path}", json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        text = response.read()
        return response.status, json.loads(text) if text else None
    finally:
        connection.close()


def visitor(cloud: LaptopCloud) -> Visitor:
    return Visitor(cloud.url, "tests", browser=True)


def test_the_configured_people_are_known_and_have_the_groups_that_the_directory_says(cloud: LaptopCloud) -> None:
    static = synced(cloud)["static"]
    assert (static["people"], static["suspended"]) == (2, 1)
    ada, bo = visitor(cloud), visitor(cloud)
    assert ada.sign_in("ada@example.com").status == 200
    refused = bo.sign_in("bo@example.com")
    assert (refused.status, "suspended" in refused.text) == (502, True)
    users = ada.get("/api/v2/directory/users?source=static").expect(200)["users"]
    assert [(one["user"], one["groups"], one["suspended"]) for one in users] == [
        ("ada@example.com", ["admins"], False),
        ("bo@example.com", ["admins"], True),
    ]


def test_what_is_pushed_counts_at_once(cloud: LaptopCloud) -> None:
    status, user = push(cloud, "POST", "/Users", {"userName": "cy@example.com"})
    assert status == 201
    status, group = push(cloud, "POST", "/Groups", {"displayName": "Admins", "members": [{"value": user["id"]}]})
    assert status == 201
    cy = visitor(cloud)
    assert cy.sign_in("cy@example.com").status == 200
    (source,) = [one for one in cy.get("/api/v2/directory/sources").expect(200)["sources"] if one["source"] == "scim"]
    assert source["succeeded_at"] is not None
    patch = {"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
    assert push(cloud, "PATCH", f"/Users/{user['id']}", patch)[0] == 200
    assert cy.get("/api/v2/directory/sources").status == 403
    renamed = {"Operations": [{"op": "replace", "value": {"displayName": "Others"}}]}
    assert push(cloud, "PATCH", f"/Groups/{group['id']}", renamed)[0] == 200
    assert push(cloud, "DELETE", f"/Users/{user['id']}")[0] == 204
    assert push(cloud, "DELETE", f"/Groups/{group['id']}")[0] == 204
    scim = synced(cloud)["scim"]
    assert (scim["people"], scim["changed_people"], scim["warning"]) == (0, 0, None)
