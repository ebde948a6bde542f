"""Okta and Entra ID push over HTTP; what follows is looked at in sessions, directory and audit log."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.errors import Forbidden
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.models import Person
from tests.support.scim import GROUP, TOKEN, USER, ScimClient, scim_served

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.fixture(scope="module")
def scim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScimClient]:
    with scim_served(tmp_path_factory.mktemp("scim")) as client:
        yield client


@pytest.fixture
def name() -> str:
    return f"{ulid().lower()}@example.com"


def person(scim: ScimClient, user: str) -> Person:
    found = scim.served.container.identity.people.find(user)
    assert found is not None
    return found


def groups_of_sessions(scim: ScimClient, user: str) -> list[set[str]]:
    return [set(session.groups) for session in scim.served.container.identity.sessions.of(user)]


def told(scim: ScimClient, target: str) -> set[tuple[str, str, str]]:
    links = scim.served.container.audit.of_target(target)
    return {(link.entry.action, link.entry.person, link.entry.reason) for link in links}


class TestOkta:
    """The dialogue of Okta's provisioning: look for the user, create, put whole, deactivate by a patch without a path."""

    def test_provisions_a_user_who_then_has_the_groups_that_it_pushes(self, scim: ScimClient, name: str) -> None:
        filtered = f"/Users?filter=userName%20eq%20%22{name}%22&startIndex=1&count=100"
        assert scim.call("GET", filtered).json["totalResults"] == 0
        created = scim.call(
            "POST",
            "/Users",
            {
                "schemas": [USER],
                "userName": name.upper(),
                "name": {"givenName": "Ada", "familyName": "Lovelace"},
                "emails": [{"primary": True, "value": name, "type": "work"}],
                "displayName": "Ada Lovelace",
                "locale": "en-US",
                "externalId": f"00u{name[:10]}",
                "groups": [],
                "password": "never kept",
                "active": True,
            },
        )
        user = created.json
        assert (created.status, created.headers["location"]) == (201, user["meta"]["location"])
        assert created.headers["content-type"] == "application/scim+json"
        assert (user["userName"], user["name"]["givenName"], user["active"]) == (name.upper(), "Ada", True)
        assert "password" not in created.text
        (found,) = scim.call("GET", filtered).json["Resources"]
        assert found == user
        assert scim.call("GET", f"/Users/{user['id']}").json == user
        group_name = f"Engineers {name}"
        scim.create_group(group_name, user["id"])
        scim.served.session(name, "from-the-token")
        assert groups_of_sessions(scim, name) == [{group_name.casefold()}]
        assert person(scim, name).source == "scim"

    def test_puts_a_user_whole_with_another_name(self, scim: ScimClient, name: str) -> None:
        user_id, group_name = scim.create_user(name), f"g-{name}"
        group_id = scim.create_group(group_name, user_id)
        scim.served.session(name)
        body = {"schemas": [USER], "id": user_id, "userName": f"new-{name}", "active": True, "displayName": "Ada K."}
        answer = scim.call("PUT", f"/Users/{user_id}", body)
        assert (answer.status, answer.json["userName"], answer.json["displayName"]) == (200, f"new-{name}", "Ada K.")
        assert "externalId" not in answer.json
        assert groups_of_sessions(scim, name) == []
        assert (person(scim, name).suspended, person(scim, f"new-{name}").groups) == (True, frozenset({group_name}))
        assert [one["value"] for one in scim.call("GET", f"/Groups/{group_id}").json["members"]] == [user_id]
        again = scim.create_user(name)
        assert again != user_id

    def test_deactivates_at_once_and_takes_back(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        scim.served.session(name)
        scim.served.session(name, kind=SessionKind.WEB)
        answer = scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": False}})
        assert (answer.status, answer.json["active"]) == (200, False)
        assert groups_of_sessions(scim, name) == []
        with pytest.raises(Forbidden) as refusal:
            scim.served.session(name)
        assert refusal.value.reason == "suspended"
        scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": True}})
        scim.served.session(name)
        entries = told(scim, f"user:{name}")
        by = "system:scim:okta"
        assert {
            ("directory.push", by, "created"),
            ("directory.push", by, "patched"),
            ("directory.suspend", by, "suspended"),
            ("session.revoke", by, "all sessions"),
        } <= entries

    def test_pushes_a_group_that_loses_a_member(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        other = scim.create_user(f"other-{name}")
        group_id = scim.create_group(f"a-{name}", user_id, other)
        scim.create_group(f"b-{name}", user_id)
        scim.served.session(name)
        assert groups_of_sessions(scim, name) == [{f"a-{name}", f"b-{name}"}]
        answer = scim.patch(f"/Groups/{group_id}", {"op": "remove", "path": f'members[value eq "{user_id}"]'})
        assert (answer.status, [one["value"] for one in answer.json["members"]]) == (200, [other])
        assert groups_of_sessions(scim, name) == [{f"b-{name}"}]
        assert person(scim, f"other-{name}").groups == {f"a-{name}"}


class TestEntra:
    """Entra ID: capitals, paths, False as a text, members without their group, and soft deletes."""

    def test_looks_for_its_own_id_and_for_a_user_that_is_not_there(self, scim: ScimClient, name: str) -> None:
        missing = scim.call("GET", f"/Users?filter=externalId%20eq%20%22{name}%22")
        assert (missing.status, missing.json["totalResults"], missing.json["Resources"]) == (200, 0, [])
        user_id = scim.create_user(name, externalId=name, **{ENTERPRISE: {"department": "Engines"}})
        (found,) = scim.call("GET", f"/Users?filter=externalId%20eq%20%22{name}%22").json["Resources"]
        assert found["id"] == user_id

    def test_updates_attributes_by_paths(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name, emails=[{"type": "work", "value": name}])
        answer = scim.patch(
            f"/Users/{user_id}",
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": f"x{name}"},
            {"op": "Add", "path": "name.familyName", "value": "Hopper"},
            {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": "42"},
            {"op": "Add", "path": "title", "value": "Admiral"},
        )
        assert answer.json["emails"] == [{"value": f"x{name}", "type": "work"}]
        assert answer.json["name"] == {"familyName": "Hopper"}

    def test_disables_with_a_text(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        scim.served.session(name)
        scim.patch(f"/Users/{user_id}", {"op": "Replace", "path": "active", "value": "False"})
        assert (groups_of_sessions(scim, name), person(scim, name).suspended) == ([], True)

    def test_adds_and_removes_members_of_a_group_that_it_reads_without_them(self, scim: ScimClient, name: str) -> None:
        user_id, group_id = scim.create_user(name), scim.create_group(f"g-{name}")
        path = f"/Groups/{group_id}?excludedAttributes=members"
        scim.patch(path, {"op": "Add", "path": "members", "value": [{"$ref": None, "value": user_id}]})
        assert "members" not in scim.call("GET", path).json
        assert person(scim, name).groups == {f"g-{name}"}
        query = f"/Groups?excludedAttributes=members&filter=displayName%20eq%20%22G-{name}%22"
        assert [one["id"] for one in scim.call("GET", query).json["Resources"]] == [group_id]
        scim.patch(path, {"op": "Remove", "path": "members", "value": [{"value": user_id}]})
        assert person(scim, name).groups == frozenset()

    def test_renames_a_group(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        group_id = scim.create_group(f"old-{name}", user_id)
        scim.served.session(name)
        scim.patch(f"/Groups/{group_id}", {"op": "Replace", "path": "displayName", "value": f"New-{name}"})
        assert person(scim, name).groups == {f"new-{name}"}
        assert groups_of_sessions(scim, name) == [set()]
        kinds = scim.served.container.identity.people.knows([f"old-{name}", f"new-{name}"])
        assert (kinds[f"old-{name}"].group, kinds[f"new-{name}"].group) == (False, True)

    def test_deletes_a_user_for_good(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        group_id = scim.create_group(f"g-{name}", user_id)
        scim.served.session(name)
        assert scim.call("DELETE", f"/Users/{user_id}").status == 204
        assert groups_of_sessions(scim, name) == []
        assert (person(scim, name).suspended, person(scim, name).removed) == (True, True)
        assert scim.call("GET", f"/Users/{user_id}").status == 404
        assert scim.call("DELETE", f"/Users/{user_id}").status == 404
        assert scim.call("GET", f"/Groups/{group_id}").json["members"] == []
        again = scim.create_user(name)
        scim.served.session(name)
        assert again != user_id

    def test_deletes_a_group(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(name)
        group_id = scim.create_group(f"g-{name}", user_id)
        scim.served.session(name)
        assert scim.call("DELETE", f"/Groups/{group_id}").status == 204
        assert groups_of_sessions(scim, name) == [set()]
        assert person(scim, name).groups == frozenset()
        assert scim.call("GET", f"/Groups/{group_id}").status == 404
        assert scim.create_group(f"g-{name}") != group_id


class TestLists:
    def test_are_paged_from_one_on(self, scim: ScimClient, name: str) -> None:
        ids = [scim.create_user(f"{number}-{name}") for number in range(3)]
        whole = scim.call("GET", "/Users?count=0").json
        assert (whole["itemsPerPage"], whole["Resources"]) == (0, [])
        assert whole["totalResults"] >= 3
        every = [
            one["id"]
            for start in range(1, whole["totalResults"] + 1, 2)
            for one in scim.call("GET", f"/Users?startIndex={start}&count=2").json["Resources"]
        ]
        assert len(every) == len(set(every)) == whole["totalResults"]
        assert set(ids) <= set(every)
        odd = scim.call("GET", "/Users?startIndex=-5&count=-1").json
        assert (odd["startIndex"], odd["itemsPerPage"]) == (1, 0)

    def test_find_users_by_their_address_and_groups_by_their_id(self, scim: ScimClient, name: str) -> None:
        user_id = scim.create_user(f"u-{name}", emails=[{"value": name}])
        group_id = scim.create_group(f"g-{name}", user_id)
        for query in (f"emails.value eq %22{name.upper()}%22", f"id eq %22{user_id}%22"):
            found = scim.call("GET", f"/Users?filter={query.replace(' ', '%20')}").json["Resources"]
            assert [one["id"] for one in found] == [user_id]
        (group,) = scim.call("GET", f"/Groups?filter=id%20eq%20%22{group_id}%22").json["Resources"]
        assert [one["value"] for one in group["members"]] == [user_id]


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("method", "path", "body", "status", "kind"),
        [
            ("POST", "/Users", {"schemas": [USER]}, 400, "invalidValue"),
            ("POST", "/Users", {"userName": "  "}, 400, "invalidValue"),
            ("POST", "/Users", {"userName": "x", "active": "perhaps"}, 400, "invalidValue"),
            ("POST", "/Users", [], 400, "invalidValue"),
            ("POST", "/Users", b"{", 400, "invalidValue"),
            ("POST", "/Groups", {"schemas": [GROUP]}, 400, "invalidValue"),
            ("POST", "/Groups", {"displayName": "x", "members": [{"value": "nobody"}]}, 400, "invalidValue"),
            ("GET", "/Users?filter=userName%20co%20%22x%22", None, 400, "invalidFilter"),
            ("GET", "/Groups?filter=members%20eq%20%22x%22", None, 400, "invalidFilter"),
            ("GET", "/Users?startIndex=x", None, 400, "invalidValue"),
            ("PATCH", "/Users/0", {"Operations": []}, 404, None),
            ("PUT", "/Groups/none", {"displayName": "x"}, 404, None),
            ("GET", "/Schemas/urn:none", None, 404, None),
        ],
    )
    def test_is_told_in_the_standards_shape(
        self, scim: ScimClient, method: str, path: str, body: Any, status: int, kind: str | None
    ) -> None:
        answer = scim.call(method, path, body)
        assert (answer.status, answer.json["status"], answer.json.get("scimType")) == (status, str(status), kind)
        assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert answer.headers["content-type"] == "application/scim+json"

    def test_is_a_name_that_is_taken(self, scim: ScimClient, name: str) -> None:
        scim.create_user(name, externalId=f"e-{name}")
        other = scim.create_user(f"other-{name}")
        scim.create_group(f"g-{name}")
        for answer in (
            scim.call("POST", "/Users", {"userName": name.upper()}),
            scim.call("POST", "/Users", {"userName": f"third-{name}", "externalId": f"e-{name}"}),
            scim.patch(f"/Users/{other}", {"op": "replace", "path": "userName", "value": name}),
            scim.call("POST", "/Groups", {"displayName": f"G-{name}"}),
        ):
            assert (answer.status, answer.json["scimType"]) == (409, "uniqueness")

    @pytest.mark.parametrize(
        "header", ["", "Bearer", "Bearer short", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer " + "x" * 40]
    )
    def test_is_whoever_brings_no_token_of_ours(self, scim: ScimClient, header: str) -> None:
        answer = scim.call("GET", "/Users", Authorization=header)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_what_it_can_do_is_told(scim: ScimClient) -> None:
    config = scim.call("GET", "/ServiceProviderConfig").json
    assert (config["patch"]["supported"], config["bulk"]["supported"], config["filter"]["maxResults"]) == (
        True,
        False,
        200,
    )
    types = scim.call("GET", "/ResourceTypes").json["Resources"]
    assert [(one["id"], one["endpoint"]) for one in types] == [("User", "/Users"), ("Group", "/Groups")]
    assert scim.call("GET", "/ResourceTypes/User").json == types[0]
    (user, group) = scim.call("GET", "/Schemas").json["Resources"]
    assert (user["id"], group["id"]) == (USER, GROUP)
    assert scim.call("GET", f"/Schemas/{USER}").json == user


def test_the_sync_finds_nothing_to_do_after_pushes_and_does_not_make_them_younger(scim: ScimClient, name: str) -> None:
    directory = scim.served.container.identity.directory
    scim.create_group(f"g-{name}", scim.create_user(name, displayName="Ada"))
    heard = directory.store.state("scim").succeeded_at
    (report,) = directory.sync.run().sources
    assert (report.changed_people, report.changed_groups, report.removed_people, report.warning) == (0, 0, 0, None)
    assert directory.store.state("scim").succeeded_at == heard
