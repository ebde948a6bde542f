"""Sealing and verifying on embedded AWS: what S3, KMS and DynamoDB really hold."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.audit.findings import Fault
from chalicelib.audit.reports import LAST_SEAL, LAST_VERIFICATION, LastSeal, VerificationNote
from chalicelib.audit.store import AuditLog, AuditRow
from chalicelib.bootstrap import Container
from chalicelib.core.errors import Conflict, Misconfigured, Throttled, Upstream
from tests.support.aws import REGION, refusing
from tests.support.builders import audit_entry
from tests.support.clock import FrozenClock


def recorded(container: Container, count: int = 3) -> str:
    """A chain with so many entries; its name."""
    log = AuditLog(container.clock)
    links = [log.record(audit_entry(f"act.{number}")) for number in range(count)]
    return links[0].writer


def faults(container: Container) -> list[tuple[Fault, str, int | None]]:
    return [(one.fault, one.chain, one.number) for one in container.auditing.verify.run().findings]


def s3() -> Any:
    return boto3.client("s3", REGION)


def bucket(container: Container) -> str:
    return container.settings.audit_bucket


def test_a_seal_says_where_every_chain_ends_and_the_log_is_whole(container: Container, clock: FrozenClock) -> None:
    chains = {recorded(container), recorded(container, 1)}
    report = container.auditing.seal.run()
    assert (report.number, report.chains, report.unread, report.lost) == (1, 2, 0, ())
    clock.advance(300)
    recorded(container)
    assert container.auditing.seal.run().number == 2
    verified = container.auditing.verify.run()
    assert (verified.findings, verified.seals, verified.chains, verified.entries) == ((), 2, 3, 7)
    seal = container.auditing.archive.last()
    assert seal is not None
    assert chains < set(seal.chains)


def test_a_seal_is_locked_against_everybody_and_written_once(container: Container) -> None:
    container.auditing.seal.run()
    stored = s3().get_object(Bucket=bucket(container), Key="seals/000000000001.json")
    assert stored["ObjectLockMode"] == "COMPLIANCE"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3().delete_object(
            Bucket=bucket(container),
            Key="seals/000000000001.json",
            VersionId=stored["VersionId"],
            BypassGovernanceRetention=True,
        )
    archive = container.auditing.archive
    last = archive.last()
    assert last is not None
    with pytest.raises(Conflict):
        archive.add(last)


def test_an_answer_of_the_bucket_that_was_lost_is_no_conflict(container: Container) -> None:
    from chalicelib.aws.locked_objects import LockedObjects

    objects = LockedObjects(container.aws, bucket(container))
    objects.put_new("seals/x", b"body")
    objects.put_new("seals/x", b"body")
    with pytest.raises(Conflict):
        objects.put_new("seals/x", b"other")


def test_an_entry_that_somebody_altered_in_the_table_is_named(container: Container) -> None:
    chain = recorded(container)
    container.auditing.seal.run()
    row = AuditRow.get(f"CHAIN#{chain}", "000000000001", consistent_read=True)
    row.update(actions=[AuditRow.link.set(row.link.replace("act.1", "act.9"))])
    assert faults(container) == [(Fault.ALTERED, chain, 1)]


def test_entries_that_somebody_deleted_are_named(container: Container) -> None:
    middle, end, whole = (recorded(container) for _ in range(3))
    container.auditing.seal.run()
    AuditRow.get(f"CHAIN#{middle}", "000000000001").delete()
    AuditRow.get(f"CHAIN#{end}", "000000000002").delete()
    for row in list(AuditRow.query(f"CHAIN#{whole}")):
        row.delete()
    assert sorted(faults(container)) == sorted(
        [(Fault.MISSING, middle, 1), (Fault.CUT_OFF, end, 2), (Fault.MISSING, whole, 0)]
    )
    lost = container.auditing.seal.run().lost
    assert lost == tuple(sorted([end, whole]))
    assert len(faults(container)) == 3


def test_what_somebody_laid_over_a_seal_is_named_and_the_first_version_counts(container: Container) -> None:
    chain = recorded(container)
    container.auditing.seal.run()
    key = {"Bucket": bucket(container), "Key": "seals/000000000001.json"}
    forged = json.loads(s3().get_object(**key)["Body"].read())
    forged["seal"]["chains"] = {}
    s3().put_object(**key, Body=json.dumps(forged))
    found = container.auditing.verify.run()
    assert [(one.fault, one.seal) for one in found.findings] == [(Fault.SEAL_REWRITTEN, 1)]
    assert found.chains == 1
    AuditRow.get(f"CHAIN#{chain}", "000000000002").delete()
    assert (Fault.CUT_OFF, chain, 2) in faults(container)


def test_a_marker_that_hides_a_seal_is_named_and_the_sealer_goes_on_behind_it(
    container: Container, clock: FrozenClock
) -> None:
    recorded(container)
    container.auditing.seal.run()
    s3().delete_object(Bucket=bucket(container), Key="seals/000000000001.json")
    clock.advance(300)
    assert container.auditing.seal.run().number == 2
    found = container.auditing.verify.run()
    assert [(one.fault, one.seal) for one in found.findings] == [(Fault.SEAL_REWRITTEN, 1)]


def test_an_object_that_only_looks_like_a_seal_leads_nobody_astray(container: Container, clock: FrozenClock) -> None:
    recorded(container)
    container.auditing.seal.run()
    for name in ("000000000009.json", "zzz"):
        s3().put_object(Bucket=bucket(container), Key=f"seals/{name}", Body=b"{}")
    clock.advance(300)
    assert container.auditing.seal.run().number == 2
    assert {one.fault for one in container.auditing.verify.run().findings} == {Fault.SEAL_MISSING, Fault.SEAL_ALTERED}


def test_the_hint_saves_the_list_and_a_wrong_one_does_no_harm(container: Container, clock: FrozenClock) -> None:
    for _ in range(3):
        container.auditing.seal.run()
        clock.advance(300)
    for number, hint in ((4, 3), (5, 999), (6, -5)):
        container.auditing.notes.put(LAST_SEAL, LastSeal(number=hint, sealed_at=0, chains=0))
        assert container.auditing.seal.run().number == number
    assert container.auditing.verify.run().findings == ()


def test_only_one_seals_at_a_time(container: Container) -> None:
    from chalicelib.db.leases import Leases

    lease = Leases(container.clock).take("audit-seals", "another", 60)
    with pytest.raises(Throttled):
        container.auditing.seal.run()
    Leases(container.clock).release(lease)
    assert container.auditing.seal.run().number == 1


def test_a_seal_that_could_not_be_signed_is_not_written_and_the_next_run_makes_it(container: Container) -> None:
    recorded(container)
    with refusing("kms.Sign", "DependencyTimeoutException", 503), pytest.raises(Upstream):
        container.auditing.seal.run()
    assert container.auditing.archive.last() is None
    assert container.auditing.seal.run().number == 1


def test_sealing_needs_a_bucket_and_a_key(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = container.settings.model_copy(update={"audit_key": ""})
    with pytest.raises(Misconfigured, match="CONSOLEME_AUDIT_KEY"):
        _ = Container(settings, container.clock).auditing.seal


class TestRegularly:
    def note(self, container: Container) -> VerificationNote:
        found = container.auditing.notes.find(LAST_VERIFICATION, VerificationNote)
        assert found is not None
        return found

    def test_each_run_reads_what_is_new_and_a_stretch_of_what_is_old(
        self, container: Container, clock: FrozenClock
    ) -> None:
        recorded(container)
        container.auditing.seal.run()
        first = container.auditing.verify_regularly.run()
        assert (first.seals, first.entries, first.findings, first.whole) == (1, 3, (), True)
        clock.advance(300)
        container.auditing.seal.run()
        second = container.auditing.verify_regularly.run()
        assert second.seals == 2
        note = self.note(container)
        assert note.verified is not None
        assert (note.verified.number, note.checked_at, note.found) == (2, clock.now(), ())

    def test_a_finding_is_remembered_for_a_month(self, container: Container, clock: FrozenClock) -> None:
        chain = recorded(container)
        container.auditing.seal.run()
        AuditRow.get(f"CHAIN#{chain}", "000000000001").delete()
        report = container.auditing.verify_regularly.run()
        assert report.findings == (f"chain {chain}: entry 1 is missing",)
        assert [one.finding.chain for one in self.note(container).found] == [chain]
        clock.advance(31 * 86_400)
        AuditRow.get(f"CHAIN#{chain}", "000000000000").delete()
        container.auditing.seal.run()
        container.auditing.verify_regularly.run()
        assert f"chain {chain}: entry 1 is missing" not in [one.finding.text for one in self.note(container).found]

    def test_what_was_verified_long_ago_is_looked_at_again(self, container: Container, clock: FrozenClock) -> None:
        chain = recorded(container)
        for _ in range(10):
            container.auditing.seal.run()
            clock.advance(3600)
        container.auditing.verify_regularly.run()
        seal = container.auditing.archive.last()
        assert seal is not None
        assert chain not in seal.chains
        AuditRow.get(f"CHAIN#{chain}", "000000000002").delete()
        container.auditing.seal.run()
        report = container.auditing.verify_regularly.run()
        assert [text for text in report.findings if "cut off" in text] != []
