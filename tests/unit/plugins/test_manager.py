from pathlib import Path
from types import ModuleType

import pytest

from chalicelib import bootstrap
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import Misconfigured
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.plugins.manager import load_plugins
from tests.support.aws import forget_everything
from tests.support.builders import caller, role_arn

HEAD = "from chalicelib.plugins.hookspecs import hookimpl\nfrom chalicelib.core.decisions import Decision\n\n"
VETO = '@hookimpl\ndef credential_decision(caller, role_arn):\n    return Decision.no("not on Fridays", "fridays")\n'


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """The module path of a plugin whose text is the test's parameter."""
    name = f"company_{abs(hash(request.node.name))}"
    (tmp_path / f"{name}.py").write_text(HEAD + request.param, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_without_plugins_every_hook_answers_nothing() -> None:
    hook = load_plugins([]).hook
    assert hook.sign_in_url(return_to="/") is None
    assert hook.credential_decision(caller=caller(), role_arn=role_arn()) == []


@pytest.mark.parametrize("plugin", [VETO], indirect=True)
def test_a_plugin_takes_part_by_its_module_path(plugin: str) -> None:
    (decision,) = load_plugins([plugin]).hook.credential_decision(caller=caller(), role_arn=role_arn())
    assert decision == Decision.no("not on Fridays", "fridays")


@pytest.mark.parametrize(
    "plugin",
    [
        pytest.param(VETO.replace("credential_decision", "credentials_decision"), id="a misspelt hook"),
        pytest.param(VETO.replace("role_arn", "role"), id="a parameter that the hook does not have"),
    ],
    indirect=True,
)
def test_a_plugin_whose_hook_does_not_exist_stops_the_start(plugin: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        load_plugins([plugin])
    assert refusal.value.reason == "misconfigured"
    assert plugin in refusal.value.message


@pytest.mark.parametrize(
    ("plugin", "fault"),
    [
        pytest.param(
            VETO.replace("@hookimpl", "@hookimpl(optionalhook=True)").replace("def credential", "def credentials"),
            "there is no hook credentials_decision",
            id="a misspelt hook that is marked as optional",
        ),
        pytest.param(
            VETO.replace("@hookimpl\n", ""), "credential_decision lacks @hookimpl", id="a hook without its mark"
        ),
        pytest.param(
            "@hookimpl(wrapper=True)\ndef credential_decision(caller, role_arn):\n    yield\n    return []\n",
            "credential_decision is a wrapper",
            id="a wrapper, which could turn a no into a yes",
        ),
        pytest.param(
            "@hookimpl(hookwrapper=True)\ndef credential_decision(caller, role_arn):\n    yield\n",
            "credential_decision is a wrapper",
            id="a wrapper of the old kind",
        ),
    ],
    indirect=["plugin"],
)
def test_a_hook_that_would_never_be_asked_or_could_speak_for_others_stops_the_start(plugin: str, fault: str) -> None:
    with pytest.raises(Misconfigured, match=fault) as refusal:
        load_plugins([plugin])
    assert plugin in refusal.value.message


@pytest.mark.parametrize("plugin", ["from chalicelib.plugins.hookspecs import jobs\n" + VETO], indirect=True)
def test_a_specification_that_a_plugin_imports_is_no_hook_of_its_own(plugin: str) -> None:
    load_plugins([plugin])


def test_a_plugin_that_is_missing_stops_the_start_with_its_name() -> None:
    with pytest.raises(Misconfigured, match="no_such_company_plugin can't be imported") as refusal:
        load_plugins(["no_such_company_plugin"])
    assert refusal.value.reason == "misconfigured"


@pytest.mark.parametrize("plugin", ["import no_such_library\n"], indirect=True)
def test_a_plugin_that_lacks_a_library_says_which(plugin: str) -> None:
    with pytest.raises(Misconfigured, match="no_such_library"):
        load_plugins([plugin])


@pytest.mark.parametrize("plugin", [VETO], indirect=True)
def test_a_plugin_that_is_named_twice_stops_the_start(plugin: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        load_plugins([plugin, plugin])
    assert refusal.value.reason == "misconfigured"


@pytest.mark.parametrize(
    "plugin", ['@hookimpl\ndef sign_in_url(return_to):\n    return "/company?to=" + return_to\n'], indirect=True
)
def test_where_one_answer_is_wanted_the_first_wins_and_a_companys_goes_before_the_builtin(plugin: str) -> None:
    builtin = ModuleType("builtin_sign_in")

    @hookimpl
    def sign_in_url(return_to: str) -> str | None:
        return "/builtin"

    builtin.sign_in_url = sign_in_url  # type: ignore[attr-defined]
    assert load_plugins([], [builtin]).hook.sign_in_url(return_to="/x") == "/builtin"
    assert load_plugins([plugin], [builtin]).hook.sign_in_url(return_to="/x") == "/company?to=/x"


JOB = "from chalicelib.core.hooks import PluginJob\n\n@hookimpl\ndef jobs():\n    return [PluginJob('x', 0, print)]\n"
ROUTE = (
    "from chalicelib.core.hooks import PluginRoute\n\n"
    "@hookimpl\ndef routes():\n    return [PluginRoute('GET', '/x', print)]\n"
)


@pytest.mark.usefixtures("own_tables")
@pytest.mark.parametrize(
    "plugin",
    [
        pytest.param(VETO.replace("credential_decision", "credentials_decision"), id="a misspelt hook"),
        pytest.param(JOB, id="a job that can't run"),
        pytest.param(ROUTE, id="a route that can't be served"),
    ],
    indirect=True,
)
def test_a_process_with_a_plugin_of_no_use_does_not_start_and_says_so_each_time(
    plugin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSOLEME_PLUGINS", plugin)
    forget_everything()
    for _ in range(2):
        with pytest.raises(Misconfigured, match=plugin):
            bootstrap.container()


@pytest.mark.usefixtures("own_tables")
@pytest.mark.parametrize("plugin", [VETO], indirect=True)
def test_a_process_with_a_plugin_that_fits_starts(plugin: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "configuration.yaml").write_text(
        "deployment: {administrators: ['user:root'], hub: {account_id: '123456789012'}}", encoding="utf-8"
    )
    monkeypatch.setenv("CONSOLEME_PLUGINS", plugin)
    monkeypatch.setenv("CONSOLEME_CONFIG_FILE", str(tmp_path / "configuration.yaml"))
    forget_everything()
    assert bootstrap.container().plugins.has_plugin(plugin)
