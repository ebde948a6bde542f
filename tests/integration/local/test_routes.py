from collections.abc import Mapping

import pytest

from infra.local.routes import RouteShapeError, RouteTable, api_prefixes

ROUTES = {
    "/auth": ["GET"],
    "/api/v1/get_roles": ["GET"],
    "/api/v1/get_credentials": ["POST"],
    "/api/v2/roles/{account}/{rest+}": ["GET"],
    "/api/v2/requests/{request_id}": ["GET", "PUT"],
    "/api/v2/requests/{request_id}/comments": ["POST"],
    "/api/v2/requests/mine": ["GET"],
}


@pytest.mark.parametrize(
    ("path", "resource", "variables"),
    [
        ("/auth", "/auth", {}),
        ("/auth/", "/auth", {}),
        ("/api/v2/requests/7", "/api/v2/requests/{request_id}", {"request_id": "7"}),
        ("/api/v2/requests/a%2Fb", "/api/v2/requests/{request_id}", {"request_id": "a%2Fb"}),
        ("/api/v2/requests/mine", "/api/v2/requests/mine", {}),
        ("/api/v2/requests/mine/comments", "/api/v2/requests/{request_id}/comments", {"request_id": "mine"}),
        ("/api/v2/roles/1/team/a/name", "/api/v2/roles/{account}/{rest+}", {"account": "1", "rest": "team/a/name"}),
        ("/api/v2/roles/1/../../etc", "/api/v2/roles/{account}/{rest+}", {"account": "1", "rest": "../../etc"}),
    ],
)
def test_a_path_is_the_most_particular_resource(path: str, resource: str, variables: Mapping[str, str]) -> None:
    match = RouteTable(ROUTES).match(path)
    assert match is not None
    assert (match.resource, match.variables) == (resource, variables)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/Auth",
        "/auth/x",
        "/api",
        "/api/v1",
        "/api//v1/get_roles",
        "/api/v2/roles/1",
        "/api/v2/requests//",
        "//auth",
    ],
)
def test_other_paths_are_no_resource(path: str) -> None:
    assert RouteTable(ROUTES).match(path) is None


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        (["/a/{one}", "/a/{two}/b"], "sibling variable 'one'"),
        (["/a/{one}", "/a/{one+}"], "sibling variable 'one'"),
        (["/a/{one+}/b"], "last segment"),
        (["/a/x{one}"], "neither plain text nor one whole variable"),
        (["/a/"], "does not end"),
        (["a"], "begins with a slash"),
        (["/a//b"], "neither"),
        (["/{page}"], "page's own paths"),
        (["/policies/{page}"], "page's own paths"),
        (["/policies"], "page's own paths"),
        (["/"], "page's own paths"),
        ([f"/a/{number}" for number in range(300)], "301 resources"),
    ],
)
def test_what_api_gateway_would_refuse_is_refused(routes: list[str], says: str) -> None:
    with pytest.raises(RouteShapeError, match=says):
        RouteTable({route: ["GET"] for route in routes})


def test_the_first_segments_belong_to_the_api() -> None:
    assert api_prefixes(ROUTES) == {"auth", "api"}
    table = RouteTable(ROUTES)
    assert [
        path for path in ("/api", "/api/x", "/auth", "/", "/apis", "/requests/7", "/API/x") if table.is_api(path)
    ] == ["/api", "/api/x", "/auth"]


def test_below_a_segment_that_the_page_has_too_the_api_takes_two() -> None:
    table = RouteTable({"/policies/typeahead": ["GET"]})
    asked = ("/policies", "/policies/request/7", "/policies/typeahead", "/policies/typeahead/x")
    assert [path for path in asked if table.is_api(path)] == ["/policies/typeahead", "/policies/typeahead/x"]
