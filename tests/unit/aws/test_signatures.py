from collections.abc import Iterator
from hashlib import sha256

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.sessions import Sessions
from chalicelib.aws.signatures import Signer
from chalicelib.core.errors import NotFound, Upstream
from infra.local.locks import create_audit_key
from tests.support.aws import REGION, refusing
from tests.support.clock import FrozenClock

ALIAS = "alias/audit"
DIGEST = sha256(b"seal").digest()


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sessions]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        create_audit_key(boto3.client("kms", REGION), ALIAS)
        yield Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)


def test_a_signature_is_genuine_for_its_digest_and_its_key_alone(sessions: Sessions) -> None:
    signer = Signer(sessions, ALIAS)
    signature = signer.sign(DIGEST)
    assert signer.is_genuine(DIGEST, signature)
    assert not signer.is_genuine(sha256(b"other").digest(), signature)
    create_audit_key(boto3.client("kms", REGION), "alias/other")
    assert not Signer(sessions, "alias/other").is_genuine(DIGEST, signature)


def test_what_kms_calls_an_invalid_signature_is_an_answer(sessions: Sessions) -> None:
    with refusing("kms.Verify", "KMSInvalidSignatureException"):
        assert not Signer(sessions, ALIAS).is_genuine(DIGEST, b"x")


def test_a_key_that_is_missing_or_silent_is_an_error(sessions: Sessions) -> None:
    with pytest.raises((NotFound, Upstream)):
        Signer(sessions, "alias/none").sign(DIGEST)
    with refusing("kms.Verify", "KMSInternalException", 500), pytest.raises(Upstream):
        Signer(sessions, ALIAS).is_genuine(DIGEST, b"x")


def test_the_key_behind_an_alias_is_made_once(sessions: Sessions) -> None:
    kms = boto3.client("kms", REGION)
    assert create_audit_key(kms, ALIAS) == create_audit_key(kms, ALIAS)
