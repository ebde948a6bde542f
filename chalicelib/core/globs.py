"""IAM's wildcards."""

import fnmatch


def glob_matches(pattern: str, text: str) -> bool:
    """`*` is any text, `?` any one character; brackets mean themselves. Case counts."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))
