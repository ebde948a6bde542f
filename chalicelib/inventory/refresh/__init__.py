"""A refresh from start to end: who starts it, what it found, and how it is told."""
