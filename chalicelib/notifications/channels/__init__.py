"""The ways to tell people: one module each, which knows nothing of its siblings. `services.py` says which are used."""
