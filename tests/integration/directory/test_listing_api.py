from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.principals import SessionKind
from tests.support.directory import FakeSource
from tests.support.served import Served, served

SECTIONS = """
groups: {can_audit: ["group:auditors"]}
directory:
  sources: [static, scim]
  groups: both
  static:
    people:
      ada@example.com: {name: Ada Lovelace, groups: [engineers, auditors]}
      bo@example.com: {groups: [engineers], suspended: true}
      engineers: {}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patches, served(patches, tmp_path_factory.mktemp("site"), SECTIONS) as running:
        running.container.identity.directory.sync.run()
        yield running


@pytest.fixture
def get(site: Served) -> Any:
    headers = site.browser(site.session("ada@example.com", kind=SessionKind.WEB))

    def call(path: str) -> Any:
        answer = site.call("GET", f"/api/v2/directory/{path}", headers=headers)
        assert answer.status == 200, answer.text
        return answer.json

    return call


def users(answer: Any) -> list[tuple[str, str]]:
    return [(one["source"], one["user"]) for one in answer["users"]]


def test_people_are_listed_with_what_each_source_says(get: Any) -> None:
    answer = get("users")
    assert users(answer) == [
        ("static", "ada@example.com"),
        ("static", "bo@example.com"),
        ("static", "engineers"),
        ("sign_in", "ada@example.com"),
    ]
    ada, bo, _, signed_in = answer["users"]
    assert (ada["display_name"], ada["groups"], ada["suspended"]) == ("Ada Lovelace", ["auditors", "engineers"], False)
    assert (bo["suspended"], signed_in["method"], answer["cursor"]) == (True, "test", "")
    assert ada["as_of"] >= ada["changed_at"] > 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LOVE", ["ada@example.com"]),
        ("suspended=true", ["bo@example.com"]),
        ("group=Engineers&source=static", ["ada@example.com", "bo@example.com"]),
        ("source=sign_in", ["ada@example.com"]),
        ("source=scim", []),
    ],
)
def test_people_are_filtered(get: Any, query: str, found: list[str]) -> None:
    assert [user for _, user in users(get(f"users?{query}"))] == found


def test_pages_follow_one_another_over_sources(get: Any) -> None:
    seen, cursor = [], ""
    for _ in range(10):
        answer = get(f"users?limit=1&cursor={cursor}")
        seen += users(answer)
        cursor = answer["cursor"]
        if not cursor:
            break
    assert seen == users(get("users"))


def test_groups_are_listed_with_their_members(get: Any) -> None:
    groups = {one["group"]: one for one in get("groups")["groups"]}
    assert (groups["engineers"]["members"], groups["engineers"]["size"]) == (["ada@example.com", "bo@example.com"], 2)
    assert [one["group"] for one in get("groups?member=bo@example.com")["groups"]] == ["engineers"]
    assert [one["group"] for one in get("groups?q=audit")["groups"]] == ["auditors"]


def test_sources_tell_how_they_are_doing(get: Any) -> None:
    static, scim = get("sources")["sources"]
    assert (static["source"], static["people"], static["groups"], static["suspended"]) == ("static", 3, 2, 1)
    assert (static["error"], static["warning"], static["succeeded_at"] > 0) == (None, None, True)
    assert (scim["source"], scim["succeeded_at"]) == ("scim", None)


def test_ambiguous_names_are_listed_with_who_knows_them(get: Any) -> None:
    (conflict,) = get("conflicts")["conflicts"]
    assert (conflict["name"], conflict["user_in"], conflict["group_in"]) == ("engineers", ["static"], ["static"])


@pytest.mark.parametrize("path", ["users", "groups", "sources", "conflicts"])
def test_nobody_else_reads_it(site: Served, path: str) -> None:
    headers = site.browser(site.session("mallory@example.com", "engineering", kind=SessionKind.WEB))
    answer = site.call("GET", f"/api/v2/directory/{path}", headers=headers)
    assert (answer.status, answer.json["reason"]) == (403, "can_audit")


@pytest.mark.parametrize(
    "query", ["source=nowhere", "cursor=x", "cursor=WyJoaSIsICIiXQ==", "cursor=W10=", "limit=0", "odd=1"]
)
def test_a_query_that_means_nothing_is_refused(site: Served, query: str) -> None:
    headers = site.browser(site.session("root@example.com", kind=SessionKind.WEB))
    assert site.call("GET", f"/api/v2/directory/users?{query}", headers=headers).status == 400


def test_a_fake_source_passes_for_a_source() -> None:
    from chalicelib.core.directory import DirectorySource

    assert isinstance(FakeSource(), DirectorySource)
