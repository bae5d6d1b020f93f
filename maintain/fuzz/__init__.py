"""Fuzzing of everything that reads what a user or a stranger wrote: `python -m fuzz`."""
