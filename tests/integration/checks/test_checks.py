"""Each check against embedded AWS: sound, ailing, missing."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.audit.findings import Fault, Finding
from chalicelib.audit.reports import LAST_SEAL, LAST_VERIFICATION, Found, LastSeal, VerificationNote
from chalicelib.bootstrap import Container
from chalicelib.checks.models import CheckResult
from chalicelib.checks.run_checks import all_checks, run_all
from chalicelib.core.errors import Misconfigured
from chalicelib.core.health import Health, HealthStatus
from chalicelib.db.scopes import Scopes
from chalicelib.dynamic_config.document import Configuration
from chalicelib.identity.directory.models import SourceState
from tests.support.aws import REGION, aws_tables, forget_everything, refusing
from tests.support.clock import FrozenClock
from tests.support.served import CONFIGURATION

OK, WARNING, FAILED, NOT_CONFIGURED = HealthStatus
HOUR, DAY = 3600, 86_400
MACHINE = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


@pytest.fixture
def container(on_our_tables: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    file = tmp_path / "configuration.yaml"
    file.write_text(CONFIGURATION + "directory: {sources: [static, scim]}\n", encoding="utf-8")
    with aws_tables(monkeypatch, CONSOLEME_CONFIG_FILE=str(file)):
        arns = {}
        for name in ("refresh", "request"):
            role = "arn:aws:iam::123456789012:role/states"
            made = boto3.client("stepfunctions", REGION).create_state_machine(
                name=name, definition=json.dumps(MACHINE), roleArn=role
            )
            arns[name] = made["stateMachineArn"]
            monkeypatch.setenv(f"CONSOLEME_{name.upper()}_STATE_MACHINE_ARN", arns[name])
        forget_everything()
        yield Container(clock=FrozenClock(int(time.time())))


def results(container: Container) -> dict[str, CheckResult]:
    return {check.name: check for check in container.checks.run().checks}


def one(container: Container, name: str) -> tuple[HealthStatus, str]:
    (found,) = run_all([check for check in all_checks(container) if check.name == name])
    assert found.fix or found.status is OK
    return found.status, found.cause


def test_each_source_of_accounts_is_told_by_itself(container: Container) -> None:
    name, policies, now = "accounts.organizations", "policies.organizations", container.clock.now()
    assert one(container, name)[0] is WARNING
    scopes = Scopes()
    scopes.failed("accounts", "organizations", now, "AWS refused to read the organisation")
    assert one(container, name) == (FAILED, "It has never answered: AWS refused to read the organisation")
    scopes.succeeded("accounts", "organizations", now - 2 * HOUR)
    assert one(container, name) == (OK, "It answered 2 hours ago.")
    scopes.succeeded("service_control_policies", "organizations", now - DAY)
    assert one(container, policies) == (WARNING, "It answered last 1 day ago.")
    scopes.failed("service_control_policies", "organizations", now, "Throttled")
    assert one(container, policies) == (FAILED, "It answered last 1 day ago; since then: Throttled")
    scopes.succeeded("service_control_policies", "organizations", now, held="something")
    assert one(container, policies)[0] is WARNING


def test_every_integration_has_a_check_and_a_name_of_its_own(container: Container) -> None:
    found = container.checks.run().checks
    names = [check.name for check in found]
    assert len(set(names)) == len(names)
    assert set(names) == {
        "accounts",
        "accounts.organizations",
        "audit_seals",
        "audit_verification",
        "authorization_dead_letters",
        "authorization_queue",
        "configuration",
        "directory.names",
        "directory.scim",
        "directory.static",
        "policies.organizations",
        "session_keys",
        "sign_in",
        "slack",
        "state_machine.refresh",
        "state_machine.request",
        "state_machine.revoke",
        "tables",
        "tasks",
        "telling_dead_letters",
    }
    assert [check.name for check in found if check.status is not OK and not check.fix] == []


class TestStack:
    def test_a_stack_as_it_was_deployed_is_sound(self, container: Container) -> None:
        sound = {name for name, found in results(container).items() if found.status is OK}
        assert sound == {
            "authorization_dead_letters",
            "authorization_queue",
            "configuration",
            "session_keys",
            "state_machine.refresh",
            "state_machine.request",
            "tables",
            "directory.names",
        }

    def test_a_missing_table_is_named(self, container: Container) -> None:
        client = boto3.client("dynamodb", REGION)
        client.update_table(TableName=container.settings.table_prefix + "config", DeletionProtectionEnabled=False)
        client.delete_table(TableName=container.settings.table_prefix + "config")
        status, cause = one(container, "tables")
        assert (status, "config" in cause) == (FAILED, True)

    def test_messages_that_were_put_aside_are_counted(self, container: Container) -> None:
        sqs = boto3.client("sqs", REGION)
        url = sqs.list_queues(QueueNamePrefix=f"{container.settings.table_prefix}authorizations-dlq")["QueueUrls"][0]
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
        assert one(container, "authorization_dead_letters") == (FAILED, "1 messages failed five times.")

    def test_clicks_that_were_put_aside_are_counted_too(self, container: Container) -> None:
        sqs = boto3.client("sqs", REGION)
        prefix = container.settings.table_prefix
        url = sqs.list_queues(QueueNamePrefix=f"{prefix}telling.fifo")["QueueUrls"][0]
        told = Container(container.settings.model_copy(update={"telling_queue_url": url}), container.clock)
        assert one(told, "telling_dead_letters") == (OK, "None.")
        aside = sqs.list_queues(QueueNamePrefix=f"{prefix}telling-dlq")["QueueUrls"][0]
        sqs.send_message(QueueUrl=aside, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
        assert one(told, "telling_dead_letters") == (FAILED, "1 messages failed five times.")

    def test_slack_is_connected_when_its_signing_secret_can_be_read(self, container: Container) -> None:
        assert one(container, "slack")[0] is NOT_CONFIGURED
        connected = container.renewed(
            Configuration(
                {
                    **container.configuration.data,
                    "notifications": {"slack": {"team_id": "T0EXAMPLE", "app_id": "A0CONSOLEME"}},
                },
                "test",
            )
        )
        status, cause = one(connected, "slack")
        assert (status, "slack-signing-secret does not exist" in cause) == (FAILED, True)
        boto3.client("secretsmanager", REGION).create_secret(
            Name=f"{container.settings.table_prefix}slack-signing-secret", SecretString="x" * 32
        )
        assert one(connected, "slack") == (OK, "The workspace T0EXAMPLE; its signing secret can be read.")

    def test_a_missing_state_machine_and_one_that_nobody_named(
        self, container: Container, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        boto3.client("stepfunctions", REGION).delete_state_machine(
            stateMachineArn=container.settings.refresh_state_machine_arn
        )
        assert one(container, "state_machine.refresh")[0] is FAILED
        settings = container.settings.model_copy(update={"request_state_machine_arn": ""})
        assert one(Container(settings, container.clock), "state_machine.request")[0] is NOT_CONFIGURED

    def test_missing_keys_and_old_keys(self, container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
        later = Container(container.settings, FrozenClock(container.clock.now() + 200 * DAY))
        status, cause = one(later, "session_keys")
        assert (status, cause) == (WARNING, "1 key, changed 200 days ago.")
        boto3.client("secretsmanager", REGION).delete_secret(
            SecretId="consoleme-session-keys", ForceDeleteWithoutRecovery=True
        )
        fresh = Container(container.settings, container.clock)
        assert one(fresh, "session_keys")[0] is FAILED

    def test_a_refusal_of_aws_is_the_cause(self, container: Container) -> None:
        with refusing("sqs.GetQueueAttributes", "AccessDenied", 403):
            status, cause = one(container, "authorization_queue")
        assert (status, "AccessDenied" in cause) == (FAILED, True)


class TestAccounts:
    def known(self, container: Container, *names: str, status: AccountStatus = AccountStatus.ACTIVE) -> list[str]:
        ids = [f"{number:012d}" for number in range(1, len(names) + 1)]
        for account_id, name in zip(ids, names, strict=True):
            container.inventory.accounts.put(Account(account_id=account_id, name=name, status=status), 1)
        return ids

    def test_where_no_account_is_known_the_first_refresh_is_waited_for(self, container: Container) -> None:
        assert one(container, "accounts")[0] is WARNING

    def test_late_accounts_are_named(self, container: Container) -> None:
        first, second = self.known(container, "a", "b")
        Scopes().succeeded("iam_role", first, container.clock.now())
        assert one(container, "accounts") == (
            FAILED,
            "b was not read for a day, or never: their rights decide no longer.",
        )
        told = []
        for age in (2 * DAY, 3 * HOUR, 600):
            Scopes().succeeded("iam_role", second, container.clock.now() - age)
            told.append(one(container, "accounts"))
        assert told == [
            (FAILED, "b was not read for a day, or never: their rights decide no longer."),
            (WARNING, "b was not read for two hours."),
            (OK, "All 2 accounts were read within two hours."),
        ]

    def test_accounts_that_are_closed_are_not_looked_at(self, container: Container) -> None:
        self.known(container, "a", status=AccountStatus.SUSPENDED)
        assert one(container, "accounts")[0] is WARNING
        assert container.check_spokes.page("", 10).total == 0

    def test_each_spoke_is_asked_page_by_page(self, container: Container) -> None:
        self.known(container, "a", "b", "c")
        first = container.check_spokes.page("", 2)
        assert [(check.name, check.title, check.status) for check in first.checks] == [
            ("000000000001", "a", OK),
            ("000000000002", "b", OK),
        ]
        assert (first.total, first.next) == (3, "000000000002")
        rest = container.check_spokes.page("000000000002", 2)
        assert ([check.title for check in rest.checks], rest.next) == (["c"], None)

    def test_a_spoke_that_refuses_says_why_and_what_to_do(self, container: Container) -> None:
        self.known(container, "a")
        with refusing("sts.AssumeRole", "AccessDenied", 403):
            (check,) = container.check_spokes.page("", 10).checks
        assert (check.status, "AccessDenied" in check.cause) == (FAILED, True)
        assert check.fix == (
            "Create arn:aws:iam::000000000001:role/ConsoleMeSpokeRead, and let it trust the roles ConsoleMeApi and "
            "ConsoleMeSync of account 123456789012."
        )


class TestDirectory:
    def state(self, container: Container, **state: Any) -> tuple[HealthStatus, str]:
        now = container.clock.now()
        times = {name: now - state.pop(name) for name in ("succeeded_at", "failed_at") if name in state}
        made = SourceState.model_validate({"source": "static", **times, **state})
        container.identity.directory.store.put_state(made, now)
        return one(container, "directory.static")

    def test_a_source_that_never_answered(self, container: Container) -> None:
        assert one(container, "directory.static") == (FAILED, "It has never answered.")

    def test_a_source_is_judged_by_its_age_and_its_last_word(self, container: Container) -> None:
        cases: list[tuple[dict[str, Any], HealthStatus]] = [
            ({"succeeded_at": 60}, OK),
            ({"succeeded_at": 3 * HOUR}, WARNING),
            ({"succeeded_at": 2 * DAY}, FAILED),
            ({"succeeded_at": HOUR, "failed_at": 60, "error": "down"}, WARNING),
            ({"succeeded_at": 2 * DAY, "failed_at": 60, "error": "down"}, FAILED),
            ({"succeeded_at": 60, "warning": "half of the people are gone"}, WARNING),
        ]
        assert [self.state(container, **state)[0] for state, _ in cases] == [status for _, status in cases]

    def test_names_that_mean_two_things_are_named(self, container: Container) -> None:
        names = container.identity.people.names
        names._store.begin_conflict("payments", container.clock.now())
        status, cause = one(container, "directory.names")
        assert (status, cause.endswith("payments.")) == (WARNING, True)


class TestAudit:
    def test_before_the_first_seal_and_the_first_comparison(self, container: Container) -> None:
        assert [one(container, name)[0] for name in ("audit_seals", "audit_verification")] == [WARNING, WARNING]

    def test_seals_grow_old(self, container: Container) -> None:
        for age, status in ((300, OK), (1300, FAILED)):
            sealed_at = container.clock.now() - age
            container.auditing.notes.put(LAST_SEAL, LastSeal(number=7, sealed_at=sealed_at, chains=2))
            assert one(container, "audit_seals")[0] is status

    def test_the_comparison_is_told(self, container: Container) -> None:
        for age, whole, status in ((0, True, OK), (0, False, WARNING), (4 * HOUR, True, WARNING)):
            note = VerificationNote(checked_at=container.clock.now() - age, whole=whole)
            container.auditing.notes.put(LAST_VERIFICATION, note)
            assert one(container, "audit_verification")[0] is status

    def test_findings_are_told_in_their_words(self, container: Container) -> None:
        found = [
            Found(finding=Finding(fault=Fault.MISSING, text=f"chain c: entry {number} is missing"), found_at=1)
            for number in range(7)
        ]
        now = container.clock.now()
        container.auditing.notes.put(
            LAST_VERIFICATION, VerificationNote(checked_at=now, whole=True, found=tuple(found))
        )
        status, cause = one(container, "audit_verification")
        assert (status, "entry 4 is missing" in cause, "And 2 more." in cause) == (FAILED, True, True)


class TestTasks:
    def test_before_the_first_run(self, container: Container) -> None:
        assert one(container, "tasks")[0] is WARNING

    def test_a_task_that_failed_last_is_named_until_it_succeeds(self, container: Container) -> None:
        def run(*, fails: bool) -> None:
            with container.jobs.recorded("due"):
                if fails:
                    raise Misconfigured("no table")

        run(fails=False)
        state, cause = one(container, "tasks")
        assert (state, cause.partition(";")[0]) == (OK, "1 succeeded when they ran last")
        assert cause.endswith("did not run yet.")
        assert isinstance(container.clock, FrozenClock)
        container.clock.advance(60)
        with pytest.raises(Misconfigured):
            run(fails=True)
        assert one(container, "tasks") == (FAILED, "due (less than a minute ago): no table")
        container.clock.advance(60)
        run(fails=False)
        assert one(container, "tasks")[0] is OK
        container.clock.advance(DAY)
        assert one(container, "tasks") == (FAILED, "due is late: it succeeded 1 day ago")
        container.jobs.awaited(["verify_audit"])
        container.clock.advance(DAY)
        assert "; verify_audit is late: it never succeeded" in one(container, "tasks")[1]


def test_a_configuration_that_was_not_taken_up_yet_is_told(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.dynamic_config.models import Current
    from chalicelib.dynamic_config.store import ConfigStore

    current = Current(number=3, sha256="h", audited=3, applied=3)
    monkeypatch.setattr(ConfigStore, "current", lambda _: current)
    assert one(container, "configuration")[0] is WARNING


class TestSignIn:
    def test_methods_are_asked_each_by_its_name(self, container: Container) -> None:
        class Provider:
            name = "okta"

            def check(self) -> Health:
                return Health.failed("its keys can't be read", "look at its status page")

        class Silent:
            name = "proxy"

        container.identity.sign_in.methods = (Provider(), Silent())  # type: ignore[assignment]
        found = results(container)
        assert (found["sign_in.okta"].status, found["sign_in.okta"].cause) == (FAILED, "its keys can't be read")
        assert found["sign_in.proxy"].status is OK

    def test_without_any_it_says_so(self, container: Container) -> None:
        assert one(container, "sign_in")[0] is NOT_CONFIGURED
