"""The change type inline_policy: which wishes are taken, what they do, and how they are taken back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.changes.base import Action, Image, Preview
from chalicelib.changes.inline_policy import CHANGE, InlinePolicySpec
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.policy_document import counted_size
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP, document

OLD, NEW = document("s3:ListBucket"), document("s3:GetObject")


def wished(**more: Any) -> InlinePolicySpec:
    base: dict[str, Any] = {"principal_arn": APP, "policy_name": "export", "document": NEW}
    return InlinePolicySpec.model_validate(base | more)


def detached(**more: Any) -> InlinePolicySpec:
    return wished(**{"action": Action.DETACH, "new": False, "document": None} | more)


def previewed(aws: FakePrincipals, spec: InlinePolicySpec) -> Preview:
    CHANGE.check(spec)
    return CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))[0]


@pytest.fixture
def aws() -> FakePrincipals:
    found = FakePrincipals()
    found.add(APP, "AROA1", held=OLD)
    return found


def test_a_new_policy_goes_from_nothing_to_its_document(aws: FakePrincipals) -> None:
    preview = previewed(aws, wished())
    assert preview.before == Image(identity="AROA1", content=None)
    assert preview.after == Image(identity="AROA1", content=NEW)


def test_a_replacement_shows_what_was_there(aws: FakePrincipals) -> None:
    preview = previewed(aws, wished(policy_name="held", new=False))
    assert (preview.before.content, preview.after.content) == (OLD, NEW)


def test_a_deletion_ends_in_nothing(aws: FakePrincipals) -> None:
    preview = previewed(aws, detached(policy_name="held"))
    assert (preview.before.content, preview.after.content) == (OLD, None)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (wished(policy_name="held"), "already has an inline policy held"),
        (wished(new=False), "has no inline policy export. It has: held"),
        (detached(), "has no inline policy export"),
        (wished(policy_name="held", new=False, document=OLD), "already is exactly that"),
        (detached(new=True, policy_name="held"), "new policy can't be detached"),
        (wished(document=None), "has no document"),
        (wished(document={"Version": "2012-10-17"}), "Statement must be"),
        (wished(policy_name=""), "1 to 128 letters"),
        (wished(policy_name="a" * 129), "1 to 128 letters"),
        (wished(policy_name="<name>"), "1 to 128 letters"),
        (wished(policy_name="né"), "1 to 128 letters"),
        (wished(principal_arn="arn:aws:iam::222222222222:group/ada"), "not the ARN of an IAM role or user"),
        (wished(principal_arn="app"), "not an ARN"),
        (wished(principal_arn="arn:aws:iam::222222222222:role/other"), "Principal not found"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_with_the_reason(
    aws: FakePrincipals, spec: InlinePolicySpec, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(aws, spec)


def test_the_same_document_in_another_key_order_is_no_change(aws: FakePrincipals) -> None:
    reordered = {"Statement": OLD["Statement"], "Version": OLD["Version"]}
    with pytest.raises(InvalidInput, match="already is exactly that"):
        previewed(aws, wished(policy_name="held", new=False, document=reordered))


def test_all_inline_policies_of_the_role_together_must_fit_and_the_last_character_counts(aws: FakePrincipals) -> None:
    room = 10_240 - counted_size(OLD) - counted_size(document(resource="arn:aws:s3:::"))
    fits = document(resource="arn:aws:s3:::" + "a" * room)
    assert previewed(aws, wished(document=fits)).after.content == fits
    too_large = document(resource="arn:aws:s3:::" + "a" * (room + 1))
    with pytest.raises(InvalidInput, match="would have 10241 characters; AWS allows 10240"):
        previewed(aws, wished(document=too_large))


def test_what_is_replaced_does_not_count_against_its_replacement(aws: FakePrincipals) -> None:
    room = 10_240 - counted_size(document(resource="arn:aws:s3:::"))
    large = document(resource="arn:aws:s3:::" + "a" * room)
    assert previewed(aws, wished(policy_name="held", new=False, document=large)).after.content == large


def test_wishes_of_one_request_are_judged_on_what_those_before_them_do(aws: FakePrincipals) -> None:
    half = document(resource="arn:aws:s3:::" + "a" * 5_200)
    first, second = wished(policy_name="one", document=half), wished(policy_name="two", document=half)
    _, afterwards = CHANGE.preview(first, CHANGE.survey(first, aws.gateways.reading))
    with pytest.raises(InvalidInput, match="for all of them together"):
        CHANGE.preview(second, afterwards)


def test_the_live_image_is_what_the_preview_compares_with(aws: FakePrincipals) -> None:
    spec = wished(policy_name="held", new=False)
    assert CHANGE.image(spec, aws.gateways.reading) == previewed(aws, spec).before


def test_a_role_that_was_made_again_has_another_image(aws: FakePrincipals) -> None:
    spec = wished()
    before = CHANGE.image(spec, aws.gateways.reading)
    aws.add(APP, "AROA2")
    assert CHANGE.image(spec, aws.gateways.reading).hash != before.hash


def test_a_role_that_is_gone_has_no_image(aws: FakePrincipals) -> None:
    aws.held.clear()
    with pytest.raises(NotFound):
        CHANGE.image(wished(), aws.gateways.reading)


documents = st.builds(
    lambda actions, prefix: document(*actions, resource=f"arn:aws:s3:::{prefix}"),
    st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:ListBucket"]), min_size=1, max_size=3),
    st.text("abc", min_size=1, max_size=5),
)


@given(held=st.none() | documents, wanted=documents, delete=st.booleans())
def test_writing_the_after_image_does_what_was_previewed_and_writing_the_before_image_takes_it_back(
    held: dict[str, Any] | None, wanted: dict[str, Any], delete: bool
) -> None:
    aws = FakePrincipals()
    if held:
        aws.add(APP, export=held)
    else:
        aws.add(APP)
    spec = detached() if delete else wished(document=wanted, new=held is None)
    try:
        preview = previewed(aws, spec)
    except InvalidInput:
        return
    before = dict(aws.held[APP].inline)
    CHANGE.write(spec, preview.after.content, aws.gateways)
    assert CHANGE.image(spec, aws.gateways.reading) == preview.after
    CHANGE.write(spec, preview.inverse().after.content, aws.gateways)
    assert CHANGE.image(spec, aws.gateways.reading) == preview.before
    assert aws.held[APP].inline == before


def test_the_wire_form_is_read_and_written_without_loss() -> None:
    wire = {"policy_name": "export", "new": True, "action": "attach", "policy": {"policy_document": NEW}}
    spec = CHANGE.from_wire(APP, wire, "unused")
    assert spec == wished()
    shown = CHANGE.to_wire(spec, None)
    assert shown["policy"] == {"version": None, "policy_document": NEW, "policy_sha256": None}
    assert (shown["policy_name"], shown["new"], shown["action"], shown["old_policy"]) == (
        "export",
        True,
        "attach",
        None,
    )


def test_what_a_client_leaves_out_has_the_defaults_of_consoleme() -> None:
    spec = CHANGE.from_wire(
        APP, {"policy": {"policy_document": NEW}, "action": None, "policy_name": None}, "cm_ana_1_abcd"
    )
    assert (spec.policy_name, spec.action, spec.new) == ("cm_ana_1_abcd", Action.ATTACH, True)


def test_a_deletion_shows_the_document_that_goes() -> None:
    shown = CHANGE.to_wire(detached(), OLD)
    assert shown["policy"]["policy_document"] == shown["old_policy"]["policy_document"] == OLD


def test_resources_of_other_accounts_are_named_on_the_wire() -> None:
    spec = wished(document=document("sts:AssumeRole", resource="arn:aws:iam::333333333333:role/path/deployer"))
    (resource,) = CHANGE.to_wire(spec, None)["resources"]
    assert (resource["arn"], resource["name"], resource["account_id"], resource["actions"]) == (
        "arn:aws:iam::333333333333:role/path/deployer",
        "deployer",
        "333333333333",
        ["sts:AssumeRole"],
    )


def test_an_edit_knows_whether_it_replaces_something() -> None:
    assert CHANGE.edited(wished(), OLD, None) == wished(document=OLD)
    assert CHANGE.edited(wished(), None, OLD) == wished(new=False)
    with pytest.raises(InvalidInput, match="no document to edit"):
        CHANGE.edited(detached(), OLD, OLD)
