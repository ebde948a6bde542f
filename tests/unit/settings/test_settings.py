import pytest

from chalicelib.core.errors import Misconfigured
from chalicelib.settings import from_environment, load


def test_an_empty_environment_is_a_development_stage() -> None:
    settings = from_environment({"PATH": "/bin", "AWS_LAMBDA_FUNCTION_NAME": "x"})
    assert (settings.stage, settings.table_prefix, settings.region, settings.plugins) == (
        "dev",
        "consoleme-",
        "us-east-1",
        (),
    )
    assert settings.aws_endpoint_url is None
    assert settings.config_file.endswith("configuration.yaml")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("CONSOLEME_PUBLIC_ULR", id="two letters swapped"),
        pytest.param("CONSOLEME_REGION", id="the region, which AWS_REGION tells"),
        pytest.param("CONSOLEME_", id="the prefix alone"),
        pytest.param("CONSOLEME_MODEL_CONFIG", id="a word of the library"),
        pytest.param("CONSOLEME_ON_LAPTOP", id="what is derived"),
    ],
)
def test_a_variable_of_ours_that_nothing_reads_stops_the_start(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"{name} is not known. Known are: CONSOLEME_") as refusal:
        from_environment({name: "x"})
    assert refusal.value.reason == "misconfigured"
    assert "CONSOLEME_PUBLIC_URL" in refusal.value.message


@pytest.mark.parametrize("name", ["PUBLIC_URL", "AWS_ENDPOINT_URL", "STATES_ENDPOINT_URL", "AUTHORIZATION_QUEUE_URL"])
def test_urls_lose_their_slashes_at_the_end(name: str) -> None:
    settings = from_environment({f"CONSOLEME_{name}": "https://x.example/stage//"})
    assert getattr(settings, name.lower()) == "https://x.example/stage"


def test_what_is_no_url_keeps_its_slashes() -> None:
    assert from_environment({"CONSOLEME_SESSION_SECRET": "a/b/"}).session_secret == "a/b/"


def test_an_empty_variable_is_as_good_as_none() -> None:
    settings = from_environment(
        {"CONSOLEME_AWS_ENDPOINT_URL": "", "CONSOLEME_TABLE_PREFIX": "", "CONSOLEME_PLUGINS": ""}
    )
    assert (settings.aws_endpoint_url, settings.table_prefix, settings.plugins) == (None, "consoleme-", ())


def test_plugins_are_separated_by_commas_and_blanks_around_them_do_not_count() -> None:
    assert from_environment({"CONSOLEME_PLUGINS": " a.b , c,, "}).plugins == ("a.b", "c")


def test_the_region_comes_from_aws() -> None:
    assert from_environment({"AWS_REGION": "eu-central-1"}).region == "eu-central-1"


@pytest.mark.parametrize(("stage", "laptop"), [("laptop", True), ("prod", False), ("Laptop", False)])
def test_only_the_stage_named_laptop_is_the_laptop(stage: str, *, laptop: bool) -> None:
    assert from_environment({"CONSOLEME_STAGE": stage}).on_laptop is laptop


@pytest.mark.usefixtures("no_settings")
def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLEME_STAGE", "first")
    assert load().stage == "first"
    monkeypatch.setenv("CONSOLEME_STAGE", "second")
    assert load().stage == "first"
