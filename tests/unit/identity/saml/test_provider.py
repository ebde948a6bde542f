"""What is known of a provider: its metadata, how it is doing, and how it is configured."""

from typing import Any

import pytest

from chalicelib.core.errors import Misconfigured, Upstream
from chalicelib.core.health import HealthStatus
from chalicelib.identity.saml.config import SamlConfig
from tests.support.clock import FrozenClock
from tests.support.saml.flow import Make, begun
from tests.support.saml.provider import SamlProvider, pair


class TestTheProvider:
    def test_that_is_down_signs_nobody_in(self, make: Make) -> None:
        method = make(metadata_url="http://127.0.0.1:9/metadata")
        with pytest.raises(Upstream) as refusal:
            begun(method)
        assert refusal.value.reason == "provider_down"
        assert method.check().status is HealthStatus.FAILED

    def test_that_goes_down_later_is_known_for_a_day(self, make: Make, idp: SamlProvider, clock: FrozenClock) -> None:
        method = make()
        begun(method)
        method._provider._config = method._config.model_copy(update={"metadata_url": "http://127.0.0.1:9/metadata"})
        clock.advance(86_000)
        begun(method)
        clock.advance(1_000)
        with pytest.raises(Upstream):
            begun(method)

    @pytest.mark.parametrize("path", ["/sign-outs", "/nothing"])
    def test_whose_metadata_is_none_signs_nobody_in(self, make: Make, idp: SamlProvider, path: str) -> None:
        with pytest.raises(Upstream):
            begun(make(metadata_url=f"{idp.url}{path}"))

    def test_of_another_name_signs_nobody_in(self, make: Make) -> None:
        with pytest.raises(Upstream, match="no usable description"):
            begun(make(idp_entity_id="https://other.example"))

    def test_is_well_while_its_certificates_last(self, make: Make) -> None:
        assert make().check().status is HealthStatus.OK
        soon = make(metadata_url=None, sso_url="https://idp.example", certificates=[pair("soon", 5).certificate])
        assert (soon.check().status, "days" in soon.check().cause) == (HealthStatus.WARNING, True)
        broken = make(metadata_url=None, sso_url="https://idp.example", certificates=["MIIx"])
        assert broken.check().status is HealthStatus.FAILED


def test_without_the_extra_the_fault_says_how_to_get_it(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    method = make()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for call in (lambda: begun(method), method.metadata):
        with pytest.raises(Misconfigured, match="make package EXTRAS=saml"):
            call()
    health = method.check()
    assert (health.status, "EXTRAS=saml" in health.fix) == (HealthStatus.FAILED, True)


GOOD = {"method": "saml", "idp_entity_id": "https://idp.example", "metadata_url": "https://idp.example/metadata"}


class TestTheConfiguration:
    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"metadata_url": None}, id="nothing of the provider"),
            pytest.param({"sso_url": "https://idp.example/sso"}, id="both ways at once"),
            pytest.param({"metadata_url": None, "sso_url": "https://idp.example/sso"}, id="no certificate"),
            pytest.param({"metadata_url": "http://idp.example/metadata"}, id="no TLS"),
            pytest.param({"slo_url": "javascript:alert(1)"}, id="a script for a URL"),
            pytest.param({"idp_entity_id": "a'] | //x['"}, id="a name that is a query"),
            pytest.param({"entity_id": "a b"}, id="a name with a space"),
            pytest.param(
                {"metadata_url": None, "sso_url": "https://x.example", "certificates": ["not base64!"]},
                id="no certificate at all",
            ),
            pytest.param(
                {"metadata_url": None, "sso_url": "https://x.example", "certificates": ["eHh4"]}, id="another document"
            ),
            pytest.param({"surprise": 1}, id="a key that nobody knows"),
        ],
    )
    def test_that_cannot_work_is_refused(self, change: dict[str, Any]) -> None:
        SamlConfig.model_validate(GOOD)
        with pytest.raises(ValueError, match="validation error"):
            SamlConfig.model_validate(GOOD | change)
