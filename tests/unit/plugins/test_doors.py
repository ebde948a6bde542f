"""What plugins register is checked as a whole, and nobody may call what does not say who may."""

from typing import Any

import pytest

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import Misconfigured
from chalicelib.core.hooks import JobContext, PluginJob, PluginReply, PluginRequest, PluginRoute
from chalicelib.plugins.doors import Routes, jobs_of, may_call, package_of, routes_of
from tests.support.plugins import calls, plugin


def nothing(_: JobContext) -> None: ...


def answer(request: PluginRequest) -> PluginReply:
    return PluginReply(request.path)


def job(name: str = "tidy", every_minutes: int = 5) -> PluginJob:
    return PluginJob(name, every_minutes, nothing)


def route(path: str = "hello", method: Any = "GET", permission: Any = "signed_in") -> PluginRoute:
    return PluginRoute(method, path, answer, permission)


def routes(*found: PluginRoute, name: str = "acme.plugin") -> Routes:
    return routes_of(calls(plugin(name, routes=lambda: found)))


def test_a_plugin_is_called_like_its_outermost_package() -> None:
    assert package_of("acme.consoleme.plugin") == "acme"
    assert package_of("acme") == "acme"


def test_jobs_are_known_by_package_and_name() -> None:
    hooks = calls(
        plugin("acme.jobs", jobs=lambda: [job(), job("report", 60)]), plugin("other", jobs=lambda: iter([job()]))
    )
    assert set(jobs_of(hooks)) == {"plugin/acme/tidy", "plugin/acme/report", "plugin/other/tidy"}
    assert jobs_of(hooks)["plugin/acme/report"].every_minutes == 60
    assert jobs_of(calls()) == {}


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([job("Tidy up")], "a job can't be called 'Tidy up'"),
        ([job("")], "a job can't be called ''"),
        ([job("x" * 62)], "a job can't be called"),
        ([job(every_minutes=0)], "the job tidy must run every 1 to 10080 minutes"),
        ([job(every_minutes=10_081)], "the job tidy must run every 1 to 10080 minutes"),
        ([job(), job()], "the job tidy is registered twice"),
    ],
)
def test_a_job_that_can_not_run_is_refused_with_the_plugins_name(found: list[PluginJob], fault: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        jobs_of(calls(plugin("acme.plugin", jobs=lambda: found)))
    assert refusal.value.message.startswith(f"The plugin acme.plugin: {fault}")


@pytest.mark.parametrize("minutes", [1, 10_080])
def test_a_job_may_run_every_minute_or_once_a_week(minutes: int) -> None:
    assert jobs_of(calls(plugin("acme", jobs=lambda: [job(every_minutes=minutes)])))


@pytest.mark.parametrize(
    ("path", "method", "found"),
    [
        ("hello", "GET", "hello"),
        ("hello", "POST", "hello"),
        ("reports/weekly", "GET", "reports/*"),
        ("reports/2026/11", "GET", "reports/*"),
        ("reports/fixed", "GET", "reports/fixed"),
        ("reports/deep/er/x", "GET", "reports/deep/*"),
        ("reports", "GET", None),
        ("hello/", "GET", None),
        ("hello/x", "GET", None),
        ("other", "GET", None),
        ("hello", "PUT", None),
        ("", "GET", None),
    ],
)
def test_a_route_is_found_by_its_path_or_the_longest_beginning(path: str, method: str, found: str | None) -> None:
    book = routes(
        route(),
        route(method="POST"),
        route("reports/*"),
        route("reports/fixed"),
        route("reports/deep/*"),
    )
    match = book.find("acme", method, path)
    assert (match.path if match else None, match.method if match else None) == (found, method if found else None)


def test_a_route_of_everything_takes_what_nothing_else_takes() -> None:
    book = routes(route("*"), route("hello"))
    assert [found and found.path for found in (book.find("acme", "GET", "hello"), book.find("acme", "GET", "a/b"))] == [
        "hello",
        "*",
    ]


def test_plugins_do_not_answer_for_one_another() -> None:
    assert routes(route()).find("other", "GET", "hello") is None


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([route("")], "'' is no path"),
        ([route("/hello")], "'/hello' is no path"),
        ([route("hello/")], "'hello/' is no path"),
        ([route("a b")], "'a b' is no path"),
        ([route("a/*/b")], "'a/*/b' is no path"),
        ([route("a*")], "'a*' is no path"),
        ([route("a//b")], "'a//b' is no path"),
        ([route(method="PATCH")], "the method of hello must be one of DELETE, GET, POST, PUT"),
        ([route(method="get")], "the method of hello must be one of"),
        ([route(), route()], "GET hello is registered twice"),
    ],
)
def test_a_route_that_can_not_be_served_is_refused_with_the_plugins_name(found: list[PluginRoute], fault: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        routes(*found)
    assert refusal.value.message.startswith(f"The plugin acme.plugin: {fault}")


def test_two_modules_of_a_package_share_its_name() -> None:
    one, other = plugin("acme.a", routes=lambda: [route()]), plugin("acme.b", routes=lambda: [route()])
    with pytest.raises(Misconfigured, match="registered twice"):
        routes_of(calls(one, other))


def test_who_may_call_is_what_the_route_says_and_nobody_where_it_says_nothing() -> None:
    asked: list[Permission] = []

    def held(permission: Permission) -> Decision:
        asked.append(permission)
        return Decision.no("not you", permission.value)

    refusal = may_call(route(permission=None), held)
    assert (refusal.allowed, refusal.rule) == (False, "no_permission_named")
    assert refusal.reason == "The plugin does not say who may call this: it must name a permission."
    assert may_call(route(), held) == Decision.yes("everybody who is signed in", "signed_in")
    assert asked == []
    assert may_call(route(permission=Permission.AUDIT), held).rule == "can_audit"
    assert asked == [Permission.AUDIT]
