"""`make verify-audit`, as a person sees it."""

from collections.abc import Iterator

import pytest

from chalicelib.audit.store import AuditLog, AuditRow
from chalicelib.bootstrap import Container
from chalicelib.core.clock import SystemClock
from infra import verify_audit
from infra.local import verify_audit as laptop
from infra.local.gateway import Gateway
from infra.local.http import HttpRequest
from infra.local.interpreter import Answer
from tests.support.builders import audit_entry

JSON = ("Content-Type", "application/json")


@pytest.fixture
def chain(container: Container) -> str:
    """Of three entries, sealed just now."""
    log = AuditLog(SystemClock())
    links = [log.record(audit_entry()) for _ in range(3)]
    container.auditing.seal.run()
    return links[0].writer


def test_a_sound_log_is_said_to_be_sound(chain: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_audit.main([]) == 0
    told = capsys.readouterr().out
    assert "1 seal, the last of 20" in told
    assert "1 chain with 3 entries" in told
    assert told.endswith("The audit log is what was written.\n")


def test_every_finding_is_named_and_the_exit_code_is_one(chain: str, capsys: pytest.CaptureFixture[str]) -> None:
    AuditRow.get(f"CHAIN#{chain}", "000000000001").delete()
    assert verify_audit.main([]) == 1
    assert f"missing: chain {chain}: entry 1 is missing" in capsys.readouterr().out


def test_it_can_begin_after_a_seal(container: Container, chain: str, capsys: pytest.CaptureFixture[str]) -> None:
    container.auditing.seal.run()
    assert verify_audit.main(["--since", "1"]) == 0
    assert "1 seal," in capsys.readouterr().out
    assert verify_audit.main(["--since", "99"]) == 2


def test_what_can_not_be_read_is_not_verified(
    chain: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from chalicelib import settings

    monkeypatch.delenv("CONSOLEME_AUDIT_BUCKET")
    settings.load.cache_clear()
    assert verify_audit.main([]) == 2
    assert "CONSOLEME_AUDIT_BUCKET" in capsys.readouterr().err


class TestLaptop:
    @pytest.fixture
    def gateway(self, chain: str) -> Iterator[Gateway]:
        running = Gateway(0)
        running.start(lambda _: laptop.site(lambda: Answer(laptop.verify({}, None))))
        yield running
        running.stop()

    def test_a_laptop_cloud_is_asked_by_its_url(
        self, gateway: Gateway, chain: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert verify_audit.main(["--laptop", gateway.url]) == 0
        AuditRow.get(f"CHAIN#{chain}", "000000000002").delete()
        assert verify_audit.main(["--laptop", gateway.url]) == 1
        assert "cut_off" in capsys.readouterr().out

    def test_another_machine_is_no_laptop_cloud(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert verify_audit.main(["--laptop", "http://consoleme.example:8000"]) == 2
        assert "on this machine only" in capsys.readouterr().err

    def test_a_laptop_cloud_that_does_not_answer(self, capsys: pytest.CaptureFixture[str]) -> None:
        closed = Gateway(0)
        url = closed.url
        closed.stop()
        assert verify_audit.main(["--laptop", url]) == 2

    def test_a_verification_that_failed_is_told(self, capsys: pytest.CaptureFixture[str]) -> None:
        running = Gateway(0)
        running.start(lambda _: laptop.site(lambda: Answer({"errorMessage": "no bucket"}, failed=True)))
        try:
            assert verify_audit.main(["--laptop", running.url]) == 2
        finally:
            running.stop()
        assert "no bucket" in capsys.readouterr().err

    @pytest.mark.parametrize(("method", "headers"), [("GET", [JSON]), ("POST", []), ("POST", [("Content-Type", "x")])])
    def test_only_a_post_of_json_is_answered(self, method: str, headers: list[tuple[str, str]]) -> None:
        request = HttpRequest(method, laptop.PATH, "", headers, b"{}", "127.0.0.1")
        assert laptop.site(lambda: Answer({}))(request).status == 405
