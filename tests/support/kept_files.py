"""Files of libraries that each embedded AWS would read and parse again: kept for the life of the test process.

A third of the suite's time went there. What is kept is what the libraries themselves keep for the life of a session.
"""

import copy
import functools
from typing import Any

from botocore.loaders import JSONFileLoader, Loader
from moto.cloudformation.models import Stack
from moto.core.loaders import Loader as MotosLoader


class _Keeping(JSONFileLoader):
    kept: dict[str, Any] = {}  # noqa: RUF012 one for all sessions is what this is for

    def load_file(self, file_path: str) -> Any:
        if file_path not in self.kept:
            self.kept[file_path] = super().load_file(file_path)
        return self.kept[file_path]


def keep_files() -> None:
    """Once, before the first client is made."""
    # moto writes its own additions into the models that it loads: they are its own copies.
    MotosLoader.FILE_LOADER_CLASS = JSONFileLoader
    Loader.FILE_LOADER_CLASS = _Keeping
    parsed = functools.cache(Stack.parse_template)
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(parsed(template)))  # type: ignore[method-assign]
