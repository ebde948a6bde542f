"""The packaged document: what of it can be edited, and what of it always counts."""

from typing import Any

import pytest
import yaml

from chalicelib.core.model import Frozen
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.faults import BadDocument
from chalicelib.dynamic_config.models import Version, VersionInfo, hash_of
from chalicelib.dynamic_config.packaged import Packaged


class Part(Frozen):
    key: str = "default"


MODELS: dict[str, type[Frozen]] = {"deployment": Part, "a": Part, "b": Part}


def packaged(text: str) -> Packaged:
    return Packaged(Configuration.from_text(text, "packaged", MODELS), MODELS, lambda: MODELS)


def version(text: str) -> Version:
    return Version(
        info=VersionInfo(number=3, sha256=hash_of(text), previous="", author="user:x", saved_at=1), text=text
    )


@pytest.mark.parametrize(
    ("text", "editable", "deployment"),
    [
        pytest.param(
            "# head\ndeployment:\n  key: x\n# about a\na: {}\n",
            "# head\n# about a\na: {}\n",
            "deployment:\n  key: x\n",
            id="at the beginning",
        ),
        pytest.param("a: {}\ndeployment: {key: x}\n", "a: {}\n", "deployment: {key: x}\n", id="at the end"),
        pytest.param("a: {}\n", "a: {}\n", "", id="absent"),
        pytest.param("{a: {key: z}, deployment: {key: x}}", "a:\n  key: z\n", "deployment:\n  key: x\n", id="as JSON"),
        pytest.param("deployment: {key: x}\n", "", "deployment: {key: x}\n", id="alone"),
    ],
)
def test_what_can_be_edited_is_the_text_without_the_deployment(text: str, editable: str, deployment: str) -> None:
    found = packaged(text)
    assert (found.editable, found.deployment) == (editable, deployment)
    assert (yaml.safe_load(found.editable) or {}) == {
        name: part for name, part in yaml.safe_load(text).items() if name != "deployment"
    }


def test_a_configuration_that_was_never_text_can_be_edited_too() -> None:
    data: dict[str, Any] = {"deployment": {"key": "x"}, "a": {"key": "y"}}
    found = Packaged(Configuration(data, "packaged"), MODELS, lambda: MODELS)
    assert (found.editable, found.deployment) == ("a:\n  key: y\n", "deployment:\n  key: x\n")


def test_a_stored_document_counts_for_everything_but_the_deployment() -> None:
    found = packaged("deployment: {key: x}\na: {key: old}\nb: {key: old}\n").stored(
        version("deployment: {key: stale}\na: {key: new}\n")
    )
    assert found.version == 3
    assert {name: found.section(name, Part).key for name in MODELS} == {"deployment": "x", "a": "new", "b": "default"}


def test_a_package_without_a_deployment_takes_none_from_a_stored_document() -> None:
    found = packaged("a: {}\n").stored(version("deployment: {key: mine}\n"))
    assert found.section("deployment", Part).key == "default"


def test_all_faults_come_at_once_in_the_order_of_the_document() -> None:
    text = "b: {key: 1}\ndeployment: {key: mine}\na: {odd: 1}\n"
    with pytest.raises(BadDocument) as refusal:
        packaged("deployment: {key: x}\n").checked(text, 1)
    assert [(fault.key, fault.line) for fault in refusal.value.faults] == [
        ("b.key", 1),
        ("deployment", 2),
        ("a.odd", 3),
    ]
    assert refusal.value.message.startswith("the new configuration, line 1, column 10: b.key: ")


def test_an_unknown_section_does_not_hide_a_changed_deployment() -> None:
    with pytest.raises(BadDocument) as refusal:
        packaged("deployment: {key: x}\n").checked("c: {}\ndeployment: {key: mine}\n", 1)
    assert [fault.line for fault in refusal.value.faults] == [1, 2]


def test_the_deployment_may_be_repeated_in_other_words() -> None:
    found = packaged("deployment: {key: x}\n").checked("deployment:\n  key: 'x' # as it is\n", 7)
    assert (found.version, found.section("deployment", Part).key) == (7, "x")
