"""The last contents of each resource: what was another before, since when, and who changed it if that is known."""
