"""The user's own measured metabolites, against what was estimated."""
