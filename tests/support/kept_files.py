"""Files of libraries that each embedded AWS would read and parse again: kept for the life of the test process.

A third of the suite's time went there. What is kept is what the libraries themselves keep for the life of a session.
"""

import copy
import functools
from typing import Any

from botocore.loaders import JSONFileLoader
from moto.cloudformation.models import Stack


def keep_files() -> None:
    """Once, before the first client is made."""
    read = JSONFileLoader.load_file
    kept: dict[str, Any] = {}

    def load_file(self: JSONFileLoader, file_path: str) -> Any:
        if file_path not in kept:
            kept[file_path] = read(self, file_path)
        return kept[file_path]

    JSONFileLoader.load_file = load_file  # type: ignore[method-assign]
    parsed = functools.cache(Stack.parse_template)
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(parsed(template)))  # type: ignore[method-assign]
