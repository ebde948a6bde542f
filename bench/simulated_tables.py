"""DynamoDB as far as a refresh uses it, at the HTTP layer: items in memory, conditions taken for fulfilled, answers at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Item = dict[str, Any]
_SET = re.compile(r"(#\w+) = (:\w+)")
_INDEX_KEY = "scope"
_PAGE = 1000
"""Items in an answer: DynamoDB gives a megabyte."""
_UNREAD = "SEARCH"
"""What search is told: nobody here reads it."""


class Tables:
    def __init__(self) -> None:
        self._items: dict[tuple[str, str], dict[str, Item]] = {}
        """By table and partition key, then by sort key."""
        self._of_scope: dict[str, dict[str, Item]] = {}
        self._operations: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "GetItem": self._get,
            "BatchGetItem": self._batch_get,
            "Query": self._query,
            "PutItem": self._put,
            "UpdateItem": self._update,
            "DeleteItem": self._delete,
            "BatchWriteItem": self._batch_write,
        }

    def answer(self, operation: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._operations[operation](given)

    def _partition(self, table: str, key: Mapping[str, Any]) -> dict[str, Item]:
        return self._items.setdefault((table, key["pk"]["S"]), {})

    def _get(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        found = self._partition(given["TableName"], given["Key"]).get(given["Key"]["sk"]["S"])
        return {"Item": found} if found else {}

    def _batch_get(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        found = {
            table: [
                item for key in wanted["Keys"] if (item := self._partition(table, key).get(key["sk"]["S"])) is not None
            ]
            for table, wanted in given["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _query(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """By partition only: what else the key's condition says is not asked for by what is measured."""
        values = given["ExpressionAttributeValues"]
        partition = next(iter(values.values()))["S"]
        if "IndexName" in given:
            items = list(self._of_scope.get(partition, {}).values())
        else:
            items = list(self._items.get((given["TableName"], partition), {}).values())
        start = int(given.get("ExclusiveStartKey", {}).get("pk", {"S": "0"})["S"])
        page, end = items[start : start + _PAGE], start + _PAGE
        more = {"LastEvaluatedKey": {"pk": {"S": str(end)}, "sk": {"S": "next"}}} if end < len(items) else {}
        return {"Items": page, "Count": len(page), "ScannedCount": len(page), **more}

    def _put(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        self._store(given["TableName"], given["Item"])
        return {}

    def _store(self, table: str, item: Item) -> None:
        if item["pk"]["S"] == _UNREAD:
            return
        self._partition(table, item)[item["sk"]["S"]] = item
        if _INDEX_KEY in item:
            self._of_scope.setdefault(item[_INDEX_KEY]["S"], {})[item["pk"]["S"]] = item

    def _update(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        partition, key = self._partition(given["TableName"], given["Key"]), given["Key"]
        item = dict(partition.get(key["sk"]["S"], key))
        names, values = given.get("ExpressionAttributeNames", {}), given.get("ExpressionAttributeValues", {})
        for name, value in _SET.findall(given["UpdateExpression"]):
            item[names[name]] = values[value]
        self._store(given["TableName"], item)
        return {"Attributes": item}

    def _delete(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        self._partition(given["TableName"], given["Key"]).pop(given["Key"]["sk"]["S"], None)
        return {}

    def _batch_write(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        for table, requests in given["RequestItems"].items():
            for request in requests:
                if "PutRequest" in request:
                    self._store(table, request["PutRequest"]["Item"])
                else:
                    self._delete({"TableName": table, "Key": request["DeleteRequest"]["Key"]})
        return {"UnprocessedItems": {}}
