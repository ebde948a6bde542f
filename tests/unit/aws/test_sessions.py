import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib.aws.assume_role import AssumeRole, session_name, spoke_role
from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.arn import Arn
from chalicelib.core.errors import AccessDeniedByAws, NotFound, Upstream
from tests.support.aws import REGION, refusing, round_trips
from tests.support.builders import role_arn
from tests.support.calls import watched
from tests.support.clock import FrozenClock

AWS_TAKES = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
CALL = AssumeRole(role_arn("ConsoleMeSpokeRead"), "ada")


@contextmanager
def signers() -> Iterator[list[tuple[str, str]]]:
    """Every AssumeRole meanwhile: the role, and the access key that signed the request."""
    seen: list[tuple[str, str]] = []
    before = BotocoreStubber.__call__

    def noted(self: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
        form = parse_qs(str(request.body))
        key = re.search(r"Credential=([^/]+)/", str(request.headers["Authorization"]))
        seen.append((form["RoleArn"][0], key[1] if key else ""))
        return before(self, event_name, request, **more)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(BotocoreStubber, "__call__", noted)
        yield seen


class TestSessionNames:
    @given(st.text(max_size=200))
    def test_every_user_gets_a_name_that_aws_takes(self, user: str) -> None:
        assert AWS_TAKES.fullmatch(session_name(user))

    @given(st.emails())
    def test_an_address_that_fits_stays_readable(self, address: str) -> None:
        name = session_name(address)
        assert AWS_TAKES.fullmatch(name)
        if len(address) <= 64 and AWS_TAKES.fullmatch(address):
            assert name == address.lower()

    @pytest.mark.parametrize(
        ("user", "name"),
        [
            pytest.param("Ada@Example.com", "ada@example.com", id="an address, in small letters"),
            pytest.param("ada+test@example.com", "ada+test@example.com", id="a plus, which AWS takes"),
            pytest.param("ada lovelace", "ada-lovelace", id="a blank"),
            pytest.param("\u00e5da/x", "-da-x", id="signs that AWS does not take"),
            pytest.param("a", "a-", id="one letter"),
            pytest.param("", "--", id="nobody"),
            pytest.param("x" * 100, "x" * 64, id="a long name is cut"),
            pytest.param("a" * 64 + "@example.com", "a" * 52 + "@example.com", id="a long address keeps its domain"),
            pytest.param("ada@" + "d" * 80, "a@" + "d" * 62, id="a domain that is too long itself"),
        ],
    )
    def test_the_name_for(self, user: str, name: str) -> None:
        assert session_name(user) == name


class TestACall:
    def test_sends_only_what_it_has(self) -> None:
        assert AssumeRole("arn", "ada").request() == {
            "RoleArn": "arn",
            "RoleSessionName": "ada",
            "DurationSeconds": 3600,
        }

    def test_sends_all_it_has(self) -> None:
        call = AssumeRole(
            "arn",
            "ada",
            900,
            source_identity="ada",
            external_id="x",
            policy="{}",
            policy_arns=("p", "q"),
            tags=(("k", "v"), ("l", "w")),
            transitive_tags=True,
            via=(CALL,),
        )
        assert call.request() == {
            "RoleArn": "arn",
            "RoleSessionName": "ada",
            "DurationSeconds": 900,
            "SourceIdentity": "ada",
            "ExternalId": "x",
            "Policy": "{}",
            "PolicyArns": [{"arn": "p"}, {"arn": "q"}],
            "Tags": [{"Key": "k", "Value": "v"}, {"Key": "l", "Value": "w"}],
            "TransitiveTagKeys": ["k", "l"],
        }

    def test_names_tags_that_stay_only_where_they_are_to_stay(self) -> None:
        assert "TransitiveTagKeys" not in AssumeRole("arn", "ada", tags=(("k", "v"),)).request()
        assert "TransitiveTagKeys" not in AssumeRole("arn", "ada", transitive_tags=True).request()


def test_the_spoke_role_is_in_the_account_and_partition_of_what_it_is_for() -> None:
    arn = Arn.parse("arn:aws-cn:iam::333333333333:role/team/app")
    assert spoke_role(arn, "Read") == "arn:aws-cn:iam::333333333333:role/Read"


@pytest.mark.usefixtures("tables")
class TestClients:
    @pytest.fixture
    def real_clock(self) -> FrozenClock:
        """moto mints credentials by the real time."""
        return FrozenClock(int(datetime.now().timestamp()))  # noqa: DTZ005 epoch seconds have no zone

    @pytest.fixture
    def sessions(self, real_clock: FrozenClock) -> Sessions:
        return Sessions(clock=real_clock, region=REGION, endpoint_url=None, states_endpoint_url=None)

    def test_a_client_is_made_once(self, sessions: Sessions) -> None:
        assert sessions.client("sts") is sessions.client("sts")
        assert sessions.client("sts") is not sessions.client("sts", "eu-west-1")

    def test_sts_is_asked_in_the_region(self, sessions: Sessions) -> None:
        assert sessions.client("sts", "eu-west-1").meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"

    def test_step_functions_may_be_elsewhere(self, real_clock: FrozenClock) -> None:
        sessions = Sessions(
            clock=real_clock,
            region=REGION,
            endpoint_url="http://127.0.0.1:1111",
            states_endpoint_url="http://127.0.0.1:2222",
        )
        assert sessions.client("stepfunctions").meta.endpoint_url == "http://127.0.0.1:2222"
        assert sessions.client("sqs").meta.endpoint_url == "http://127.0.0.1:1111"

    def test_calls_under_an_assumed_role_are_made_in_its_account(self, sessions: Sessions) -> None:
        identity = sessions.client_as(CALL, "sts").get_caller_identity()
        assert identity["Arn"] == "arn:aws:sts::222222222222:assumed-role/ConsoleMeSpokeRead/ada"

    def test_credentials_are_minted_once_and_renewed_five_minutes_before_they_end(
        self, sessions: Sessions, real_clock: FrozenClock
    ) -> None:
        with round_trips() as calls:
            first = sessions.client_as(CALL, "iam")
            assert sessions.client_as(CALL, "iam") is first
            real_clock.advance(3600 - 302)
            assert sessions.client_as(CALL, "iam") is first
            assert calls == ["sts.AssumeRole"]
            real_clock.advance(10)
            assert sessions.client_as(CALL, "iam") is not first
            assert calls == ["sts.AssumeRole", "sts.AssumeRole"]

    def test_what_has_ended_is_forgotten_with_its_clients(self, sessions: Sessions, real_clock: FrozenClock) -> None:
        sessions.client("sts")
        for number in range(3):
            sessions.client_as(AssumeRole(role_arn(f"r{number}"), "ada"), "iam")
        real_clock.advance(3600)
        sessions.client_as(CALL, "iam")
        assert len(sessions._assumed) == 1
        assert {key[0] for key in sessions._clients} == {"sts", "iam"}
        assert len(sessions._clients) == 2

    def test_other_parameters_are_another_session(self, sessions: Sessions) -> None:
        with round_trips() as calls:
            for call in (CALL, AssumeRole(CALL.role_arn, "grace"), AssumeRole(CALL.role_arn, "ada", 900)):
                sessions.client_as(call, "iam")
        assert calls == ["sts.AssumeRole"] * 3

    def test_credentials_for_people_are_never_kept(self, sessions: Sessions) -> None:
        with round_trips() as calls:
            one, other = sessions.assume(CALL), sessions.assume(CALL)
        assert one.access_key_id != other.access_key_id
        assert len(calls) == 2

    def test_a_role_on_the_way_is_assumed_first_and_asks_for_the_next(self, sessions: Sessions) -> None:
        with signers() as asked:
            sessions.assume(AssumeRole(role_arn("end"), "ada", via=(CALL, AssumeRole(role_arn("second"), "ada"))))
        assert [role for role, _ in asked] == [CALL.role_arn, role_arn("second"), role_arn("end")]
        keys = [key for _, key in asked]
        assert not keys[0].startswith("ASIA")
        assert len(set(keys)) == 3
        assert all(key.startswith("ASIA") for key in keys[1:])
        assert {key[2] for key in sessions._clients} == {""}

    def test_a_refusal_on_the_way_names_the_role_that_refused(self, sessions: Sessions) -> None:
        with refusing("sts.AssumeRole", "AccessDenied", 403), pytest.raises(AccessDeniedByAws) as refusal:
            sessions.assume(AssumeRole(role_arn("end"), "ada", via=(CALL,)))
        assert f"to assume {CALL.role_arn}" in refusal.value.message

    def test_an_answer_without_credentials_is_an_error_of_its_own(
        self, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with watched(monkeypatch) as calls:
            calls.on("AssumeRole", lambda *_: {})
            with pytest.raises(Upstream, match="without credentials") as failure:
                sessions.assume(CALL)
        assert failure.value.reason == "no_credentials"

    def test_credentials_keep_their_secrets_out_of_reprs(self, sessions: Sessions) -> None:
        issued = sessions.assume(CALL)
        assert issued.secret_access_key not in repr(issued)
        assert issued.session_token not in repr(issued)
        assert isinstance(issued.expiration, int)

    def test_a_refusal_is_in_our_words_and_is_not_kept(self, sessions: Sessions) -> None:
        with refusing("sts.AssumeRole", "AccessDenied", 403), pytest.raises(AccessDeniedByAws, match="to assume"):
            sessions.client_as(CALL, "iam")
        sessions.client_as(CALL, "iam")

    def test_a_queue_that_is_missing_is_not_found(self, sessions: Sessions) -> None:
        with pytest.raises(NotFound), translated("to send"):
            sessions.client("sqs").send_message(
                QueueUrl=f"https://sqs.{REGION}.amazonaws.com/123456789012/missing", MessageBody="x"
            )
