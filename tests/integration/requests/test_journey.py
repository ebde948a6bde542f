"""A request from its submission to what AWS holds."""

from tests.support.request_world import ADA, EVE, World, document


def test_before_the_approval_the_role_has_no_such_policy_and_after_it_exactly_the_approved_document(
    shop: World,
) -> None:
    request_id = shop.requested(EVE)
    assert shop.state(request_id) == "pending"
    assert shop.policies() == {}
    result = shop.order(ADA, request_id, "approve_request")
    assert result.errors == 0
    shop.workflows.run()
    assert shop.state(request_id) == "applied"
    assert shop.policies() == {"export": document()}
