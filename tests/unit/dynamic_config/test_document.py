from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from chalicelib.access.authorization import AuthorizationConfig
from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Misconfigured
from chalicelib.core.model import Frozen
from chalicelib.dynamic_config.document import Configuration, parse
from chalicelib.identity.scopes import GroupsConfig


class Inner(Frozen):
    minutes: int = Field(default=60, ge=5)


class Wanted(Frozen):
    name: str = "default"
    inner: Inner = Inner()


def configuration(**data: Any) -> Configuration:
    return Configuration(data, "first.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: [", "first.yaml, line 1, column 5: expected the node content", id="a list that does not end"),
        pytest.param(
            "a: 1\n b: 2\n", "first.yaml, line 2, column 3: mapping values are not allowed", id="a line too far in"
        ),
        pytest.param("a:\n\t- b\n", "first.yaml, line 2, column 1: found character '\\t'", id="a tab"),
        pytest.param("a: *x\n", "first.yaml, line 1, column 4: found undefined alias 'x'", id="an alias of nothing"),
        pytest.param("a: 1\nb: 2\na: 3\n", "first.yaml, line 3, column 1: the key 'a' stands twice", id="a key twice"),
        pytest.param(
            "s:\n  k: 1\n  k: 1\n", "first.yaml, line 3, column 3: the key 'k' stands twice", id="a key twice, inside"
        ),
        pytest.param("a: !!python/object/apply:os.getcwd []", "could not determine a constructor", id="Python in it"),
        pytest.param("? [a]\n: b\n", "first.yaml, line 1, column 3: a key must be text", id="a list for a key"),
        pytest.param(
            "{a: {[1]: 2}}", "first.yaml, line 1, column 6: a key must be text", id="a list for a key, inside"
        ),
        pytest.param(
            "a: \x00",
            "first.yaml, line 1, column 4: special characters are not allowed",
            id="a character that YAML forbids",
        ),
        pytest.param(
            "a: 2024-13-45", "first.yaml, line 1, column 4: month must be in 1..12", id="a date that no calendar has"
        ),
        pytest.param("- a\n- b\n", "first.yaml: the document must be a mapping of sections", id="a list"),
        pytest.param("", "first.yaml: the document must be a mapping of sections", id="nothing"),
        pytest.param("just words", "first.yaml: the document must be a mapping of sections", id="words"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        parse(text, "first.yaml")
    assert message in refusal.value.message
    assert refusal.value.reason == "misconfigured"


def test_anchors_and_merges_are_read() -> None:
    text = "base: &base {a: 1, b: 1}\nother:\n  <<: *base\n  b: 2\n"
    assert parse(text, "first.yaml")["other"] == {"a": 1, "b": 2}


class TestSections:
    def test_a_section_is_read_as_its_owners_type_once(self) -> None:
        config = configuration(wanted={"name": "x", "inner": {"minutes": 5}})
        section = config.section("wanted", Wanted)
        assert section == Wanted(name="x", inner=Inner(minutes=5))
        assert config.section("wanted", Wanted) is section

    @pytest.mark.parametrize("data", [{}, {"wanted": None}, {"wanted": {}}])
    def test_a_section_that_is_absent_or_empty_has_its_defaults(self, data: dict[str, Any]) -> None:
        assert configuration(**data).section("wanted", Wanted) == Wanted()

    @pytest.mark.parametrize("odd", [[], "", 0, False, "text", ["x"]])
    def test_a_section_that_is_no_mapping_is_refused_and_not_taken_for_an_empty_one(self, odd: object) -> None:
        with pytest.raises(Misconfigured, match=r"first\.yaml: wanted: "):
            configuration(wanted=odd).section("wanted", Wanted)

    @pytest.mark.parametrize(
        ("section", "named"),
        [
            pytest.param({"nmae": "x"}, ["wanted.nmae: this key is not known"], id="a misspelt key"),
            pytest.param(
                {"inner": {"minutes": 4}}, ["wanted.inner.minutes: Input should be"], id="a value out of range"
            ),
            pytest.param(
                {"inner": {"minutes": "soon"}}, ["wanted.inner.minutes: Input should be"], id="a word for a number"
            ),
            pytest.param({"name": 3, "x": 1}, ["wanted.name: ", "wanted.x: "], id="two faults at once"),
        ],
    )
    def test_every_key_at_fault_is_named(self, section: dict[str, Any], named: list[str]) -> None:
        with pytest.raises(Misconfigured) as refusal:
            configuration(wanted=section).section("wanted", Wanted)
        assert refusal.value.message.startswith("first.yaml: ")
        assert [name for name in named if name not in refusal.value.message] == []

    @pytest.mark.parametrize(
        ("name", "model", "section", "named"),
        [
            pytest.param(
                "deployment",
                Deployment,
                {"administrators": ["ada"], "hub": {"account_id": "1" * 12}},
                "deployment.administrators: ",
                id="an administrator",
            ),
            pytest.param("groups", GroupsConfig, {"can_audit": ["auditors"]}, "groups.can_audit", id="a permission"),
            pytest.param(
                "authorization",
                AuthorizationConfig,
                {"group_mapping": {"admins": {"roles": []}}},
                "authorization.group_mapping: ",
                id="a mapping",
            ),
        ],
    )
    def test_a_name_that_does_not_say_what_it_is_is_a_fault_of_its_key(
        self, name: str, model: type[Frozen], section: dict[str, Any], named: str
    ) -> None:
        with pytest.raises(Misconfigured, match="must say what it is: user:") as refusal:
            configuration(**{name: section}).section(name, model)
        assert named in refusal.value.message


class TestFiles:
    def test_a_file_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "first.yaml"
        path.write_text("wanted: {name: \u00e9}\n", encoding="utf-8")
        assert Configuration.from_file(str(path), {"wanted"}).section("wanted", Wanted).name == "\u00e9"

    def test_a_section_that_nobody_reads_is_named_beside_those_that_somebody_does(self, tmp_path: Path) -> None:
        path = tmp_path / "first.yaml"
        path.write_text("wanetd: {}\n", encoding="utf-8")
        with pytest.raises(Misconfigured, match=r"the section wanetd is not known. Known are: more, wanted") as refusal:
            Configuration.from_file(str(path), {"wanted", "more"})
        assert refusal.value.reason == "misconfigured"

    def test_a_file_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Misconfigured, match=r"none\.yaml can't be read: No such file"):
            Configuration.from_file(str(tmp_path / "none.yaml"), {"wanted"})

    def test_a_file_that_is_not_utf_8_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "latin.yaml"
        path.write_bytes(b"wanted: {name: \xe9}\n")
        with pytest.raises(Misconfigured, match=r"latin\.yaml is not UTF-8"):
            Configuration.from_file(str(path), {"wanted"})

    def test_faults_are_told_by_the_files_name_and_not_by_its_whole_path(self, tmp_path: Path) -> None:
        path = tmp_path / "first.yaml"
        path.write_text("a: [", encoding="utf-8")
        with pytest.raises(Misconfigured) as refusal:
            Configuration.from_file(str(path), {"a"})
        assert str(tmp_path) not in refusal.value.message
