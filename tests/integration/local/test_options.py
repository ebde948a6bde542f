from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.__main__ import main, options
from infra.local.options import BadOptionsError, Options, configuration
from tests.integration.local.conftest import HUB

FEDERATION = "http://127.0.0.1:8000/local/federation"


def configured(text: str) -> Any:
    return configuration(text, "first.yaml", federation_url=FEDERATION)


def test_without_arguments_the_whole_demo_organisation_is_served_on_port_8000() -> None:
    assert options([]) == Options(port=8000, demo="full")


def test_empty_values_are_the_same_as_none_since_make_hands_on_unset_variables() -> None:
    names = ("port", "config", "people", "aws-endpoint", "step-functions", "demo")
    assert options([part for name in names for part in (f"--{name}", "")]) == options([])


def test_a_configuration_of_ones_own_comes_without_the_demo_unless_it_is_asked_for() -> None:
    assert options(["--config", "first.yaml"]) == Options(port=8000, config=Path("first.yaml"))
    assert options(["--config", "first.yaml", "--demo", "small"]).demo == "small"


def test_every_option_is_read() -> None:
    given = [
        "--port",
        "1",
        "--config",
        "c",
        "--people",
        "p",
        "--aws-endpoint",
        "http://localhost:5055",
        "--step-functions",
        "endpoint",
    ]
    assert options([*given, "--demo", "none"]) == Options(
        port=1,
        config=Path("c"),
        people=Path("p"),
        aws_endpoint="http://localhost:5055",
        step_functions="endpoint",
        demo="none",
    )


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"config": Path("/nothing/first.yaml")}, "does not exist. Set CONFIG"),
        ({}, "Without a demo organisation a configuration is needed"),
        ({"demo": "small", "step_functions": "endpoint"}, "needs an AWS_ENDPOINT"),
        ({"aws_endpoint": "https://sts.amazonaws.com"}, "must be on this machine"),
        ({"aws_endpoint": "http://127.0.0.1.evil.example:5055"}, "must be on this machine"),
        ({"aws_endpoint": "http://10.0.0.1:5055"}, "must be on this machine"),
        ({"aws_endpoint": "127.0.0.1:5055"}, "must be on this machine"),
        ({"aws_endpoint": "http://127.0.0.1:5055", "demo": "small"}, "choose DEMO=none"),
        ({"aws_endpoint": "http://127.0.0.1:5055"}, "names its hub account: set CONFIG"),
    ],
)
def test_what_cannot_work_is_refused_with_the_fix(given: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOptionsError, match=says):
        Options(**given).check()


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:5055", "http://localhost:5055/", "http://[::1]:5055"])
def test_an_endpoint_on_this_machine_is_taken(configuration_file: Path, endpoint: str) -> None:
    Options(config=configuration_file, aws_endpoint=endpoint).check()


def test_the_configuration_names_hub_region_and_roles() -> None:
    found = configured(
        f'deployment: {{administrators: ["user:a@b"], hub: {{account_id: "{HUB}", api_role: X}}, '
        "spoke: {role_name: Y}, regions: [eu-west-1]}"
    )
    assert (found.deployment.hub.account_id, found.region) == (HUB, "eu-west-1")
    assert (found.names.hub_api, found.names.spoke_read, found.names.spoke_apply) == ("X", "Y", "Y")


@pytest.mark.parametrize(("written", "used"), [("null", FEDERATION), ("https://x.example/f", "https://x.example/f")])
def test_the_console_federation_is_ours_unless_the_configuration_names_one(written: str, used: str) -> None:
    hub = f'deployment: {{administrators: ["user:a@b"], hub: {{account_id: "{HUB}"}}}}'
    text = f"{hub}\nconsole: {{federation_url: {written}, issuer: i}}\n"
    assert yaml.safe_load(configured(text).text)["console"] == {"federation_url": used, "issuer": "i"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "first.yaml, line 1"),
        ("[]", "must be a mapping"),
        ("{}", "deployment.administrators"),
        ('deployment: {administrators: ["user:a@b"], hub: {account_id: "1"}}', "deployment.hub.account_id"),
    ],
)
def test_a_bad_configuration_says_where(text: str, says: str) -> None:
    with pytest.raises(BadOptionsError, match=says):
        configured(text)


def test_the_command_ends_with_one_line_that_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", "/nothing/first.yaml"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: The configuration file /nothing/first.yaml does not exist.")
    assert error.count("\n") == 1


def test_a_port_that_is_no_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "http"]) == 2
    assert "PORT must be a number, not http" in capsys.readouterr().err


def test_an_overlay_changes_what_it_names_and_leaves_the_rest() -> None:
    text = f"deployment: {{administrators: ['user:a'], hub: {{account_id: '{HUB}'}}}}\nsessions: {{web_minutes: 30}}\n"
    overlay = {"deployment": {"administrators": ["user:b"], "sign_in": ["plugin"]}, "site": {"support_contact": "x"}}
    found = configuration(text, "first.yaml", federation_url=FEDERATION, overlay=overlay)
    document = yaml.safe_load(found.text)
    assert document["deployment"] == {
        "administrators": ["user:b"],
        "hub": {"account_id": HUB},
        "sign_in": ["plugin"],
    }
    assert (document["sessions"], document["site"]) == ({"web_minutes": 30}, {"support_contact": "x"})


def test_an_overlay_is_checked_like_the_rest() -> None:
    text = f"deployment: {{administrators: ['user:a'], hub: {{account_id: '{HUB}'}}}}\n"
    with pytest.raises(BadOptionsError, match="okta"):
        configuration(text, "first.yaml", federation_url=FEDERATION, overlay={"deployment": {"sign_in": ["okta"]}})
