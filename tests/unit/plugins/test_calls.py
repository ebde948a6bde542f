"""Plugins are somebody else's code: what they raise or answer amiss never passes for an answer."""

import logging
from collections.abc import Callable, Iterator

import pytest

from chalicelib.core.decisions import Decision
from chalicelib.core.errors import Forbidden, PluginFailed
from chalicelib.core.hooks import Identity, ListedAccount, MetricSample, SignInRequest
from chalicelib.observability import MetricUnit
from chalicelib.plugins.calls import Said
from tests.support.builders import caller, role_arn
from tests.support.plugins import calls, plugin

YES, NO = Decision.yes("fine", "rule"), Decision.no("not on Fridays", "fridays")
REQUEST = SignInRequest("GET", "/", {}, "198.51.100.7")
SAMPLE = MetricSample("Credentials", 1)
ASKED = {"caller": caller(), "role_arn": role_arn()}


def broken(*_: object) -> object:
    raise KeyError("secret of the plugin")


def test_every_plugins_opinion_is_heard_and_silence_is_none() -> None:
    silent = plugin("silent", credential_decision=lambda caller: None)
    first = plugin("first", credential_decision=lambda caller, role_arn: YES)
    last = plugin("last", credential_decision=lambda role_arn: NO)
    assert calls(first, silent, last).every("credential_decision", Decision, **ASKED) == [
        Said("last", NO),
        Said("first", YES),
    ]


def test_the_first_answer_ends_the_asking() -> None:
    asked: list[str] = []

    def answers(request: SignInRequest) -> Identity:
        asked.append(request.path)
        return Identity("ada")

    hooks = calls(plugin("never", identify=lambda request: broken()), plugin("ada", identify=answers))
    assert hooks.first("identify", Identity, request=REQUEST) == Said("ada", Identity("ada"))
    assert asked == ["/"]
    nobody = calls(plugin("nobody", identify=lambda request: None))
    assert nobody.first("identify", Identity, request=REQUEST) is None


def test_a_plugin_that_raises_where_something_is_decided_is_a_failure_with_its_name_and_without_its_words() -> None:
    hooks = calls(plugin("fine", credential_decision=lambda: YES), plugin("acme", credential_decision=broken))
    with pytest.raises(PluginFailed) as failure:
        hooks.every("credential_decision", Decision, **ASKED)
    assert failure.value.message == (
        "The plugin acme raised KeyError in its hook credential_decision. Its owner finds the cause in the log."
    )
    assert failure.value.reason == "plugin_failed"
    assert isinstance(failure.value.__cause__, KeyError)


@pytest.mark.parametrize("answer", [False, True, "no", {"allowed": False}, 0])
def test_an_answer_of_another_kind_is_a_failure_even_if_it_looks_like_nothing(answer: object) -> None:
    with pytest.raises(PluginFailed, match=f"answered {type(answer).__name__}, and not Decision in its hook"):
        calls(plugin("acme", credential_decision=lambda: answer)).every("credential_decision", Decision, **ASKED)
    with pytest.raises(PluginFailed, match="and not Identity"):
        calls(plugin("acme", identify=lambda: answer)).first("identify", Identity, request=REQUEST)


def test_an_error_that_a_plugin_raises_on_purpose_keeps_its_words() -> None:
    def refuse() -> None:
        raise Forbidden("Ask the desk.", reason="desk")

    with pytest.raises(Forbidden, match=r"^Ask the desk\.$"):
        calls(plugin("acme", credential_decision=refuse)).every("credential_decision", Decision, **ASKED)


def one() -> ListedAccount:
    return ListedAccount("222222222222")


def breaks_in_the_middle() -> Iterator[ListedAccount]:
    yield one()
    raise KeyError("page 2")


def test_lists_are_heard_whole_or_not_at_all() -> None:
    hooks = calls(plugin("a", account_source=lambda: [one()]), plugin("b", account_source=lambda: iter([one(), one()])))
    assert [said.plugin for said in hooks.lists("account_source", ListedAccount)] == ["b", "b", "a"]
    assert calls(plugin("a", account_source=lambda: None)).lists("account_source", ListedAccount) == []
    with pytest.raises(PluginFailed, match="The plugin half raised KeyError"):
        calls(plugin("half", account_source=breaks_in_the_middle)).lists("account_source", ListedAccount)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (one(), "answered ListedAccount, and not a list"),
        ("222222222222", "answered str, and not a list"),
        ({"222222222222": one()}, "answered dict, and not a list"),
        ([one(), "x"], "answered str, and not ListedAccount"),
        ([None], "answered NoneType, and not ListedAccount"),
    ],
)
def test_a_list_of_anything_else_is_a_failure(answer: object, words: str) -> None:
    with pytest.raises(PluginFailed, match=words):
        calls(plugin("acme", account_source=lambda: answer)).lists("account_source", ListedAccount)


def test_who_only_listens_breaks_nothing_and_keeps_nobody_else_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[MetricSample] = []

    def hear(sample: MetricSample) -> None:
        heard.append(sample)

    def refuse(sample: MetricSample) -> None:
        raise Forbidden("no")

    hooks = calls(
        plugin("heard", metric=hear),
        plugin("acme", metric=broken),
        plugin("shy", metric=refuse),
    )
    with caplog.at_level(logging.ERROR):
        hooks.tolerant("metric", sample=SAMPLE)
    assert heard == [SAMPLE]
    assert [(record.plugin, record.hook) for record in caplog.records] == [("shy", "metric"), ("acme", "metric")]  # type: ignore[attr-defined]
    assert caplog.records[1].exc_info is not None
    assert isinstance(caplog.records[1].exc_info[1], KeyError)


def test_of_a_plugin_that_fails_nothing_is_added_and_of_the_others_all() -> None:
    hooks = calls(plugin("half", account_source=breaks_in_the_middle), plugin("whole", account_source=lambda: [one()]))
    assert hooks.tolerant_lists("account_source", ListedAccount) == [Said("whole", one())]


def test_it_is_known_whether_anybody_implements_a_hook() -> None:
    hooks = calls(plugin("acme", metric=lambda sample: None))
    assert hooks.anybody("metric")
    assert not hooks.anybody("notify")


def test_what_must_happen_in_the_end_is_told_to_all_and_the_first_failure_is_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard: list[MetricSample] = []

    def hear(sample: MetricSample) -> None:
        heard.append(sample)

    def refuse(sample: MetricSample) -> None:
        raise Forbidden("Ask the desk.")

    hooks = calls(plugin("heard", metric=hear), plugin("acme", metric=broken), plugin("shy", metric=refuse))
    with caplog.at_level(logging.ERROR), pytest.raises(Forbidden, match="Ask the desk"):
        hooks.insistent("metric", sample=SAMPLE)
    assert heard == [SAMPLE]
    assert [(record.plugin, record.hook) for record in caplog.records] == [("shy", "metric"), ("acme", "metric")]  # type: ignore[attr-defined]
    assert [record.getMessage() for record in caplog.records] == ["plugin failed", "plugin failed"]
    assert isinstance(caplog.records[0].exc_info[1], Forbidden)  # type: ignore[index]
    with pytest.raises(PluginFailed, match="The plugin acme raised KeyError in its hook metric"):
        calls(plugin("acme", metric=broken)).insistent("metric", sample=SAMPLE)
    calls(plugin("heard", metric=hear)).insistent("metric", sample=SAMPLE)
    assert heard == [SAMPLE, SAMPLE]


FAILURES: list[tuple[Callable[[], object], str]] = [
    (
        lambda: calls(plugin("acme", identify=lambda: 1)).first("identify", Identity, request=REQUEST),
        "answered int, and not Identity in its hook identify",
    ),
    (
        lambda: calls(plugin("acme", account_source=lambda: [1])).lists("account_source", ListedAccount),
        "answered int, and not ListedAccount in its hook account_source",
    ),
    (
        lambda: calls(plugin("acme", account_source=lambda: 1)).lists("account_source", ListedAccount),
        "answered int, and not a list in its hook account_source",
    ),
    (
        lambda: calls(plugin("acme", account_source=broken)).lists("account_source", ListedAccount),
        "raised KeyError in its hook account_source",
    ),
]


@pytest.mark.parametrize(("ask", "what"), FAILURES)
def test_every_failure_names_plugin_and_hook_and_says_where_the_cause_is(ask: Callable[[], object], what: str) -> None:
    with pytest.raises(PluginFailed) as failure:
        ask()
    assert failure.value.message == f"The plugin acme {what}. Its owner finds the cause in the log."


def test_a_failure_that_breaks_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[dict[str, object]] = []

    def add_metric(**metric: object) -> None:
        counted.append(metric)

    monkeypatch.setattr("chalicelib.plugins.calls.metrics.add_metric", add_metric)
    calls(plugin("acme", metric=broken)).tolerant("metric", sample=SAMPLE)
    assert counted == [{"name": "PluginFailed", "unit": MetricUnit.Count, "value": 1}]
