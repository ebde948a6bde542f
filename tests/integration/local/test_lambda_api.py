"""A function that is called by its deployed name through Lambda's API runs in the function hosts."""

import json

import pytest
from botocore.exceptions import ClientError

from infra.local import lambda_api, stack
from infra.local.declared import Declared
from infra.local.interpreter import PREFIX
from tests.integration.local.conftest import LAMBDA_TRUST, Clients


@pytest.fixture(scope="module")
def registered(clients: Clients, sample_product: Declared) -> None:
    role = clients("iam").create_role(RoleName="functions", AssumeRolePolicyDocument=LAMBDA_TRUST)["Role"]
    functions = sample_product.functions
    lambda_api.register(functions.values(), dict.fromkeys(functions, role["Arn"]), clients("lambda"))


def test_deployed_names_begin_with_the_stacks() -> None:
    assert f"{stack.NAME}-" == PREFIX


@pytest.mark.usefixtures("registered")
class TestRegistered:
    def test_it_answers_by_its_deployed_name(self, clients: Clients) -> None:
        answer = clients("lambda").invoke(FunctionName="consoleme-echo", Payload=b'{"n": 1}')
        assert json.loads(answer["Payload"].read())["event"] == {"n": 1}

    def test_an_error_is_told_in_lambdas_words(self, clients: Clients) -> None:
        answer = clients("lambda").invoke(FunctionName="consoleme-fail", Payload=b"{}")
        assert answer["FunctionError"] == "Unhandled"
        assert "errorMessage" in json.loads(answer["Payload"].read())

    def test_nobody_answers_by_another_name(self, clients: Clients) -> None:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            clients("lambda").invoke(FunctionName="echo", Payload=b"{}")

    def test_registering_again_changes_nothing(self, clients: Clients, sample_product: Declared) -> None:
        lambda_api.register(
            sample_product.functions.values(), dict.fromkeys(sample_product.functions, "x"), clients("lambda")
        )
        assert (
            clients("lambda").get_function(FunctionName="consoleme-echo")["Configuration"]["Role"].endswith("functions")
        )
