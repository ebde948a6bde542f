"""The deployed template without the archive: Chalice describes the real app in this process, and the build's own code does the rest."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from chalice.config import Config
from chalice.deploy import appgraph, deployer, models, swagger
from chalice.package import PackageOptions, SAMTemplateGenerator
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils

from infra.build import STAGE
from infra.package import policies, template

ROOT = Path(__file__).resolve().parents[3]
POLICIES = ROOT / ".chalice" / "policies"

Document = dict[str, Any]


class _NoArchive(deployer.BaseDeployStep):
    """Stands where Chalice would gather the requirements."""

    def handle_deploymentpackage(self, config: Config, resource: models.DeploymentPackage) -> None:
        resource.filename = "./deployment.zip"


class _Principals(PackageOptions):
    """Service principals as the commercial partition has them."""

    def __init__(self) -> None:
        """Asks no AWS client."""

    def service_principal(self, service: str) -> str:
        return f"{service}.amazonaws.com"


@cache
def chalice_config() -> Document:
    document: Document = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    return document


@cache
def role_names() -> policies.RoleNames:
    text = (ROOT / "chalicelib" / "configuration.yaml").read_text(encoding="utf-8")
    return policies.RoleNames.of(yaml.safe_load(text))


def described_by_chalice() -> Document:
    from app import app

    config = Config(
        chalice_stage=STAGE,
        user_provided_params={"chalice_app": app, "project_dir": str(ROOT)},
        config_from_disk=chalice_config(),
        default_params={"project_dir": str(ROOT), "autogen_policy": True},
    )
    resources = appgraph.ApplicationGraphBuilder().build(config, STAGE)
    parts = appgraph.DependencyBuilder().build_dependencies(resources)
    policy_step = deployer.PolicyGenerator(policy_gen=AppPolicyGenerator(OSUtils()), osutils=OSUtils())
    swagger_step = deployer.SwaggerBuilder(swagger_generator=swagger.CFNSwaggerGenerator())
    deployer.BuildStage(steps=[deployer.InjectDefaults(), _NoArchive(), policy_step, swagger_step]).execute(
        config, parts
    )
    generated: Document = SAMTemplateGenerator(config, _Principals()).generate(parts)
    return generated


@cache
def whole_template() -> Document:
    """What `make package` would write. Shared: tests read it."""
    return template.assemble(
        described_by_chalice(),
        template.load(ROOT / "infra" / "data.yaml"),
        template.load(ROOT / "infra" / "app.yaml"),
        ROOT / "step_functions",
        role_names(),
    )


def properties(kind: str) -> dict[str, dict[str, Any]]:
    """By logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in whole_template()["Resources"].items()
        if resource["Type"] == kind
    }


def function_names() -> list[str]:
    """Names of all functions as Chalice and the policy files know them."""
    from app import app

    registries: list[list[Any]] = [app.pure_lambda_functions, app.event_sources, app.builtin_auth_handlers]
    return ["api_handler", *sorted(one.name for registry in registries for one in registry)]


def policy_of(function: str) -> Document:
    return policies.load(POLICIES, function)


def statements(function: str, effect: str = "Allow") -> list[Document]:
    return [statement for statement in policy_of(function)["Statement"] if statement["Effect"] == effect]
