"""Published studies: where their data come from, and what they said that can be compared."""
