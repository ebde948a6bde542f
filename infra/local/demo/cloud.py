"""Clients of the embedded AWS, one per service, account and region."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import boto3
import urllib3
from botocore.config import Config

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest

_ACCOUNT_HEADER = "x-moto-account-id"
HOME_REGION = "us-east-1"
_PATIENCE_SECONDS = 30


class Cloud:
    """Every account of an embedded AWS, without assuming a role in it: a header of moto's names the account."""

    def __init__(self, endpoint_url: str) -> None:
        self._endpoint_url = endpoint_url
        self._session = boto3.Session(aws_access_key_id="demo", aws_secret_access_key="demo", region_name=HOME_REGION)  # noqa: S106 moto asks for none
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._pool = urllib3.PoolManager(timeout=_PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()
        for client in self._clients.values():
            client.close()

    def client(self, service: str, account_id: str, region: str = HOME_REGION) -> Any:
        key = (service, account_id, region)
        if key not in self._clients:
            self._clients[key] = self._new_client(service, account_id, region)
        return self._clients[key]

    def _new_client(self, service: str, account_id: str, region: str) -> Any:
        client: Any = self._session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=self._endpoint_url,
            config=Config(parameter_validation=False, s3={"addressing_style": "path"}),
        )

        def name_the_account(request: "AWSRequest", **_: Any) -> None:
            request.headers[_ACCOUNT_HEADER] = account_id

        client.meta.events.register("before-sign", name_the_account)
        return client

    @contextmanager
    def ids_drawn_from(self, number: int) -> Iterator[None]:
        """Ids that are handed out inside depend on `number` only; afterwards on nothing, or keys would be foreseeable."""
        self._draw_from(number)
        try:
            yield
        finally:
            self._draw_from(secrets.randbits(63))

    def _draw_from(self, number: int) -> None:
        self._pool.request("POST", f"{self._endpoint_url}/moto-api/seed?a={number}")
