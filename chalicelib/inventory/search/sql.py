"""What a query reads, as pieces of SQL: names are ours, and what somebody typed is a parameter."""

from chalicelib.inventory.search.conditions import Where


def source(where: Where) -> str:
    """What is read: ids that were picked, or a trigram index, where they are asked."""
    index, phrases = where.index
    if where.picked:
        first = f"(SELECT id AS rowid FROM {where.picked[0]}) f"  # noqa: S608 a name of ours
    elif phrases:
        first = f"(SELECT rowid FROM {where.side}.{index} WHERE {index} MATCH ?) f"  # noqa: S608 constants
    else:
        return f"{where.side}.resource r"
    return f"{first} CROSS JOIN {where.side}.resource r ON r.id = f.rowid"


def order_of(where: Where) -> str:
    """What to sort by for the order of ARNs. The trigram index gives its rows in the order of the file's ids."""
    if where.side != "main":
        return "r.arn"
    return "f.rowid" if where.picked or where.index[1] else "r.id"


def asked(where: Where) -> list[str]:
    """The parameter of the index."""
    _, phrases = where.index
    return [" AND ".join(phrases)] if phrases else []


def all_of(clauses: list[str]) -> str:
    return f"WHERE {' AND '.join(clauses)}" if clauses else ""
