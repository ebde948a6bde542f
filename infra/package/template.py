"""One template from three: what Chalice wrote, `data.yaml` and `app.yaml`, with the state machines' definitions inside."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.local.routes import api_prefixes
from infra.package import edge
from infra.package.policies import PLACEHOLDER, Document, RoleNames, fitted

# The largest template that CloudFormation takes from S3.
MAX_TEMPLATE_BYTES = 1024 * 1024

_FUNCTION = "AWS::Serverless::Function"
_STATE_MACHINE = "AWS::StepFunctions::StateMachine"
_SUBSTITUTION = re.compile(r"\$\{([A-Za-z0-9]+)\}")


class TemplateError(Exception):
    """The parts do not fit together. The message names the part and what to change."""


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref x` becomes `{"Ref": "x"}`."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node) -> Document:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 YAML has three kinds of nodes
        value = loader.construct_mapping(node, deep=True)
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load(path: Path) -> Document:
    """A template file, short forms written out."""
    document: Document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 derived from SafeLoader
    return document


def merge(base: Any, other: Any) -> Any:
    """`other` laid over `base`: mappings are merged, all else is replaced; a function like `Fn::Sub` is a value, not a mapping."""
    if not (isinstance(base, dict) and isinstance(other, dict)) or _is_intrinsic(base) or _is_intrinsic(other):
        return other
    return {**base, **{key: merge(base[key], value) if key in base else value for key, value in other.items()}}


def _is_intrinsic(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and all(key == "Ref" or key.startswith("Fn::") for key in value)


def assemble(chalice: Document, data: Document, app: Document, definitions: Path, names: RoleNames) -> Document:
    """The template of the whole product. Raises TemplateError where the parts do not fit."""
    chalice = _with_own_log_group(chalice)
    functions = [name for name, resource in chalice["Resources"].items() if resource["Type"] == _FUNCTION]
    template = merge(merge(chalice, data), app)
    resources = template["Resources"]
    for name in functions:
        _share_role(name, resources)
    for name, resource in resources.items():
        if "Type" not in resource:
            raise TemplateError(f"app.yaml adds to {name}, but nothing is called that. Functions are: {functions}.")
        if resource["Type"] == "AWS::IAM::Role" and name in chalice["Resources"]:
            _fit_policies(resource, names)
        if resource["Type"] == _FUNCTION:
            _name_if_scheduled(resource["Properties"])
        if resource["Type"] == _STATE_MACHINE:
            _inline_definition(name, resource["Properties"], definitions)
    resources["RestAPI"]["Properties"]["GatewayResponses"] = edge.gateway_responses()
    routes = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    distribution = resources["Distribution"]["Properties"]["DistributionConfig"]
    distribution["CacheBehaviors"] = edge.api_behaviors(api_prefixes(routes))
    resources.update(edge.error_alarms(functions))
    for parameter, value in names.placeholders.items():
        if parameter in template["Parameters"]:
            template["Parameters"][parameter]["Default"] = value
    _refuse_if_too_large(template)
    return dict(template)


def _with_own_log_group(chalice: Document) -> Document:
    """Chalice renames the API's function after it made the log group, which then names a function that does not exist."""
    written = json.dumps(chalice)
    return json.loads(written.replace("/aws/lambda/${ApiHandler}", "/aws/lambda/${APIHandler}"))  # type: ignore[no-any-return]


def _share_role(function: str, resources: Document) -> None:
    """app.yaml may give a function the role of another one: what the function's own policy file allows goes there."""
    role = resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
    own = f"{function}Role"
    if own != role and own in resources:
        added = resources.pop(own)["Properties"]["Policies"]
        resources[role]["Properties"]["Policies"] = [*resources[role]["Properties"]["Policies"], *added]


def _fit_policies(role: Document, names: RoleNames) -> None:
    for policy in role["Properties"]["Policies"]:
        document = fitted(policy["PolicyDocument"], names)
        for statement in document["Statement"]:
            statement["Resource"] = [_as_sub(resource, names) for resource in statement["Resource"]]
        policy["PolicyDocument"] = document


def _as_sub(resource: str, names: RoleNames) -> Any:
    """CloudFormation fills in what it knows; the ARNs of roles elsewhere stand in the configuration only."""
    filled = resource.replace("${IdentityCenterRoleArn}", names.identity_center_arn)
    return {"Fn::Sub": filled} if PLACEHOLDER.search(filled) else filled


def _name_if_scheduled(function: Document) -> None:
    """What runs by a schedule can be run on demand too: by whom, policies say with its name."""
    if any(event["Type"] == "Schedule" for event in function.get("Events", {}).values()):
        name = function["Handler"].rpartition(".")[2]
        function["FunctionName"] = {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def _inline_definition(name: str, properties: Document, definitions: Path) -> None:
    """Puts the text of the file in place of its name. Raises TemplateError unless file and substitutions name the same things."""
    path = definitions / Path(properties.pop("DefinitionS3Location")).name
    text = path.read_text(encoding="utf-8")
    try:
        json.loads(text)
    except ValueError as error:
        raise TemplateError(f"{path.name} is not JSON: {error}.") from error
    wanted, given = set(_SUBSTITUTION.findall(text)), set(properties.get("DefinitionSubstitutions", {}))
    if wanted != given:
        raise TemplateError(
            f"{path.name} and the DefinitionSubstitutions of {name} in app.yaml differ: "
            f"only the file has {sorted(wanted - given)}, only app.yaml has {sorted(given - wanted)}."
        )
    properties["DefinitionString"] = text


def _refuse_if_too_large(template: Document) -> None:
    size = len(serialized(template).encode())
    if size > MAX_TEMPLATE_BYTES:
        raise TemplateError(f"The template has {size} bytes; CloudFormation takes {MAX_TEMPLATE_BYTES}.")


def serialized(template: Document) -> str:
    return json.dumps(template, indent=1) + "\n"


def summary(template: Document) -> list[tuple[str, ...]]:
    """Rows for people: function, memory, seconds, handler; then what else there is."""
    rows: list[tuple[str, ...]] = [("function", "MB", "seconds", "handler")]
    kinds: dict[str, int] = {}
    for name, resource in template["Resources"].items():
        kinds[resource["Type"]] = kinds.get(resource["Type"], 0) + 1
        if resource["Type"] == _FUNCTION:
            properties = resource["Properties"]
            rows.append((name, str(properties["MemorySize"]), str(properties["Timeout"]), properties["Handler"]))
    rows.append((f"{kinds[_FUNCTION]} functions of {sum(kinds.values())} resources", "", "", ""))
    return rows
