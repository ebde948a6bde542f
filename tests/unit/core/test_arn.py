import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.arn import Arn, parse_role_arn, role_arn
from chalicelib.core.errors import InvalidInput

PARTITIONS = st.sampled_from(["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)
NAMES = st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,64}", fullmatch=True)
PATHS = st.lists(st.from_regex(r"[a-z0-9-]{1,10}", fullmatch=True), max_size=4)


@given(partition=PARTITIONS, account=ACCOUNTS, path=PATHS, name=NAMES)
def test_a_role_arn_says_its_parts_in_every_partition_and_under_every_path(
    partition: str, account: str, path: list[str], name: str
) -> None:
    full = "/".join([*path, name])
    arn = parse_role_arn(role_arn(partition, account, full))
    assert (arn.partition, arn.account, arn.path_and_name, arn.name) == (partition, account, full, name)
    assert arn.resource_type == "role"


@given(st.text(max_size=80))
def test_any_text_is_an_arn_that_prints_as_it_was_or_is_refused(text: str) -> None:
    try:
        arn = Arn.parse(text)
    except InvalidInput:
        return
    assert str(arn) == text


@given(parts=st.lists(st.text(alphabet="ab-:/*é ", max_size=6), min_size=4, max_size=7))
def test_whatever_stands_after_the_fifth_colon_is_the_resource(parts: list[str]) -> None:
    text = ":".join(["arn", "aws", "s3", *parts])
    try:
        arn = Arn.parse(text)
    except InvalidInput:
        assert text.split(":", 5)[5] == ""
    else:
        assert arn.resource == text.split(":", 5)[5]
        assert Arn.parse(str(arn)) == arn


@pytest.mark.parametrize(
    ("text", "resource_type", "path_and_name", "name"),
    [
        pytest.param("arn:aws:s3:::bucket", "", "bucket", "bucket", id="a bucket has no type and no account"),
        pytest.param("arn:aws:sqs:eu-west-1:222222222222:queue", "", "queue", "queue", id="a queue"),
        pytest.param("arn:aws:iam::222222222222:role/app", "role", "app", "app", id="a role"),
        pytest.param("arn:aws:iam::222222222222:role/a/b/app", "role", "a/b/app", "app", id="a role under a path"),
        pytest.param(
            "arn:aws-cn:lambda:cn-north-1:222222222222:function:name:$LATEST",
            "",
            "function:name:$LATEST",
            "function:name:$LATEST",
            id="colons in the resource stay",
        ),
        pytest.param("arn:aws:iam::222222222222:root", "", "root", "root", id="the root of an account"),
    ],
)
def test_type_path_and_name_of(text: str, resource_type: str, path_and_name: str, name: str) -> None:
    arn = Arn.parse(text)
    assert (arn.resource_type, arn.path_and_name, arn.name) == (resource_type, path_and_name, name)
    assert str(arn) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("app", id="a name"),
        pytest.param("ARN:aws:iam::222222222222:role/app", id="capitals"),
        pytest.param("arn:aws:iam::222222222222", id="five parts"),
        pytest.param("arn:aws:iam::222222222222:", id="no resource"),
        pytest.param("arn::iam::222222222222:role/app", id="no partition"),
        pytest.param("arn:aws:::222222222222:role/app", id="no service"),
        pytest.param(" arn:aws:iam::222222222222:role/app", id="a blank before it"),
    ],
)
def test_is_not_an_arn(text: str) -> None:
    with pytest.raises(InvalidInput, match="looks like arn:aws:iam") as refusal:
        Arn.parse(text)
    assert refusal.value.reason == "bad_arn"


def test_a_long_text_is_not_repeated_whole_in_the_refusal() -> None:
    with pytest.raises(InvalidInput) as refusal:
        Arn.parse("x" * 5000)
    assert len(refusal.value.message) < 400


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("arn:aws:s3:::bucket", id="a bucket"),
        pytest.param("arn:aws:iam::222222222222:user/app", id="a user"),
        pytest.param("arn:aws:sts::222222222222:assumed-role/app/ada", id="a session of a role"),
        pytest.param("arn:aws:iam::22222222222:role/app", id="eleven digits"),
        pytest.param("arn:aws:iam::2222222222222:role/app", id="thirteen digits"),
        pytest.param("arn:aws:iam::\uff11\uff12\uff13456789012:role/app", id="digits that are not ASCII"),
        pytest.param("arn:aws:iam:us-east-1:222222222222:role/app", id="a region, which IAM has not"),
        pytest.param("arn:aws:iam::222222222222:role/", id="no name"),
        pytest.param("arn:aws:iam::222222222222:role/a/", id="a path and no name"),
        pytest.param("arn:aws:iam::222222222222:role/a b", id="a blank in the name"),
        pytest.param("arn:aws:iam::222222222222:role/app\n", id="a line's end after the name"),
        pytest.param("arn:aws:iam::222222222222:role/a*", id="a wildcard"),
        pytest.param("arn:aws:iam::222222222222:role/" + "a" * 129, id="a name of 129 characters"),
        pytest.param("arn:aws:iam::222222222222:role", id="the word role alone"),
    ],
)
def test_is_not_the_arn_of_a_role(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_role_arn(text)
    assert refusal.value.reason == "not_a_role_arn"


def test_a_slash_before_the_path_is_not_doubled() -> None:
    assert role_arn("aws", "222222222222", "/team/app") == "arn:aws:iam::222222222222:role/team/app"


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("arn:aws:iam::222222222222:user/team/u", "user", True),
        ("arn:aws-cn:iam::222222222222:policy/p", "policy", True),
        ("arn:aws:iam::222222222222:group/g", "user", False),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "policy", False),
        ("arn:aws:iam:us-east-1:222222222222:user/u", "user", False),
        ("arn:aws:sts::222222222222:user/u", "user", False),
        ("arn:aws:iam::222222222222:user/u*", "user", False),
        ("arn:aws:iam::222222222222:user", "user", False),
    ],
)
def test_an_identity_is_an_account_s_own_and_of_one_kind(text: str, kind: str, told: bool) -> None:
    assert Arn.parse(text).is_iam(kind) is told
