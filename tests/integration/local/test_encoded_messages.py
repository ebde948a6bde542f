"""What the laptop encodes is what the product decodes, and nobody else's account does."""

from collections.abc import Iterator

import pytest

from chalicelib.core.errors import Throttled
from chalicelib.inventory.denies.decode import DecodeMessage
from chalicelib.inventory.denies.parse import read_decoded
from infra.local.gaps.encoded_messages import decision, decoded_by_sts, encode
from tests.support.aws import REGION, refusing
from tests.support.spoke_readers import SPOKE, Spokes, spokes

CALLER = f"arn:aws:sts::{SPOKE}:assumed-role/app/i-0abc"
INSTANCES = f"arn:aws:ec2:{REGION}:{SPOKE}:instance/*"
BLOB = encode(decision(caller=CALLER, action="ec2:RunInstances", resource=INSTANCES, explicit=True))


@pytest.fixture(scope="module", name="cloud")
def _cloud() -> Iterator[Spokes]:
    with spokes() as running, decoded_by_sts():
        yield running


def test_the_product_reads_what_ec2_encodes(cloud: Spokes) -> None:
    said = read_decoded(DecodeMessage(cloud.readers).text(SPOKE, BLOB, REGION))
    assert (said.principal, said.action, said.resource, said.explicit) == (CALLER, "ec2:RunInstances", INSTANCES, True)


@pytest.mark.parametrize(("account", "blob"), [("333333333333", BLOB), (SPOKE, "nonsense"), (SPOKE, BLOB[:-9])])
def test_what_sts_does_not_decode_is_not_known(cloud: Spokes, account: str, blob: str) -> None:
    assert DecodeMessage(cloud.readers).text(account, blob, REGION) == ""


def test_a_throttled_look_is_worth_another(cloud: Spokes) -> None:
    with refusing("sts.DecodeAuthorizationMessage", "Throttling"), pytest.raises(Throttled):
        DecodeMessage(cloud.readers).text(SPOKE, BLOB, REGION)
