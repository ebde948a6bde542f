"""The document that ships with the package, and how a stored one takes its place.

Until the first save the packaged document is in force. Afterwards the newest stored version is, whole: a section that it
does not have has its defaults. Only `deployment` always comes from the package; a stored document may repeat it, not change it.
"""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any

import yaml
from pydantic import BaseModel

from chalicelib.dynamic_config.document import Configuration, unknown_sections
from chalicelib.dynamic_config.faults import BadDocument, Fault
from chalicelib.dynamic_config.models import Version
from chalicelib.dynamic_config.reading import Document, read

DEPLOYMENT = "deployment"
Models = Mapping[str, type[BaseModel]]


class Packaged:
    def __init__(self, configuration: Configuration, known: Collection[str], models: Callable[[], Models]) -> None:
        """`known` names the sections; `models` gives their types, which are loaded when a whole document is checked."""
        self.configuration = configuration
        self._known = known
        self._models = models

    @cached_property
    def editable(self) -> str:
        """The packaged text without its `deployment`: what a person begins to edit."""
        return self._parts[0]

    @cached_property
    def deployment(self) -> str:
        """The text of the section that no page can edit."""
        return self._parts[1]

    @cached_property
    def _parts(self) -> tuple[str, str]:
        document = self.configuration.document
        data = dict(self.configuration.data)
        if document is None or (found := document.lines_of(DEPLOYMENT)) is None:
            own = {DEPLOYMENT: data.pop(DEPLOYMENT)} if DEPLOYMENT in data else {}
            return _dumped(data), _dumped(own)
        first, after = found
        lines = document.text.splitlines(keepends=True)
        return "".join(lines[:first] + lines[after:]), "".join(lines[first:after])

    def stored(self, version: Version) -> Configuration:
        """A stored version as it is in force. Raises Misconfigured for what is not YAML or has an unknown section."""
        source = f"configuration version {version.info.number}"
        return self._under(read(version.text, source), source, version.info.number)

    def checked(self, text: str, number: int) -> Configuration:
        """What somebody wants to save, as it would be in force. Raises BadDocument with everything that is wrong with it."""
        source = "the new configuration"
        document = read(text, source)
        faults = self._changes_to_deployment(document)
        found: Configuration | None = None
        try:
            found = self._under(document, source, number)
            found.check(self._models())
        except BadDocument as error:
            faults += error.faults
        if faults or found is None:
            raise BadDocument.of(source, sorted(faults, key=lambda fault: (fault.line or 0, fault.column or 0)))
        return found

    def check(self, configuration: Configuration) -> None:
        """Reads every section. Raises BadDocument."""
        configuration.check(self._models())

    def _under(self, document: Document, source: str, number: int) -> Configuration:
        if faults := unknown_sections(document, self._known):
            raise BadDocument.of(source, faults)
        data = {name: section for name, section in document.data.items() if name != DEPLOYMENT}
        if DEPLOYMENT in self.configuration.data:
            data[DEPLOYMENT] = self.configuration.data[DEPLOYMENT]
        return Configuration(data, source, document=document, version=number)

    def _changes_to_deployment(self, document: Document) -> list[Fault]:
        if DEPLOYMENT not in document.data or document.data[DEPLOYMENT] == self.configuration.data.get(DEPLOYMENT):
            return []
        mark = document.place([DEPLOYMENT], of_key=True)
        message = "this section ships with the package and can't be changed here. Leave it out, or as it is there"
        return [Fault(message=message, section=DEPLOYMENT, key=DEPLOYMENT, line=mark.line + 1, column=mark.column + 1)]


def _dumped(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True) if data else ""
