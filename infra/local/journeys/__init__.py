"""`make demo`: the journeys on a laptop cloud of their own, over HTTP, each step checked and told."""
