"""`weep serve`, `weep file`, `weep console`, `weep credential_process --generate`: read by the AWS SDK, as people's tools do."""

import configparser
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.utils import ContainerMetadataFetcher, InstanceMetadataFetcher, MetadataRetrievalError

from chalicelib.identity.models import SessionToken
from tests.integration.wire.conftest import APP, DEPLOY, ONLY_CLI, READER, ROLES, TEST, stored
from tests.integration.wire.test_weep_journey import caller_of
from tests.support.aws import refusing
from tests.support.served import Served
from tests.support.weep import MESSAGES, Weep, WeepError
from tests.support.weep_serve import serving

GET_CREDENTIALS = "/api/v1/get_credentials"


def asked(weep: Weep) -> int:
    """How often the server was asked for credentials."""
    return sum(sent.endswith(GET_CREDENTIALS) for sent in weep.sent)


def in_seconds(weep: Weep, seconds: int) -> Callable[[], float]:
    before = weep.now
    return lambda: before() + seconds


class TestContainerCredentials:
    @pytest.mark.parametrize("role", ["deploy", DEPLOY, "payments-test/deploy", f"{TEST}:role/deploy"])
    def test_the_sdk_takes_credentials_of_whatever_names_one_role(self, weep: Weep, user: str, role: str) -> None:
        with serving(weep) as local:
            found = ContainerMetadataFetcher().retrieve_full_uri(f"{local.url}/ecs/{role}")
        keys = {"AccessKeyId": "", "SecretAccessKey": "", "SessionToken": found["Token"]} | found
        assert caller_of(keys) == f"arn:aws:sts::{TEST}:assumed-role/deploy/{user}"
        assert found["RoleArn"] == DEPLOY
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["Expiration"])

    def test_the_server_is_asked_once_while_credentials_last(self, weep: Weep) -> None:
        with serving(weep) as local:
            first, second = local.ecs("deploy"), local.ecs("deploy")
            weep.now = in_seconds(weep, 2900)
            local.tick()
            assert asked(weep) == 1
        assert first == second

    def test_they_are_renewed_ten_minutes_before_their_end_by_the_arn_that_the_search_meant(self, weep: Weep) -> None:
        weep.metadata = True
        with serving(weep) as local:
            first = local.ecs("payments-test/deploy")
            weep.now = in_seconds(weep, 3010)
            local.tick()
            assert asked(weep) == 2
            assert local.providers["payments-test/deploy"].role == DEPLOY
            assert local.ecs("payments-test/deploy")["AccessKeyId"] != first["AccessKeyId"]

    def test_a_renewal_that_fails_leaves_the_old_ones_and_the_next_minute_tries_again(self, weep: Weep) -> None:
        with serving(weep) as local:
            first = local.ecs("deploy")
            weep.now = in_seconds(weep, 3010)
            with refusing("sts.AssumeRole", "AccessDenied", 403):
                local.tick()
            assert local.providers["deploy"].log == [MESSAGES["902"]]
            assert local.ecs("deploy") == first
            local.tick()
            assert local.ecs("deploy") != first

    @pytest.mark.parametrize(
        ("role", "message"), [("nothing", MESSAGES["900"]), ("team", MESSAGES["901"])], ids=["none", "several"]
    )
    def test_a_refusal_is_a_400_in_weeps_words(self, weep: Weep, role: str, message: str) -> None:
        with serving(weep) as local, pytest.raises(MetadataRetrievalError) as failure:
            ContainerMetadataFetcher(sleep=lambda _: None).retrieve_full_uri(f"{local.url}/ecs/{role}")
        assert "400" in str(failure.value)
        assert message in str(failure.value)

    def test_each_role_has_credentials_of_its_own(self, weep: Weep) -> None:
        with serving(weep) as local:
            assert {local.ecs(role)["RoleArn"] for role in (APP, "deploy", ONLY_CLI)} == {APP, DEPLOY, ONLY_CLI}
        assert asked(weep) == 3


class TestInstanceMetadata:
    def fetcher(self, url: str) -> InstanceMetadataFetcher:
        return InstanceMetadataFetcher(base_url=url, timeout=10, num_attempts=1, env={})

    def test_the_sdk_takes_them_for_an_instances_role(self, weep: Weep, user: str) -> None:
        with serving(weep, "deploy") as local:
            assert asked(weep) == 1
            found = self.fetcher(local.url).retrieve_iam_role_credentials()
            assert asked(weep) == 1
        keys = {
            "AccessKeyId": found["access_key"],
            "SecretAccessKey": found["secret_key"],
            "SessionToken": found["token"],
        }
        assert found["role_name"] == "deploy"
        assert caller_of(keys) == f"arn:aws:sts::{TEST}:assumed-role/deploy/{user}"

    def test_they_are_fetched_before_anything_is_served(self, weep: Weep) -> None:
        with pytest.raises(WeepError, match=MESSAGES["900"]), serving(weep, "nothing"):
            raise AssertionError

    def test_a_session_that_was_ended_fails_the_renewal_and_is_forgotten(
        self, weep: Weep, site: Served, token: SessionToken
    ) -> None:
        with serving(weep, "deploy") as local:
            assert local.default is not None
            site.container.identity.sessions.end(token.session_id)
            local.default.weep.now = in_seconds(weep, 3010)
            local.tick()
            assert local.default.log == [MESSAGES["invalid_jwt"]]
            assert self.fetcher(local.url).retrieve_iam_role_credentials()["role_name"] == "deploy"
        assert not weep.session_file.exists()

    def test_a_cookie_that_has_ended_is_not_sent_any_more(
        self, client: Callable[..., Weep], token: SessionToken
    ) -> None:
        short = client(stored(token, expiration=int(time.time()) + 60))
        with serving(short, "deploy") as local:
            assert local.default is not None
            local.default.weep.now = in_seconds(short, 3010)
            local.tick()
            assert local.default.log == [MESSAGES["invalid_jwt"]]


class TestFiles:
    def test_a_profile_is_written_that_the_sdk_reads(
        self, weep: Weep, tmp_path: Path, user: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "aws" / "credentials"
        file.parent.mkdir()
        file.write_text("[other]\naws_access_key_id = AKIAOTHER\n", encoding="utf-8")
        end = weep.file("deploy", file, "work")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        read: Any = Session(profile="work").get_credentials()
        keys = {"AccessKeyId": read.access_key, "SecretAccessKey": read.secret_key, "SessionToken": read.token}
        assert caller_of(keys) == f"arn:aws:sts::{TEST}:assumed-role/deploy/{user}"
        profiles = configparser.RawConfigParser()
        profiles.read(file, encoding="utf-8")
        assert profiles["other"]["aws_access_key_id"] == "AKIAOTHER"
        assert profiles["work"]["expiration"] == time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))

    def test_it_is_written_again_before_its_end(self, weep: Weep, tmp_path: Path) -> None:
        file = tmp_path / "credentials"
        weep.file("deploy", file, "work", no_ip=True)
        before = file.read_text(encoding="utf-8")
        weep.file(DEPLOY, file, "work", no_ip=True)
        assert file.read_text(encoding="utf-8") != before

    def test_a_profile_for_each_role_is_generated(self, weep: Weep) -> None:
        plain, pretty = weep.profiles(), weep.profiles(pretty=True)
        assert re.findall(r"\[profile (.*)\]", plain) == ROLES
        assert "[profile payments-prod-team/app]" in pretty
        commands = re.findall(r"credential_process = weep credential_process (.*)", pretty)
        assert commands == ROLES
        assert weep.credentials(commands[-1], "credential_process")["RoleArn"] == READER


class TestConsole:
    @pytest.mark.parametrize("role", [APP, "deploy"])
    def test_the_link_that_weep_prints_opens_the_page_that_signs_in(self, weep: Weep, site: Served, role: str) -> None:
        """Weep's way of joining takes one slash of `http://`; browsers put it back."""
        link = weep.console(role)
        assert link.startswith("http:/127.0.0.1")
        assert link.replace("http:/", "http://", 1) == f"{site.url}/role/{role}"
        assert weep.sent == []
