"""IAM's wildcards."""

import fnmatch


def glob_matches(pattern: str, text: str) -> bool:
    """`*` is any text, `?` any one character; brackets mean themselves. Case counts."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def globs_meet(one: str, other: str) -> bool:
    """Whether some text matches both patterns. Here only `*` is a wildcard."""
    # A row tells which beginnings of `other` can meet the beginning of `one` that was looked at so far.
    row = [True] + [False] * len(other)
    for place, sign in enumerate(other, start=1):
        row[place] = row[place - 1] and sign == "*"
    for mine in one:
        after = [row[0] and mine == "*"]
        for place, theirs in enumerate(other, start=1):
            if "*" in {mine, theirs}:
                after.append(row[place] or after[place - 1] or row[place - 1])
            else:
                after.append(row[place - 1] and mine == theirs)
        row = after
    return row[-1]
