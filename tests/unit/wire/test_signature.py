from typing import Annotated, Any

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import UncheckedCaller
from chalicelib.wire.http import HttpRequest, Reply, read_request
from chalicelib.wire.signature import parsed, read_signature
from tests.support.builders import caller
from tests.support.http import JSON, rest_event


class Search(OldWire):
    limit: int = 10


class Wish(Frozen):
    role: str
    days: int = 1


class Answer(Frozen):
    text: str


def everything(name: str, query: Search, body: Wish, who: Caller, http: HttpRequest) -> Answer:
    return Answer(text=f"{name}{query}{body}{who}{http}")


def test_a_signature_names_what_goes_in_and_out() -> None:
    signature = read_signature(everything, ("name",))
    assert (signature.path, signature.query, signature.body) == (("name",), Search, Wish)
    assert (signature.caller, signature.unchecked, signature.request) == ("who", False, "http")
    assert signature.returns.dump_json(Answer(text="x")) == b'{"text":"x"}'


def test_every_parameter_is_filled_from_the_request() -> None:
    event = rest_event("POST", "/x/{name}", values={"name": "a b"}, query="limit=3&other=1", headers=JSON)
    request, who = read_request(event, b'{"role": "r"}', cdn_secret=""), caller()
    found = read_signature(everything, ("name",)).arguments(request, who)
    assert found == {"name": "a b", "query": Search(limit=3), "body": Wish(role="r"), "who": who, "http": request}


def test_a_caller_may_be_asked_for_whose_session_the_service_reads_itself() -> None:
    def view(who: UncheckedCaller) -> Answer:
        return Answer(text=who.user)

    signature = read_signature(view, ())
    assert (signature.caller, signature.unchecked) == ("who", True)


def test_a_caller_with_another_remark_is_a_checked_one() -> None:
    def view(who: Annotated[Caller, "remark"]) -> Answer:
        return Answer(text=who.user)

    assert read_signature(view, ()).unchecked is False


def test_a_view_that_replies_itself_may_say_what_it_answers() -> None:
    def view() -> Reply:
        return Reply("x")

    assert read_signature(view, (), Answer).returns.dump_json(Answer(text="x")) == b'{"text":"x"}'


def not_of_the_path(name: str) -> Answer:
    return Answer(text=name)


def no_text(name: int) -> Answer:
    return Answer(text=str(name))


def body_of_another_name(payload: Wish) -> Answer:
    return Answer(text=payload.role)


def body_without_model(body: dict[str, Any]) -> Answer:
    return Answer(text=str(body))


def query_of_text(query: str) -> Answer:
    return Answer(text=query)


def without_annotation(name) -> Answer:  # type: ignore[no-untyped-def]  # noqa: ANN001 that is the case
    return Answer(text=name)


def takes_nothing() -> Answer:
    return Answer(text="")


@pytest.mark.parametrize(
    ("view", "path", "fault"),
    [
        pytest.param(not_of_the_path, (), "name", id="a parameter that is not of the path"),
        pytest.param(no_text, ("name",), "name", id="a value of the path that is no text"),
        pytest.param(body_of_another_name, (), "payload", id="a model that is neither body nor query"),
        pytest.param(body_without_model, (), "body", id="a body without a model"),
        pytest.param(query_of_text, (), "query", id="a query without a model"),
        pytest.param(without_annotation, ("other",), "other", id="a value of the path that nobody takes"),
        pytest.param(without_annotation, ("name",), "name", id="a parameter without annotation"),
        pytest.param(takes_nothing, ("name",), "name", id="a value of the path and no parameter"),
    ],
)
def test_what_the_wire_cannot_fill_is_an_error_when_the_module_is_imported(
    view: Any, path: tuple[str, ...], fault: str
) -> None:
    with pytest.raises(TypeError, match=f"{view.__name__}.*'{fault}"):
        read_signature(view, path)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        pytest.param({}, "role", id="a field that is missing"),
        pytest.param({"role": 1}, "role", id="a field of another type"),
        pytest.param({"role": "r", "days": "x"}, "days", id="text for a number"),
        pytest.param({"role": "r", "dayz": 1}, "dayz", id="a key that nobody knows"),
        pytest.param(None, "body", id="nothing"),
        pytest.param([], "body", id="a list"),
        pytest.param("text", "body", id="a text"),
    ],
)
def test_the_field_at_fault_is_named(data: Any, named: str) -> None:
    with pytest.raises(InvalidInput, match=rf"Invalid body: {named}: ") as refusal:
        parsed(Wish, data, "body")
    assert refusal.value.reason == "invalid_input"


def test_many_faults_are_cut_to_five() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parsed(Wish, {f"x{number}": 1 for number in range(50)}, "body")
    assert refusal.value.message.count(": Extra inputs") + refusal.value.message.count(": Field required") == 5


def test_an_old_clients_unknown_keys_are_ignored_and_their_names_logged_but_not_their_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert parsed(Search, {"limit": 2, "metadata": "s3cret"}, "body") == Search(limit=2)
    (record,) = caplog.records
    assert vars(record)["ignored_keys"] == ["metadata"]
    assert "s3cret" not in str(vars(record))


def test_a_key_that_an_old_client_writes_in_camel_case_is_not_logged_as_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert parsed(Search, {"Limit": 2}, "body") == Search(limit=2)
    assert caplog.records == []
