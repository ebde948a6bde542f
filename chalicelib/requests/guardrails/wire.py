"""What is asked about a policy while somebody writes it, and what is answered, on ConsoleMe's wire."""

from chalicelib.core.model import Frozen
from chalicelib.requests.guardrails.subjects import Kind


class Location(Frozen):
    """ConsoleMe's: `string` is the offending text, empty for a statement as a whole."""

    line: int
    column: int
    filepath: None = None
    string: str = ""


class Wanted(Frozen):
    """What the policy is for. `arn` is the principal or resource that would have it, `name` the inline policy's."""

    kind: Kind = Kind.IDENTITY
    arn: str = ""
    name: str = ""


class Remark(Frozen):
    """One finding in ConsoleMe's form: `detail` is JSON text."""

    issue: str
    detail: str
    location: Location
    severity: str
    title: str
    description: str = ""
