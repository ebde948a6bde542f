"""The former contents of resources, which the inventory's table has until the new ones are written."""

import gzip
import json
from collections.abc import Mapping

from chalicelib.db.errors import translated
from chalicelib.inventory.history.models import Version
from chalicelib.inventory.store import InventoryRow


class FormerDetails:
    def read(self, hashes: Mapping[str, str]) -> dict[str, Version]:
        """By ARN, from ARNs and the hashes of their contents; what the table has no longer is missing. Strongly consistent."""
        keys = {(f"RES#{arn}", f"DETAIL#{content_hash}"): arn for arn, content_hash in hashes.items()}
        with translated("the inventory"):
            rows = list(InventoryRow.batch_get(list(keys), consistent_read=True))
        return {
            keys[row.pk, row.sk]: Version(at=int(row.observed_at), content=json.loads(gzip.decompress(row.detail)))
            for row in rows
        }
