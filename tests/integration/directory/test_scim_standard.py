"""An independent client checks the endpoint against RFC 7643 and 7644."""

from collections.abc import Iterator

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import CheckResult, Status, check_server

from tests.support.scim import BASE, ScimClient, as_wsgi, scim_served

ANSWERED_BY_API_GATEWAY = {
    # Methods and paths that are not declared never reach the application.
    "random_url",
    "resource_types_endpoint_methods",
    "schemas_endpoint_methods",
    "service_provider_config_endpoint_methods",
    # POST /.search is optional, and nobody needs it beside GET.
    "search_with_attributes",
}
GOOD = {Status.SUCCESS, Status.COMPLIANT, Status.ACCEPTABLE}


@pytest.fixture(scope="module")
def scim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScimClient]:
    with scim_served(tmp_path_factory.mktemp("scim")) as client:
        yield client


def checked(scim: ScimClient, *tags: str) -> list[CheckResult]:
    client = WSGISCIMClient(as_wsgi(scim), base_url=scim.served.url + BASE)
    results = check_server(client, include_tags=set(tags) or None)
    return [result for result in results if result.title not in ANSWERED_BY_API_GATEWAY]


def test_what_it_can_do_is_told_as_the_standard_says(scim: ScimClient) -> None:
    results = checked(scim, "discovery")
    assert [(one.title, one.reason) for one in results if one.status not in GOOD | {Status.SKIPPED}] == []
    assert len([one for one in results if one.status in GOOD]) > 5


@pytest.mark.long
def test_everything_is_done_as_the_standard_says(scim: ScimClient) -> None:
    results = checked(scim)
    assert [(one.title, one.resource_type, one.reason) for one in results if one.status not in GOOD] == []
    assert len(results) > 45
