"""The broker on embedded AWS: what must be true before a credential leaves."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.access.rights import AccountFreshness
from chalicelib.access.wishes import Wish
from chalicelib.audit.models import Outcome
from chalicelib.bootstrap import Container
from chalicelib.core.errors import Forbidden, NotAuthenticated, Upstream
from chalicelib.core.principals import Caller, SessionKind
from tests.support import rights
from tests.support.aws import HUB, REGION, aws_tables
from tests.support.builders import grant
from tests.support.clock import FrozenClock

CONFIGURATION = f"""
deployment:
  administrators: ["user:ada@example.com"]
  hub: {{account_id: "{HUB}"}}
authorization: {{max_authorization_age: 3600}}
"""
APP = f"arn:aws:iam::{HUB}:role/team/app"
NOW = 1_900_000_000


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Container]:
    file = tmp_path / "configuration.yaml"
    file.write_text(CONFIGURATION)
    with aws_tables(monkeypatch, CONSOLEME_CONFIG_FILE=str(file)):
        yield Container(clock=FrozenClock(NOW))


def caller(cloud: Container, *groups: str) -> Caller:
    token = cloud.identity.sessions.start(
        user="ana@example.com", groups=frozenset(groups), kind=SessionKind.CLI, method="test", address="127.0.0.1"
    )
    return cloud.identity.sessions.read(token.value, "127.0.0.1")


def entitle(cloud: Container, identity: str, *arns: str, cli_only: bool = False) -> None:
    grants = [grant(arn, cli_only=cli_only, session_tags=False) for arn in arns]
    rights.entitle(cloud.access.store, identity, *grants, at=NOW)


def synced(cloud: Container, seconds_ago: int = 0) -> None:
    cloud.access.store.set_fresh({HUB: AccountFreshness(name="hub", synced_at=NOW - seconds_ago)})


def test_a_hand_out_is_recorded_with_its_outcome_and_key_id(cloud: Container) -> None:
    entitle(cloud, "group:eng", APP)
    synced(cloud)
    issued = cloud.access.broker.issue(caller(cloud, "Eng"), Wish(search="app", client="weep"))
    assert issued.role_arn == APP
    (link,) = cloud.audit.of_target(APP)
    assert link.entry.outcome is Outcome.DONE
    assert link.entry.person == "user:ana@example.com"
    assert link.entry.details["access_key_id"] == issued.credentials.access_key_id
    assert issued.credentials.secret_access_key not in link.model_dump_json()


def test_the_credentials_answer_as_the_assumed_role(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud)
    issued = cloud.access.broker.issue(caller(cloud), Wish(search=APP)).credentials
    sts = boto3.client(
        "sts",
        REGION,
        aws_access_key_id=issued.access_key_id,
        aws_secret_access_key=issued.secret_access_key,
        aws_session_token=issued.session_token,
    )
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{HUB}:assumed-role/app/ana@example.com"


def test_without_an_audit_entry_no_credential_leaves(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud)
    who = caller(cloud)
    tables = boto3.client("dynamodb", REGION)
    audit = f"{cloud.settings.table_prefix}audit"
    tables.update_table(TableName=audit, DeletionProtectionEnabled=False)
    tables.delete_table(TableName=audit)
    with pytest.raises(Upstream, match="could not be recorded") as refusal:
        cloud.access.broker.issue(who, Wish(search=APP))
    assert "ASIA" not in str(refusal.value.extra)


def test_an_ended_session_gets_nothing_although_its_token_is_still_in_time(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud)
    who = caller(cloud)
    cloud.identity.sessions.end(who.session_id)
    with pytest.raises(NotAuthenticated):
        cloud.access.broker.issue(who, Wish(search=APP))


def test_a_cli_only_role_is_not_for_the_console(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP, cli_only=True)
    synced(cloud)
    who = caller(cloud)
    assert cloud.access.broker.issue(who, Wish(search="app")).role_arn == APP
    with pytest.raises(Forbidden) as refusal:
        cloud.access.broker.issue(who, Wish(search="app", console_only=True))
    assert refusal.value.code == "900"


def test_several_matches_are_named_and_sorted(cloud: Container) -> None:
    other = f"arn:aws:iam::{HUB}:role/team/app-admin"
    entitle(cloud, "user:ana@example.com", other, APP)
    synced(cloud)
    with pytest.raises(Forbidden) as refusal:
        cloud.access.broker.issue(caller(cloud), Wish(search="team"))
    assert refusal.value.code == "901"
    assert refusal.value.extra["matching roles"] == [APP, other]


@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(f"arn:aws:iam::{HUB}:role/ConsoleMeApply", id="the hub's own role"),
        pytest.param("arn:aws:iam::111122223333:role/ConsoleMeSpokeRead", id="a spoke role"),
        pytest.param(
            f"arn:aws:iam::{HUB}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", id="a service's role"
        ),
        pytest.param(
            f"arn:aws:iam::{HUB}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1", id="Identity Center's"
        ),
    ],
)
def test_reserved_roles_are_refused_even_when_the_map_holds_them(cloud: Container, arn: str) -> None:
    entitle(cloud, "user:ana@example.com", arn)
    account = arn.split(":")[4]
    cloud.access.store.set_fresh({account: AccountFreshness(name="x", synced_at=NOW)})
    with pytest.raises(Forbidden, match="never handed out"):
        cloud.access.broker.issue(caller(cloud), Wish(search=arn))


def test_an_account_that_was_not_synced_in_time_decides_nothing(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud, seconds_ago=3601)
    who = caller(cloud)
    assert cloud.access.eligible_roles.of(who).roles == ()
    with pytest.raises(Forbidden, match="3601 seconds ago") as refusal:
        cloud.access.broker.issue(who, Wish(search="app"))
    assert refusal.value.reason == "stale_authorization"


@pytest.mark.parametrize(("tag", "let_in"), [("ana@example.com", True), ("somebody-else", False)])
def test_when_the_sync_is_too_old_the_role_itself_is_asked(cloud: Container, tag: str, *, let_in: bool) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud, seconds_ago=3601)
    boto3.client("iam", REGION).create_role(
        RoleName="app",
        Path="/team/",
        AssumeRolePolicyDocument="{}",
        Tags=[{"Key": "consoleme-authorized", "Value": tag}],
    )
    who = caller(cloud)
    if let_in:
        assert cloud.access.broker.issue(who, Wish(search=APP)).role_arn == APP
    else:
        with pytest.raises(Forbidden, match="too old to decide"):
            cloud.access.broker.issue(who, Wish(search=APP))


def test_a_role_of_the_same_name_at_another_path_does_not_stand_in(cloud: Container) -> None:
    entitle(cloud, "user:ana@example.com", APP)
    synced(cloud, seconds_ago=3601)
    tags: Any = [{"Key": "consoleme-authorized", "Value": "ana@example.com"}]
    boto3.client("iam", REGION).create_role(RoleName="app", AssumeRolePolicyDocument="{}", Tags=tags)
    with pytest.raises(Forbidden, match="too old to decide"):
        cloud.access.broker.issue(caller(cloud), Wish(search=APP))


def test_groups_that_the_session_row_has_lost_open_nothing(cloud: Container) -> None:
    entitle(cloud, "group:eng", APP)
    synced(cloud)
    who = caller(cloud, "eng")
    claimed = Caller(who.user, frozenset({"eng", "admins"}), who.session_id, who.kind, who.expires_at, who.address)
    entitle(cloud, "group:admins", f"arn:aws:iam::{HUB}:role/root")
    assert [role.arn for role in cloud.access.eligible_roles.of(claimed).roles] == [APP]
