import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.partitions import console_destination, is_region, partition, signed_out_first


@pytest.mark.parametrize(
    ("name", "host", "sign_in"),
    [
        ("aws", "console.aws.amazon.com", "signin.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn", "signin.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com", "signin.amazonaws-us-gov.com"),
        ("aws-eusc", "console.amazonaws-eusc.eu", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
    ],
)
def test_each_partition_has_its_own_console_and_sign_in(name: str, host: str, sign_in: str) -> None:
    found = partition(name)
    assert found.console == host
    assert found.federation == f"https://{sign_in}/federation"
    assert console_destination(name, "us-east-1", "") == f"https://us-east-1.{host}/console/home?region=us-east-1"


def test_a_partition_without_console_is_refused() -> None:
    with pytest.raises(InvalidInput) as refusal:
        partition("aws-iso")
    assert refusal.value.reason == "unknown_partition"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://console.aws.amazon.com/s3/home",
        "https://eu-west-1.console.aws.amazon.com/ec2/v2/home?region=eu-west-1#Instances:",
        "https://CONSOLE.aws.amazon.com/s3/home",
    ],
)
def test_a_page_of_the_console_may_be_the_destination(wanted: str) -> None:
    assert console_destination("aws", "eu-west-1", wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param("https://evil.example/", id="another host"),
        pytest.param("https://evilconsole.aws.amazon.com/", id="a host that ends alike"),
        pytest.param("https://console.aws.amazon.com.evil.example/", id="a host that begins alike"),
        pytest.param("http://console.aws.amazon.com/", id="no TLS"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("wss://console.aws.amazon.com/", id="another protocol with TLS"),
        pytest.param("//console.aws.amazon.com/", id="no scheme"),
        pytest.param("/console/home", id="a path"),
        pytest.param("https://me@console.aws.amazon.com/", id="a user in the address"),
        pytest.param("https://console.aws.amazon.com:8443/", id="another port"),
        pytest.param("https://console.aws.amazon.com:x/", id="a port that is no number"),
        pytest.param(
            "https://evil.example\\.console.aws.amazon.com/", id="a backslash, which browsers read as a slash"
        ),
        pytest.param("https://[console.aws.amazon.com/", id="an address that can't be read"),
        pytest.param("https://console.aws.amazon.com/\t", id="a tab, which browsers drop"),
        pytest.param("https://console.aws.amazon.com/\n", id="a line end, which browsers drop"),
        pytest.param(" https://console.aws.amazon.com/", id="a blank"),
        pytest.param("https:///console", id="no host"),
        pytest.param("https://health.aws.amazon.com/", id="another page of AWS that nobody named"),
        pytest.param("https://console.amazonaws.cn/", id="the console of another partition"),
    ],
)
def test_nothing_else_may_be_the_destination(wanted: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        console_destination("aws", "us-east-1", wanted)
    assert refusal.value.reason == "bad_destination"


@pytest.mark.parametrize("region", ["", "us", "us-east-1.evil.example/", "us-east-1#", "US-EAST-1", "us-east-1\n"])
def test_what_is_no_region_is_refused(region: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        console_destination("aws", region, "")
    assert refusal.value.reason == "bad_region"


@pytest.mark.parametrize(
    ("wanted", "hosts"),
    [
        ("https://health.aws.amazon.com/health/home", ("health.aws.amazon.com",)),
        ("https://lightsail.aws.amazon.com/ls", ("health.aws.amazon.com", "lightsail.aws.amazon.com")),
    ],
)
def test_another_page_of_aws_that_is_named_may_be_the_destination(wanted: str, hosts: tuple[str, ...]) -> None:
    assert console_destination("aws", "us-east-1", wanted, hosts) == wanted


@pytest.mark.parametrize(
    ("wanted", "hosts"),
    [
        pytest.param("https://evil.example/", ("evil.example",), id="a host that is not AWS's, even when named"),
        pytest.param("https://health.amazonaws.cn/", ("health.amazonaws.cn",), id="a host of another partition"),
        pytest.param("https://xaws.amazon.com/", ("xaws.amazon.com",), id="a domain that ends alike"),
        pytest.param("https://x.health.aws.amazon.com/", ("health.aws.amazon.com",), id="below a host that is named"),
    ],
)
def test_naming_a_host_opens_that_host_only(wanted: str, hosts: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        console_destination("aws", "us-east-1", wanted, hosts)
    assert refusal.value.reason == "bad_destination"


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        (
            "https://111122223333-ab12cd34.us-east-1.console.aws.amazon.com/s3/home?region=us-east-1#x",
            "https://us-east-1.console.aws.amazon.com/s3/home?region=us-east-1#x",
        ),
        ("https://111122223333.console.aws.amazon.com/", "https://111122223333.console.aws.amazon.com/"),
        ("https://us-east-1.console.aws.amazon.com/1-a.b", "https://us-east-1.console.aws.amazon.com/1-a.b"),
    ],
)
def test_a_page_copied_from_another_session_opens_in_ones_own(wanted: str, target: str) -> None:
    assert console_destination("aws", "us-east-1", wanted) == target


def test_a_link_that_signs_out_first_leads_through_the_partitions_sign_out() -> None:
    assert signed_out_first("aws-us-gov", "https://signin.example/federation?Action=login&x=1") == (
        "https://signin.amazonaws-us-gov.com/oauth?Action=logout"
        "&redirect_uri=https%3A%2F%2Fsignin.example%2Ffederation%3FAction%3Dlogin%26x%3D1"
    )


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("aws", "amazonaws.com"),
        ("aws-us-gov", "amazonaws.com"),
        ("aws-cn", "amazonaws.com.cn"),
        ("aws-eusc", "amazonaws.eu"),
    ],
)
def test_services_answer_under_the_domain_of_their_partition(name: str, suffix: str) -> None:
    assert partition(name).endpoints == suffix


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("us-east-1", True),
        ("us-gov-west-1", True),
        ("eusc-de-east-1", True),
        ("", False),
        ("*", False),
        ("global", False),
        ("us-east-1.evil", False),
        ("us-east-1/x", False),
    ],
)
def test_a_region_is_told_by_its_form(name: str, told: bool) -> None:
    assert is_region(name) is told
