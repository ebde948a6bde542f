"""The configuration document: YAML in, typed sections out. This package knows no meaning of its keys."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.core.errors import Misconfigured
from chalicelib.dynamic_config.faults import BadDocument, Fault, plain
from chalicelib.dynamic_config.reading import Document, read

Section = TypeVar("Section", bound=BaseModel)


def parse(text: str, source: str) -> dict[str, Any]:
    """Raises BadDocument naming file, line and column of what YAML could not read, or of a key given twice."""
    return read(text, source).data


class Configuration:
    """A document in force. Sections are parsed once, at first use.

    `version` is the number of the stored document, 0 for the one that ships with the package.
    """

    def __init__(
        self, data: Mapping[str, Any], source: str, *, document: Document | None = None, version: int = 0
    ) -> None:
        self.version = version
        self._data = data
        self._source = source
        self._document = document
        self._sections: dict[tuple[str, type[BaseModel]], BaseModel] = {}

    @classmethod
    def from_text(cls, text: str, source: str, known: Collection[str]) -> Self:
        """Raises Misconfigured when the text is not YAML or has a section that nobody reads."""
        document = read(text, source)
        if faults := unknown_sections(document, known):
            raise BadDocument.of(source, faults)
        return cls(document.data, source, document=document)

    @classmethod
    def from_file(cls, path: str, known: Collection[str]) -> Self:
        """Raises Misconfigured when the file is missing, not YAML, or has a section that nobody reads."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise Misconfigured(f"The configuration file {path} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise Misconfigured(f"The configuration file {path} is not UTF-8: {error}.") from error
        return cls.from_text(text, Path(path).name, known)

    @property
    def document(self) -> Document | None:
        """As it was written; None for a configuration that was never text."""
        return self._document

    @property
    def data(self) -> Mapping[str, Any]:
        return self._data

    def section(self, name: str, model: type[Section]) -> Section:
        """The section as its owner's type; its defaults when absent. Raises Misconfigured naming each key at fault."""
        key = (name, model)
        if key not in self._sections:
            try:
                found = self._data.get(name)
                self._sections[key] = model.model_validate({} if found is None else found)
            except ValidationError as error:
                raise BadDocument.of(self._source, self._faults(name, error)) from error
        section = self._sections[key]
        assert isinstance(section, model)  # noqa: S101 the key holds the model
        return section

    def _faults(self, section: str, error: ValidationError) -> tuple[Fault, ...]:
        if self._document is not None:
            return self._document.faults_of(section, error)
        return tuple(
            Fault(
                message=plain(fault["type"], fault["msg"]),
                section=section,
                key=".".join([section, *map(str, fault["loc"])]),
            )
            for fault in error.errors()
        )

    def check(self, models: Mapping[str, type[BaseModel]]) -> None:
        """Reads every section. Raises BadDocument with all faults of all sections at once."""
        faults: list[Fault] = []
        for name, model in models.items():
            try:
                self.section(name, model)
            except BadDocument as error:
                faults += error.faults
        if faults:
            raise BadDocument.of(self._source, sorted(faults, key=lambda fault: (fault.line or 0, fault.column or 0)))


def unknown_sections(document: Document, known: Collection[str]) -> list[Fault]:
    found = sorted(map(str, document.data.keys() - set(known)))
    return [
        Fault(
            message=f"the section {name} is not known. Known are: {', '.join(sorted(known))}",
            section=name,
            line=(mark := document.place([name], of_key=True)).line + 1,
            column=mark.column + 1,
        )
        for name in found
    ]
