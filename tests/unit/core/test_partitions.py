import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.partitions import console_destination, partition


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("aws", "console.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ],
)
def test_each_partition_has_its_own_console_and_sign_in(name: str, host: str) -> None:
    found = partition(name)
    assert found.console == host
    assert found.federation.startswith("https://signin.")
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
        pytest.param("//console.aws.amazon.com/", id="no scheme"),
        pytest.param("/console/home", id="a path"),
        pytest.param("https://me@console.aws.amazon.com/", id="a user in the address"),
        pytest.param("https://console.aws.amazon.com:8443/", id="another port"),
        pytest.param("https://console.aws.amazon.com:x/", id="a port that is no number"),
        pytest.param(
            "https://evil.example\\.console.aws.amazon.com/", id="a backslash, which browsers read as a slash"
        ),
        pytest.param("https://[console.aws.amazon.com/", id="an address that can't be read"),
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
