"""The product's functions as Lambda's API knows them: so that what calls one by its name lands in the function hosts."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from infra.local.declared import Function
from infra.local.interpreter import PREFIX


def register(functions: Iterable[Function], role_arns: Mapping[str, str], client: Any) -> None:
    """`role_arns` by function. The code that Lambda gets is empty: the hosts have the real one."""
    code = _empty_archive()
    for function in functions:
        with suppress(client.exceptions.ResourceConflictException):
            client.create_function(
                FunctionName=PREFIX + function.name,
                Role=role_arns[function.name],
                Handler=function.handler,
                Runtime="python3.13",
                Timeout=function.timeout,
                MemorySize=max(128, function.memory),
                Code={"ZipFile": code},
            )


def _empty_archive() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("empty.txt", "")
    return archive.getvalue()
