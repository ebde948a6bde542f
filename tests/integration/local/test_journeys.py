"""What the demo is told with. The journeys themselves are walked by `make demo`."""

import pytest

from infra.local.gateway import Gateway
from infra.local.http import HttpReply, HttpRequest, json_reply
from infra.local.journeys.telling import Story, UnexpectedError
from infra.local.journeys.visitor import Visitor


def test_a_step_that_comes_out_otherwise_says_what_was_expected_and_what_was_found() -> None:
    story = Story(lambda _: None)
    with pytest.raises(UnexpectedError, match="the state: expected applied, found failed"):
        story.same("the state", "failed", "applied")
    with pytest.raises(UnexpectedError, match=r'the names: expected a in \["b"\]'):
        story.within("the names", "a", {"b"})
    with pytest.raises(UnexpectedError, match=r'the names: expected no a in \["a"\]'):
        story.absent("the names", "a", ["a"])


def test_steps_are_numbered_anew_in_each_chapter() -> None:
    lines: list[str] = []
    story = Story(lines.append)
    for title in ("One", "Two"):
        story.chapter(title)
        story.step("first")
        story.step("second")
    numbers = [line.split(".")[0].strip() for line in lines if "first" in line or "second" in line]
    assert numbers == ["1", "2", "1", "2"]


def mirrored(request: HttpRequest) -> HttpReply:
    """Tells what was sent, and sets two cookies."""
    if request.path == "/page":
        return HttpReply(200, [("Content-Type", "text/html")], b"<p>not JSON</p>")
    cookies = [("Set-Cookie", "session=abc; HttpOnly; Path=/"), ("Set-Cookie", "_xsrf=token; Path=/")]
    return json_reply(418, {name.lower(): value for name, value in request.headers}, cookies)


def test_only_a_browser_says_where_its_page_is_from_and_brings_the_token() -> None:
    gateway = Gateway(0)
    gateway.start(lambda _: mirrored)
    try:
        person = Visitor(gateway.url, "browser", browser=True)
        machine = Visitor(gateway.url, "weep", browser=False)
        for visitor in (person, machine):
            visitor.get("/first")
        sent = person.post("/second", {}).json
        assert (sent["origin"], sent["x-xsrftoken"], sent["cookie"]) == (
            gateway.url,
            "token",
            "session=abc; _xsrf=token",
        )
        sent = machine.post("/second", {}).json
        assert not {"origin", "x-xsrftoken", "sec-fetch-site"} & set(sent)
        with pytest.raises(UnexpectedError, match="GET /first: expected status 200, found 418"):
            person.get("/first").expect(200)
        with pytest.raises(UnexpectedError, match="GET /page: expected JSON, found <p>not JSON</p>"):
            _ = person.get("/page").json
    finally:
        gateway.stop()
