"""What a source is built with. Each module beside this one registers one as `SOURCE`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.core.directory import DirectorySource
from chalicelib.identity.directory.models import DirectoryConfig

if TYPE_CHECKING:
    from chalicelib.aws.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`secret` gives the text of a secret of ours by the end of its name (`directory-google`); it raises Misconfigured."""

    config: DirectoryConfig
    aws: "Sessions"
    clock: Clock
    secret: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SourceType:
    """A kind of source. `build` raises Misconfigured for what its part of the configuration lacks, and does no I/O."""

    name: str
    build: Callable[[Surroundings], DirectorySource]
