"""Acme's plugin, installed as a company installs it, and the product with it."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.http import Scripted, ScriptedServer, scripted_server
from tests.support.served import Served, served
from tests.support.tree import ROOT

PLUGIN = "acme_consoleme.plugin"
KEY = "a key that the gateway shares"
CONFIGURATION = """
  sign_in: [badge]
  sign_in_methods:
    badge: {method: plugin}
accounts: {sources: [plugins]}
groups: {can_audit: ["group:search"], can_admin: ["group:owners"]}
requests: {auto_approval: true}
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip has put the package into; built from a copy, for a build leaves its traces."""
    source = tmp_path_factory.mktemp("source") / "acme_plugin"
    shutil.copytree(ROOT / "examples" / "acme_plugin", source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("vendor")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--no-compile"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", *options, "--target", str(target), str(source)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return target


@pytest.fixture(scope="module")
def patches() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as found:
        yield found


@pytest.fixture(scope="module")
def chat(patches: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """Acme's chat."""
    with scripted_server() as script:
        script.on("/hook", Scripted({}))
        patches.setenv("ACME_CHAT_HOOK", f"{script.url}/hook")
        yield script


@pytest.fixture(scope="module")
def acme(installed: Path, patches: pytest.MonkeyPatch, chat: ScriptedServer) -> Iterator[ModuleType]:
    """The plugin as it was installed, and not as it stands in the tree."""
    patches.syspath_prepend(installed)
    patches.setenv("ACME_BADGE_KEY", KEY)
    import acme_consoleme.plugin

    assert Path(acme_consoleme.plugin.__file__).is_relative_to(installed)
    yield acme_consoleme.plugin
    for name in [name for name in sys.modules if name.partition(".")[0] == "acme_consoleme"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def site(
    on_our_tables: None, acme: ModuleType, patches: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with served(patches, tmp_path_factory.mktemp("site"), CONFIGURATION, CONSOLEME_PLUGINS=PLUGIN) as running:
        yield running


@pytest.fixture
def badge(acme: ModuleType) -> Callable[..., str]:
    """A badge as Acme's gateway makes it."""

    def make(user: str, *teams: str, seconds: int = 60, key: str = KEY) -> str:
        payload: dict[str, Any] = {"user": user, "teams": list(teams), "until": time.time() + seconds}
        return str(acme.badges.make_badge(payload, key))

    return make
